"""The GPU as the worker uses it. A test's stand-in (src/test/python/fake_gpu.py) has the same methods."""

import fcntl
import os
import tempfile
import time

import torch

from perihelion.worker.cuda_driver import CudaDriver, LoadedKernel
from perihelion.worker.errors import JobError, describe
from perihelion.worker.nvml import Nvml

LEAST_FLUSH_BYTES = 96 << 20
_LOCK_SECONDS = 60.0
_CALIBRATION_CYCLES = 200_000
_WARM_SECONDS = 0.05


def lock_device(uuid, seconds=_LOCK_SECONDS):
    """The open lock file of a GPU, held until it is closed or the process ends; raises JobError where another has it."""
    # Not the process's own temporary folder: all of a machine's workers must meet at one place.
    folder = "/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()
    path = os.path.join(folder, f"perihelion-gpu-{uuid}.lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise JobError("infrastructure", f"The GPU's lock `{path}` cannot be opened: {error.strerror}.") from error
    give_up = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > give_up:
                holder = os.pread(handle, 32, 0).decode(errors="replace").strip()
                os.close(handle)
                reason = f"The GPU {uuid} is held by another worker (process {holder})."
                raise JobError("infrastructure", reason) from None
            time.sleep(0.02)
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle


class CannotCapture(Exception):
    """The calls cannot become a CUDA graph; the message says why."""


class CudaDevice:
    """One NVIDIA GPU, held for the life of the process. Durations are in nanoseconds."""

    kind = "cuda"

    def __init__(self, number):
        if torch.version.hip is not None:
            raise JobError("infrastructure", "Measuring on AMD devices is not supported; compile for them instead.")
        if not torch.cuda.is_available():
            raise JobError("infrastructure", "torch sees no CUDA device here.")
        self._properties = torch.cuda.get_device_properties(number)
        self.uuid = f"GPU-{self._properties.uuid}"
        self._lock = lock_device(self.uuid)
        torch.cuda.set_device(number)
        # Makes torch's context current, which the driver calls below then use.
        torch.zeros(1, device="cuda")
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        self._driver = CudaDriver()
        self.nvml = Nvml(self.uuid)
        self.l2_bytes = int(getattr(self._properties, "L2_cache_size", 0))
        self._flush = torch.empty(max(LEAST_FLUSH_BYTES, 2 * self.l2_bytes), dtype=torch.int8, device="cuda")
        self._capture_stream = None
        self._pool = None
        self._stream_of = lambda: torch.cuda.current_stream().cuda_stream
        raw = getattr(torch._C, "_cuda_getCurrentRawStream", None)
        if raw is not None:
            self._stream_of = lambda: raw(number)
        self.flush_ns, self._cycles_per_ns = self._calibrate()

    def _calibrate(self):
        """How long a flush takes, and how many cycles of a waiting kernel are a nanosecond."""

        def least(run):
            times = []
            for _ in range(3):
                start, end = self.event(), self.event()
                start.record()
                run()
                end.record()
                self.synchronize()
                times.append(start.elapsed_time(end) * 1e6)
            return min(times)

        # An idle GPU has a low clock; what is found then would be too long for a busy one.
        warm = time.monotonic() + _WARM_SECONDS
        while time.monotonic() < warm:
            for _ in range(10):
                self.flush()
            self.synchronize()
        cycles = _CALIBRATION_CYCLES / max(1.0, least(lambda: torch.cuda._sleep(_CALIBRATION_CYCLES)))
        # A wait must never be too short, whatever the clock will be; one that is too long does no harm.
        return least(self.flush), max(cycles, (self.nvml.highest_clock() or 0) / 1e3)

    def describe(self):
        """The device in the hello."""
        p = self._properties
        return {
            "name": p.name,
            "uuid": self.uuid,
            "target": f"cuda:{p.major}{p.minor}",
            "multiprocessors": p.multi_processor_count,
            "memory_bytes": p.total_memory,
            "l2_bytes": self.l2_bytes,
            "driver": self.nvml.driver_version() or f"CUDA {self._driver.version()}",
        }

    def load(self, binary, launch):
        """A launcher for a module's host function. Raises JobError or CudaError."""
        return LoadedKernel(self._driver, binary, launch, self._stream_of)

    def event(self):
        """A mark in the stream, with `record()` and `elapsed_time(later)` in milliseconds."""
        return torch.cuda.Event(enable_timing=True)

    def synchronize(self):
        """Waits for the device; a kernel's fault appears here."""
        torch.cuda.synchronize()

    def flush(self):
        """Overwrites the L2 cache."""
        self._flush.zero_()

    def delay(self, nanos):
        """Keeps the device waiting, without touching memory."""
        torch.cuda._sleep(int(nanos * self._cycles_per_ns))

    def capture(self, calls):
        """The calls as one graph: a function that replays it. Raises CannotCapture."""
        if self._capture_stream is None:
            self._capture_stream = torch.cuda.Stream()
            self._pool = torch.cuda.graph_pool_handle()
        graph = torch.cuda.CUDAGraph()
        current = torch.cuda.current_stream()
        self._capture_stream.wait_stream(current)
        problem = None
        with torch.cuda.stream(self._capture_stream):
            # Not torch.cuda.graph(): it empties the allocator's cache, which costs more than the capture.
            graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
            try:
                for call in calls:
                    call()
            except Exception as error:
                problem = error
            try:
                graph.capture_end()
            except Exception as error:
                problem = problem or error
        current.wait_stream(self._capture_stream)
        if problem is not None:
            raise CannotCapture(f"The host function cannot be captured: {describe(problem)}") from problem
        return graph.replay

    def used_share(self):
        """The part of the memory that tensors take, 0 to 1."""
        return torch.cuda.memory_allocated() / self._properties.total_memory

    def forget_memory(self):
        """Gives cached memory back to the device."""
        torch.cuda.empty_cache()

    def close(self):
        """Gives the GPU to whoever waits for it."""
        os.close(self._lock)
