"""A GPU worker without a GPU: `python fake_gpu.py gpu [--fork-server SOCKET]` serves the worker's protocol on a device that only pretends.

Its memory is the CPU's, its clock a number that launches, flushes and waits move on. Its binaries are JSON:

    {"compute": "out.copy_(x + y)", "latency_ns": 50000, "spread": 0.01, "fault": null, "in": "check"}

compute: run on the launch's arguments by name, so that results are right; latency_ns, spread: of one launch; fault: what goes
wrong (see FakeKernel), in: where (`load`, `check`: the first launch, `time`: a later one). The environment variable FAKE_GPU names the
device; FAKE_GPU_LOST is a file whose being there means that the device is gone, FAKE_GPU_START a fault of the start;
FAKE_GPU_THREAD a thread that hinders forks.
"""

import json
import os
import random
import signal
import sys
import threading
import time

from perihelion.worker import fork_server

if "--fork-server" in sys.argv:
    fork_server.prepare()

import torch  # noqa: E402

from perihelion.worker import __main__ as service
from perihelion.worker import gpu_worker
from perihelion.worker.device import CannotCapture, lock_device
from perihelion.worker.errors import JobError

_FLUSH_NANOS = 40_000.0
_THERMAL = 0x20


class FakeNvml:
    """Says what it is told to; reasons: one for each time that it is asked, then none."""

    def __init__(self):
        self.reasons = []

    def state(self):
        return {"sm_clock_mhz": 1980, "memory_clock_mhz": 2619, "temperature_c": 40, "power_mw": 300_000, "throttle_reasons": 0}

    def disturbance(self):
        return self.reasons.pop(0) if self.reasons else 0

    def driver_version(self):
        return "0.0"


class FakeEvent:
    """Notes the device's time when the stream gets to it, which is at once."""

    def __init__(self, device):
        self._device = device
        self.at = None

    def record(self):
        self.at = self._device.now

    def elapsed_time(self, later):
        return (later.at - self.at) / 1e6


class FakeDevice:
    """The methods of perihelion.worker.device.CudaDevice. now: the device's time, ns; log: flushes and launches."""

    kind = "cpu"
    l2_bytes = 50 << 20
    flush_ns = _FLUSH_NANOS

    def __init__(self, uuid="GPU-fake", lock=False):
        lost = os.environ.get("FAKE_GPU_LOST")
        if lost and os.path.exists(lost):
            raise JobError("infrastructure", "torch sees no CUDA device here.")
        self.uuid = uuid
        self._lock = lock_device(uuid) if lock else None
        self.nvml = FakeNvml()
        self.now = 0.0
        self.flushes = 0
        self.loaded = 0
        self.pending = None
        self.random = random.Random(1)

    def describe(self):
        return {
            "name": "Fake",
            "uuid": self.uuid,
            "target": "cuda:90",
            "multiprocessors": 1,
            "memory_bytes": 1 << 30,
            "l2_bytes": self.l2_bytes,
            "driver": "0.0",
        }

    def load(self, binary, launch):
        return FakeKernel(self, json.loads(bytes(binary).decode()))

    def event(self):
        return FakeEvent(self)

    def synchronize(self):
        if self.pending == "endless":
            hang()
        if self.pending:
            raise RuntimeError(f"CUDA error: {self.pending}")

    def flush(self):
        self.flushes += 1
        self.now += _FLUSH_NANOS

    def delay(self, nanos):
        self.now += nanos

    def capture(self, calls):
        refusal = None

        def replay():
            nonlocal refusal
            for call in calls:
                try:
                    call()
                except Exception as error:
                    refusal = error

        began = self.now
        replay()
        self.now = began
        if refusal:
            raise CannotCapture(f"The host function cannot be captured: {refusal}")
        return replay

    def used_share(self):
        return 0.0

    def forget_memory(self):
        pass

    def close(self):
        if self._lock is not None:
            os.close(self._lock)


def hang():
    """Never comes back, like a kernel without an end."""
    while True:
        time.sleep(60)


def die():
    """Ends as by the kernel's out-of-memory killer."""
    os.kill(os.getpid(), signal.SIGKILL)


class FakeKernel:
    """A launcher made of a fake binary."""

    def __init__(self, device, facts):
        self._device = device
        self._facts = facts
        self.launches = 0
        self.total = 0
        self.marks = None
        self._fault("load")
        device.loaded += 1
        device.nvml.reasons += [_THERMAL] * facts.get("throttled_batches", 0)

    def __call__(self, kernel, grid, *args, **options):
        values = {**dict(zip(kernel.arg_names, args)), **options}
        marks, self.marks = self.marks, None
        self.launches += 1
        self.total += 1
        fault = self._fault("check" if self.total == 1 else "time")
        if fault != "hole":
            exec(self._facts.get("compute", "out.copy_(x + y)"), {"torch": torch, **values})
        if fault == "wrong":
            values["out"].add_(1)
        elif fault == "nan":
            values["out"].fill_(float("nan"))
        if marks:
            marks[0].record()
        spread = self._facts.get("spread", 0.01)
        self._device.now += self._facts.get("latency_ns", 50_000) * (1 + spread * self._device.random.gauss(0, 1))
        if marks:
            marks[1].record()

    def _fault(self, place):
        """Does what goes wrong here; returns its name where it is the caller's to do."""
        fault = self._facts.get("fault")
        if fault is None or self._facts.get("in", "check") != place:
            return None
        if fault == "die":
            die()
        elif fault == "host_hang":
            hang()
        elif fault == "rubbish":
            # As user code and as a library in C would.
            print("rubbish" * 1000)
            sys.stdout.flush()
            os.write(1, b"\x00\xffPHW1 rubbish\n" * 1000)
        elif fault == "oom":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1000 GiB.")
        elif fault == "refused":
            raise JobError("out_of_resources", "The device refuses 300000 bytes of shared memory.")
        elif fault == "endless":
            self._device.pending = "endless"
        elif fault == "illegal_address":
            self._device.pending = "an illegal memory access was encountered"
        elif fault == "misaligned":
            self._device.pending = "misaligned address"
        elif fault == "lost":
            with open(os.environ["FAKE_GPU_LOST"], "w"):
                self._device.pending = "unknown error"
        return fault

    def close(self):
        self._device.loaded -= 1


def open_fake(_number):
    """The stand-in for gpu_worker.open_worker."""
    start = os.environ.get("FAKE_GPU_START")
    if start == "die":
        die()
    elif start == "hang":
        hang()
    return gpu_worker.GpuWorker(FakeDevice(os.environ.get("FAKE_GPU", "GPU-fake"), lock=True))


if __name__ == "__main__":
    gpu_worker.open_worker = open_fake
    if os.environ.get("FAKE_GPU_THREAD"):
        threading.Thread(target=hang, daemon=True).start()
    service.run()
