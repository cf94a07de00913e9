# CORNU_JUDGE_ONLY: what judging needs, and nothing else, as one static library: libcornu_judge.a.
#
# What judging needs is what cornu/judge links, directly or not; there is no second list. Three things make it small. The
# compiler links all sources as one program (-flto), optimized for size, whose only entries are those of judge_roots.map:
# what they do not reach is not there, and the rest calls each other without symbols. Its assembly goes through
# trim_assembly.awk, which leaves out what only the file's size would notice. And what a virtual function or a table
# would keep is left out by hand: cornu/core/judge_only.h.
option(CORNU_JUDGE_AVX512 "With CORNU_JUDGE_ONLY: AVX-512 besides AVX2, in a library of any size" OFF)
# Bytes of the file. They may only go down: the aim is 2000000 everywhere.
set(CORNU_JUDGE_LIMIT 2000000)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  set(CORNU_JUDGE_LIMIT 2700000)
endif()
if(CORNU_JUDGE_AVX512)
  set(CORNU_JUDGE_LIMIT "")
endif()

# The kernels, where a judge spends its time, are built for speed. A table of jumps costs a relocation an entry.
function(cornu_judge_flags TARGET NAME)
  target_compile_definitions(${TARGET} PRIVATE CORNU_JUDGE_ONLY $<$<BOOL:${CORNU_JUDGE_AVX512}>:CORNU_JUDGE_AVX512>)
  if(NAME MATCHES "^engine/cpu/kernels")
    set(OPTIMIZED -O2)
  else()
    set(OPTIMIZED -Oz -fno-jump-tables)
  endif()
  target_compile_options(${TARGET} PRIVATE ${OPTIMIZED} -flto -fno-fat-lto-objects)
endfunction()

function(cornu_judge_library)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    message(FATAL_ERROR "CORNU_JUDGE_ONLY needs GCC, whose link-time optimization makes the library small\n"
      "  received: ${CMAKE_CXX_COMPILER_ID}\n  way out: -DCMAKE_CXX_COMPILER=g++, or link cornu::judge of a usual build")
  endif()
  cornu_reach(FOLDERS cornu_judge)
  list(APPEND FOLDERS judge)
  get_property(MODULES GLOBAL PROPERTY CORNU_MODULES)
  set(OBJECTS "")
  foreach(MODULE ${MODULES})
    set_target_properties(${MODULE} PROPERTIES EXCLUDE_FROM_ALL ON)
    get_target_property(FOLDER ${MODULE} CORNU_FOLDER)
    if(FOLDER IN_LIST FOLDERS)
      list(APPEND OBJECTS $<TARGET_OBJECTS:${MODULE}>)
    endif()
  endforeach()

  find_program(CORNU_AWK awk REQUIRED)
  set(WORK ${PROJECT_BINARY_DIR}/merge)
  set(LIBRARY ${PROJECT_BINARY_DIR}/libcornu_judge.a)
  file(GENERATE OUTPUT ${WORK}/objects.rsp CONTENT "$<JOIN:${OBJECTS},\n>\n")
  # The part of libdeflate that unpacks goes in, where there is a static one: a phone has none.
  find_library(CORNU_LIBDEFLATE_STATIC libdeflate.a HINTS ${LIBDEFLATE_LIBRARY_DIRS})
  set(INSIDE "")
  if(CORNU_LIBDEFLATE_STATIC)
    set(INSIDE ${CORNU_LIBDEFLATE_STATIC})
  endif()
  add_custom_command(OUTPUT ${LIBRARY}
    COMMAND ${CMAKE_COMMAND} -DAWK=${CORNU_AWK} -DCXX=${CMAKE_CXX_COMPILER} -DLD=${CMAKE_LINKER} -DNM=${CMAKE_NM} -DOBJCOPY=${CMAKE_OBJCOPY}
      -DAR=${CMAKE_AR} -DWORK=${WORK} -DINSIDE=${INSIDE} -DLIBRARY=${LIBRARY} -DLIMIT=${CORNU_JUDGE_LIMIT}
      -DROOTS=${PROJECT_SOURCE_DIR}/cmake/judge_roots.map -P ${PROJECT_SOURCE_DIR}/cmake/merge_judge.cmake
    DEPENDS ${OBJECTS} ${PROJECT_SOURCE_DIR}/cmake/merge_judge.cmake ${PROJECT_SOURCE_DIR}/cmake/judge_roots.map
            ${PROJECT_SOURCE_DIR}/cmake/trim_assembly.awk ${WORK}/objects.rsp
    COMMENT "Linking libcornu_judge.a" VERBATIM)
  add_custom_target(cornu_judge_only ALL DEPENDS ${LIBRARY})

  # What a program links.
  add_library(cornu_judge_archive STATIC IMPORTED GLOBAL)
  add_dependencies(cornu_judge_archive cornu_judge_only)
  set(BESIDE Threads::Threads m)
  if(NOT INSIDE)
    list(APPEND BESIDE PkgConfig::LIBDEFLATE)
  endif()
  if(HWY_LIBRARY)
    list(APPEND BESIDE ${HWY_LIBRARY})
  endif()
  set_target_properties(cornu_judge_archive PROPERTIES IMPORTED_LOCATION ${LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR}
                        INTERFACE_LINK_LIBRARIES "${BESIDE}" IMPORTED_LINK_INTERFACE_LANGUAGES CXX)
  add_executable(judge examples/judge_c/judge.c)
  set_target_properties(judge PROPERTIES C_STANDARD 99 LINKER_LANGUAGE CXX)
  target_link_libraries(judge PRIVATE cornu_judge_archive)
  target_link_options(judge PRIVATE LINKER:--gc-sections -s)
  add_custom_command(TARGET judge POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -DFILE=$<TARGET_FILE:judge> -P ${PROJECT_SOURCE_DIR}/cmake/say_size.cmake)

  install(FILES ${LIBRARY} DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES cornu/judge/cornu_judge.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cornu/judge)
endfunction()
