"""The runner on modules written by hand, under Triton's interpreter: right ones pass, all others show."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1]
KERNELS = '''
import helion
import torch


@helion.kernel
def double(x, by=2.0):
    raise NotImplementedError


def double_reference(x, by=2.0):
    return x * by


@helion.kernel
def bump(x):
    raise NotImplementedError


def bump_reference(x):
    x += 1
'''
MODULE = '''
import torch
import triton
import triton.language as tl


@triton.jit
def _kernel(x, out, n, BLOCK: tl.constexpr):
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out + i, {expression}, i < {limit})


def _launch(kernel, grid, *args, **options):
    kernel[grid](*args, **options)


{host}
'''
DOUBLE = """
def double(x, by=2.0, *, _launcher=_launch):
    out = torch.empty_like(x)
    _launcher(_kernel, (2,), x, out, 50, BLOCK=32, num_warps=4)
    return out
"""
BUMP = """
def bump(x, *, _launcher=_launch):
    _launcher(_kernel, (2,), x, x, 50, BLOCK=32, num_warps=4)
"""
LOAD = "tl.load(x + i, i < n)"
CASES = {
    "right": ("double", DOUBLE, f"{LOAD} * 2", "n"),
    "wrong": ("double", DOUBLE, f"{LOAD} * 3", "n"),
    "unwritten": ("double", DOUBLE, f"{LOAD} * 2", "n - 1"),
    "broken": ("double", DOUBLE, f"{LOAD} * nothing", "n"),
    "in_place": ("bump", BUMP, f"{LOAD} + 1", "n"),
    "in_place_again": ("bump", BUMP, f"{LOAD} + 1", "n"),
    "crash": ("double", "import os\n" + DOUBLE.replace("    out =", "    os._exit(3)\n    out ="), LOAD, "n"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """(results by id, standard output, exit status) of one run over all of them."""
    folder = tmp_path_factory.mktemp("index")
    (folder / "kernels.py").write_text(KERNELS)
    cases = []
    for name, (kernel, host, expression, limit) in CASES.items():
        (folder / f"{name}.py").write_text(MODULE.format(host=host, expression=expression, limit=limit))
        cases.append({
            "id": name, "kernel": kernel, "file": "kernels.py", "size": "small", "inputs": {"x": "bf16[50]"},
            "config": "default", "error": None, "module": f"{name}.py", "duplicate_of": None,
        })
    cases.append({**cases[0], "id": "refused", "module": None, "error": "error: Not so.\n  --> k.py:1:1"})
    cases.append({**cases[0], "id": "too_large", "size": "full"})
    (folder / "index.json").write_text(json.dumps({"target": "cuda:90", "seed": 1, "cases": cases}))
    command = [sys.executable, str(BENCH / "differential.py"), "run", "--index", str(folder), "--device", "cpu"]
    command += ["--jobs", "1", "--report", str(folder / "report.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode in (0, 1), done.stderr
    results = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    return {result["id"]: result for result in results}, done.stdout, done.returncode


def test_right_ones_pass(report):
    outcomes = {name: result["outcome"] for name, result in report[0].items()}
    assert [outcomes[name] for name in ("right", "in_place", "in_place_again", "refused")] == [*["checked"] * 3, "refused"]
    assert "too_large" not in outcomes


def test_all_others_show(report):
    results = report[0]
    assert results["wrong"]["outcome"] == "wrong_result"
    assert "50 of 50 elements differ" in results["wrong"]["reason"]
    assert "1 of 50 elements differ; the worst is at [49]: nan" in results["unwritten"]["reason"]
    assert results["broken"]["outcome"] == "launch_error"
    assert results["crash"]["outcome"] == "worker_died"


def test_the_summary_names_each_failure(report):
    _results, output, status = report
    assert status == 1
    assert output.count("\nwrong_result: double [x=bf16[50]]") == 2
    assert "9 cases" not in output.splitlines()[0] and output.startswith("8 cases of 2 kernels")
