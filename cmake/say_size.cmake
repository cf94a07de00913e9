# cmake -P: says how large FILE is; fails when it is above LIMIT bytes, where there is one.
cmake_minimum_required(VERSION 3.25)
file(SIZE ${FILE} BYTES)
math(EXPR KB "(${BYTES} + 500) / 1000")
cmake_path(GET FILE FILENAME NAME)
message(STATUS "${NAME}: ${KB} kB")
if(LIMIT AND BYTES GREATER LIMIT)
  message(FATAL_ERROR "${NAME} has ${BYTES} bytes, and may have ${LIMIT}: cmake/judge_only.cmake says what keeps it small")
endif()
