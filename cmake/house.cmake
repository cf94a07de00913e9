# The house, read from the targets themselves at the end of configuring: which folder each target compiles, and which
# folders those sources may include (what the target links, and what that links, and so on). check_includes.cmake holds
# every file against it. There is no second list to keep.

# Floors that no DEPENDS may join, whatever a CMakeLists.txt says: folder, then what must stay out of its reach.
set(CORNU_NEVER
  "core:ir"
  "data:ir"
  "saving:ir layers trainers engine"
  "ir:engine passes grad layers"
  "passes:layers engine saving"
  "grad:layers engine saving"
  "engine:layers losses metrics optimizers models trainers saving"
  "engine/cpu:layers losses metrics optimizers models trainers saving grad"
  "engine/reference:layers losses metrics optimizers models trainers saving grad passes"
  "engine/pjrt:layers losses metrics optimizers models trainers saving grad"
  "distribution:passes layers losses metrics optimizers models trainers saving grad"
  "layers:engine passes grad saving models trainers"
  "losses:engine passes grad saving models trainers layers"
  "metrics:engine passes grad saving models trainers layers"
  "optimizers:engine passes grad saving models trainers layers"
  "models:engine trainers optimizers losses"
  "callbacks:trainers models layers"
  "export:engine"
  "export/c99:engine"
  "export/onnx:engine"
  "judge:trainers optimizers losses metrics grad callbacks")

# All targets of this directory and those below it.
function(cornu_all_targets OUT DIRECTORY)
  get_property(ALL DIRECTORY ${DIRECTORY} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(CHILDREN DIRECTORY ${DIRECTORY} PROPERTY SUBDIRECTORIES)
  foreach(CHILD ${CHILDREN})
    cornu_all_targets(MORE ${CHILD})
    list(APPEND ALL ${MORE})
  endforeach()
  set(${OUT} ${ALL} PARENT_SCOPE)
endfunction()

# The folders in reach of a target: those of the modules that it links, directly or not.
function(cornu_reach OUT TARGET)
  set(FOUND "")
  set(QUEUE ${TARGET})
  while(QUEUE)
    list(POP_FRONT QUEUE NEXT)
    get_target_property(LINKED ${NEXT} LINK_LIBRARIES)
    get_target_property(OFFERED ${NEXT} INTERFACE_LINK_LIBRARIES)
    foreach(NAME ${LINKED} ${OFFERED})
      if(NOT TARGET ${NAME})
        continue()
      endif()
      get_target_property(REAL ${NAME} ALIASED_TARGET)
      if(REAL)
        set(NAME ${REAL})
      endif()
      get_target_property(FOREIGN ${NAME} IMPORTED)
      if(NOT FOREIGN AND NOT NAME IN_LIST FOUND AND NOT NAME STREQUAL TARGET)
        list(APPEND FOUND ${NAME})
        list(APPEND QUEUE ${NAME})
      endif()
    endforeach()
  endwhile()
  set(FOLDERS "")
  foreach(NAME ${FOUND})
    get_target_property(FOLDER ${NAME} CORNU_FOLDER)
    if(FOLDER)
      list(APPEND FOLDERS ${FOLDER})
    endif()
  endforeach()
  list(SORT FOLDERS)
  set(${OUT} "${FOLDERS}" PARENT_SCOPE)
endfunction()

function(cornu_forbid FOLDER REACH)
  foreach(LINE ${CORNU_NEVER})
    string(REGEX MATCH "^([^:]+):(.*)$" _ "${LINE}")
    set(NEVER "${CMAKE_MATCH_2}")
    if(NOT FOLDER STREQUAL CMAKE_MATCH_1)
      continue()
    endif()
    separate_arguments(NEVER)
    foreach(BAD ${NEVER})
      if(BAD IN_LIST REACH)
        message(FATAL_ERROR "cornu/${FOLDER} now depends on cornu/${BAD}, through its DEPENDS or theirs. That is the wrong way "
          "through the house: see docs/design/house.md. Move what both need to a folder below them.")
      endif()
    endforeach()
  endforeach()
endfunction()

# Writes house.cmake into the build folder (a call of house_target() for each target) and checks the includes of every
# file against it: as part of the build, again when a source has changed, and as a test.
function(cornu_check_house)
  cornu_all_targets(TARGETS ${PROJECT_SOURCE_DIR})
  set(TEXT "# Made by cmake/house.cmake: target, its folder, its sources, the folders it may include.\n")
  set(FOLDERS "")
  foreach(TARGET ${TARGETS})
    get_target_property(TYPE ${TARGET} TYPE)
    if(NOT TYPE MATCHES "^(STATIC_LIBRARY|SHARED_LIBRARY|EXECUTABLE)$")
      continue()
    endif()
    get_target_property(FOLDER ${TARGET} CORNU_FOLDER)
    cornu_reach(REACH ${TARGET})
    if(FOLDER)
      cornu_forbid(${FOLDER} "${REACH}")
      list(APPEND REACH ${FOLDER})
      list(APPEND FOLDERS ${FOLDER})
      list(REMOVE_DUPLICATES REACH)
      list(REMOVE_DUPLICATES FOLDERS)
    else()
      set(FOLDER "")
    endif()
    get_target_property(SOURCES ${TARGET} SOURCES)
    get_target_property(BASE ${TARGET} SOURCE_DIR)
    set(FILES "")
    foreach(FILE ${SOURCES})
      cmake_path(ABSOLUTE_PATH FILE BASE_DIRECTORY ${BASE} NORMALIZE)
      cmake_path(IS_PREFIX PROJECT_SOURCE_DIR "${FILE}" OURS)
      cmake_path(IS_PREFIX PROJECT_BINARY_DIR "${FILE}" MADE)
      if(OURS AND NOT MADE)
        cmake_path(RELATIVE_PATH FILE BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
        list(APPEND FILES ${FILE})
      endif()
    endforeach()
    string(APPEND TEXT "house_target(\"${TARGET}\" \"${FOLDER}\" \"${FILES}\" \"${REACH}\")\n")
  endforeach()
  string(APPEND TEXT "set(HOUSE_FOLDERS \"${FOLDERS}\")\n")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/house.cmake CONTENT "${TEXT}" @ONLY)

  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS cornu/*.h cornu/*.def cornu/*.cpp tools/*.h tools/*.cpp tests/*.h tests/*.cpp
                                              bench/*.cpp examples/*.cpp)
  set(CHECK ${CMAKE_COMMAND} -DHOUSE=${PROJECT_BINARY_DIR}/house.cmake -DROOT=${PROJECT_SOURCE_DIR}
            -P ${PROJECT_SOURCE_DIR}/cmake/check_includes.cmake)
  add_custom_command(OUTPUT includes.stamp COMMAND ${CHECK} COMMAND ${CMAKE_COMMAND} -E touch includes.stamp
                     DEPENDS ${SOURCES} ${PROJECT_BINARY_DIR}/house.cmake cmake/check_includes.cmake
                     COMMENT "Checking the direction of includes" VERBATIM)
  add_custom_target(cornu_includes ALL DEPENDS includes.stamp)
  if(CORNU_TESTS)
    add_test(NAME house/includes COMMAND ${CHECK})
  endif()
endfunction()
