"""What the compile server makes of generated programs: `compile_server.py PROGRAMS.json.xz [--children N] [--jobs N]`.

PROGRAMS is what bench/speed/generate.py writes. The same programs go through the server, twice, and through one process that
compiles by itself, as often as --jobs says. Prints compilations a second, the time from the start of the server to its first
answer, and the processor time of a compilation on either way; the difference is what the server costs. The second pass counts,
in which all children are warm.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "speed")]

import candidates
import product  # noqa: F401  (the path)
import values
from perihelion.worker import frames


def requests_of(path, count, only, target):
    """Up to so many `compile` requests, of all kernels in turn, in an order that is the same in every run."""
    pack = candidates.read(path)
    tasks = {task["name"]: task for task in pack["tasks"]}
    chosen = [c for c in pack["candidates"] if c["text"] and c["kind"] != "hand" and only in c["task"]]
    random.Random(0).shuffle(chosen)
    return [
        {
            "op": "compile",
            "id": str(number),
            "module": candidate["text"],
            "kernel": tasks[candidate["task"]]["kernel"],
            "arguments": values.arguments(tasks[candidate["task"]]["inputs"]),
            "target": target or pack["target"],
            "limit_ms": 60_000,
        }
        for number, candidate in enumerate(chosen[:count])
    ]


class Server:
    """A compile server, spoken to as its owner does."""

    def __init__(self, children):
        self.started = time.perf_counter()
        command = [sys.executable, "-u", "-m", "perihelion.worker", "compile", "--children", str(children)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._stream = frames.FrameStream(self._process.stdout, self._process.stdin)
        hello = self._stream.read()[0]
        if "error" in hello:
            raise SystemExit(hello["error"])
        self.versions = {name: hello[name] for name in ("python", "torch", "triton")}

    def run(self, jobs, at_once):
        """The answers' headers, each with `at`: seconds since the first request."""
        start = time.perf_counter()
        waiting, answers, under_way = list(reversed(jobs)), [], 0
        while waiting or under_way:
            while waiting and under_way < at_once:
                self._stream.write(waiting.pop())
                under_way += 1
            header = self._stream.read()[0]
            under_way -= 1
            answers.append({**header, "at": time.perf_counter() - start})
        return answers

    def processor_seconds(self):
        """What it has used so far, with its children and all that these have waited for."""
        ticks = 0
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                text = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue
            fields = text[text.rindex(")") + 2 :].split()
            if self._process.pid in (int(name), int(fields[1])):
                ticks += sum(map(int, fields[11:15]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self):
        """Ends it."""
        self._process.stdin.close()
        self._process.wait(60)


def by_itself(jobs):
    """Processor seconds of each compilation in this very process."""
    from perihelion.worker import compile_worker
    from perihelion.worker.errors import JobError

    def seconds():
        both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in both)

    compile_worker.warm_up(jobs[0]["target"])
    spent = []
    for job in jobs:
        start = seconds()
        try:
            compile_worker.compile_job(job)
        except JobError as error:
            print(f"  {error.outcome}: {error.reason[:100]}")
        spent.append(seconds() - start)
    compile_worker.remove_cache()
    return spent


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs")
    parser.add_argument("--children", type=int, default=os.cpu_count())
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--only", default="", help="tasks whose name contains this")
    parser.add_argument("--target", default="", help="another one than the programs were made for")
    options = parser.parse_args()
    jobs = requests_of(options.programs, options.jobs, options.only, options.target)
    os.environ["OMP_NUM_THREADS"] = "1"
    result = {"children": options.children, "jobs": len(jobs)}
    server = Server(options.children)
    result.update(server.versions, ready_s=round(time.perf_counter() - server.started, 2))
    first = server.run(jobs, options.children)
    result["first_answer_s"] = round(result["ready_s"] + first[0]["at"], 2)
    result["first_pass_per_s"] = round(len(jobs) / first[-1]["at"], 2)
    used = server.processor_seconds()
    again = server.run(jobs, options.children)
    result["server_cpu_ms_per_job"] = round((server.processor_seconds() - used) * 1e3 / len(jobs), 1)
    result["second_pass_per_s"] = round(len(jobs) / again[-1]["at"], 2)
    result["outcomes"] = {}
    for answer in first:
        result["outcomes"][answer["outcome"]] = result["outcomes"].get(answer["outcome"], 0) + 1
    server.close()
    alone = by_itself(jobs)
    result["alone_cpu_ms_per_job"] = round(statistics.mean(alone) * 1e3, 1)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
