# What `cmake --install build/release --prefix <dir>` puts where: library, program, headers, the CMake package coord::coord, coord.pc.
include(CMakePackageConfigHelpers)

set(coord_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/coord)

install(TARGETS coord EXPORT coord_targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT coord_targets NAMESPACE coord:: FILE coord-targets.cmake DESTINATION ${coord_cmake_dir})

if(COORD_BUILD_PROGRAM)
  install(TARGETS coord_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/coord DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/coord-config.cmake.in
  ${CMAKE_BINARY_DIR}/coord-config.cmake INSTALL_DESTINATION ${coord_cmake_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/coord-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/coord-config.cmake ${CMAKE_BINARY_DIR}/coord-config-version.cmake
  DESTINATION ${coord_cmake_dir})

# The prefix is derived from where coord.pc lies, so that the installed tree can be moved.
file(RELATIVE_PATH coord_pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" coord_pc_to_prefix "${coord_pc_to_prefix}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/coord.pc.in ${CMAKE_BINARY_DIR}/coord.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/coord.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
