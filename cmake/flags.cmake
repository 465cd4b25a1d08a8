# coord_flags: how every file of this project is compiled. Nothing of it reaches users of the installed library.
include(CheckCXXCompilerFlag)

add_library(coord_flags INTERFACE)

set(coord_cxx_only -Wnon-virtual-dtor -Wold-style-cast)
target_compile_options(coord_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  "$<$<COMPILE_LANGUAGE:CXX>:${coord_cxx_only}>"
  $<$<BOOL:${COORD_WERROR}>:-Werror>
  -fvisibility=hidden
  $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.
  -fstack-protector-strong
)

foreach(option -fstack-clash-protection -fcf-protection)
  string(MAKE_C_IDENTIFIER "COORD_HAS${option}" known)
  check_cxx_compiler_flag(${option} ${known})
  if(${known})
    target_compile_options(coord_flags INTERFACE ${option})
  endif()
endforeach()

if(COORD_SANITIZE)
  string(REPLACE ";" "," sanitizers "${COORD_SANITIZE}")
  set(sanitizer_options -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(coord_flags INTERFACE ${sanitizer_options})
  target_link_options(coord_flags INTERFACE ${sanitizer_options})
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    # C programs need the C++ half of UBSan's runtime for the library.
    target_link_options(coord_flags INTERFACE "$<$<LINK_LANGUAGE:C>:-fsanitize-link-c++-runtime>")
    target_link_libraries(coord_flags INTERFACE "$<$<LINK_LANGUAGE:C>:stdc++>")
  endif()
else()
  # Fortified functions hide what the sanitizers look for, and do nothing without optimization.
  target_compile_options(coord_flags INTERFACE
    "$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
endif()

# Asio's own code is compiled once, by src/runtime/asio_src.cpp.
target_compile_definitions(coord_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:BOOST_ASIO_SEPARATE_COMPILATION>
  $<$<COMPILE_LANGUAGE:CXX>:BOOST_ASIO_NO_DEPRECATED>
)
get_target_property(boost_includes Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
target_include_directories(coord_flags SYSTEM INTERFACE ${boost_includes})
