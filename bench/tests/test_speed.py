"""The speed kit without a GPU: kernels by hand compute what the references do, and a dry run goes from end to end."""

import json
import os
import subprocess
import sys
import time
import types
from pathlib import Path

import candidates
import kernel_cases
import measure_child
import product  # noqa: F401  (the path)
import pytest
import table
import values
from pool import Pool

SPEED = Path(candidates.__file__).resolve().parent
CASES = [case for case in kernel_cases.read([SPEED / "kernels"]) if case.size == "small"]


def task_of(case):
    return {
        "name": candidates.task_name(case.kernel, case.inputs), "kernel": case.kernel, "file": case.file.name,
        "source": case.file.read_text(), "inputs": case.inputs,
    }


def test_every_kernel_has_one_by_hand_and_full_inputs():
    full = {case.kernel for case in kernel_cases.read([SPEED / "kernels"]) if case.size == "full"}
    assert full == {case.kernel for case in CASES} == {file.stem for file in (SPEED / "hand").glob("*.py")}
    for case in CASES:
        texts = [text for _config, text in candidates.by_hand(case.kernel)]
        assert len(set(texts)) == len(texts) > 3


def test_kernels_by_hand_are_right():
    requests = []
    for case in CASES:
        configurations = candidates.by_hand(case.kernel)
        for number, (_config, text) in enumerate(configurations[:: len(configurations) - 1]):
            reference = {
                "kind": "function", "function": case.kernel + "_reference",
                "file": {"path": str(case.file), "text": case.file.read_text()},
            }
            requests.append({
                "op": "measure", "id": f"{case.kernel} {number}", "module": text, "kernel": case.kernel, "seed": 0,
                "arguments": values.arguments(case.inputs), "reference": reference,
            })
    answers = {}
    pool = Pool(
        [sys.executable, str(SPEED / "measure_child.py"), "dry"], 1, {"running": 60.0},
        environment={**os.environ, "TRITON_INTERPRET": "1"},
    )
    pool.run([requests], lambda request, answer: answers.update({request["id"]: answer}))
    assert len(answers) == 2 * len(CASES)
    assert {name: answer.get("reason") for name, answer in answers.items() if answer["outcome"] != "timed"} == {}


def test_work_is_done_in_turns():
    given = [{"task": task, "kind": kind} for task in "ab" for kind in ("random", "random", "hand", "default")]
    order = [(candidate["task"], candidate["kind"]) for candidate in candidates.in_turns(given)]
    assert order == [(task, kind) for kind in ("default", "hand", "random", "random") for task in "ab"]


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory):
    """(summary, rows) of a run over programs by hand, one of which does not compile."""
    folder = tmp_path_factory.mktemp("speed")
    case = next(case for case in CASES if case.kernel == "swiglu")
    name = candidates.task_name(case.kernel, case.inputs)
    programs = [
        {"id": f"h{number}", "task": name, "kind": kind, "config": config, "text": text, "error": None}
        for number, (kind, (config, text)) in enumerate(zip(("hand", "default", "random"), candidates.by_hand("swiglu")))
    ]
    programs.append({**programs[2], "id": "same"})
    programs.append({**programs[2], "id": "broken", "text": programs[2]["text"].replace("tl.sigmoid", "tl.nothing")})
    programs.append({**programs[2], "id": "refused", "text": None, "error": "error: Not so.\nMore."})
    pack = {"target": "cuda:90", "commit": "c0ffee", "tasks": [task_of(case)], "candidates": programs}
    candidates.write(folder / "pack.json.xz", pack)
    command = [sys.executable, str(SPEED / "measure.py"), str(folder / "pack.json.xz"), str(folder / "out"), "--dry", "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (folder / "out" / "rows.jsonl").read_text().splitlines()]
    return json.loads((folder / "out" / "summary.json").read_text()), {row["id"]: row for row in rows}


def test_a_dry_run_goes_from_end_to_end(dry_run):
    summary, rows = dry_run
    outcomes = {name: row["outcome"] for name, row in rows.items()}
    assert outcomes == {**dict.fromkeys(("h0", "h1", "h2"), "timed"), "same": "duplicate", "broken": "compile_error", "refused": "refused"}
    assert rows["h2"]["registers"] > 0 and rows["h2"]["compile_ms"] > 0
    bests = summary["tasks"][0]["bests"]
    assert set(bests) == {"default", "hand", "random", "eager", "compile:default"}
    assert summary["tasks"][0]["outcomes"] == {"timed": 2, "duplicate": 1, "compile_error": 1, "refused": 1}


def test_finals_time_all_contenders_in_turns(monkeypatch, tmp_path):
    """The GPU's side of the finals, with a clock and a launcher that need no GPU."""

    class Clock:
        def samples(self, call, count):
            call()
            return [time.perf_counter_ns() % 1000 + 1e5] * count

        def synchronize(self):
            pass

    class Worker:
        def __init__(self, _number):
            self._clock, self._driver, self._nvml = Clock(), None, types.SimpleNamespace(state=dict)

        def _arguments_for(self, specs, seed, reference):
            return self._arguments.get("one", lambda: measure_child.references.build_arguments(specs, "cpu", seed, reference))

    closed = []

    class Kernel:
        def __init__(self, _driver, binary, launch):
            self.launch = (binary, launch)

        def __call__(self, *_args, **_options):
            pass

        def close(self):
            closed.append(self.launch)

    gpu_worker, cuda_driver = types.ModuleType("gpu_worker"), types.ModuleType("cuda_driver")
    gpu_worker.GpuWorker, cuda_driver.LoadedKernel = Worker, Kernel
    monkeypatch.setitem(sys.modules, "perihelion.worker.gpu_worker", gpu_worker)
    monkeypatch.setitem(sys.modules, "perihelion.worker.cuda_driver", cuda_driver)
    case = next(case for case in CASES if case.kernel == "softmax")
    file = {"path": str(case.file), "text": case.file.read_text()}
    (tmp_path / "binary").write_bytes(b"cubin")
    (_config, text), *_others = candidates.by_hand("softmax")
    contender = {"module": text, "launch": {}, "binary": str(tmp_path / "binary")}
    request = {
        "task": "t", "kernel": "softmax", "arguments": values.arguments({"x": "f32[4,8]"}), "file": file,
        "function": "softmax_reference", "reference": {"kind": "function", "file": file, "function": "softmax_reference"},
        "contenders": [{"id": "a", **contender}, {"id": "b", **contender}, {"id": "eager", "way": "eager"}],
    }
    gpu = measure_child.make_gpu()
    assert gpu.torch_way({**request, "way": "eager"})["outcome"] == "timed"
    answer = gpu.final(request)
    assert set(answer["latency_ns"]) == {"a", "b", "eager"}
    assert all(len(rounds) == measure_child.ROUNDS for rounds in answer["rounds_ns"].values())
    assert closed == [(b"cubin", {})] * 2
    json.dumps(answer)


def test_tables_name_what_is_behind(dry_run):
    task = {
        **dry_run[0]["tasks"][0],
        "bests": {"random": {"latency_ns": 2000.0}, "hand": {"latency_ns": 1500.0}, "compile:default": {"latency_ns": 4000.0}},
    }
    text = table.markdown([{**dry_run[0], "tasks": [task]}])
    assert "(single trials)" in table.markdown([{**dry_run[0], "tasks": [{**task, "confirmed": False}]}])
    assert "33 % behind by hand." in text and "behind torch.compile" not in text
    assert "| 0.75 | 2.00 | 0.75 | 2.00 |" in text
