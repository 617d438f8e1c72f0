"""Compiles, checks and times the programs of generate.py on the GPU here, and torch in the same run.

    measure.py PACK.json.xz OUTPUT_FOLDER [--only NAME,NAME] [--random N] [--seconds 560] [--compile-limit 30] [--dry]

All cores but two compile while one process checks and times what is compiled, one program of each task in turn. At the end
the best of each kind, the default, torch eager and torch.compile are timed again in turns: these figures count (`confirmed`
is false in the summary of a task whose turn did not come; its figures are those of single trials). Leaves

    rows.jsonl    a line for each program: outcome, latency, compile time, registers, spills, shared memory, configuration
    summary.json  device, versions, and for each task the finals, the counts of outcomes and the compile times

Needs no Java. --dry needs no GPU and measures nothing; it compiles for real and checks under Triton's interpreter, so its
pack must be of small inputs (generate.py --size small).
"""

import argparse
import datetime
import json
import os
import queue
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import candidates
import product  # noqa: F401  (the path)
import values
from pool import Pool

# How many of each kind are timed again in the finals.
FINALISTS = {"default": 1, "suggested": 2, "hand": 2, "random": 3}
FACTS = ("registers", "spill_bytes", "shared_bytes", "threads", "programs", "compile_ms")
# The part of the time that is kept for the finals.
FINALS_SHARE = 0.15


