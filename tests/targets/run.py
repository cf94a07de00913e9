#!/usr/bin/env python3
"""Exports three models in float and int8, runs each on 100 test images on every target, and compares.

    run.py CORNU BUILD [--write] [--only TARGET] [--mix TARGET/PROGRAM]

Every target has to give the host's classes, and for int8 the host's bytes. What a simulator counts is compared with
table.txt, exactly when the compiler is the one that the table was written with; limits.txt holds what must never be
exceeded. --write makes the table anew, and the rows on docs/guide/export.md; --only is for one target; --mix shows the
instructions of one judgment by name.
"""
import argparse
import concurrent.futures
import os
import pathlib
import sys

import measure
import programs
import table
from targets import HOST, TARGETS

HERE = pathlib.Path(__file__).resolve().parent


def judge(target, program, host, folder):
    """What the target says about one program: a row, and what is wrong."""
    answers = measure.answers(target, program, folder)
    wrong = [f"{target.name} {program.name}: {text}" for text in programs.differences(program, host.outputs,
                                                                                     answers.outputs)]
    row = None
    if target.counts:
        sizes = measure.sizes(target, program, folder)
        row = table.Row(target.name, program.name, max(answers.counts), sizes.flash, sizes.ram,
                        max(answers.stack, sizes.stack))
        said = f"{target.name} {program.name}: the header says {program.ram} bytes of RAM, {program.tables} of tables"
        if sizes.ram != program.ram:
            wrong.append(f"{said}; it takes {sizes.ram} of RAM")
        # A compiler may turn small tables into instructions, and put numbers of its own beside them where it has vectors.
        if target.chip and sizes.tables > program.tables:
            wrong.append(f"{said}; it takes {sizes.tables} of tables")
    return row, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cornu")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--mix", default="")
    arguments = parser.parse_args()
    if arguments.write and arguments.only:
        parser.error("--write makes the whole table: without --only")
    folder = arguments.build.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    exported = programs.export(arguments.cornu, HERE.parent / "data" / "fashion_mnist", folder)
    measure.build_plugin(HERE / "device" / "count.c", folder)
    if arguments.mix:
        return measure.show_mix(arguments.mix, exported, folder)

    wrong, rows = [], []
    hosts = {p.name: measure.answers(HOST, p, folder) for p in exported}
    for p in exported:
        wrong += programs.doubts(p, hosts[p.name].outputs)
    chosen = [t for t in TARGETS if arguments.only in ("", t.name)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(judge, t, p, hosts[p.name], folder) for t in chosen for p in exported]
        for job in jobs:
            row, faults = job.result()
            wrong += faults
            if row:
                rows.append(row)
                print(row.text(), flush=True)
    wrong += table.beyond_limits(rows, HERE / "limits.txt")
    versions = measure.versions(chosen)
    if arguments.write:
        table.write(rows, versions, HERE / "table.txt")
        table.refresh(rows, HERE.parents[1] / "docs" / "guide" / "export.md")
    else:
        wrong += table.differences(rows, versions, HERE / "table.txt", complete=not arguments.only)
    for text in wrong:
        print(f"WRONG {text}")
    print(f"{len(chosen)} targets, {len(exported)} programs, {programs.IMAGES} images: "
          + (f"{len(wrong)} things are wrong" if wrong else "the host's classes, and its bytes for int8"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
