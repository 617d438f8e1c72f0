"""The whole worker on a device that only pretends: levels, checks, faults, races."""

import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest
import torch

import fake_gpu
from perihelion.worker import references
from perihelion.worker.errors import JobError
from perihelion.worker.gpu_worker import GpuWorker

ARGUMENTS = [
    {"name": name, "kind": "tensor", "dtype": "float32", "shape": [3000], "strides": None} for name in ("x", "y")
]
USER = "import torch\n\n\ndef add(x, y):\n    return x + y\n\n\ndef add_(x, y):\n    x.add_(y)\n"
REFERENCE = {"kind": "function", "file": {"path": None, "text": USER}, "function": "add"}


@pytest.fixture
def worker():
    return GpuWorker(fake_gpu.FakeDevice())


def ask(worker, text, reference=REFERENCE, op="measure", policy=None, **facts):
    """The answer to a job whose binary has these facts, and its samples."""
    more = {name: facts.pop(name) for name in list(facts) if name in ("incumbent_ns", "spare_millis", "reduction_length")}
    binary = json.dumps(facts).encode()
    request = {
        "module": text,
        "kernel": "vector_add",
        "arguments": ARGUMENTS,
        "launch": {},
        "reference": reference,
        "binaries": [len(binary)],
        "payload": binary,
        "policy": policy or {},
        "seed": 3,
        "tell": lambda phase, **_: worker.__dict__.setdefault("told", []).append(phase),
        **more,
    }
    header, payload = worker.handlers()[op](request)
    return header, pa.ipc.open_stream(payload).read_all()["latency_ns"].to_pylist()


def failure(worker, text, **facts):
    with pytest.raises(JobError) as error:
        ask(worker, text, **facts)
    return error.value


def test_a_right_kernel_is_timed(worker, vector_add_text):
    header, samples = ask(worker, vector_add_text, latency_ns=100_000)
    assert header["outcome"] == "timed" and header["level"] == 1
    assert header["latency_ns"] == pytest.approx(100_000, rel=0.02)
    assert len(samples) == 200
    assert 0 <= header["max_error"] < 0.1
    assert header["device"]["timer"] == "events" and header["device"]["before"]["sm_clock_mhz"] == 1980
    assert set(header["phases_ms"]) == {"inputs", "load", "check", "screen", "rank", "state"}
    # 205 calls and 204 flushes of what the device was busy with.
    assert 204 * 0.14 < header["busy_ms"] < 100
    assert worker.told == ["running", "timing"]
    assert worker.device.loaded == 0


def test_a_first_call_far_behind_is_the_last(worker, vector_add_text):
    header, samples = ask(worker, vector_add_text, latency_ns=2_000_000, incumbent_ns=100_000)
    assert (header["level"], len(samples), worker.device.flushes) == (0, 1, 0)
    header, samples = ask(worker, vector_add_text, latency_ns=350_000, incumbent_ns=100_000)
    assert (header["level"], len(samples)) == (0, 4)


def test_outputs_are_poisoned_and_compared(worker, vector_add_text):
    assert "3000 of 3000 elements differ" in failure(worker, vector_add_text, fault="hole").reason
    wrong = failure(worker, vector_add_text, fault="wrong")
    assert (wrong.outcome, wrong.fatal) == ("wrong_result", False)
    assert "nan, expected" in failure(worker, vector_add_text, fault="nan").reason
    assert wrong.facts["phases_ms"]["check"] > 0
    assert ask(worker, vector_add_text)[0]["outcome"] == "timed"


def test_what_a_kernel_changes_is_restored_before_every_call(worker, vector_add_text):
    text = vector_add_text.replace("out = torch.empty_like(x)", "out = x").replace("    return out\n", "")
    reference = {**REFERENCE, "function": "add_"}
    header, samples = ask(worker, text, reference, compute="out.add_(y)")
    assert header["outcome"] == "timed" and len(samples) == 200
    arguments = next(iter(worker._arguments._entries.values()))
    assert arguments.changed() == []
    # The same from a kernel that works in place against a function that returns.
    assert ask(worker, text, compute="out.add_(y)")[0]["outcome"] == "timed"
    assert failure(worker, text, compute="out.add_(y + 1)").outcome == "wrong_result"