def main():
    """Reads the command line and runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack")
    parser.add_argument("output", type=Path)
    parser.add_argument("--only", default="", help="parts of tasks' names, with commas")
    parser.add_argument("--random", type=int, default=10_000, help="random configurations for each task")
    parser.add_argument("--seconds", type=float, default=560.0, help="for everything")
    parser.add_argument("--compile-limit", type=float, default=30.0, help="seconds for one program")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 3) - 2), help="compiling processes")
    parser.add_argument("--modes", default="default", help="torch.compile's modes, with commas")
    parser.add_argument("--dry", action="store_true")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        os.environ["TMPDIR"] = work
        Run(options, candidates.read(options.pack), Path(work)).run()


class Run:
    """One run: a pool that compiles, a process that measures, and a queue between them."""

    def __init__(self, options, pack, work):
        self._options = options
        self._pack = pack
        self._work = work
        self._begun = time.monotonic()
        self._end = self._begun + options.seconds - 5
        self._last_measurement = self._begun + options.seconds * (1 - FINALS_SHARE)
        only = [part for part in options.only.split(",") if part]
        self._tasks = {task["name"]: task for task in pack["tasks"] if not only or any(part in task["name"] for part in only)}
        self._ways = ["eager", *(f"compile:{mode}" for mode in options.modes.split(",") if mode)]
        self._compiled = queue.Queue()
        self._binaries = {}
        self._best = {}
        self._rows = {}
        self._header = {}
        self._torch = {}
        self._finals = {}
        self._lines = (options.output / "rows.jsonl").open("w")
        self._lock = threading.Lock()

    def run(self):
        """Everything; the outputs are written also where it breaks off."""
        compiling = threading.Thread(target=self._compile)
        compiling.start()
        environment = {**os.environ, **({"TRITON_INTERPRET": "1"} if self._options.dry else {})}
        command = [sys.executable, "-u", str(HERE / "measure_child.py"), *(["dry"] if self._options.dry else [])]
        limits = {"running": 40.0, "final": 120.0}
        try:
            Pool(command, 1, limits, self._end, environment).run(self._requests(), self._measured)
            compiling.join()
        finally:
            self._lines.close()
            self._write()

    def _compile(self):
        try:
            wanted, random = [], Counter()
            for candidate in self._pack["candidates"]:
                random[candidate["task"]] += candidate["kind"] == "random"
                surplus = candidate["kind"] == "random" and random[candidate["task"]] > self._options.random
                if candidate["task"] not in self._tasks or surplus:
                    continue
                if candidate["error"]:
                    self._finish(candidate, {"outcome": "refused", "reason": candidate["error"].splitlines()[0]})
                else:
                    wanted.append(candidate)
            groups = [[self._compile_request(candidate)] for candidate in candidates.in_turns(wanted)]
            command = [sys.executable, "-u", str(HERE / "compile_child.py")]
            limits = {"compiling": self._options.compile_limit}
            environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
            Pool(command, self._options.jobs, limits, self._last_measurement, environment).run(groups, self._note_compiled)
        finally:
            self._compiled.put(None)

    def _base(self, task):
        task = self._tasks[task]
        file = {"path": f"/nowhere/{task['file']}", "text": task["source"]}
        reference = {"kind": "function", "file": file, "function": task["kernel"] + "_reference"}
        return {
            "task": task["name"], "kernel": task["kernel"], "arguments": values.arguments(task["inputs"]), "seed": 0,
            "reference": reference, "file": file, "function": reference["function"],
        }

    def _compile_request(self, candidate):
        base = self._base(candidate["task"])
        return {
            "candidate": candidate, "module": candidate["text"], "kernel": base["kernel"], "arguments": base["arguments"],
            "target": self._pack["target"], "binary": str(self._work / f"{candidate['id']}.bin"),
        }

    def _note_compiled(self, request, answer):
        candidate = request["candidate"]
        if answer["outcome"] != "compiled":
            late = {"compile_ms": self._options.compile_limit * 1e3} if answer["outcome"] == "compile_timeout" else {}
            self._finish(candidate, {**late, **answer})
            return
        first = self._binaries.setdefault((candidate["task"], answer["sha256"], str(answer["launch"]["grid"])), candidate["id"])
        if first != candidate["id"]:
            self._finish(candidate, {"outcome": "duplicate", "reason": first, **answer["facts"]})
            return
        self._compiled.put((candidate, answer, request["binary"]))

    def _requests(self):
        """What the measuring process is asked, one after the other."""
        yield [{"op": "device"}]
        for task in self._tasks:
            for way in self._ways:
                yield [{**self._base(task), "op": "torch", "way": way}]
        while (found := self._compiled.get()) is not None:
            candidate, answer, binary = found
            if time.monotonic() > self._last_measurement:
                self._finish(candidate, {"outcome": "not_run", "reason": "The run's time was over.", **answer["facts"]})
                continue
            yield [{
                **self._base(candidate["task"]), "op": "measure", "module": candidate["text"], "launch": answer["launch"],
                "binary": binary, "candidate": candidate, "facts": answer["facts"],
                "incumbent_ns": None if candidate["kind"] == "default" else self._best.get(candidate["task"]),
            }]
        for task in self._tasks:
            yield [self._final_request(task)]

    def _final_request(self, task):
        mine = [row for row in self._rows.values() if row["task"] == task and row["outcome"] == "timed"]
        contenders = []
        for kind, count in FINALISTS.items():
            for row in sorted((row for row in mine if row["kind"] == kind), key=lambda row: row["latency_ns"])[:count]:
                contenders.append({
                    "id": row["id"], "module": row["request"]["module"], "launch": row["request"]["launch"],
                    "binary": row["request"]["binary"],
                })
        ways = [way for way in self._ways if self._torch.get((task, way), {}).get("outcome") == "timed"]
        contenders += [{"id": way, "way": way} for way in ways]
        return {**self._base(task), "op": "final", "contenders": contenders}

    def _measured(self, request, answer):
        if request["op"] == "device":
            self._header = answer
        elif request["op"] == "torch":
            self._torch[(request["task"], request["way"])] = answer
        elif request["op"] == "final":
            self._finals[request["task"]] = answer
        else:
            self._finish(request["candidate"], {**request["facts"], **answer}, request)
            if answer["outcome"] == "timed":
                task = request["task"]
                self._best[task] = min(self._best.get(task, float("inf")), answer["latency_ns"])
        self._print(request, answer)

    def _print(self, request, answer):
        if request["op"] != "measure" or len(self._rows) % 100 == 0:
            what = f"{request['op']} {request.get('task', '')} {request.get('way', '')}: {answer['outcome']} {answer.get('reason', '')}"
            print(f"{time.monotonic() - self._begun:6.1f} s, {len(self._rows)} rows; {what}", file=sys.stderr, flush=True)

    def _finish(self, candidate, answer, request=None):
        row = {key: candidate[key] for key in ("id", "task", "kind")}
        row.update({key: answer[key] for key in ("outcome", "reason", "latency_ns", "max_error", *FACTS) if key in answer})
        more = {key: value for key, value in candidate.items() if key not in ("text", "error", *row)}
        with self._lock:
            self._rows[row["id"]] = {**row, "request": request}
            self._lines.write(json.dumps({**row, **more}) + "\n")
            self._lines.flush()

    def _write(self):
        tasks = [self._task_summary(name) for name in self._tasks]
        header = {key: self._header.get(key) for key in ("device", "torch", "triton")}
        summary = {
            **header, "dry": self._options.dry, "commit": self._pack["commit"], "command": " ".join(sys.argv),
            "date": datetime.date.today().isoformat(), "seconds": round(time.monotonic() - self._begun, 1), "tasks": tasks,
        }
        (self._options.output / "summary.json").write_text(json.dumps(summary, indent=1))
        from table import markdown

        print(markdown([summary]))

    def _task_summary(self, name):
        mine = [row for row in self._rows.values() if row["task"] == name]
        final = self._finals.get(name, {})
        latencies = final.get("latency_ns")
        confirmed = latencies is not None
        if not confirmed:
            latencies = {row["id"]: row["latency_ns"] for row in mine if row["outcome"] == "timed"}
            found = {way: answer for (task, way), answer in self._torch.items() if task == name}
            latencies.update({way: answer["latency_ns"] for way, answer in found.items() if answer["outcome"] == "timed"})
        bests = {}
        for kind in candidates.KINDS:
            timed = [(latencies[row["id"]], row["id"]) for row in mine if row["kind"] == kind and row["id"] in latencies]
            if timed:
                bests[kind] = dict(zip(("latency_ns", "id"), min(timed)))
        for way in self._ways:
            if way in latencies:
                bests[way] = {"latency_ns": latencies[way], "id": way}
        own = [row for row in mine if row["kind"] != "hand"]
        millis = sorted(row["compile_ms"] for row in own if "compile_ms" in row)
        return {
            "task": name, "inputs": self._tasks[name]["inputs"], "bests": bests, "confirmed": confirmed, "final": final,
            "outcomes": dict(Counter(row["outcome"] for row in own)),
            "random": sum(row["kind"] == "random" for row in own),
            "torch_problems": {
                way: answer.get("reason")
                for (task, way), answer in self._torch.items() if task == name and answer["outcome"] != "timed"
            },
            "compile_ms": {
                "median": statistics.median(millis), "p90": millis[len(millis) * 9 // 10], "max": millis[-1],
            } if millis else None,
        }


if __name__ == "__main__":
    main()
