"""The programs to be timed, as one compressed file that travels from a machine with Java to one with a GPU.

{"target", "commit", "tasks": [{"name", "kernel", "file", "source", "inputs"}], "candidates": [{"id", "task", "kind",
"config", "text", "error"}]}. kind: `default`, `suggested` (by the compiler, in its order), `random` or `hand` (written by
hand in Triton). text is None where the compiler refused the configuration; error says why.
"""

import json
import lzma
import re
from collections import Counter
from pathlib import Path

KINDS = ("default", "suggested", "hand", "random")
HAND = Path(__file__).resolve().parent / "hand"
_CHOICE = "\nCONFIG = CONFIGS[0]\n"


def write(path, pack):
    """Writes the file."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(lzma.compress(json.dumps(pack).encode(), preset=6))


def read(path):
    """Reads the file."""
    return json.loads(lzma.decompress(Path(path).read_bytes()))


def task_name(kernel, inputs):
    """As in tables: the kernel and its tensors' shapes."""
    shapes = [re.sub(r":.*", "", text) for text in inputs.values()]
    return f"{kernel} {' '.join(shapes)}"


def by_hand(kernel):
    """(configuration, text) for each configuration of the kernel written by hand; empty where there is none."""
    file = HAND / f"{kernel}.py"
    if not file.is_file():
        return []
    text = file.read_text(encoding="utf-8")
    if _CHOICE not in text:
        raise ValueError(f"`{file}` has no line `{_CHOICE.strip()}`.")
    scope = {}
    # The list may be a comprehension; nothing else of the file is needed for it.
    exec(text[text.index("CONFIGS = [") : text.index(_CHOICE)], scope)
    return [(config, text.replace(_CHOICE, f"\nCONFIG = {config!r}\n")) for config in scope["CONFIGS"]]


def in_turns(candidates):
    """The candidates in the order of work: every task's default first, then what is suggested, by hand, random, one of
    each task in turn, so that a run that ends early has something of every task."""
    seen = Counter()
    ranked = []
    for candidate in sorted(candidates, key=lambda candidate: KINDS.index(candidate["kind"])):
        ranked.append((seen[candidate["task"]], len(ranked), candidate))
        seen[candidate["task"]] += 1
    return [candidate for _rank, _place, candidate in sorted(ranked, key=lambda entry: entry[:2])]
