#include "sim/families.hpp"

namespace stockcast::sim {
namespace {

constexpr AccountGroup goods{1253, "Productos"};
constexpr AccountGroup services{1254, "Servicios"};
constexpr AccountGroup groceries{1255, "Víveres y abarrotes"};
constexpr AccountGroup hardware{1256, "Ferretería"};

constexpr Unit piece{"94", "unidad"};
constexpr Unit pair{"PR", "par"};
constexpr Unit kilogram{"KGM", "kilogramo"};
constexpr Unit metre{"MTR", "metro"};
constexpr Unit gallon{"GLL", "galón"};
constexpr Unit box{"BX", "caja"};

constexpr Tax iva_19{"Taxed", 13156, "IVA 19%", "19.00"};
constexpr Tax iva_5{"Taxed", 13157, "IVA 5%", "5.00"};
constexpr Tax exempt{"Exempt", 13158, "IVA 0%", "0.00"};
constexpr Tax excluded{"Excluded", 0, "", ""};

constexpr auto product = ItemType::product;
constexpr auto service = ItemType::service;
constexpr auto combo = ItemType::combo;
constexpr auto by_piece = Measure::piece;
constexpr auto by_weight = Measure::weight;
constexpr auto by_length = Measure::length;

// One family needs two or three lines so; formatted, each would need fifteen.
// clang-format off
std::vector<Family> clothes() {
    return {
        {"CAM", "Camiseta", {"de algodón blanca", "de algodón negra", "cuello V gris", "tipo polo azul",
         "manga larga"}, {"talla S", "talla M", "talla L", "talla XL"}, {"Gef", "Punto Blanco", "Baby Fresh"},
         product, by_piece, goods, piece, iva_19, 18'000, 65'000, 30},
        {"JEA", "Jean", {"clásico", "levantacola", "bota recta", "rasgado"}, {"talla 28", "talla 30", "talla 32",
         "talla 34", "talla 36"}, {"Americanino", "Studio F", "Chevignon"},
         product, by_piece, goods, piece, iva_19, 79'000, 210'000, 20},
        {"BLU", "Blusa", {"de lino", "estampada", "de tiras", "con boleros"}, {"talla S", "talla M", "talla L"},
         {"Ela", "Studio F", ""},
         product, by_piece, goods, piece, iva_19, 35'000, 120'000, 12},
        {"MED", "Medias", {"tobilleras", "largas", "deportivas", "térmicas"}, {"9-11", "10-12"}, {"Gef",
         "Punto Blanco"},
         product, by_piece, goods, pair, iva_19, 6'000, 22'000, 8},
        {"CHA", "Chaqueta", {"impermeable", "de jean", "acolchada", "cortavientos"}, {"talla S", "talla M",
         "talla L"}, {"Totto", "Chevignon"},
         product, by_piece, goods, piece, iva_19, 99'000, 320'000, 8},
        {"TEN", "Tenis", {"blancos", "negros", "para correr", "de lona"}, {"37", "38", "39", "40", "41", "42"},
         {"Croydon", "Venus"},
         product, by_piece, goods, pair, iva_19, 59'000, 240'000, 14},
        {"RUA", "Ruana", {"de lana", "boyacense", "tejida a mano"}, {"adulto", "niño"}, {""},
         product, by_piece, goods, piece, iva_19, 75'000, 190'000, 4},
        {"SOM", "Sombrero", {"vueltiao 19 fibras", "vueltiao 21 fibras", "aguadeño"}, {"pequeño", "mediano",
         "grande"}, {""},
         product, by_piece, goods, piece, iva_19, 60'000, 480'000, 4},
    };
}

std::vector<Family> tools_and_materials() {
    return {
        {"TOR", "Tornillo", {"drywall", "autoperforante", "para madera", "hexagonal"}, {"6 x 1\"", "8 x 1 1/2\"",
         "10 x 2\"", "12 x 3\""}, {"x 100", "x 500"},
         product, by_piece, hardware, box, iva_19, 7'000, 58'000, 16},
        {"HER", "", {"Martillo de uña", "Alicate universal", "Destornillador de estría", "Llave inglesa",
         "Segueta", "Flexómetro 5 m", "Nivel de burbuja"}, {""}, {"Stanley", "Truper", "Redline"},
         product, by_piece, hardware, piece, iva_19, 12'000, 95'000, 16},
        {"TAL", "Taladro", {"percutor 1/2\"", "inalámbrico 12 V", "inalámbrico 20 V"}, {"550 W", "650 W"},
         {"DeWalt", "Black+Decker", "Bosch"},
         product, by_piece, hardware, piece, iva_19, 189'000, 720'000, 5},
        {"PIN", "Pintura", {"vinilo tipo 1", "vinilo tipo 2", "esmalte", "anticorrosiva"}, {"blanco", "marfil",
         "gris basalto", "azul colonial", "ladrillo"}, {"Pintuco", "Corona"},
         product, by_piece, hardware, gallon, iva_19, 32'000, 118'000, 16},
        {"BRO", "Brocha", {"de cerda", "sintética"}, {"1\"", "2\"", "3\"", "4\""}, {"Goya", ""},
         product, by_piece, hardware, piece, iva_19, 3'500, 19'000, 6},
        {"CEM", "Cemento", {"gris uso general", "blanco"}, {"25 kg", "50 kg"}, {"Argos", "Cemex"},
         product, by_piece, hardware, piece, iva_19, 18'000, 46'000, 4},
        {"CAB", "Cable", {"THHN 12 negro", "THHN 12 blanco", "THHN 14 verde", "dúplex 2x16", "encauchetado 3x14"},
         {""}, {"Centelsa", "Procables"},
         product, by_length, hardware, metre, iva_19, 1'800, 9'500, 8},
        {"MAN", "Manguera", {"de jardín", "de nivel", "para gas"}, {"1/2\"", "3/4\""}, {""},
         product, by_length, hardware, metre, iva_19, 2'200, 8'800, 5},
        {"TUB", "Tubo PVC", {"presión", "sanitario", "conduit"}, {"1/2\" x 6 m", "1\" x 6 m", "2\" x 6 m",
         "4\" x 6 m"}, {"Pavco", "Gerfor"},
         product, by_piece, hardware, piece, iva_19, 9'000, 88'000, 10},
        {"BOM", "Bombillo LED", {"luz blanca", "luz cálida"}, {"7 W", "9 W", "12 W", "15 W"}, {"Sylvania",
         "Philips"},
         product, by_piece, hardware, piece, iva_19, 4'500, 21'000, 8},
        {"CAN", "Candado", {"de hierro", "de bronce", "antizuncho"}, {"30 mm", "40 mm", "50 mm"}, {"Yale", "Globe"},
         product, by_piece, hardware, piece, iva_19, 12'000, 68'000, 5},
    };
}

std::vector<Family> food() {
    return {
        {"ARR", "Arroz", {"blanco", "integral", "parboiled"}, {"500 g", "1 kg", "5 kg"}, {"Diana", "Roa",
         "Florhuila"},
         product, by_piece, groceries, piece, excluded, 2'300, 24'000, 12},
        {"PAN", "Panela", {"redonda", "cuadrada", "pulverizada", "saborizada limón"}, {"500 g", "1 kg"}, {"",
         "Doña Panela"},
         product, by_piece, groceries, piece, excluded, 2'800, 9'500, 8},
        {"CAF", "Café", {"molido tradicional", "en grano", "instantáneo", "descafeinado"}, {"125 g", "250 g",
         "500 g"}, {"Sello Rojo", "Águila Roja", "Juan Valdez"},
         product, by_piece, groceries, piece, iva_5, 6'500, 42'000, 14},
        {"CHO", "Chocolate de mesa", {"tradicional", "con clavos y canela", "sin azúcar"}, {"250 g", "500 g"},
         {"Corona", "Luker", "Sol"},
         product, by_piece, groceries, piece, iva_5, 5'200, 18'500, 8},
        {"ACE", "Aceite", {"de girasol", "vegetal", "de oliva"}, {"500 ml", "1 l", "3 l"}, {"Premier", "Gourmet",
         "Oleocali"},
         product, by_piece, groceries, piece, iva_19, 7'000, 48'000, 9},
        {"GRA", "", {"Lenteja", "Fríjol cargamanto", "Fríjol bola roja", "Garbanzo", "Arveja verde"}, {"500 g",
         "1 kg"}, {"Diana", ""},
         product, by_piece, groceries, piece, excluded, 3'200, 15'900, 9},
        {"HAR", "Harina", {"de maíz blanca", "de maíz amarilla", "de trigo"}, {"500 g", "1 kg"}, {"P.A.N.",
         "Doñarepa", "Haz de Oros"},
         product, by_piece, groceries, piece, iva_5, 2'900, 7'800, 6},
        {"LEC", "Leche", {"entera", "deslactosada", "descremada"}, {"900 ml", "1 l", "bolsa x 6"}, {"Alpina",
         "Colanta", "Alquería"},
         product, by_piece, groceries, piece, exempt, 3'600, 28'900, 10},
        {"HUE", "Huevos", {"rojos AA", "blancos A", "campesinos"}, {"x 12", "x 30"}, {"Kikes", ""},
         product, by_piece, groceries, box, exempt, 8'500, 26'000, 4},
        {"GAL", "Galletas", {"Saltín", "Festival fresa", "Festival chocolate", "Ducales"}, {"taco", "bolsa x 12"},
         {"Noel"},
         product, by_piece, groceries, piece, iva_19, 1'900, 14'500, 8},
        {"GAS", "Gaseosa", {"manzana", "colombiana", "uva", "naranja"}, {"400 ml", "1,5 l", "3 l"}, {"Postobón"},
         product, by_piece, groceries, piece, iva_19, 2'500, 9'900, 8},
        {"VER", "", {"Papa pastusa", "Papa criolla", "Tomate chonto", "Cebolla cabezona", "Cebolla larga",
         "Zanahoria", "Yuca", "Ahuyama"}, {""}, {"", "de primera", "para sopa"},
         product, by_weight, groceries, kilogram, excluded, 1'800, 8'900, 14},
        {"FRU", "", {"Plátano hartón", "Banano", "Guayaba", "Lulo", "Maracuyá", "Mora de castilla",
         "Aguacate hass"}, {""}, {"", "de exportación", "para jugo"},
         product, by_weight, groceries, kilogram, excluded, 2'600, 16'900, 12},
        {"CAR", "", {"Carne molida", "Chatas", "Pechuga de pollo", "Costilla de cerdo", "Sobrebarriga"}, {""}, {"",
         "madurada", "para asar"},
         product, by_weight, groceries, kilogram, exempt, 11'900, 52'000, 9},
        {"QUE", "Queso", {"costeño", "campesino", "doble crema", "pera"}, {""}, {"", "Alpina", "Colanta"},
         product, by_weight, groceries, kilogram, exempt, 16'000, 44'000, 7},
    };
}

std::vector<Family> house() {
    return {
        {"JAB", "Jabón", {"en barra azul", "líquido para manos", "de tocador avena", "Rey"}, {"pequeño", "grande"},
         {"", "Protex"},
         product, by_piece, goods, piece, iva_19, 2'200, 18'000, 8},
        {"DET", "Detergente", {"en polvo floral", "líquido ropa color", "en polvo limón"}, {"500 g", "1 kg",
         "3 kg"}, {"Fab", "Ariel", "Dersa"},
         product, by_piece, goods, piece, iva_19, 5'400, 46'000, 9},
        {"PAP", "Papel higiénico", {"doble hoja", "triple hoja"}, {"x 4", "x 12", "x 24"}, {"Familia", "Scott",
         "Rosal"},
         product, by_piece, goods, piece, iva_19, 6'500, 38'000, 7},
        {"ESC", "Escoba", {"suave", "dura", "para jardín"}, {""}, {"Vanyplas", ""},
         product, by_piece, goods, piece, iva_19, 7'900, 19'900, 3},
        {"OLL", "Olla", {"a presión", "chocolatera", "arrocera"}, {"4 l", "6 l", "8 l"}, {"Imusa", "Universal"},
         product, by_piece, goods, piece, iva_19, 48'000, 260'000, 6},
        {"CUA", "Cuaderno", {"cuadriculado", "rayado", "doble raya"}, {"50 hojas", "100 hojas", "argollado"},
         {"Norma", "Scribe"},
         product, by_piece, goods, piece, iva_19, 2'900, 17'500, 8},
        {"LAP", "Lapicero", {"negro", "azul", "rojo"}, {"", "caja x 12"}, {"Kilométrico", "Bic"},
         product, by_piece, goods, piece, iva_19, 900, 14'900, 5},
        {"BOL", "Bolsa", {"ecológica reutilizable", "de papel kraft"}, {"pequeña", "grande"}, {""},
         ItemType::consumer_good, by_piece, goods, piece, iva_19, 300, 4'500, 3},
    };
}

std::vector<Family> services_and_combos() {
    return {
        {"DOM", "Domicilio", {"urbano", "veredal", "exprés"}, {"hasta 5 kg", "hasta 20 kg"}, {""},
         service, by_piece, services, piece, iva_19, 5'000, 28'000, 4},
        {"INS", "Instalación", {"de estufa a gas", "de calentador", "de lámpara", "de cerradura"}, {""}, {"",
         "fin de semana"},
         service, by_piece, services, piece, iva_19, 45'000, 180'000, 5},
        {"ARG", "Arreglo de ropa", {"dobladillo", "cambio de cremallera", "ajuste de cintura"}, {""}, {""},
         service, by_piece, services, piece, iva_19, 8'000, 35'000, 3},
        {"KIT", "Combo", {"mercado básico", "desayuno sorpresa", "kit de pintura", "kit escolar",
         "ancheta navideña"}, {"pequeño", "familiar"}, {""},
         combo, by_piece, goods, piece, iva_19, 35'000, 220'000, 6},
    };
}

// clang-format on

std::vector<Family> all_families() {
    std::vector<Family> all;
    for (auto part : {clothes(), tools_and_materials(), food(), house(), services_and_combos()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace

const std::vector<Family>& families() {
    static const std::vector<Family> all = all_families();
    return all;
}

}  // namespace stockcast::sim
