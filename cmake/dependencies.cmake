# What libcoord needs from the system. Nothing is ever downloaded: a missing package stops the configuration with the line to type.

function(coord_missing what package)
  message(FATAL_ERROR "${what} was not found. Install it with\n    sudo apt-get install ${package}\nor let ./dev build do so.")
endfunction()

find_package(Threads REQUIRED)

find_package(Boost 1.81 CONFIG QUIET)
if(NOT TARGET Boost::headers)
  coord_missing("Boost 1.81 or later" libboost1.81-dev)
endif()

find_package(fmt 9 CONFIG QUIET)
if(NOT TARGET fmt::fmt-header-only)
  coord_missing("{fmt} 9 or later" libfmt-dev)
endif()

# Only xxHash's header is used (inlined), so that libcoord.so does not depend on libxxhash.so.
find_package(PkgConfig QUIET)
if(NOT PkgConfig_FOUND)
  coord_missing("pkg-config" pkg-config)
endif()
pkg_check_modules(XXHASH QUIET libxxhash>=0.8)
if(NOT XXHASH_FOUND)
  coord_missing("xxHash 0.8 or later" libxxhash-dev)
endif()
add_library(coord_xxhash INTERFACE)
target_include_directories(coord_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE_DIRS})

# The lite runtime, shared: replies of peers are decoded with it. The compiler runs at build time.
find_package(Protobuf 3.12 QUIET)
if(NOT TARGET protobuf::libprotobuf-lite OR NOT TARGET protobuf::protoc)
  coord_missing("Protocol Buffers 3.12 or later" "libprotobuf-dev protobuf-compiler")
endif()

# Of the program alone.
if(COORD_BUILD_PROGRAM)
  find_package(CLI11 2.1 CONFIG QUIET)
  if(NOT TARGET CLI11::CLI11)
    coord_missing("CLI11 2.1 or later" libcli11-dev)
  endif()
  find_package(CURL 7.85 QUIET)
  if(NOT TARGET CURL::libcurl)
    coord_missing("libcurl 7.85 or later" libcurl4-openssl-dev)
  endif()
endif()

# The examples include a test of each Python example.
if(COORD_BUILD_TESTS OR COORD_BUILD_EXAMPLES)
  find_package(Python3 3.9 COMPONENTS Interpreter QUIET)
  if(NOT Python3_FOUND)
    coord_missing("Python 3.9 or later" python3)
  endif()
endif()

if(COORD_BUILD_TESTS)
  find_package(GTest 1.12 CONFIG QUIET)
  if(NOT TARGET GTest::gmock_main)
    coord_missing("GoogleTest 1.12 or later" "libgtest-dev libgmock-dev")
  endif()
endif()

if(COORD_BUILD_BENCHMARKS)
  find_package(benchmark 1.7 CONFIG QUIET)
  if(NOT TARGET benchmark::benchmark)
    coord_missing("Google Benchmark 1.7 or later" libbenchmark-dev)
  endif()
endif()