@pytest.mark.parametrize(
    ("fault", "outcome", "fatal"),
    [
        ("illegal_address", "launch_error", True),
        ("misaligned", "launch_error", True),
        ("oom", "out_of_resources", False),
        ("refused", "out_of_resources", False),
    ],
)
@pytest.mark.parametrize("place", ["check", "time"])
def test_faults_have_names(worker, vector_add_text, fault, outcome, fatal, place):
    found = failure(worker, vector_add_text, fault=fault, **{"in": place})
    assert (found.outcome, found.fatal) == (outcome, fatal), found.reason
    assert "busy_ms" in found.facts
    if not fatal:
        assert ask(worker, vector_add_text)[0]["outcome"] == "timed"


def test_graphs_take_turns_among_copies(worker, vector_add_text, monkeypatch):
    monkeypatch.setattr(worker.device, "l2_bytes", 100_000)
    header, samples = ask(worker, vector_add_text, policy={"timer": "graph"}, latency_ns=20_000, spread=0)
    device = header["device"]
    # 24,000 bytes of inputs: 10 copies are beyond twice the cache; 1 ms is 50 calls.
    assert (device["timer"], device["calls_per_sample"]) == ("graph", 50)
    assert header["latency_ns"] == pytest.approx(20_000, rel=0.01)
    assert len(samples) == 15
    header, _ = ask(worker, vector_add_text, policy={"timer": "graph", "l2": "warm"}, spread=0)
    assert (header["device"]["timer"], header["device"]["calls_per_sample"]) == ("graph", 20)


def test_what_cannot_be_a_graph_is_timed_by_events_and_says_so(worker, vector_add_text):
    header, _ = ask(worker, vector_add_text, policy={"timer": "graph"})
    assert header["device"]["timer"] == "events" and "too small" in header["device"]["fallback"]
    text = vector_add_text.replace("out = torch.empty_like(x)", "out = x").replace("    return out\n", "")
    policy = {"timer": "graph", "l2": "warm"}
    header, _ = ask(worker, text, {**REFERENCE, "function": "add_"}, policy=policy, compute="out.add_(y)")
    assert header["device"]["timer"] == "events" and "restored" in header["device"]["fallback"]


def test_throttled_batches_are_taken_again(worker, vector_add_text):
    header, samples = ask(worker, vector_add_text, throttled_batches=2)
    # The screen's four, twice.
    assert (header["device"]["throttled_samples"], header["device"]["throttled_kept"]) == (8, 0)
    header, samples = ask(worker, vector_add_text, throttled_batches=5)
    assert header["device"]["throttled_samples"] == 12 and header["device"]["throttled_kept"] > 4


def race(worker, text, entrants, seeds=(3, 4), policy=None, **race):
    """The answer to a race of fake binaries, and its samples by lane."""
    binaries = [json.dumps(facts).encode() for facts in entrants]
    request = {
        "entrants": [{"name": f"e{i}", "module": text, "launch": {}} for i in range(len(entrants))],
        "kernel": "vector_add",
        "arguments": ARGUMENTS,
        "reference": REFERENCE,
        "binaries": [len(binary) for binary in binaries],
        "payload": b"".join(binaries),
        "policy": policy or {},
        "race": {"min_rounds": 10, "max_rounds": 100, "budget_millis": 60_000, "eliminate": True, **race},
        "seeds": list(seeds),
        "reduction_length": 1,
        "tell": lambda phase, **_: None,
    }
    header, payload = worker.handlers()["race"](request)
    rows = pa.ipc.open_stream(payload).read_all().to_pylist()
    lanes = [[] for _ in header["lanes"]]
    for row in rows:
        assert row["round"] == len(lanes[row["lane"]])
        lanes[row["lane"]].append(row["latency_ns"])
    return header, lanes


def test_a_race_is_timed_in_turns(worker, vector_add_text):
    header, lanes = race(worker, vector_add_text, [{"latency_ns": n} for n in (100_000, 90_000, 150_000)])
    assert [lane["name"] for lane in header["lanes"]] == ["e0", "e1", "e2", "e0"]
    assert [lane["control"] for lane in header["lanes"]] == [False, False, False, True]
    # The slowest leaves at once; the incumbent and its copy stay until all is clear.
    assert len(lanes[2]) == 10 and len(lanes[0]) == len(lanes[3]) == len(lanes[1]) >= 10
    assert sum(lanes[0]) / len(lanes[0]) == pytest.approx(100_000, rel=0.02)
    assert header["busy_ms"] > 0 and header["device"]["timer"] == "events"
    assert worker.device.loaded == 0


