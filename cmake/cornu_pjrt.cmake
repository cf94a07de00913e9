# What the engine on PJRT plug-ins needs: the C header of OpenXLA's own wheel and, to have a device at hand, a plug-in for
# CPUs. Both are pinned wheels of PyPI without dependencies, and are put into CORNU_PJRT_DIR when they are not there yet.
# Other plug-ins (jax-cuda13-pjrt, ...) are named when the program runs: --engine pjrt:PATH, or CORNU_PJRT_PLUGIN.
set(CORNU_PJRT_DIR ${PROJECT_SOURCE_DIR}/build/pjrt CACHE PATH "Where the wheels of PJRT are, or will be")
set(CORNU_PJRT_WHEELS xla-cpu-pjrt==0.0.1 lammps-jax-pjrt-cpu==0.11.2)
set(CORNU_PJRT_INCLUDE ${CORNU_PJRT_DIR}/xla_plugins/xla_cpu_pjrt/include)
set(CORNU_PJRT_PLUGIN ${CORNU_PJRT_DIR}/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so)

# Tests leave no programs in their user's folder; where there are many, they compile fast rather than well.
set(CORNU_TEST_PROPERTIES PROPERTIES ENVIRONMENT CORNU_CACHE=off)
set(CORNU_PJRT_TEST_ENVIRONMENT CORNU_CACHE=off "XLA_FLAGS=--xla_backend_optimization_level=0")

if(NOT EXISTS ${CORNU_PJRT_INCLUDE}/pjrt_c_api.h OR NOT EXISTS ${CORNU_PJRT_PLUGIN})
  find_package(Python3 QUIET COMPONENTS Interpreter)
  message(STATUS "fetching ${CORNU_PJRT_WHEELS}")
  execute_process(COMMAND ${Python3_EXECUTABLE} -m pip install --quiet --no-deps --target ${CORNU_PJRT_DIR} ${CORNU_PJRT_WHEELS}
                  RESULT_VARIABLE FAILED ERROR_VARIABLE WHY OUTPUT_QUIET)
endif()
if(NOT EXISTS ${CORNU_PJRT_INCLUDE}/pjrt_c_api.h)
  message(FATAL_ERROR "CORNU_PJRT=ON, but there is no pjrt_c_api.h in ${CORNU_PJRT_INCLUDE}.\n"
                      "It comes with a wheel: python3 -m pip install --no-deps --target ${CORNU_PJRT_DIR} ${CORNU_PJRT_WHEELS}\n${WHY}\n"
                      "Or build without this engine: -DCORNU_PJRT=OFF")
endif()
