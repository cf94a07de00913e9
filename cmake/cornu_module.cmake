# cornu_module(NAME DEPENDS a b LINK lib ... GROUPS c d TEST_DEPENDS e): one folder of the house as one library, with the
# tests beside its code. GROUPS are subfolders that belong to the same library (the layers, grouped as in Keras).
# TEST_DEPENDS are folders that only the tests use. NOT_TO_JUDGE are sources, as regular expressions, that
# CORNU_JUDGE_ONLY leaves out.
#
# Sources are every *.cpp of the folder; *_test.cpp become the program test_NAME. A name such as engine/cpu is the
# folder; the target is cornu_engine_cpu. What a folder may include is its DEPENDS, and theirs: house.cmake.
set(CORNU_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wno-restrict -Werror=switch -Werror=return-type)
# Test code is compiled more often than it runs: a third less time to compile it.
set(CORNU_TEST_OPTIONS $<$<CONFIG:Release>:-O1>)

function(cornu_module NAME)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK;GROUPS;TEST_DEPENDS;NOT_TO_JUDGE" ${ARGN})
  string(REPLACE "/" "_" ID ${NAME})
  set(FOLDER ${PROJECT_SOURCE_DIR}/cornu/${NAME})
  set(PATTERNS ${FOLDER}/*.cpp)
  foreach(GROUP ${ARG_GROUPS})
    list(APPEND PATTERNS ${FOLDER}/${GROUP}/*.cpp)
  endforeach()
  file(GLOB SOURCES CONFIGURE_DEPENDS ${PATTERNS})
  set(TESTS ${SOURCES})
  list(FILTER SOURCES EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER TESTS INCLUDE REGEX "_test\\.cpp$")

  if(CORNU_JUDGE_ONLY)
    foreach(PATTERN ${ARG_NOT_TO_JUDGE})
      list(FILTER SOURCES EXCLUDE REGEX "/${PATTERN}\\.cpp$")
    endforeach()
  endif()

  add_library(cornu_${ID} STATIC ${SOURCES})
  add_library(cornu::${ID} ALIAS cornu_${ID})
  set_target_properties(cornu_${ID} PROPERTIES EXPORT_NAME ${ID} POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF CORNU_FOLDER ${NAME})
  target_compile_features(cornu_${ID} PUBLIC cxx_std_20)
  target_compile_options(cornu_${ID} PRIVATE ${CORNU_WARNINGS})
  if(CORNU_JUDGE_ONLY)
    cornu_judge_flags(cornu_${ID} ${NAME})
  endif()
  target_include_directories(cornu_${ID} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                                $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  foreach(DEPENDENCY ${ARG_DEPENDS})
    string(REPLACE "/" "_" DEPENDENCY ${DEPENDENCY})
    target_link_libraries(cornu_${ID} PUBLIC cornu_${DEPENDENCY})
  endforeach()
  target_link_libraries(cornu_${ID} ${ARG_LINK})
  set_property(GLOBAL APPEND PROPERTY CORNU_MODULES cornu_${ID})

  if(CORNU_TESTS AND TESTS AND NOT CORNU_JUDGE_ONLY)
    add_executable(test_${ID} ${TESTS})
    set_target_properties(test_${ID} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests
                                                CXX_EXTENSIONS OFF CORNU_FOLDER ${NAME})
    target_compile_options(test_${ID} PRIVATE ${CORNU_WARNINGS} ${CORNU_TEST_OPTIONS})
    # Not found by __FILE__: the compiler's cache makes that relative.
    target_compile_definitions(test_${ID} PRIVATE CORNU_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
    target_link_libraries(test_${ID} PRIVATE cornu_${ID} GTest::gtest_main)
    foreach(DEPENDENCY ${ARG_TEST_DEPENDS})
      string(REPLACE "/" "_" DEPENDENCY ${DEPENDENCY})
      target_link_libraries(test_${ID} PRIVATE cornu_${DEPENDENCY})
    endforeach()
    gtest_discover_tests(test_${ID} TEST_PREFIX "${NAME}/" DISCOVERY_MODE PRE_TEST
                         ${CORNU_TEST_PROPERTIES})
  endif()
endfunction()