def test_a_race_without_elimination_has_all_rounds(worker, vector_add_text):
    _, lanes = race(worker, vector_add_text, [{}, {"latency_ns": 500_000}], eliminate=False, max_rounds=30)
    assert [len(lane) for lane in lanes] == [30, 30, 30]


def test_entrants_that_are_wrong_do_not_race(worker, vector_add_text):
    header, lanes = race(worker, vector_add_text, [{}, {"fault": "wrong"}, {"fault": "oom"}, {}], seeds=(3,))
    assert [lane["outcome"] for lane in header["lanes"]] == [None, "wrong_result", "out_of_resources", None, None]
    assert [bool(lane) for lane in lanes] == [True, False, False, True, True]


def test_every_draw_is_checked(worker, vector_add_text):
    # Right for one draw only.
    first = references.build_arguments(ARGUMENTS, "cpu", 3, REFERENCE).values[0][0].item()
    lucky = {"compute": f"out.copy_(x + y if abs(float(x[0]) - {first}) < 1e-9 else x)"}
    header, _ = race(worker, vector_add_text, [{}, lucky], seeds=(3,))
    assert header["lanes"][1]["outcome"] is None
    header, _ = race(worker, vector_add_text, [{}, lucky], seeds=(3, 4))
    assert header["lanes"][1]["outcome"] == "wrong_result"


def test_an_entrant_that_spoils_the_device_is_named(worker, vector_add_text):
    with pytest.raises(JobError) as error:
        race(worker, vector_add_text, [{}, {"fault": "illegal_address"}])
    assert (error.value.outcome, error.value.fatal, error.value.facts["entrant"]) == ("launch_error", True, 1)
    with pytest.raises(JobError, match="incumbent `e0`"):
        race(GpuWorker(fake_gpu.FakeDevice()), vector_add_text, [{"fault": "wrong"}, {}])


def test_a_function_of_the_user_is_timed_too(worker):
    request = {
        "file": {"path": None, "text": USER},
        "function": "add",
        "arguments": ARGUMENTS,
        "policy": {"screen_calls": 2, "min_calls": 3, "max_calls": 5},
        "tell": lambda phase, **_: None,
    }
    header, _ = worker.handlers()["time_function"](request)
    assert header["outcome"] == "timed" and torch.is_grad_enabled()


FIRST_JOBS = """
import sys
import pytest
import test_gpu_worker as tests
worker = tests.GpuWorker(tests.fake_gpu.FakeDevice())
text = open(sys.argv[1]).read()
before = set(sys.modules)
tests.ask(worker, text)
tests.failure(worker, text, fault="wrong")
tests.failure(worker, text, fault="oom")
tests.race(worker, text, [{}, {}])
print(sorted(name for name in set(sys.modules) - before))
"""


def test_the_first_jobs_import_nothing_that_takes_long():
    folder = os.path.dirname(__file__)
    module = os.path.join(folder, "..", "resources", "modules", "vector_add.py")
    run = [sys.executable, "-c", FIRST_JOBS, module]
    paths = os.pathsep.join([folder, os.path.join(folder, "..", "..", "main", "python")])
    done = subprocess.run(
        run, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=120, check=True
    )
    imported = [name for name in eval(done.stdout) if name.startswith(("torch", "sympy", "triton", "numpy.random"))]
    assert len(imported) < 10, imported


def test_what_jobs_need_is_kept_for_several_tasks_while_there_is_memory():
    made = []
    crowded = [False]
    cache = references.Cache(3, lambda: crowded[0])

    def get(key):
        return cache.get(key, lambda: made.append(key) or key)

    for key in ("a", "b", "c", "a", "b", "c"):
        assert get(key) == key
    assert made == ["a", "b", "c"]
    get("d")
    get("a")
    assert made == ["a", "b", "c", "d", "a"]
    crowded[0] = True
    get("e")
    assert get("a") == "a" and made[-1] == "e"
    get("d")
    assert made[-1] == "d"
