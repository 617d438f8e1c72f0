"""Loads and launches cubins through the CUDA driver library, without compiling anything.

Follows what Triton's own launcher does (triton/backends/nvidia/driver.c and driver.py, versions 3.6 and 3.8): the
kernel's parameters that are not constants, in order, then one pointer for global and one for profiling scratch memory;
32 threads a warp; dynamic shared memory of the size that the compiler reported; clusters of `num_ctas` programs.
"""

import ctypes
import struct
from ctypes import POINTER, byref, c_char_p, c_int, c_uint, c_void_p

import torch

from perihelion.worker.capture import resolve_grid
from perihelion.worker.compile_facts import constant_text
from perihelion.worker.errors import JobError

# CUfunction_attribute, CUlaunchAttributeID and CUfunc_cache of cuda.h.
_LOCAL_SIZE_BYTES = 3
_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8
_NON_PORTABLE_CLUSTER_SIZE_ALLOWED = 14
_COOPERATIVE = 2
_CLUSTER_DIMENSION = 4
_CLUSTER_SCHEDULING_POLICY_PREFERENCE = 5
_PROGRAMMATIC_STREAM_SERIALIZATION = 6
_CLUSTER_SCHEDULING_SPREAD = 1
_CACHE_PREFER_SHARED = 1
_SHARED_WITHOUT_OPT_IN = 48 * 1024
_PORTABLE_CLUSTER = 8

_TOO_LARGE = {2, 701, 720}


class CudaError(Exception):
    """A call of the driver failed. code: CUresult; name: as in cuda.h."""

    def __init__(self, code, name, text, call):
        super().__init__(f"{call}: {name} ({text})")
        self.code = code
        self.name = name

    @property
    def outcome(self):
        """out_of_resources where the kernel asks for more than there is, else launch_error."""
        return "out_of_resources" if self.code in _TOO_LARGE else "launch_error"

    @property
    def fatal(self):
        """Whether the context is spoilt: kernel faults are errors from 700 on, but for launches that were refused."""
        return self.code >= 700 and self.code not in (701, 720, 801)


class _AttributeValue(ctypes.Union):
    _fields_ = [("pad", ctypes.c_char * 64), ("number", c_int), ("dimension", c_uint * 3)]


class _Attribute(ctypes.Structure):
    _fields_ = [("id", c_int), ("pad", ctypes.c_char * 4), ("value", _AttributeValue)]


class _Config(ctypes.Structure):
    _fields_ = [
        ("grid", c_uint * 3),
        ("block", c_uint * 3),
        ("shared_bytes", c_uint),
        ("stream", c_void_p),
        ("attributes", POINTER(_Attribute)),
        ("attribute_count", c_uint),
    ]


class CudaDriver:
    """The few calls of libcuda.so.1 that are needed. The context is the one torch has made current."""

    def __init__(self, library=None):
        self._cuda = library or ctypes.CDLL("libcuda.so.1")
        if library is None:
            self._declare()
        self.launch_function = self._cuda.cuLaunchKernelEx

    def _declare(self):
        types = {
            "cuModuleLoadData": [POINTER(c_void_p), c_char_p],
            "cuModuleUnload": [c_void_p],
            "cuModuleGetFunction": [POINTER(c_void_p), c_void_p, c_char_p],
            "cuFuncSetAttribute": [c_void_p, c_int, c_int],
            "cuFuncGetAttribute": [POINTER(c_int), c_int, c_void_p],
            "cuFuncSetCacheConfig": [c_void_p, c_int],
            "cuLaunchKernelEx": [POINTER(_Config), c_void_p, POINTER(c_void_p), c_void_p],
            "cuGetErrorName": [c_int, POINTER(c_char_p)],
            "cuGetErrorString": [c_int, POINTER(c_char_p)],
            "cuDriverGetVersion": [POINTER(c_int)],
        }
        for name, arguments in types.items():
            function = getattr(self._cuda, name)
            function.argtypes = arguments
            function.restype = c_int

    def check(self, code, call):
        """Raises CudaError for a code other than success."""
        if code == 0:
            return
        name, text = c_char_p(), c_char_p()
        self._cuda.cuGetErrorName(code, byref(name))
        self._cuda.cuGetErrorString(code, byref(text))
        raise CudaError(code, (name.value or b"?").decode(), (text.value or b"?").decode(), call)

    def version(self):
        """The CUDA version the driver supports, as `13.0`."""
        number = c_int()
        self.check(self._cuda.cuDriverGetVersion(byref(number)), "cuDriverGetVersion")
        return f"{number.value // 1000}.{number.value % 1000 // 10}"

    def load(self, binary, symbol):
        """(module, function) handles of a cubin."""
        module, function = c_void_p(), c_void_p()
        self.check(self._cuda.cuModuleLoadData(byref(module), binary), "cuModuleLoadData")
        try:
            name = symbol.encode()
            self.check(self._cuda.cuModuleGetFunction(byref(function), module, name), "cuModuleGetFunction")
        except CudaError:
            self.unload(module)
            raise
        return module, function

    def unload(self, module):
        """Unloads; a spoilt context is no error here."""
        self._cuda.cuModuleUnload(module)

    def prepare(self, function, shared_bytes, num_ctas):
        """Allows a function its dynamic shared memory and its cluster size."""
        if shared_bytes > _SHARED_WITHOUT_OPT_IN:
            self.check(self._cuda.cuFuncSetCacheConfig(function, _CACHE_PREFER_SHARED), "cuFuncSetCacheConfig")
            code = self._cuda.cuFuncSetAttribute(function, _MAX_DYNAMIC_SHARED_SIZE_BYTES, shared_bytes)
            if code == 1:
                raise JobError("out_of_resources", f"The device refuses {shared_bytes} bytes of shared memory.")
            self.check(code, "cuFuncSetAttribute")
        if num_ctas > _PORTABLE_CLUSTER:
            code = self._cuda.cuFuncSetAttribute(function, _NON_PORTABLE_CLUSTER_SIZE_ALLOWED, 1)
            self.check(code, "cuFuncSetAttribute")


