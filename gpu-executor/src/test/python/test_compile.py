import subprocess
from pathlib import Path

import pytest
import triton
from triton.backends.compiler import GPUTarget

from perihelion.worker import compile_worker, modules
from perihelion.worker.errors import JobError

ARGUMENTS = [{"name": "x", "kind": "tensor", "dtype": "float16", "shape": [64, 2560], "strides": None}]


def compile_softmax(text, target="cuda:90", arguments=ARGUMENTS):
    return compile_worker.compile_job({"module": text, "kernel": "softmax", "arguments": arguments, "target": target})


@pytest.mark.parametrize(
    "target", ["cuda:80", "cuda:90", "cuda:100", "cuda:120", "hip:gfx90a", "hip:gfx942", "hip:gfx950"]
)
def test_every_target(softmax_text, target):
    header, binary = compile_softmax(softmax_text, target)
    facts = header["facts"]
    assert binary[:4] == b"\x7fELF" and facts["programs"] == 64 and 8 <= facts["registers"] <= 512
    assert header["launch"]["trailing_pointers"] == 2


@pytest.mark.parametrize("limit", ["", ", maxnreg=24"])
def test_registers_and_local_memory_are_what_cuobjdump_says(softmax_text, tmp_path, limit):
    text = softmax_text.replace("num_stages=2", "num_stages=2" + limit)
    header, binary = compile_softmax(text)
    (tmp_path / "k.cubin").write_bytes(binary)
    tool = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
    said = subprocess.run([tool, "-res-usage", tmp_path / "k.cubin"], capture_output=True, text=True, check=True).stdout
    assert f"REG:{header['facts']['registers']} " in said
    assert f"STACK:{header['facts']['spill_bytes']} " in said
    assert bool(header["facts"]["spill_bytes"]) == bool(limit)


def test_strides_that_are_odd_are_not_taken_as_aligned(softmax_text):
    odd = [{**ARGUMENTS[0], "shape": [64, 2500], "strides": [2501, 1]}]
    parameters = {p["name"]: p for p in compile_softmax(softmax_text, arguments=odd)[0]["launch"]["parameters"]}
    assert parameters["x"]["divisible_by_16"] and not parameters["x_stride"]["divisible_by_16"]
    one = [{**ARGUMENTS[0], "shape": [1, 2560]}]
    parameters = {p["name"]: p for p in compile_softmax(softmax_text, arguments=one)[0]["launch"]["parameters"]}
    assert (parameters["rows"]["type"], parameters["rows"]["value"]) == ("constexpr", "1")


def test_two_launches_are_refused(softmax_text):
    text = softmax_text.replace("    return out", "    _launcher(_softmax_kernel, (1,), x, out, 1, 1, 1, BLOCK=16)\n    return out")
    with pytest.raises(JobError, match="launches 2 kernels"):
        compile_softmax(text)


def test_real_values_make_the_host_run_on_the_cpu(softmax_text):
    text = softmax_text.replace("    out =", "    x[0, 0].item()\n    out =")
    assert compile_softmax(text)[0]["host_ran_on"] == "cpu"


def test_targets_have_names():
    assert compile_worker.parse_target("hip:gfx950") == GPUTarget("hip", "gfx950", 64)
    with pytest.raises(JobError, match="not a target"):
        compile_worker.parse_target("cuda:auto")


def test_the_stub_answers_for_helion():
    text = "import helion\nimport helion.language as hl\nfrom helion.runtime.settings import a_name\n\n\n@helion.kernel(config=helion.Config(block_sizes=[1]))\n"
    text += "def k(x: hl.constexpr):\n    return 1\n"
    module = modules.load_user_file("/not/there.py", text)
    assert module.k.fn(1) == 1
    with pytest.raises(RuntimeError, match="`k` was called"):
        module.k(1)
