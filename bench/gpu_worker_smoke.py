"""Tries the compile and GPU workers on a real GPU, in one process pair, without Java.

    PYTHONPATH=gpu-executor/src/main/python python3 bench/gpu_worker_smoke.py [MODULE.py KERNEL ARGUMENTS.json]

Needs torch, triton and pyarrow. Compiles modules with the compile worker, loads, checks and times them with the GPU
worker, times torch's own functions with the same clock, then runs kernels that must fail, each of which must end in its
named outcome. Exit status 0 where everything was as expected.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa

from perihelion.worker import frames

SOFTMAX = '''
import torch
import triton
import triton.language as tl


@triton.jit
def _softmax_kernel(x, out, columns, x_stride, BLOCK: tl.constexpr):
    row = tl.program_id(0)
    offsets = tl.arange(0, BLOCK)
    mask = offsets < columns
    values = tl.load(x + row * x_stride + offsets, mask=mask, other=float("-inf")).to(tl.float32)
    values = tl.exp(values - tl.max(values, 0))
    values = values / tl.sum(values, 0)
    tl.store(out + row * columns + offsets, values.to(out.dtype.element_ty), mask=mask)


def _launch(kernel, grid, *args, **options):
    kernel[grid](*args, **options)


def softmax(x, *, _launcher=_launch):
    out = torch.empty_like(x)
    _launcher(_softmax_kernel, (x.size(0),), x, out, x.size(1), x.stride(0), BLOCK=4096, num_warps=4, num_stages=2)
    return out
'''

MATMUL = '''
import torch
import triton
import triton.language as tl


@triton.jit
def _matmul_kernel(a, b, c, m, n, k, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    rows = tl.program_id(0) * BM + tl.arange(0, BM)
    columns = tl.program_id(1) * BN + tl.arange(0, BN)
    total = tl.zeros((BM, BN), tl.float32)
    for start in range(0, k, BK):
        inner = start + tl.arange(0, BK)
        left = tl.load(a + rows[:, None] * k + inner[None, :])
        right = tl.load(b + inner[:, None] * n + columns[None, :])
        total = tl.dot(left, right, total)
    tl.store(c + rows[:, None] * n + columns[None, :], total.to(c.dtype.element_ty))


def _launch(kernel, grid, *args, **options):
    kernel[grid](*args, **options)


def matmul(a, b, *, _launcher=_launch):
    m, k = a.shape
    n = b.size(1)
    c = torch.empty((m, n), dtype=a.dtype, device=a.device)
    _launcher(_matmul_kernel, (m // 128, n // 128), a, b, c, m, n, k, BM=128, BN=128, BK=64, num_warps=8, num_stages=4)
    return c
'''

ADD_IN_PLACE = '''
import torch
import triton
import triton.language as tl


@triton.jit
def _add_kernel(x, y, scale, count, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < count
    total = tl.load(x + offsets, mask=mask) + scale * tl.load(y + offsets, mask=mask)
    tl.store(x + offsets, total, mask=mask)


def _launch(kernel, grid, *args, **options):
    kernel[grid](*args, **options)


def add_(x, y, scale, *, _launcher=_launch):
    _launcher(_add_kernel, (triton.cdiv(x.numel(), 1024),), x, y, scale, x.numel(), BLOCK=1024, num_warps=4)
'''

USER_FILE = """
import torch
import helion
import helion.language as hl


def softmax(x):
    return torch.softmax(x, 1)


def matmul(a, b):
    return a @ b


def add_(x, y, scale):
    x.add_(y * scale)
