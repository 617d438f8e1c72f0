"""What NVIDIA's management library says of driver and GPUs. Needs no CUDA, no torch; every value may be None.

describe() gives {"driver", "cuda", "gpus": [...], "error"}, or None where the library is not here. Units stand in the names.
"""

import ctypes
import fcntl
import os
from ctypes import byref, c_char, c_int, c_uint, c_ulonglong, c_void_p

_SM_CLOCK, _MEMORY_CLOCK = 1, 2
_DIE = 0
_UNCORRECTED, _VOLATILE = 1, 0
_COMPUTE_MODES = ("default", "exclusive_thread", "prohibited", "exclusive_process")
_MOST_PROCESSES = 64
_UNKNOWN_MEMORY = 2**64 - 1
_TEXT_BYTES = 96


class _Memory(ctypes.Structure):
    _fields_ = [("total", c_ulonglong), ("free", c_ulonglong), ("used", c_ulonglong)]


class _Utilization(ctypes.Structure):
    _fields_ = [("gpu", c_uint), ("memory", c_uint)]


class _Process(ctypes.Structure):
    _fields_ = [("pid", c_uint), ("memory", c_ulonglong), ("instance", c_uint), ("compute_instance", c_uint)]


class _Library:
    """Calls that give None where the library lacks them or refuses."""

    def __init__(self, library):
        self._library = library

    def call(self, name, *arguments):
        """Whether a call was there and went well."""
        try:
            return getattr(self._library, name)(*arguments) == 0
        except (AttributeError, ctypes.ArgumentError):
            return False

    def number(self, name, *arguments, kind=c_uint):
        """The number that a call writes to its last argument."""
        value = kind()
        return value.value if self.call(name, *arguments, byref(value)) else None

    def pair(self, name, *arguments, kind=c_uint):
        """The two numbers that a call writes to its last two arguments."""
        first, second = kind(), kind()
        return (first.value, second.value) if self.call(name, *arguments, byref(first), byref(second)) else (None, None)

    def text(self, name, *arguments):
        """The text that a call writes to a buffer."""
        text = (c_char * _TEXT_BYTES)()
        return text.value.decode(errors="replace") if self.call(name, *arguments, text, c_uint(_TEXT_BYTES)) else None

    def structure(self, name, kind, *arguments):
        """The structure that a call fills, or None."""
        value = kind()
        return value if self.call(name, *arguments, byref(value)) else None


def describe(library=None):
    """All that is known."""
    if library is None:
        try:
            library = ctypes.CDLL("libnvidia-ml.so.1")
        except OSError:
            return None
    nvml = _Library(library)
    if not nvml.call("nvmlInit_v2"):
        return {"driver": None, "cuda": None, "gpus": [], "error": "NVIDIA's management library does not start."}
    number = nvml.number("nvmlSystemGetCudaDriverVersion_v2", kind=c_int)
    count = nvml.number("nvmlDeviceGetCount_v2")
    facts = {
        "driver": nvml.text("nvmlSystemGetDriverVersion"),
        "cuda": f"{number // 1000}.{number % 1000 // 10}" if number else None,
        "gpus": [],
        "error": None if count is not None else "The number of GPUs cannot be read.",
    }
    for index in range(count or 0):
        handle = c_void_p()
        known = nvml.call("nvmlDeviceGetHandleByIndex_v2", c_uint(index), byref(handle))
        facts["gpus"].append({"index": index, **(_gpu(nvml, handle) if known else {"name": None, "uuid": None})})
    nvml.call("nvmlShutdown")
    return facts


def _gpu(nvml, handle):
    memory = nvml.structure("nvmlDeviceGetMemoryInfo", _Memory, handle)
    busy = nvml.structure("nvmlDeviceGetUtilizationRates", _Utilization, handle)
    major, minor = nvml.pair("nvmlDeviceGetCudaComputeCapability", handle, kind=c_int)
    mig, _pending = nvml.pair("nvmlDeviceGetMigMode", handle)
    mode = nvml.number("nvmlDeviceGetComputeMode", handle)
    uuid = nvml.text("nvmlDeviceGetUUID", handle)
    return {
        "name": nvml.text("nvmlDeviceGetName", handle),
        "uuid": uuid,
        "target": f"cuda:{major}{minor}" if major is not None else None,
        "memory_total_bytes": memory.total if memory else None,
        "memory_free_bytes": memory.free if memory else None,
        "memory_used_bytes": memory.used if memory else None,
        "utilization_percent": busy.gpu if busy else None,
        "compute_mode": _COMPUTE_MODES[mode] if mode is not None and mode < len(_COMPUTE_MODES) else None,
        "mig": bool(mig) if mig is not None else None,
        "persistence": _flag(nvml.number("nvmlDeviceGetPersistenceMode", handle)),
        "uncorrected_errors": nvml.number(
            "nvmlDeviceGetTotalEccErrors", handle, c_uint(_UNCORRECTED), c_uint(_VOLATILE), kind=c_ulonglong
        ),
        "sm_clock_mhz": nvml.number("nvmlDeviceGetClockInfo", handle, c_uint(_SM_CLOCK)),
        "sm_clock_max_mhz": nvml.number("nvmlDeviceGetMaxClockInfo", handle, c_uint(_SM_CLOCK)),
        "memory_clock_mhz": nvml.number("nvmlDeviceGetClockInfo", handle, c_uint(_MEMORY_CLOCK)),
        "memory_clock_max_mhz": nvml.number("nvmlDeviceGetMaxClockInfo", handle, c_uint(_MEMORY_CLOCK)),
        "throttle_reasons": nvml.number("nvmlDeviceGetCurrentClocksThrottleReasons", handle, kind=c_ulonglong),
        "temperature_c": nvml.number("nvmlDeviceGetTemperature", handle, c_uint(_DIE)),
        "power_mw": nvml.number("nvmlDeviceGetPowerUsage", handle),
        "processes": _processes(nvml, handle),
        "held_by": _holder(uuid),
    }


def _flag(number):
    return None if number is None else bool(number)


def _processes(nvml, handle):
    """[{pid, memory_bytes}] of those that compute, or None. Processes of other containers may have pids of their own there."""
    room = (_Process * _MOST_PROCESSES)()
    count = c_uint(_MOST_PROCESSES)
    if not nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", handle, byref(count), room):
        return None
    return [
        {"pid": one.pid, "memory_bytes": None if one.memory == _UNKNOWN_MEMORY else one.memory}
        for one in room[: min(count.value, _MOST_PROCESSES)]
    ]


def _holder(uuid, folder="/tmp"):
    """The process id of the Perihelion worker that holds a GPU, 0 where it is not told, or None where nobody does."""
    if uuid is None:
        return None
    try:
        handle = os.open(os.path.join(folder, f"perihelion-gpu-{uuid}.lock"), os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return None
    except BlockingIOError:
        text = os.pread(handle, 32, 0).decode(errors="replace").strip()
        return int(text) if text.isdigit() else 0
    finally:
        os.close(handle)
