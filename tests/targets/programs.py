"""The programs: the models of tests/data/fashion_mnist, exported in float and in int8, with real images to judge.

mlp and cnn have learned Fashion-MNIST. forms has not: it has a layer of each form that int8 products have.
"""
import dataclasses
import gzip
import pathlib
import re
import struct
import subprocess

IMAGES = 100
CALIBRATION = 200
CLASSES = 10
PIXELS = 784
DATASET = pathlib.Path("/usr/share/datasets/fashion-mnist")  # Debian's dataset-fashion-mnist


@dataclasses.dataclass
class Program:
    name: str
    int8: bool
    learned: bool
    folder: pathlib.Path
    ram: int  # what the header says,
    tables: int  # of flash, too


def images(which, count):
    with gzip.open(DATASET / f"{which}-images-idx3-ubyte.gz") as file:
        return file.read(16 + PIXELS * count)[16:]


def labels(which, count):
    with gzip.open(DATASET / f"{which}-labels-idx1-ubyte.gz") as file:
        return list(file.read(8 + count)[8:])


def export(cornu, models, folder):
    calibration = folder / "calibration-idx3-ubyte"
    calibration.write_bytes(struct.pack(">4I", 0x803, CALIBRATION, 28, 28) + images("train", CALIBRATION))
    pixels = images("t10k", IMAGES)
    rows = ",\n".join("{" + ",".join(map(str, pixels[i:i + PIXELS])) + "}" for i in range(0, len(pixels), PIXELS))
    write_changed(folder / "images.h", f"enum {{ IMAGES = {IMAGES} }};\n"
                  f"static const unsigned char images[IMAGES][{PIXELS}] = {{\n{rows}}};\n")
    out = []
    for model in ("mlp", "cnn", "forms"):
        for kind in ("float", "int8"):
            name = f"{model}_{kind}"
            words = ["--int8", "--calibrate", calibration, "--divide", "255"] if kind == "int8" else []
            subprocess.run([cornu, "export", models / f"{model}.keras", "--target", "c99", "--no-self-test", "-o", folder / name,
                            "--name", name, *words], check=True)
            out.append(described(name, kind == "int8", model != "forms", folder / name))
    return out


def described(name, int8, learned, folder):
    header = (folder / f"{name}.h").read_text()
    defined = dict(re.findall(rf"#define {name.upper()}_(\w+) (\(?-?[\d.e-]+f?\)?)", header))
    if int8 and (defined["X0_ZERO"] != "(-128)" or abs(float(defined["X0_SCALE"].rstrip("f")) * 255 - 1) > 1e-6):
        raise SystemExit(f"{name}: pixels have another scale than 1/255 and another zero than -128: {defined}")
    write_changed(folder / "program.h", "\n".join([
        f'#include "{name}.h"',
        f"#define RUN {name}_run",
        f"#define NUMBER {'int8_t' if int8 else 'float'}",
        f"#define FROM_PIXEL(p) {'(int8_t)((p) - 128)' if int8 else '((float)(p) / 255.0f)'}",
        f"enum {{ INPUTS = {name.upper()}_X0_SIZE, OUTPUTS = {name.upper()}_Y0_SIZE }};\n"]))
    # The same program around a model that does nothing: what it weighs is not the model's.
    types = ("int8_t", "int8_t") if int8 else ("float", "float")
    write_changed(folder / "nothing.c", f'#include "{name}.h"\n'
                  f"void {name}_run(const {types[0]} *x0, {types[1]} *y0) {{ y0[0] = x0[0]; }}\n")
    return Program(name, int8, learned, folder, int(defined["RAM_BYTES"]), int(defined["FLASH_BYTES"]))


def write_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def numbers(program, output):
    return struct.unpack(f"<{CLASSES}{'b' if program.int8 else 'f'}", output)


def class_of(program, output):
    values = numbers(program, output)
    return values.index(max(values))


def differences(program, expected, actual):
    if len(actual) != len(expected):
        return [f"{len(actual)} answers, {len(expected)} are expected"]
    out = []
    for image, (e, a) in enumerate(zip(expected, actual)):
        if program.int8 and e != a:
            out.append(f"image {image}: {a.hex()}, the host says {e.hex()}")
        elif class_of(program, e) != class_of(program, a):
            out.append(f"image {image}: class {class_of(program, a)}, the host says {class_of(program, e)}")
        elif not program.int8:
            most = max(abs(x - y) for x, y in zip(numbers(program, e), numbers(program, a)))
            if not most <= 1e-5:
                out.append(f"image {image}: {most} away from the host")
    return out


def doubts(program, outputs):
    """The host's own classes against the labels: an exporter that is wrong everywhere alike shows here."""
    if not program.learned:
        return []
    right = sum(class_of(program, o) == label for o, label in zip(outputs, labels("t10k", IMAGES)))
    return [] if right >= 85 else [f"host {program.name}: {right} of {IMAGES} images are judged right"]
