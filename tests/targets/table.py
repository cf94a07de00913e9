"""The committed table of what simulators counted, and the limits."""
import dataclasses

COLUMNS = ("instructions", "flash", "ram", "stack")
HEAD = """# What one judgment takes, counted by run.py; `./dev proof targets --write` makes this file anew.
# instructions: at -O3, the most of 100 images. flash: code and tables in bytes at -Os, with what they need of the C
# library. ram: static bytes. stack: bytes, the most of -O3 and -Os (-: not measured). Input and output belong to the caller.
"""


@dataclasses.dataclass
class Row:
    target: str
    program: str
    instructions: int
    flash: int
    ram: int
    stack: int  # 0: not measured

    def text(self):
        return f"{self.target:<11} {self.program:<10} {self.instructions:>12} {self.flash:>8} {self.ram:>8} " \
               f"{self.stack or '-':>6}"


def write(rows, versions, path):
    compilers = "".join(f"# compiler {name}: {version}\n" for name, version in versions.items())
    title = f"# {'target':<9} {'program':<10} {'instructions':>12} {'flash':>8} {'ram':>8} {'stack':>6}\n"
    path.write_text(HEAD + compilers + title + "".join(row.text() + "\n" for row in rows))


def refresh(rows, page):
    """The rows that a page of the documentation shows."""
    known = {(row.target, row.program): row.text() for row in rows}
    lines = [known.get(tuple(line.split()[:2]), line) for line in page.read_text().splitlines()]
    page.write_text("\n".join(lines) + "\n")


def read(path):
    rows, versions = {}, {}
    for line in path.read_text().splitlines():
        if line.startswith("# compiler "):
            name, version = line[len("# compiler "):].split(": ", 1)
            versions[name] = version
        elif line and not line.startswith("#"):
            target, program, *counts = line.split()
            rows[target, program] = Row(target, program, *(0 if c == "-" else int(c) for c in counts))
    return rows, versions


def differences(rows, versions, path, complete):
    """Equal where the compiler is the table's; another compiler's numbers may be 10 % larger."""
    expected, compilers = read(path)
    out = []
    for row in rows:
        known = expected.pop((row.target, row.program), None)
        if known is None:
            out.append(f"{row.target} {row.program}: not in {path.name}")
            continue
        same = compilers.get(row.target) == versions[row.target]
        for column in COLUMNS:
            is_, was = getattr(row, column), getattr(known, column)
            if is_ != was and (same or is_ > was * 1.1):
                out.append(f"{row.target} {row.program}: {column} {is_}, {path.name} says {was}")
    if complete:
        out += [f"{target} {program}: in {path.name}, but not counted" for target, program in expected]
    return out


def beyond_limits(rows, path):
    """limits.txt: target, program, and the most of each column; - where there is no limit."""
    found = {(row.target, row.program): row for row in rows}
    out = []
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        target, program, *limits = line.split()
        row = found.get((target, program))
        for column, limit in zip(COLUMNS, limits):
            if row and limit != "-" and getattr(row, column) > int(limit):
                out.append(f"{target} {program}: {column} {getattr(row, column)}, the limit is {limit}")
    return out
