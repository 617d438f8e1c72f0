"""Measures parts of search spaces whole and writes them as recorded spaces, on which `perihelion study` runs strategies.

    python bench/record_spaces.py --output bench/spaces/h100                  all of bench/spaces/recipes.json
    python bench/record_spaces.py --output bench/spaces/h100 --only softmax   those whose name holds the word
    python bench/record_spaces.py --configs-only lists/                       only the lists of configurations

A recipe names a kernel, its arguments, and which parameters take which values; the others stay at their default. Every legal
combination is measured once. A recording that is there already is left alone, so a stopped run goes on with the next one.
Needs a GPU, unless --configs-only.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def perihelion(*words):
    subprocess.run([str(ROOT / "perihelion"), *words], cwd=ROOT, check=True)


def kernel_words(recipe):
    words = [recipe["kernel"]]
    for argument in recipe.get("arguments", []):
        words += ["--arg", argument]
    if "inputs" in recipe:
        words += ["--inputs", recipe["inputs"]]
    return words


def write_configs(recipe, target, file):
    words = ["space", *kernel_words(recipe), "--target", target, "--configs", str(file)]
    for axis in recipe["vary"]:
        words += ["--vary", axis]
    perihelion(*words)


def record(name, recipe, options):
    file = options.output.resolve() / f"{name}.parquet"
    if file.exists():
        print(f"{name}: is there", flush=True)
        return
    started = time.monotonic()
    work = options.work.resolve() / name
    work.mkdir(parents=True, exist_ok=True)
    configs = work / "configs.jsonl"
    write_configs(recipe, options.target, configs)
    store = str(work / "store")
    perihelion("tune", *kernel_words(recipe), "--configs", str(configs), "--store", store)
    perihelion("export", "latest", "--store", store, "--format", "space", "--output", str(file))
    print(f"{name}: {file.stat().st_size} bytes after {time.monotonic() - started:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", type=pathlib.Path, default=ROOT / "bench" / "spaces" / "recipes.json")
    parser.add_argument("--only", default="", help="record those whose name holds this")
    parser.add_argument("--output", type=pathlib.Path, help="the folder of the recordings")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target" / "record-spaces", help="for lists and stores")
    parser.add_argument("--target", default="cuda:90", help="what the lists of configurations are legal for")
    parser.add_argument("--configs-only", type=pathlib.Path, metavar="FOLDER", help="write lists into this folder and end")
    options = parser.parse_args()
    recipes = {name: recipe for name, recipe in json.loads(options.recipes.read_text()).items() if options.only in name}
    if not recipes:
        sys.exit(f"No recipe's name holds {options.only!r}.")
    if options.configs_only:
        options.configs_only.mkdir(parents=True, exist_ok=True)
        for name, recipe in recipes.items():
            write_configs(recipe, options.target, options.configs_only.resolve() / f"{name}.jsonl")
        return
    if options.output is None:
        sys.exit("Name the folder of the recordings with --output.")
    options.output.mkdir(parents=True, exist_ok=True)
    for name, recipe in recipes.items():
        record(name, recipe, options)


if __name__ == "__main__":
    main()
