# One set of flags for every target, ours and the compiled parts of Boost.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

add_compile_options(-fno-omit-frame-pointer -ffunction-sections -fdata-sections)
add_link_options(-fuse-ld=lld -Wl,--gc-sections)

if(STOCKCAST_SANITIZE)
  add_compile_options(-fsanitize=${STOCKCAST_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STOCKCAST_SANITIZE})
endif()

# Counting is for the folders that are measured (Layer.cmake); all other objects are those of the fuzz build, from ccache.
if(STOCKCAST_COVERAGE)
  add_link_options(-fprofile-instr-generate)
endif()

# -g1 (line tables) is what a stack trace needs; full -g doubles Beast's compile time and memory.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -D_GLIBCXX_ASSERTIONS -D_FORTIFY_SOURCE=2 -fstack-protector-strong")
set(CMAKE_CXX_FLAGS_SANITIZED "-O1 -g1 -D_GLIBCXX_ASSERTIONS")

# Warnings and the version, for our own code only.
add_library(stockcast_flags INTERFACE)
target_compile_options(stockcast_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror=return-type
  -Wno-missing-designated-field-initializers  # leaving a member at its default is what they are for
  $<$<BOOL:$ENV{CI}>:-Werror>)
target_include_directories(stockcast_flags INTERFACE ${CMAKE_SOURCE_DIR}/include)
