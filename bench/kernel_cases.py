"""Kernel files with inputs: a kernel `f` stands under comment lines `# inputs: NAME=VALUE; NAME=VALUE`, one for each set,
and `f_reference` tells what it computes. A line `# full: ...` gives inputs of a size that only a GPU is asked to run."""

import re
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"^(?:# (inputs|full): (.*)|(?:async )?def (\w+)\(.*|(\w+) = helion\.kernel\(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class KernelCase:
    """A kernel with one set of inputs. inputs: parameter name to VALUE; size: `small` or `full`."""

    file: Path
    kernel: str
    inputs: dict
    size: str


def read_file(path):
    """The cases of one file, in order."""
    cases, waiting = [], []
    for size, inputs, defined, assigned in _LINE.findall(Path(path).read_text(encoding="utf-8")):
        if size:
            waiting.append((inputs, "full" if size == "full" else "small"))
        else:
            cases += [KernelCase(Path(path), defined or assigned, parse(inputs), size) for inputs, size in waiting]
            waiting = []
    return cases


def parse(line):
    """The inputs of one comment line."""
    return dict(part.split("=", 1) for part in line.strip().split("; ") if part)


def read(places):
    """The cases of files and of folders' files, in order of names within each folder."""
    files = []
    for place in map(Path, places):
        if not place.exists():
            raise SystemExit(f"There is no `{place}`.")
        files += sorted(place.glob("*.py")) if place.is_dir() else [place]
    return [case for file in files for case in read_file(file)]
