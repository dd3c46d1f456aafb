# `cmake --install`: the programs, and what they say of themselves for man and the shells.
include(GNUInstallDirs)
set(programs stockcast stockcast-dump stockcast-replay stockcast-bench siigo-sim)
set(share ${CMAKE_BINARY_DIR}/share)
add_custom_command(
  OUTPUT ${share}/man/man1/stockcast.1
  COMMAND ${CMAKE_SOURCE_DIR}/script/pages ${CMAKE_BINARY_DIR}/bin ${share}
  DEPENDS ${programs} ${CMAKE_SOURCE_DIR}/script/pages
  COMMENT "Writing manual pages and shell completions")
add_custom_target(pages ALL DEPENDS ${share}/man/man1/stockcast.1)

install(TARGETS ${programs})
install(DIRECTORY ${share}/ DESTINATION ${CMAKE_INSTALL_DATADIR})
