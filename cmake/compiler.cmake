# One supported compiler: clang-19. g++ 12 miscompiles coroutines (docs/decisions/0001-toolchain.md), so any other
# compiler is refused here rather than found out at run time.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR NOT CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 19
   OR NOT CMAKE_CXX_COMPILER_VERSION VERSION_LESS 20)
  message(FATAL_ERROR "Mailstead is built with clang-19, not ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}. "
                      "Use ./dev build, or configure with a preset: cmake --preset asan")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(MAILSTEAD_WERROR "Warnings are errors (on in CI and in every preset)" ON)
option(MAILSTEAD_BENCH "Build the benchmarks" OFF)
option(MAILSTEAD_FUZZ "Build the fuzz targets (libFuzzer)" OFF)
option(MAILSTEAD_PLANTED "Bugs for the model checker to find (src/base/planted.h)" OFF)
set(MAILSTEAD_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")

# No precompiled headers: they saved 12 to 20 % of a file's time, cost each component one of its own, and their absolute
# paths kept work trees from sharing what ccache has.
find_program(MAILSTEAD_CCACHE ccache)
if(MAILSTEAD_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 ${MAILSTEAD_CCACHE})
endif()

add_library(mailstead_options INTERFACE)
target_compile_options(mailstead_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror=return-type -Wthread-safety
  -fno-omit-frame-pointer -fstack-protector-strong -fstack-clash-protection -fcf-protection)
target_compile_definitions(mailstead_options INTERFACE
  _GLIBCXX_ASSERTIONS BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_NO_TS_EXECUTORS BOOST_ALL_NO_LIB)
target_include_directories(mailstead_options INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_link_options(mailstead_options INTERFACE -fuse-ld=lld-19 -Wl,-z,relro,-z,now)
if(MAILSTEAD_WERROR)
  target_compile_options(mailstead_options INTERFACE -Werror)
endif()
if(MAILSTEAD_SANITIZE)
  target_compile_options(mailstead_options INTERFACE -fsanitize=${MAILSTEAD_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(mailstead_options INTERFACE -fsanitize=${MAILSTEAD_SANITIZE})
else()
  target_compile_options(mailstead_options INTERFACE $<$<CONFIG:RelWithDebInfo>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=3>)
endif()
if(MAILSTEAD_PLANTED)
  target_compile_definitions(mailstead_options INTERFACE MAILSTEAD_PLANTED)
endif()
if(MAILSTEAD_FUZZ)
  target_compile_options(mailstead_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
