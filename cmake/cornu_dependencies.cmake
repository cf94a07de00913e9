# The libraries that Cornu stands on, each with the Debian 12 package that brings it.
include(GNUInstallDirs)

find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)  # nlohmann-json3-dev

# A library that only judges reads its files by itself and names one function of Highway's, and that not on every machine.
set(NEEDED REQUIRED)
if(CORNU_JUDGE_ONLY)
  set(NEEDED "")
endif()

find_path(HWY_INCLUDE_DIR hwy/highway.h REQUIRED)  # libhwy-dev
find_library(HWY_LIBRARY hwy ${NEEDED})
set(CORNU_HIGHWAY $<$<BOOL:${HWY_LIBRARY}>:${HWY_LIBRARY}>)
if(NOT CORNU_JUDGE_ONLY)
  # Debian's HDF5 can also read from Amazon's S3, so its shared library loads thirty others (curl, Kerberos, LDAP): 5 ms
  # of every start. From the static one the linker takes what is called, and the other libraries are not needed at all.
  set(HDF5_USE_STATIC_LIBRARIES ON)
  find_package(HDF5 QUIET COMPONENTS C)              # libhdf5-dev
  if(NOT HDF5_FOUND)
    set(HDF5_USE_STATIC_LIBRARIES OFF)
    find_package(HDF5 REQUIRED COMPONENTS C)
  endif()
endif()
if(CORNU_MPI)
  set(MPI_CXX_SKIP_MPICXX ON)  # the C interface alone
  find_package(MPI QUIET COMPONENTS CXX)
  if(NOT MPI_CXX_FOUND)
    message(FATAL_ERROR "CORNU_MPI needs an MPI library and its mpicxx: apt-get install libopenmpi-dev openmpi-bin, or configure with -DCORNU_MPI=OFF")
  endif()
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_link_options(LINKER:--as-needed)
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP ${NEEDED} IMPORTED_TARGET libzip)          # libzip-dev
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)  # libdeflate-dev

if(CORNU_TESTS AND NOT CMAKE_CROSSCOMPILING)
  find_package(GTest REQUIRED)  # libgtest-dev
  include(GoogleTest)
endif()
