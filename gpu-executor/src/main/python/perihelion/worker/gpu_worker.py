"""Loads artefacts on one GPU, checks what they compute and times them."""

import fcntl
import os
import tempfile
import time

import torch
import triton

from perihelion.worker import modules, references
from perihelion.worker.cuda_driver import CudaDriver, CudaError, LoadedKernel
from perihelion.worker.errors import JobError, deepest, describe
from perihelion.worker.nvml import Nvml
from perihelion.worker.samples import arrow_stream
from perihelion.worker.timing import DeviceClock, Policy, time_call

_LOCK_SECONDS = 60.0


def versions():
    """What the hello says of the toolchain."""
    return {"torch": torch.__version__, "triton": triton.__version__}


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
            time.sleep(0.2)
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle


class GpuWorker:
    """Owns one GPU for the life of the process."""

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
        self._nvml = Nvml(self.uuid)
        self._l2_bytes = int(getattr(self._properties, "L2_cache_size", 0))
        self._clock = DeviceClock(torch, self._l2_bytes)
        self._arguments = references.Cache(2)
        self._expected = references.Cache(2)

    def handlers(self):
        """Operation name -> function of a request."""
        return {"measure": self.measure, "time_function": self.time_function, "state": self.state}

    def describe_device(self):
        """The device in the hello."""
        p = self._properties
        return {
            "name": p.name,
            "uuid": self.uuid,
            "target": f"cuda:{p.major}{p.minor}",
            "multiprocessors": p.multi_processor_count,
            "memory_bytes": p.total_memory,
            "l2_bytes": self._l2_bytes,
            "driver": self._nvml.driver_version() or f"CUDA {self._driver.version()}",
        }

    def state(self, _request):
        """Clocks and temperature now."""
        return {"outcome": "state", "device": self._nvml.state()}, b""

    def measure(self, request):
        """Checks and times one configuration. Raises JobError."""
        try:
            return self._measure(request)
        except Exception as error:
            failure = self._failure(error)
            if failure.outcome != "out_of_resources" or failure.fatal:
                # The kernel may have written anywhere; nothing that lay in device memory is trusted any more.
                self._arguments.clear()
                self._expected.clear()
            raise failure from error

    def _measure(self, request):
        policy = Policy.of(request["policy"])
        reference = request["reference"]
        binary, baseline_binary = _split(request["payload"], request["binaries"])
        arguments = self._arguments_for(request["arguments"], request.get("seed", 0), reference)
        expected = self._expected_for(request, reference, arguments, baseline_binary)
        with modules.generated(request["module"], request["kernel"]) as host:
            kernel = LoadedKernel(self._driver, binary, request["launch"])
            try:
                request["tell"]("running")
                before = self._nvml.state()
                outputs = references.run_host(host, arguments, kernel, poison=True)
                self._clock.synchronize()
                if kernel.launches != 1:
                    reason = f"The host function launched {kernel.launches} kernels, and it must be one."
                    raise JobError("launch_error", reason)
                dot = references.uses_dot(request["module"])
                result, changed = references.judge(outputs, arguments, expected, dot)
                del outputs
                if result.reason:
                    raise JobError("wrong_result", result.reason)
                restore = (lambda: arguments.restore(changed)) if changed else None
                timing = time_call(
                    self._clock,
                    arguments.bound(host, _launcher=kernel),
                    policy,
                    request.get("incumbent_ns"),
                    restore,
                )
                arguments.restore(changed)
                self._clock.synchronize()
            finally:
                kernel.close()
        device = {"before": before, "after": self._nvml.state()}
        return _timed(timing, device, result.max_error, reference_precision=expected.precision)

    def _arguments_for(self, specs, seed, reference):
        file = reference.get("file") or {}
        key = (repr(specs), seed, file.get("text"))
        return self._arguments.get(key, lambda: references.build_arguments(specs, "cuda", seed, reference))

    def _expected_for(self, request, reference, arguments, baseline_binary):
        key = (repr(request["arguments"]), request.get("seed", 0), repr({**reference, "launch": None}))

        def make():
            if reference["kind"] == "function":
                return references.run_function_reference(reference, arguments)
            if not baseline_binary:
                raise JobError("infrastructure", "The baseline has no artefact, so it cannot run here.")
            name = reference.get("kernel") or request["kernel"]
            with modules.generated(reference["module"], name) as host:
                kernel = LoadedKernel(self._driver, baseline_binary, reference["launch"])
                try:
                    result = references.run_baseline(host, arguments, kernel)
                    self._clock.synchronize()
                    return result
                finally:
                    kernel.close()

        return self._expected.get(key, make)

    def time_function(self, request):
        """Times a function of the user's file, as it is or under torch.compile, with the same clock and policy."""
        try:
            return self._time_function(request)
        except Exception as error:
            raise self._failure(error) from error

    def _time_function(self, request):
        policy = Policy.of(request["policy"])
        file = request["file"]
        reference = {"kind": "function", "file": file}
        arguments = self._arguments_for(request["arguments"], request.get("seed", 0), reference)
        function = modules.user_function(file.get("path"), file["text"], request["function"])
        if request.get("compile"):
            torch.compiler.reset()
            function = torch.compile(function, mode=request.get("mode"), dynamic=False)
        run = arguments.bound(function)
        with torch.no_grad():
            # The first calls compile and choose; they are not timed.
            for _ in range(3):
                run()
            self._clock.synchronize()
            changed = arguments.changed()
            arguments.restore(changed)
            request["tell"]("running")
            before = self._nvml.state()
            restore = (lambda: arguments.restore(changed)) if changed else None
            timing = time_call(self._clock, run, policy, None, restore)
            arguments.restore(changed)
        return _timed(timing, {"before": before, "after": self._nvml.state()}, 0.0)

    def _failure(self, error):
        """The JobError for whatever a job raised; fatal where the device's context no longer works."""
        if isinstance(error, JobError) and not error.fatal:
            failure = error
        elif isinstance(error, CudaError):
            failure = JobError(error.outcome, str(error), error.fatal)
        elif isinstance(error, torch.OutOfMemoryError):
            torch.cuda.empty_cache()
            failure = JobError("out_of_resources", f"Not enough device memory: {str(error).splitlines()[0]}")
        elif "CUDA error" in str(error):
            failure = JobError("launch_error", str(error).splitlines()[0])
        else:
            failure = JobError("launch_error", f"The run failed: {describe(deepest(error))}")
        if not failure.fatal:
            try:
                torch.cuda.synchronize()
            except Exception as spoilt:
                first = str(spoilt).strip().splitlines()[0]
                reason = failure.reason if "CUDA" in failure.reason else f"{failure.reason} ({first})"
                failure = JobError("launch_error", reason, fatal=True)
        return failure

    def close(self):
        """Gives the GPU back."""
        os.close(self._lock)


def _split(payload, lengths):
    """The artefact's and the baseline's binary; the second may be empty."""
    first = lengths[0]
    return payload[:first], payload[first : first + (lengths[1] if len(lengths) > 1 else 0)]


def _timed(timing, device, max_error, **more):
    header = {
        "outcome": "timed",
        "latency_ns": timing.latency,
        "spread_ns": timing.spread,
        "level": timing.level,
        "max_error": max_error,
        "device": device,
        **more,
    }
    return header, arrow_stream(timing.samples)
