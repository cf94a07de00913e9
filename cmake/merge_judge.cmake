# cmake -P: the objects of WORK/objects.rsp (compiled with -flto), and what they need of the archive INSIDE, become the one
# archive LIBRARY. Says its size, and fails when it is above LIMIT bytes.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${WORK} RESULT_VARIABLE STATUS OUTPUT_VARIABLE SAID ERROR_VARIABLE SAID)
  if(NOT STATUS EQUAL 0)
    list(JOIN ARGN " " LINE)
    message(FATAL_ERROR "${LINE}\n${SAID}")
  endif()
endfunction()

# The compiler links a shared library, since only then it learns which symbols somebody may call, and leaves beside it the
# assembly that it made of all sources.
file(GLOB OLD ${WORK}/judge.so*)
file(REMOVE ${OLD} ${LIBRARY})
run(${CXX} -shared -fPIC -Oz -flto=auto -flto-partition=one -save-temps -o judge.so
    @objects.rsp ${INSIDE} -Wl,--version-script=${ROOTS} -Wl,--gc-sections)
set(MADE ${WORK}/judge.so.ltrans0.ltrans.s)
if(NOT EXISTS ${MADE})
  message(FATAL_ERROR "${CXX} left no judge.so.ltrans0.ltrans.s in ${WORK}")
endif()
execute_process(COMMAND ${AWK} -f ${CMAKE_CURRENT_LIST_DIR}/trim_assembly.awk ${MADE} OUTPUT_FILE ${WORK}/trimmed.s
                COMMAND_ERROR_IS_FATAL ANY)
run(${CXX} -c -o trimmed.o trimmed.s)

execute_process(COMMAND ${NM} -D --defined-only --format=posix judge.so WORKING_DIRECTORY ${WORK} OUTPUT_VARIABLE SYMBOLS
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE " [^\n]*" "" ROOTS "${SYMBOLS}")
file(WRITE ${WORK}/roots.txt "${ROOTS}")
run(${LD} -r --force-group-allocation -o whole.o trimmed.o ${INSIDE})
run(${OBJCOPY} --keep-global-symbols=roots.txt --strip-unneeded --remove-section=.comment whole.o judge.o)
run(${AR} qcs ${LIBRARY} judge.o)

set(FILE ${LIBRARY})
include(${CMAKE_CURRENT_LIST_DIR}/say_size.cmake)
