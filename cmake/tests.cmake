# How tests are declared. Every CTest test has one of these labels:
#   unit sim capi cpp python cli lint examples interop chaos stress full

# coord_add_test(<name> SOURCES <file>... [LIBS <target>...] [LABELS <label>...])
# A GoogleTest binary; each TEST in it is a CTest test. Links the core objects unless LIBS names something else.
function(coord_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS;LABELS")
  if(NOT arg_LIBS)
    set(arg_LIBS coord_core)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${arg_LIBS} coord_flags GTest::gmock GTest::gtest GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    TEST_PREFIX "${name}." PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 120)
endfunction()

# coord_add_program(<name> SOURCES <file>... [LIBS <target>...] [LABELS <label>...])
# A program that links the real libcoord.so and is one CTest test: it passes by returning 0.
function(coord_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS capi)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE coord coord_flags ${arg_LIBS})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 120 SKIP_RETURN_CODE 77)
endfunction()

# coord_add_script_test(<name> LABELS <label>... COMMAND <command>... [ENVIRONMENT <var=value>...])
# A test that is a command; exit status 77 means skipped.
function(coord_add_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LABELS;COMMAND;ENVIRONMENT")
  string(REPLACE "\\;" ";" arg_ENVIRONMENT "${arg_ENVIRONMENT}") # "A=b;C=d" is two variables
  add_test(NAME ${name} COMMAND ${arg_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 120 SKIP_RETURN_CODE 77
    ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1;${arg_ENVIRONMENT}")
endfunction()

# coord_add_example(<name> SOURCES <file>... [LIBS <target>...] OUTPUT <regular expression>)
# A program of docs/examples that is run and whose whole output must match.
function(coord_add_example name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "SOURCES;LIBS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE coord coord_flags ${arg_LIBS})
  if(arg_OUTPUT)
    add_test(NAME example.${name} COMMAND ${name})
    set_tests_properties(example.${name} PROPERTIES LABELS examples TIMEOUT 60
      PASS_REGULAR_EXPRESSION "${arg_OUTPUT}")
  endif()
endfunction()