"""

POLICY = {
    "timer": "events",
    "l2": "cold",
    "screen_calls": 4,
    "screen_ratio": 3.0,
    "rank_millis": 20.0,
    "min_calls": 15,
    "max_calls": 200,
    "run_timeout_millis": 10_000,
}


class Worker:
    """A worker process, spoken to in frames."""

    def __init__(self, kind, process=None):
        self.kind = kind
        command = [sys.executable, "-u", "-m", "perihelion.worker", kind]
        self.process = process or subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.stream = frames.FrameStream(self.process.stdout, self.process.stdin)
        self.hello = self.stream.read()[0]
        if "error" in self.hello:
            raise SystemExit(self.hello["error"])

    def ask(self, header, payload=b""):
        """The answer as (header, payload); phases are left out."""
        self.stream.write({"id": "smoke", **header}, payload)
        while True:
            answer, body = self.stream.read()
            if "phase" not in answer:
                return answer, body

    def close(self):
        """Ends it as its owner would: stdin ends."""
        self.process.stdin.close()
        return self.process.wait(60)


def tensor(name, dtype, shape):
    return {"name": name, "kind": "tensor", "dtype": dtype, "shape": shape, "strides": None, "fill": {"kind": "normal"}}


class Smoke:
    """Runs the cases and remembers whether they ended as they should."""

    def __init__(self):
        self.compiler = Worker("compile")
        self.gpu = Worker("gpu")
        self.failures = 0
        print(json.dumps(self.gpu.hello, indent=2))
        self.target = self.gpu.hello["device"]["target"]
        print(f"{'case':34}{'outcome':18}{'latency us':>11}{'spread':>9}{'calls':>7}{'error':>8}  facts or reason")

    def measure(self, case, text, kernel, arguments, function, want="timed", incumbent=None, baseline=False, edit=None):
        """Compiles, measures and prints one row. edit: changes the launch facts, to provoke a refusal."""
        request = {"op": "compile", "module": text, "kernel": kernel, "arguments": arguments, "target": self.target}
        compiled, binary = self.compiler.ask(request)
        if compiled["outcome"] != "compiled":
            return self._row(case, compiled, b"", want)
        launch = compiled["launch"]
        if edit:
            edit(launch)
        reference = {"kind": "function", "file": {"path": None, "text": USER_FILE}, "function": function}
        binaries = [len(binary)]
        payload = binary
        if baseline:
            reference = {"kind": "baseline", "module": text, "launch": launch}
            binaries, payload = [len(binary)] * 2, binary + binary
        request = {
            "op": "measure",
            "module": text,
            "kernel": kernel,
            "arguments": arguments,
            "launch": launch,
            "reference": reference,
            "binaries": binaries,
            "policy": POLICY,
            "seed": 1,
        }
        if incumbent:
            request["incumbent_ns"] = incumbent
        answer, body = self.gpu.ask(request, payload)
        answer["facts"] = compiled["facts"]
        self._row(case, answer, body, want)
        if answer.get("fatal"):
            status = self.gpu.process.wait(60)
            self._expect(status == 4, f"the worker ended with status {status}, not 4")
            self.gpu = Worker("gpu")
        return answer

    def time_function(self, case, function, arguments, compiled):
        """Times torch's own with the same clock."""
        request = {
            "op": "time_function",
            "file": {"path": None, "text": USER_FILE},
            "function": function,
            "arguments": arguments,
            "compile": compiled,
            "policy": POLICY,
            "seed": 1,
        }
        answer, body = self.gpu.ask(request)
        self._row(case, answer, body, "timed")

    def _row(self, case, answer, body, want):
        numbers = f"{'':35}"
        if answer["outcome"] == "timed":
            samples = pa.ipc.open_stream(body).read_all()["latency_ns"]
            numbers = f"{answer['latency_ns'] / 1e3:11.2f}{answer['spread_ns'] / 1e3:9.2f}{len(samples):7}"
            numbers += f"{answer['max_error']:8.3f}"
        text = answer.get("reason") or json.dumps(answer.get("facts") or answer.get("device"))
        text = f"level {answer['level']} {text}" if "level" in answer else text
        fatal = " (fatal)" if answer.get("fatal") else ""
        print(f"{case:34}{answer['outcome'] + fatal:18}{numbers}  {text[:150]}  [{answer.get('worker_ms', 0):.0f} ms]")
        self._expect(answer["outcome"] == want, f"{case}: expected `{want}`")

    def _expect(self, right, message):
        if not right:
            self.failures += 1
            print(f"    UNEXPECTED: {message}")


