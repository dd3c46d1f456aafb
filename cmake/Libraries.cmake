# Third-party libraries, all from Debian 12. STOCKCAST_STATIC picks their archives, so that the release needs only glibc.
if(STOCKCAST_STATIC)
  set(Boost_USE_STATIC_LIBS ON)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(ZLIB_USE_STATIC_LIBS ON)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
if(NOT STOCKCAST_STATIC)
  find_package(RocksDB 7.8 REQUIRED)
endif()
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)

# Asio is compiled once in src/base/boost_asio.cpp, its TLS and Beast in src/net/boost_*.cpp; elsewhere they are only declared.
add_library(stockcast_boost INTERFACE)
target_compile_definitions(stockcast_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_ALLOW_DEPRECATED=0)
target_link_libraries(stockcast_boost INTERFACE Boost::headers Boost::json Boost::url OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

add_library(stockcast_rocksdb INTERFACE)
if(STOCKCAST_STATIC)
  # RocksDB's own CMake target names shared compression libraries, whatever was asked for.
  foreach(library rocksdb snappy lz4 zstd bz2 z gflags)
    find_library(STOCKCAST_${library}_ARCHIVE lib${library}.a REQUIRED)
    target_link_libraries(stockcast_rocksdb INTERFACE ${STOCKCAST_${library}_ARCHIVE})
  endforeach()
  target_link_libraries(stockcast_rocksdb INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
  add_link_options(-static-libstdc++ -static-libgcc)
  # What the executor allocates the ledger's thread frees: glibc's allocator costs a third of the ingest there.
  find_library(STOCKCAST_jemalloc_ARCHIVE libjemalloc.a REQUIRED)
  target_link_libraries(stockcast_rocksdb INTERFACE ${STOCKCAST_jemalloc_ARCHIVE})
else()
  target_link_libraries(stockcast_rocksdb INTERFACE RocksDB::rocksdb-shared)
endif()
