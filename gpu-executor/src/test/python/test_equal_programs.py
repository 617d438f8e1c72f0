"""Programs that turn out to be equal half way through a compilation."""

import os
import threading
import time

import pytest
import triton

from perihelion.worker import compile_worker, equal_programs

TENSOR = {"name": "x", "kind": "tensor", "dtype": "float16", "shape": [64, 2560], "strides": None}


@pytest.fixture
def folder(tmp_path):
    equal_programs.share(tmp_path)
    yield tmp_path
    equal_programs.share(None)


def compiled(text, target="cuda:90"):
    job = {"module": text, "kernel": "softmax", "arguments": [TENSOR], "target": target}
    return compile_worker.compile_job(job)


def programs(folder):
    return [name for name in os.listdir(folder) if "." not in name]


def with_options(text, options):
    assert "num_warps=4, num_stages=2" in text
    return "# Another first line.\n\n" + text.replace("num_warps=4, num_stages=2", options)


def test_a_known_program_is_not_compiled_again(folder, softmax_text, monkeypatch):
    first, binary = compiled(softmax_text)
    assert len(programs(folder)) == 1
    stored = folder / programs(folder)[0]
    # What is kept comes back, and nothing else is made: the binary is marked.
    stored.write_bytes(stored.read_bytes() + b"mark")
    again, marked = compiled(with_options(softmax_text, "num_warps=4, num_stages=5"))
    assert marked == binary + b"mark"
    assert again["launch"] == first["launch"]
    assert again["facts"]["registers"] == first["facts"]["registers"]
    assert len(programs(folder)) == 1


def test_other_programs_are_not_taken_for_it(folder, softmax_text):
    results = [
        compiled(text)[1]
        for text in (
            softmax_text,
            with_options(softmax_text, "num_warps=8"),
            with_options(softmax_text, "num_warps=4, maxnreg=32"),
            softmax_text.replace("BLOCK=4096", "BLOCK=8192"),
        )
    ]
    assert len(set(results)) == len(results) == len(programs(folder))


def test_what_comes_back_is_what_a_compilation_gives(folder, softmax_text):
    compiled(softmax_text)
    text = with_options(softmax_text, "num_warps=4, num_stages=5")
    known = compiled(text)
    equal_programs.share(None)
    fresh = compiled(text)
    assert known[1] == fresh[1]
    assert known[0]["launch"] == fresh[0]["launch"]
    assert {**known[0]["facts"], "compile_ms": 0} == {**fresh[0]["facts"], "compile_ms": 0}


_STORES = """
import torch
import triton
import triton.language as tl


@triton.jit
def _kernel(x, out, rows):
    source = tl.make_tensor_descriptor(x, [rows, 256], [256, 1], [1, 256])
    target = tl.make_tensor_descriptor(out, [rows, 256], [256, 1], [1, 256])
    for row in tl.range(tl.program_id(0), rows, 4, flatten=FLATTEN):
        total = tl.zeros([1, 64], tl.float32)
        for column in tl.range(0, 256, 64):
            total += tl.load(x + row * 256 + column + tl.arange(0, 64))[None, :].to(tl.float32)
        values = source.load([row, 0])
        target.store([row, 0], (values + tl.sum(total)).to(tl.float16))


def kernel(x, *, _launcher=None):
    out = torch.empty_like(x)
    _launcher(_kernel, (4,), x, out, x.size(0), num_warps=4, num_stages=STAGES)
    return out
"""


@pytest.mark.parametrize("flatten", [True, False])
def test_without_products_more_than_two_stages_change_nothing(flatten):
    """What the compiler's `Products` relies on when it narrows num_stages."""
    job = {"kernel": "kernel", "arguments": [{**TENSOR, "shape": [64, 256]}], "target": "cuda:90"}
    text = _STORES.replace("FLATTEN", str(flatten))
    binaries = [compile_worker.compile_job({**job, "module": text.replace("STAGES", str(n))})[1] for n in (1, 2, 3, 8)]
    assert binaries[1] == binaries[2] == binaries[3]


def test_amd_programs_are_compiled_every_time(folder, softmax_text):
    compiled(softmax_text, "hip:gfx942")
    assert programs(folder) == []


def test_the_hook_is_gone_afterwards(folder, softmax_text):
    compiled(softmax_text)
    assert triton.knobs.runtime.add_stages_inspection_hook is None


def test_a_program_under_way_is_waited_for(folder, softmax_text):
    """The lock of a program that is being compiled holds others until it is kept or given up."""
    compiled(softmax_text)
    (name,) = programs(folder)
    lock = os.open(folder / f"{name}.lock", os.O_RDWR)
    equal_programs.fcntl.flock(lock, equal_programs.fcntl.LOCK_EX)
    ended = []
    thread = threading.Thread(target=lambda: ended.append(compiled(softmax_text)), daemon=True)
    thread.start()
    time.sleep(2)
    assert ended == []
    os.close(lock)
    thread.join(20)
    assert len(ended) == 1