def built_in(smoke):
    """The cases of this file."""
    soft = [tensor("x", "float16", [4096, 2560])]
    first = smoke.measure("softmax", SOFTMAX, "softmax", soft, "softmax")
    smoke.measure("softmax again (cached reference)", SOFTMAX, "softmax", soft, "softmax")
    smoke.measure("softmax against itself", SOFTMAX, "softmax", soft, None, baseline=True)
    smoke.measure("softmax far behind (level 0)", SOFTMAX, "softmax", soft, "softmax", incumbent=first["latency_ns"] / 10)
    smoke.time_function("torch softmax", "softmax", soft, False)
    smoke.time_function("torch.compile softmax", "softmax", soft, True)
    half = [tensor("a", "bfloat16", [4096, 4096]), tensor("b", "bfloat16", [4096, 4096])]
    smoke.measure("matmul bfloat16 (large shared)", MATMUL, "matmul", half, "matmul")
    smoke.time_function("torch matmul", "matmul", half, False)
    single = [tensor("a", "float32", [1024, 1024]), tensor("b", "float32", [1024, 1024])]
    small = MATMUL.replace("BM=128", "BM=64").replace("BN=128", "BN=64").replace("// 128", "// 64")
    smoke.measure("matmul float32 (TF32)", small.replace("BK=64", "BK=32"), "matmul", single, "matmul")
    flat = [tensor("x", "float32", [1_000_003]), tensor("y", "float32", [1_000_003])]
    flat.append({"name": "scale", "kind": "float", "value": 0.5})
    smoke.measure("add in place, scalar argument", ADD_IN_PLACE, "add_", flat, "add_")
    cooperative = SOFTMAX.replace("num_stages=2", "num_stages=2, launch_cooperative_grid=True")
    few = [tensor("x", "float16", [64, 2560])]
    smoke.measure("softmax, cooperative launch", cooperative, "softmax", few, "softmax")
    many = [tensor("x", "float16", [1_000_000, 64])]
    smoke.measure("cooperative, grid too large", cooperative, "softmax", many, "softmax", "out_of_resources")
    wrong = SOFTMAX.replace("tl.exp(values", "tl.exp(1.5 * values")
    smoke.measure("wrong result", wrong, "softmax", soft, "softmax", "wrong_result")
    hole = SOFTMAX.replace("mask=mask)\n\n\ndef _launch", "mask=offsets < columns - 1)\n\n\ndef _launch")
    smoke.measure("unwritten output", hole, "softmax", soft, "softmax", "wrong_result")
    shared = MATMUL.replace("num_stages=4", "num_stages=9")
    smoke.measure("too much shared memory", shared, "matmul", half, "matmul", "out_of_resources")

    def threads(launch):
        launch["threads"] = 2048

    smoke.measure("launch refused", SOFTMAX, "softmax", soft, "softmax", "launch_error", edit=threads)
    illegal = SOFTMAX.replace("tl.store(out + row", "tl.store(out + 1000000000000 + row")
    smoke.measure("illegal address", illegal, "softmax", soft, "softmax", "launch_error")
    smoke.measure("softmax after the restart", SOFTMAX, "softmax", soft, "softmax")


def main():
    """Runs the built-in cases, or one module of the user's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", nargs="?", help="a generated module to compile, check against itself and time")
    parser.add_argument("kernel", nargs="?", help="its host function")
    parser.add_argument("arguments", nargs="?", help="file with its arguments, as JSON")
    options = parser.parse_args()
    smoke = Smoke()
    if options.module:
        arguments = json.loads(Path(options.arguments).read_text())
        text = Path(options.module).read_text()
        smoke.measure(options.kernel, text, options.kernel, arguments, None, baseline=True)
    else:
        built_in(smoke)
    state, _ = smoke.gpu.ask({"op": "state"})
    print("device now:", json.dumps(state["device"]))
    statuses = [smoke.compiler.close(), smoke.gpu.close()]
    left = list(Path(tempfile.gettempdir()).glob("perihelion-triton-*"))
    print(f"exit statuses {statuses}, {len(left)} cache folders left, {smoke.failures} unexpected")
    return 1 if smoke.failures or any(statuses) else 0


if __name__ == "__main__":
    sys.exit(main())
