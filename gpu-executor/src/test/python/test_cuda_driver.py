"""The launcher stand-in against a library that only notes what it is asked; no GPU is touched."""

import ctypes
from types import SimpleNamespace

import pytest
import torch

from perihelion.worker import compile_worker, modules
from perihelion.worker.cuda_driver import CudaDriver, CudaError, LoadedKernel, _Config
from perihelion.worker.errors import JobError

ARGUMENTS = [
    {"name": name, "kind": "tensor", "dtype": "float32", "shape": [5000], "strides": None} for name in ("x", "y")
]


class FakeCuda(SimpleNamespace):
    """Notes launches as (grid, block, shared, parameter values); answers with `code`."""

    def __init__(self, slots):
        super().__init__(launches=[], code=0, unloaded=0)
        self._slots = slots

    def cuModuleLoadData(self, module, image):
        return 0

    def cuModuleGetFunction(self, function, module, name):
        return 0

    def cuModuleUnload(self, module):
        self.unloaded += 1
        return 0

    def cuGetErrorName(self, code, name):
        return 0

    cuGetErrorString = cuGetErrorName

    def cuLaunchKernelEx(self, config, function, parameters, extra):
        config = ctypes.cast(config, ctypes.POINTER(_Config)).contents
        values = [ctypes.cast(p, ctypes.POINTER(kind)).contents.value for p, kind in zip(parameters, self._slots)]
        self.launches.append((list(config.grid), list(config.block), config.shared_bytes, values))
        return self.code


def load(text):
    request = {"module": text, "kernel": "vector_add", "arguments": ARGUMENTS, "target": "cuda:90"}
    header, binary = compile_worker.compile_job(request)
    cuda = FakeCuda([ctypes.c_uint64] * 3 + [ctypes.c_int32] + [ctypes.c_uint64] * 2)
    return cuda, LoadedKernel(CudaDriver(cuda), binary, header["launch"], current_stream=lambda: 0)


def test_a_launch_passes_pointers_sizes_and_scratch(vector_add_text):
    cuda, kernel = load(vector_add_text)
    x, y = torch.ones(5000), torch.ones(5000)
    with modules.generated(vector_add_text, "vector_add") as host:
        out = host(x, y, _launcher=kernel)
    pointers = [x.data_ptr(), y.data_ptr(), out.data_ptr()]
    assert cuda.launches == [([5, 1, 1], [128, 1, 1], 0, [*pointers, 5000, 0, 0])]
    kernel.close()
    assert cuda.unloaded == 1


def test_what_was_not_compiled_is_refused(vector_add_text):
    _, kernel = load(vector_add_text)
    x = torch.ones(5001)
    with modules.generated(vector_add_text, "vector_add") as host:
        with pytest.raises(JobError, match="fp16"):
            host(x.half(), x, _launcher=kernel)
        with pytest.raises(JobError, match="divisible by 16"):
            host(x[1:], x[:5000], _launcher=kernel)
    with modules.generated(vector_add_text.replace("BLOCK=1024", "BLOCK=512"), "vector_add") as host:
        with pytest.raises(JobError, match="compiled as 1024"):
            host(x, x, _launcher=load(vector_add_text)[1])


@pytest.mark.parametrize(
    ("code", "outcome", "fatal"), [(1, "launch_error", False), (701, "out_of_resources", False), (700, "launch_error", True)]
)
def test_refusals_are_sorted(vector_add_text, code, outcome, fatal):
    cuda, kernel = load(vector_add_text)
    cuda.code = code
    x = torch.ones(5000)
    with modules.generated(vector_add_text, "vector_add") as host, pytest.raises(CudaError) as error:
        host(x, x, _launcher=kernel)
    assert (error.value.outcome, error.value.fatal) == (outcome, fatal)
