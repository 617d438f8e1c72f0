"""Prints tensor arguments given as NAME=DTYPE[SHAPE] as the JSON list that workers read; normal values."""

import json
import re
import sys

NAMES = {"f16": "float16", "bf16": "bfloat16", "f32": "float32"}


def main():
    """Reads the command line's arguments."""
    rows = []
    for text in sys.argv[1:]:
        name, dtype, shape = re.fullmatch(r"(\w+)=(\w+)\[([\d,]*)\]", text).groups()
        rows.append({
            "name": name, "kind": "tensor", "dtype": NAMES[dtype],
            "shape": [int(extent) for extent in shape.split(",")], "strides": None, "fill": {"kind": "normal"},
        })
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