def _pack_half(value):
    return struct.unpack("<H", struct.pack("<e", value))[0]


def _pack_bfloat16(value):
    return struct.unpack("<I", struct.pack("<f", value))[0] >> 16


# Triton's type name -> (ctypes slot, conversion).
_SLOTS = {
    "i1": (ctypes.c_int32, int),
    "i8": (ctypes.c_int8, int),
    "i16": (ctypes.c_int16, int),
    "i32": (ctypes.c_int32, int),
    "i64": (ctypes.c_int64, int),
    "u1": (ctypes.c_uint32, int),
    "u8": (ctypes.c_uint8, int),
    "u16": (ctypes.c_uint16, int),
    "u32": (ctypes.c_uint32, int),
    "u64": (ctypes.c_uint64, int),
    "fp16": (ctypes.c_uint16, _pack_half),
    "bf16": (ctypes.c_uint16, _pack_bfloat16),
    "fp32": (ctypes.c_float, float),
    "f32": (ctypes.c_float, float),
    "fp64": (ctypes.c_double, float),
}


class LoadedKernel:
    """An artefact on the device, and the stand-in for a module's `_launch`.

    Everything but the values is built once; a launch updates the slots and makes one driver call. Raises JobError
    where the host function asks for something else than what was compiled, CudaError where the driver refuses.
    """

    def __init__(self, driver, binary, launch, current_stream=None, allocate=None):
        self._driver = driver
        self._launch = launch
        self._stream = current_stream or (lambda: torch.cuda.current_stream().cuda_stream)
        self._allocate = allocate or (lambda size: torch.empty(size, dtype=torch.uint8, device="cuda"))
        self._module, self._function = driver.load(binary, launch["symbol"])
        try:
            driver.prepare(self._function, launch["shared"], launch["num_ctas"])
        except Exception:
            self.close()
            raise
        self.launches = 0
        # A pair of events to record around the next launch alone, without what the host function does besides.
        self.marks = None
        self._known_kernel = None
        self._scratch = {}
        self._build()

    def _build(self):
        self._slots = []
        addresses = []
        for index, parameter in enumerate(self._launch["parameters"]):
            kind = parameter["type"]
            if kind == "constexpr":
                continue
            pointer = kind.startswith("*")
            slot_type, convert = (ctypes.c_uint64, None) if pointer else _SLOTS[kind]
            slot = slot_type()
            divisible = parameter.get("divisible_by_16", False)
            self._slots.append((index, parameter["name"], slot, convert, divisible))
            addresses.append(slot)
        self._trailing = [ctypes.c_uint64(0) for _ in range(self._launch["trailing_pointers"])]
        addresses += self._trailing
        self._parameters = (c_void_p * max(1, len(addresses)))(*[ctypes.addressof(slot) for slot in addresses])
        self._attributes = (_Attribute * 4)()
        self._config = _Config(
            block=(c_uint * 3)(self._launch["threads"], 1, 1),
            shared_bytes=self._launch["shared"],
            attributes=ctypes.cast(self._attributes, POINTER(_Attribute)),
            attribute_count=self._fill_attributes(),
        )

    def _fill_attributes(self):
        count = 0

        def add(identity):
            nonlocal count
            self._attributes[count].id = identity
            count += 1
            return self._attributes[count - 1].value

        if self._launch["dependent_launch"]:
            add(_PROGRAMMATIC_STREAM_SERIALIZATION).number = 1
        if self._launch["cooperative"]:
            add(_COOPERATIVE).number = 1
        if self._launch["num_ctas"] != 1:
            add(_CLUSTER_DIMENSION).dimension = (c_uint * 3)(self._launch["num_ctas"], 1, 1)
            add(_CLUSTER_SCHEDULING_POLICY_PREFERENCE).number = _CLUSTER_SCHEDULING_SPREAD
        return count

    def __call__(self, kernel, grid, *args, **options):
        if kernel is not self._known_kernel:
            self._agree(kernel, args, options)
        given = len(args)
        for index, name, slot, convert, divisible in self._slots:
            value = args[index] if index < given else options[name]
            number = value.data_ptr() if convert is None else convert(value)
            if divisible and number % 16:
                raise JobError("launch_error", f"`{name}` was compiled as divisible by 16, but it is {number}.")
            slot.value = number
        if type(grid) is not tuple or len(grid) != 3:
            grid = resolve_grid(kernel, grid, args, options)
        programs = grid[0] * grid[1] * grid[2]
        if programs == 0:
            return
        config = self._config
        config.grid[0] = grid[0] * self._launch["num_ctas"]
        config.grid[1] = grid[1]
        config.grid[2] = grid[2]
        config.stream = self._stream()
        for position, kind in enumerate(("global_scratch", "profile_scratch")[: len(self._trailing)]):
            if self._launch[kind]["size"]:
                self._trailing[position].value = self._scratch_pointer(kind, programs)
        if self.marks:
            self.marks[0].record()
        code = self._driver.launch_function(byref(config), self._function, self._parameters, None)
        if code:
            self._driver.check(code, "cuLaunchKernelEx")
        if self.marks:
            self.marks[1].record()
            self.marks = None
        self.launches += 1

    def _scratch_pointer(self, kind, programs):
        needed = self._launch[kind]["size"] * programs * self._launch["num_ctas"]
        kept = self._scratch.get(kind)
        if kept is None or kept.numel() < needed:
            kept = self._scratch[kind] = self._allocate(needed)
        return kept.data_ptr()

    def _agree(self, kernel, args, options):
        """Checks once that the module's kernel is the compiled one: name, parameters, constants, pointer types."""
        launch = self._launch
        expected = [parameter["name"] for parameter in launch["parameters"]]
        if kernel.__name__ != launch["kernel"] or list(kernel.arg_names) != expected:
            reason = f"The module launches `{kernel.__name__}`, the artefact holds `{launch['kernel']}`{expected}."
            raise JobError("infrastructure", reason)
        defaults = getattr(kernel, "defaults", None)
        if defaults is None:
            defaults = {parameter.name: parameter.default for parameter in kernel.params if parameter.has_default}
        for index, parameter in enumerate(launch["parameters"]):
            name, kind = parameter["name"], parameter["type"]
            if index >= len(args) and name not in options and kind != "constexpr":
                raise JobError("infrastructure", f"The module does not pass `{name}` to its kernel.")
            value = args[index] if index < len(args) else options.get(name, defaults.get(name))
            if kind == "constexpr" and constant_text(value) != parameter["value"]:
                found = f"`{name}` is {constant_text(value)}, but was compiled as {parameter['value']}."
                raise JobError("launch_error", found)
            if kind.startswith("*"):
                _agree_on_pointer(name, kind, value)
        self._known_kernel = kernel

    def close(self):
        """Unloads the binary."""
        if self._module is not None:
            self._driver.unload(self._module)
            self._module = None


def _agree_on_pointer(name, kind, value):
    from triton.runtime.jit import mangle_type

    if not isinstance(value, torch.Tensor):
        raise JobError("launch_error", f"`{name}` must be a tensor, but is a `{type(value).__name__}`.")
    found = mangle_type(value)
    if found.replace("*k", "*") != kind.replace("*k", "*"):
        raise JobError("launch_error", f"`{name}` is a `{found}`, but was compiled as a `{kind}`.")
