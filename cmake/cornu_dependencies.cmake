# The libraries that Cornu stands on, each with the Debian 12 package that brings it.
include(GNUInstallDirs)

find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)  # nlohmann-json3-dev

find_path(HWY_INCLUDE_DIR hwy/highway.h REQUIRED)  # libhwy-dev
find_library(HWY_LIBRARY hwy REQUIRED)
find_package(HDF5 REQUIRED COMPONENTS C)           # libhdf5-dev
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)          # libzip-dev
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate)  # libdeflate-dev

if(CORNU_TESTS)
  find_package(GTest REQUIRED)  # libgtest-dev
  include(GoogleTest)
endif()
