# Configures and builds the project SOURCE in BUILD against the Cornu installed in PREFIX, then runs PROGRAM when given.
function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${BUILD} RESULT_VARIABLE FAILED OUTPUT_VARIABLE TEXT ERROR_VARIABLE TEXT)
  if(FAILED)
    message(FATAL_ERROR "${ARGN}\n${TEXT}")
  endif()
  message(STATUS "${TEXT}")
endfunction()

file(MAKE_DIRECTORY ${BUILD})
run(${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja --fresh -DCMAKE_PREFIX_PATH=${PREFIX} -DCMAKE_BUILD_TYPE=${TYPE}
    -DCMAKE_CXX_FLAGS=${FLAGS} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} -DCMAKE_EXPORT_COMPILE_COMMANDS=OFF ${OPTIONS})
run(${CMAKE_COMMAND} --build ${BUILD})
if(PROGRAM)
  run(${BUILD}/${PROGRAM})
endif()
