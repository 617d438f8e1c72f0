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
