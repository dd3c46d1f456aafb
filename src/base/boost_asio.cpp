// Asio's definitions, compiled once; every other file only declares them (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>
