"""Clocks, temperature, power and throttle reasons through libnvidia-ml; all null where it is not there."""

import ctypes
from ctypes import byref, c_uint, c_ulonglong, c_void_p

_SM_CLOCK, _MEMORY_CLOCK = 1, 2
_GPU_TEMPERATURE = 0

# nvmlClocksThrottleReasons of nvml.h: hardware slowdown, software thermal, hardware thermal, power brake. Not among them:
# the power cap (4), which is how a busy GPU always runs, and idleness (1).
DISTURBING_REASONS = 0x8 | 0x20 | 0x40 | 0x80


class Nvml:
    """Reads one GPU's state, in MHz, degrees Celsius and milliwatts."""

    def __init__(self, uuid):
        self._handle = None
        try:
            self._library = ctypes.CDLL("libnvidia-ml.so.1")
            handle = c_void_p()
            if self._library.nvmlInit_v2() == 0:
                if self._library.nvmlDeviceGetHandleByUUID(uuid.encode(), byref(handle)) == 0:
                    self._handle = handle
        except (OSError, AttributeError):
            self._handle = None

    def _unsigned(self, name, *arguments, kind=c_uint):
        if self._handle is None:
            return None
        value = kind()
        try:
            code = getattr(self._library, name)(self._handle, *arguments, byref(value))
        except AttributeError:
            return None
        return value.value if code == 0 else None

    def state(self):
        """The state now; each value may be None. throttle_reasons is NVML's bit mask, 0 or 1 (idle) when undisturbed."""
        return {
            "sm_clock_mhz": self._unsigned("nvmlDeviceGetClockInfo", _SM_CLOCK),
            "memory_clock_mhz": self._unsigned("nvmlDeviceGetClockInfo", _MEMORY_CLOCK),
            "temperature_c": self._unsigned("nvmlDeviceGetTemperature", _GPU_TEMPERATURE),
            "power_mw": self._unsigned("nvmlDeviceGetPowerUsage"),
            "throttle_reasons": self._reasons(),
        }

    def _reasons(self):
        return self._unsigned("nvmlDeviceGetCurrentClocksThrottleReasons", kind=c_ulonglong)

    def disturbance(self):
        """The reasons among DISTURBING_REASONS for which the GPU runs slower now; 0 for none or unknown."""
        return (self._reasons() or 0) & DISTURBING_REASONS

    def highest_clock(self):
        """The highest clock of the multiprocessors in MHz, or None."""
        return self._unsigned("nvmlDeviceGetMaxClockInfo", _SM_CLOCK)

    def driver_version(self):
        """As `580.65.06`, or None."""
        if self._handle is None:
            return None
        text = ctypes.create_string_buffer(96)
        return text.value.decode() if self._library.nvmlSystemGetDriverVersion(text, c_uint(96)) == 0 else None
