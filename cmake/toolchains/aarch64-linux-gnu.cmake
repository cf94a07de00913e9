# Builds for 64-bit ARM (a phone's processor) with Debian's cross compiler: g++-aarch64-linux-gnu, libdeflate-dev:arm64.
# Headers of the machine that builds are used where they are the same for all (Highway, nlohmann's JSON).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# Libraries of this machine alone.
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu /usr/lib/aarch64-linux-gnu)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig)
# The tests run here.
find_program(CORNU_QEMU qemu-aarch64)  # qemu-user
if(CORNU_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${CORNU_QEMU} -L /usr/aarch64-linux-gnu)
endif()
