#include "stockcast/app/commands.hpp"

int main(int argc, char** argv) {
    return stockcast::run_program(argc, argv);
}
