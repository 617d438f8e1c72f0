"""Measures parts of search spaces whole and writes them as recorded spaces, on which `perihelion study` runs strategies.

    python bench/record_spaces.py --output bench/spaces/h100                  all of bench/space_recipes.json
    python bench/record_spaces.py --output bench/spaces/h100 --only softmax   those whose name holds the word
    python bench/record_spaces.py --output bench/spaces/h100 --gpus 0,1,2,3   four at a time, each with a share of the cores
    python bench/record_spaces.py --configs-only lists/                       only the lists of configurations

A recipe names a kernel, its arguments, and which parameters take which values; the others stay at their default. Every legal
combination is measured once. A recording that is there already is left alone, so a stopped run goes on with the next one; one
that another process is at is left to it. The trials themselves stay under --work. Needs a GPU, unless --configs-only.
"""

import argparse
import concurrent.futures
import fcntl
import json
import os
import pathlib
import queue
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Place:
    """A GPU, by number, and the cores that go with it; None: whatever there is."""

    def __init__(self, gpu=None, cores=None):
        self.gpu = gpu
        self.cores = cores

    def perihelion(self, *words, log=None):
        environment = dict(os.environ)
        if self.gpu is not None:
            environment["CUDA_VISIBLE_DEVICES"] = self.gpu
        pin = ["taskset", "-c", ",".join(map(str, self.cores))] if self.cores else []
        command = [*pin, str(ROOT / "perihelion"), *words]
        subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT if log else None, check=True)


def places(gpus):
    """One place for each GPU named; they share the cores that this process may use."""
    if not gpus:
        return [Place()]
    numbers = gpus.split(",")
    cores = sorted(os.sched_getaffinity(0))
    share = max(1, len(cores) // len(numbers))
    return [Place(number, cores[at * share : (at + 1) * share]) for at, number in enumerate(numbers)]


def kernel_words(recipe):
    words = [recipe["kernel"]]
    for argument in recipe.get("arguments", []):
        words += ["--arg", argument]
    if "inputs" in recipe:
        words += ["--inputs", recipe["inputs"]]
    return words


def write_configs(recipe, target, file, place=Place()):
    words = ["space", *kernel_words(recipe), "--target", target, "--configs", str(file)]
    for axis in recipe["vary"]:
        words += ["--vary", axis]
    place.perihelion(*words)


def record(name, recipe, options, place):
    file = options.output.resolve() / f"{name}.parquet"
    work = options.work.resolve() / name
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "lock", "w") as lock, open(work / "log", "a") as log:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{name}: another process is at it", flush=True)
            return
        if file.exists():
            print(f"{name}: is there", flush=True)
            return
        started = time.monotonic()
        configs = work / "configs.jsonl"
        write_configs(recipe, options.target, configs, place)
        store = str(work / "store")
        place.perihelion("tune", *kernel_words(recipe), "--configs", str(configs), "--store", store, log=log)
        place.perihelion("export", "latest", "--store", store, "--format", "space", "--output", str(file), log=log)
        print(f"{name}: {file.stat().st_size} bytes after {time.monotonic() - started:.0f} s", flush=True)


def record_all(recipes, options):
    """Whether all went well. Places take the next recipe as soon as they are free."""
    free = queue.SimpleQueue()
    for place in places(options.gpus):
        free.put(place)

    def one(item):
        place = free.get()
        try:
            record(*item, options, place)
            return True
        except subprocess.CalledProcessError as error:
            print(f"{item[0]}: ended with status {error.returncode}; see {options.work / item[0] / 'log'}", flush=True)
            return False
        finally:
            free.put(place)

    with concurrent.futures.ThreadPoolExecutor(free.qsize()) as pool:
        return all(list(pool.map(one, recipes.items())))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", type=pathlib.Path, default=ROOT / "bench" / "space_recipes.json")
    parser.add_argument("--only", default="", help="record those whose name holds this")
    parser.add_argument("--output", type=pathlib.Path, help="the folder of the recordings")
    parser.add_argument("--gpus", default="", help="numbers of GPUs, as 0,1: one recording on each at a time (default: the first)")
    parser.add_argument("--last-first", action="store_true", help="from the end of the recipes, beside a process from the start")
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
        return 0
    if options.output is None:
        sys.exit("Name the folder of the recordings with --output.")
    options.output.mkdir(parents=True, exist_ok=True)
    if options.last_first:
        recipes = dict(reversed(recipes.items()))
    return 0 if record_all(recipes, options) else 1


if __name__ == "__main__":
    sys.exit(main())
