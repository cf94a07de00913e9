"""Compiles, runs and measures one program on one target."""
import dataclasses
import pathlib
import re
import subprocess

from targets import TARGETS, environment

DEVICE = pathlib.Path(__file__).resolve().parent / "device"
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
SECTIONS = ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"]
FAST, SMALL = "-O3", "-Os"
PLUGIN = "libcount.so"
LIMIT = 900  # seconds of one program


@dataclasses.dataclass
class Answers:
    outputs: list  # bytes of each image's answer
    counts: list  # instructions of each
    stack: int


@dataclasses.dataclass
class Sizes:
    flash: int
    tables: int  # the constants among it
    ram: int
    stack: int


def run(command, target, **more):
    done = subprocess.run(command, env=environment(target), capture_output=True, text=True, timeout=LIMIT, **more)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\nended with {done.returncode}\n{done.stdout[-2000:]}"
                         f"{done.stderr[-4000:]}")
    return done.stdout + done.stderr


def build_plugin(source, folder):
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", source, "-o", folder / PLUGIN],
                   check=True)


def compile_object(target, source, out, flags):
    run(target.compiler + flags + ["-c", source, "-o", out], target)
    return out


def stem(target, program, folder, optimization, model):
    return folder / target.name / f"{program.name}{optimization}.{model}"


def build(target, program, folder, optimization, model):
    """`model` is the stem of the model's source: the program's name, or "nothing"."""
    base = stem(target, program, folder, optimization, model)
    base.parent.mkdir(exist_ok=True)
    include = [f"-I{program.folder}", f"-I{folder}", f"-I{DEVICE}"]
    objects = [compile_object(target, program.folder / f"{model}.c", f"{base}.o",
                              WARNINGS + SECTIONS[:2] + [optimization])]
    sources = [DEVICE / "main.c"] + [DEVICE / s for s in target.sources]
    for source in sources:
        objects.append(compile_object(target, source, f"{base}.{source.stem}.o",
                                      ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O1"] + SECTIONS[:2] + include))
    out = f"{base}{target.ending}"
    sections = SECTIONS[2:] if target.tools else []
    run(target.compiler + [optimization] + sections + objects + target.link + ["-lm", "-o", out], target, cwd=DEVICE)
    return out


def address(target, program, name):
    symbols = run([f"{target.tools}nm", program], target)
    return hex(int(re.search(rf"^(\w+) \w {name}$", symbols, re.M)[1], 16) & ~1)


def command(target, program, folder, plugin=""):
    counted = []
    if target.counts:
        markers = ",".join(f"{key}={address(target, program, name)}" for key, name in
                           (("start", "before_judgment"), ("stop", "after_judgment")))
        counted = ["-plugin", f"{folder / PLUGIN},{markers}{plugin}"]
    return target.run + counted + list(target.last) + [program]


def parsed(target, text):
    outputs = [bytes.fromhex(line) for line in re.findall(r"^y (\w+)$", text, re.M)]
    if not re.search(r"^end \d+$", text, re.M):
        raise SystemExit(f"{target.name}: the program did not come to its end\n{text[-2000:]}")
    stack = re.search(r"^stack (\d+)$", text, re.M)
    return Answers(outputs, [int(n) for n in re.findall(r"^count (\d+)$", text, re.M)], int(stack[1]) if stack else 0)


def answers(target, program, folder, optimization=FAST):
    built = build(target, program, folder, optimization, program.name)
    return parsed(target, run(command(target, built, folder), target))


def sections(target, program):
    """text + rodata, data, bss, as `size` counts them."""
    return [int(n) for n in run([f"{target.tools}size", program], target).splitlines()[1].split()[:3]]


def sizes(target, program, folder):
    """What the model adds to a program that does everything else, built for size."""
    full = build(target, program, folder, SMALL, program.name)
    text, data, _ = sections(target, full)
    text0, data0, _ = sections(target, build(target, program, folder, SMALL, "nothing"))
    own = f"{stem(target, program, folder, SMALL, program.name)}.o"
    by_section = run([f"{target.tools}size", "-A", own], target)
    tables = sum(int(size) for size in re.findall(r"^\.rodata\S*\s+(\d+)", by_section, re.M))
    # Of the model's object itself: a program's memory is rounded, and the C library has its own (errno, say).
    _, own_data, own_bss = sections(target, own)
    said = parsed(target, run(command(target, full, folder), target))
    return Sizes(text + data - text0 - data0, tables, own_data + own_bss, said.stack)


def show_mix(which, programs, folder):
    name, program_name = which.split("/")
    target = next(t for t in TARGETS if t.name == name)
    program = next(p for p in programs if p.name == program_name)
    built = build(target, program, folder, FAST, program.name)
    text = run(command(target, built, folder, ",mix=1"), target)
    print("\n".join(re.findall(r"^mix (.*)$", text, re.M)))
    return 0


def versions(targets):
    """The first line that each compiler says about itself, by target."""
    return {t.name: run([t.compiler[0], "--version"], t).splitlines()[0] for t in targets if t.counts}
