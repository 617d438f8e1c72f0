"""Prints arguments given as NAME=VALUE (docs/cli.md) as the JSON list that workers read."""

import json
import sys

import values

if __name__ == "__main__":
    print(json.dumps(values.arguments(dict(text.split("=", 1) for text in sys.argv[1:]))))
