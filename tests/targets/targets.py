"""The targets: how each is compiled for, linked and run. A new one is an entry here."""
import dataclasses
import os


@dataclasses.dataclass(frozen=True)
class Target:
    name: str
    compiler: list  # and the flags that say which processor it is
    run: list  # the command before the program's file
    link: list = dataclasses.field(default_factory=list)
    sources: tuple = ("start_hosted.c",)
    tools: str = ""  # the prefix of size and nm: "arm-none-eabi-"
    counts: bool = True  # QEMU counts instructions, and flash and RAM are worth a number
    chip: bool = False  # no operating system
    last: tuple = ()  # what stands after the program's file
    ending: str = ".elf"
    environment: dict = dataclasses.field(default_factory=dict)


SEMIHOSTING = ["-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native"]


def cortex_m(name, machine, flags, flash, flash_size, ram, ram_size):
    memory = dict(flash=flash, flash_size=flash_size, ram=ram, ram_size=ram_size)
    return Target(
        name,
        ["arm-none-eabi-gcc", "-mthumb"] + flags,
        ["qemu-system-arm", "-M", machine] + SEMIHOSTING,
        link=["-nostartfiles", "--specs=nano.specs", "--specs=nosys.specs", "-T", "arm.ld"]
        + [f"-Wl,--defsym={key}={value:#x}" for key, value in memory.items()],
        sources=("start_arm.c",),
        tools="arm-none-eabi-",
        chip=True,
        last=("-kernel",),
    )


def riscv(name, march, abi):
    memory = dict(__flash=0x80000000, __flash_size=0x200000, __ram=0x80200000, __ram_size=0x200000)
    return Target(
        name,
        ["riscv64-unknown-elf-gcc", f"-march={march}", f"-mabi={abi}", "-mcmodel=medany", "--specs=picolibc.specs"],
        ["qemu-system-riscv32", "-M", "virt", "-cpu", "rv32", "-bios", "none"] + SEMIHOSTING,
        link=["--oslib=semihost", "--crt0=hosted"]
        + [f"-Wl,--defsym={key}={value:#x}" for key, value in memory.items()],
        tools="riscv64-unknown-elf-",
        chip=True,
        last=("-kernel",),
    )


# Debian's emcc needs its own Node modules at -O2 and above; what it writes takes a Node with fetch for a browser.
NODE = {"NODE_PATH": "/usr/share/nodejs"}


def wasm(name, flags):
    return Target(name, ["emcc"] + flags, ["node", "--no-experimental-fetch"], link=["-s", "ENVIRONMENT=node", "-s", "EXIT_RUNTIME=1"],
                  counts=False, ending=".js", environment=NODE)


M = 0x100000
HOST = Target("host", ["gcc"], [], counts=False)
TARGETS = [
    cortex_m("cortex-m3", "mps2-an385", ["-mcpu=cortex-m3"], 0, 4 * M, 0x20000000, 4 * M),
    cortex_m("cortex-m4", "mps2-an386", ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"],
             0, 4 * M, 0x20000000, 4 * M),
    cortex_m("cortex-m7", "mps2-an500", ["-mcpu=cortex-m7", "-mfpu=fpv5-d16", "-mfloat-abi=hard"],
             0, 4 * M, 0x20000000, 4 * M),
    cortex_m("cortex-m33", "mps2-an505", ["-mcpu=cortex-m33", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"],
             0x10000000, 4 * M, 0x38000000, 4 * M),
    cortex_m("cortex-m55", "mps3-an547", ["-mcpu=cortex-m55", "-mfloat-abi=hard"],
             0x10000000, 512 * 1024, 0x30000000, 512 * 1024),
    riscv("rv32imac", "rv32imac", "ilp32"),
    riscv("rv32imafc", "rv32imafc", "ilp32f"),
    Target("aarch64", ["aarch64-linux-gnu-gcc"], ["qemu-aarch64"], link=["-static"], tools="aarch64-linux-gnu-"),
    Target("armhf", ["arm-linux-gnueabihf-gcc", "-mfpu=neon"], ["qemu-arm"], link=["-static"],
           tools="arm-linux-gnueabihf-"),
    wasm("wasm", []),
    wasm("wasm-simd", ["-msimd128"]),
    Target("x86-64-v3", ["gcc", "-march=x86-64-v3"], [], counts=False),
]


def environment(target):
    return {**os.environ, **target.environment}
