"""Loads artefacts on one GPU, checks what they compute and times them."""

import gc
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
import triton

from perihelion.worker import check, graphs, modules, references
from perihelion.worker.cuda_driver import CudaError
from perihelion.worker.device import CudaDevice
from perihelion.worker.errors import JobError, deepest, describe
from perihelion.worker.joblog import JobLog
from perihelion.worker.race_worker import RaceJob
from perihelion.worker.samples import arrow_stream, split
from perihelion.worker.timing import DeviceClock, Policy, time_call

_KEPT = 8
_CROWDED_SHARE = 0.2


def versions():
    """What the hello says of the toolchain."""
    return {"torch": torch.__version__, "triton": triton.__version__}


def open_worker(number):
    """The worker of the GPU with this number among the visible ones. Raises JobError where there is none to be had."""
    worker = GpuWorker(CudaDevice(number))
    # What is imported by now stays; a collection need not look at it again.
    gc.collect()
    gc.freeze()
    return worker


@dataclass(frozen=True)
class Checked:
    """A right run: its CheckResult, the indices of the arguments it changed, and what the kernel alone took, ns."""

    result: check.CheckResult
    changed: list
    first_ns: float


class GpuWorker:
    """Owns one device for the life of the process."""

    def __init__(self, device):
        self.device = device
        self.clock = DeviceClock(device)
        # Several tasks may take turns on the device; what they need stays while it leaves most of the memory to kernels.
        self._arguments = references.Cache(_KEPT, self._is_crowded)
        self._expected = references.Cache(_KEPT, self._is_crowded)

    def _is_crowded(self):
        return self.device.used_share() > _CROWDED_SHARE

    def handlers(self):
        """Operation name -> function of a request."""
        work = {"measure": self._measure, "time_function": self._time_function, "race": RaceJob(self).run}
        handlers = {name: self._logged(handler) for name, handler in work.items()}
        return {**handlers, "state": self.state, "compile": self.compile}

    def describe_device(self):
        """The device in the hello."""
        return self.device.describe()

    def state(self, _request):
        """Clocks and temperature now."""
        return {"outcome": "state", "device": self.device.nvml.state()}, b""

    def compile(self, request):
        """Compiles a module whose host function needs real values, with real tensors."""
        from perihelion.worker import compile_worker

        return compile_worker.compile_on_device(request, self.device.kind)

    def _logged(self, handler):
        """A handler whose answers, failures included, say where the time went. Raises JobError only."""

        def handle(request):
            log = JobLog(self.device)
            try:
                header, payload = handler(request, log)
                header.update(log.facts())
                if "device" in header:
                    # Goes to the store with it: where a GPU's time went is asked for afterwards.
                    header["device"]["phases_ms"] = header["phases_ms"]
                return header, payload
            except Exception as error:
                failure = self.failure(error)
                if failure.outcome != "out_of_resources" or failure.fatal:
                    self.forget()
                failure.facts = {**failure.facts, **log.facts()}
                raise failure from error

        return handle

    def _measure(self, request, log):
        """Checks and times one configuration."""
        policy = Policy.of(request["policy"])
        reference = request["reference"]
        binary, baseline = split(request["payload"], request["binaries"], 2)[:2]
        seed = request.get("seed", 0)
        with log.phase("inputs"):
            arguments = self.arguments_for(request["arguments"], seed, reference)
            expected = self.expected_for(request, seed, arguments, baseline)
        with self.loaded(log, request["module"], request["kernel"], binary, request["launch"]) as (host, kernel):
            request["tell"]("running")
            before = {}
            found = self.check(log, host, kernel, arguments, expected, request, before)
            request["tell"]("timing")
            timing = time_call(
                self.clock,
                arguments.bound(host, _launcher=kernel),
                policy,
                request.get("incumbent_ns"),
                restoring(arguments, found.changed),
                first_ns=found.first_ns,
                spare_millis=request.get("spare_millis", 0.0),
                grouped=graphs.grouped(self.device, self.clock, kernel, host, arguments, policy, found.changed),
                phase=log.phase,
            )
            arguments.restore(found.changed)
            with log.phase("state", busy=False):
                after = self.device.nvml.state()
            self.device.synchronize()
        state = {"before": before, "after": after}
        return _timed(timing, state, found.result.max_error, reference_precision=expected.precision)

    @contextmanager
    def loaded(self, log, text, kernel_name, binary, launch):
        """(host function, its launcher) of an artefact, unloaded at the end of the `with`."""
        with ExitStack() as stack:
            with log.phase("load", busy=False):
                host = stack.enter_context(modules.hosted(text, kernel_name))
                kernel = self.device.load(binary, launch)
                stack.callback(kernel.close)
            yield host, kernel

    def check(self, log, host, kernel, arguments, expected, request, state=None, name="check"):
        """Runs once, with poisoned outputs, and compares. state: gets the device's state meanwhile. Raises JobError."""
        with log.phase(name):
            marks = kernel.marks = (self.device.event(), self.device.event())
            outputs = references.run_host(host, arguments, kernel, poison=True)
            if kernel.launches != 1:
                self.device.synchronize()
                reason = f"The host function launched {kernel.launches} kernels, and it must be one."
                raise JobError("launch_error", reason)
            length = request.get("reduction_length", check.REDUCTION_LENGTH)
            dot = references.uses_dot(request["module"])
            judgement = references.Judgement(outputs, arguments, expected, dot, length)
            if state is not None:
                # While the device works: asking costs nothing then.
                state.update(self.device.nvml.state())
            result, changed = judgement.result()
            # The verdict has come already; where there was nothing to compare, a fault appears here.
            self.device.synchronize()
            if result.reason:
                arguments.restore(changed)
                raise JobError("wrong_result", result.reason)
            return Checked(result, changed, marks[0].elapsed_time(marks[1]) * 1e6)

    def forget(self):
        """Makes inputs and references anew for the next job: a kernel that failed may have written anywhere."""
        self._arguments.clear()
        self._expected.clear()

    def arguments_for(self, specs, seed, reference):
        """The inputs drawn from a seed; the latest are kept."""
        file = reference.get("file") or {}
        key = (repr(specs), seed, file.get("text"))
        return self._arguments.get(key, lambda: references.build_arguments(specs, self.device.kind, seed, reference))

    def expected_for(self, request, seed, arguments, baseline_binary):
        """What the reference gives for these inputs; the latest are kept."""
        reference = request["reference"]
        key = (repr(request["arguments"]), seed, repr({**reference, "launch": None}))

        def make():
            if reference["kind"] == "function":
                return references.run_function_reference(reference, arguments)
            if not baseline_binary:
                raise JobError("infrastructure", "The baseline has no artefact, so it cannot run here.")
            name = reference.get("kernel") or request["kernel"]
            with modules.hosted(reference["module"], name) as host:
                kernel = self.device.load(baseline_binary, reference["launch"])
                try:
                    result = references.run_baseline(host, arguments, kernel)
                    self.device.synchronize()
                    return result
                finally:
                    kernel.close()

        return self._expected.get(key, make)

    def _time_function(self, request, log):
        """Times a function of the user's file, as it is or under torch.compile, with the same clock and policy."""
        policy = Policy.of(request["policy"])
        file = request["file"]
        reference = {"kind": "function", "file": file}
        with log.phase("inputs"):
            arguments = self.arguments_for(request["arguments"], request.get("seed", 0), reference)
        with log.phase("load"), torch.no_grad():
            function = modules.user_function(file.get("path"), file["text"], request["function"])
            if request.get("compile"):
                torch.compiler.reset()
                function = torch.compile(function, mode=request.get("mode"), dynamic=False)
            run = arguments.bound(function)
            # The first calls compile and choose; they are not timed.
            for _ in range(3):
                run()
            self.device.synchronize()
            changed = arguments.changed()
            arguments.restore(changed)
        request["tell"]("running")
        before = self.device.nvml.state()
        with torch.no_grad():
            restore = restoring(arguments, changed)
            timing = time_call(self.clock, run, policy, None, restore, phase=log.phase)
            arguments.restore(changed)
        return _timed(timing, {"before": before, "after": self.device.nvml.state()}, 0.0)

    def failure(self, error):
        """The JobError for whatever a job raised; fatal where the device's context no longer works."""
        if isinstance(error, JobError):
            failure = error
        elif isinstance(error, CudaError):
            failure = JobError(error.outcome, str(error), error.fatal)
        elif isinstance(error, torch.OutOfMemoryError):
            failure = JobError("out_of_resources", f"Not enough device memory: {str(error).splitlines()[0]}")
        elif "CUDA error" in str(error):
            failure = JobError("launch_error", str(error).splitlines()[0])
        else:
            failure = JobError("launch_error", f"The run failed: {describe(deepest(error))}")
        if failure.fatal:
            return failure
        try:
            self.device.synchronize()
            if isinstance(error, torch.OutOfMemoryError):
                self.forget()
                self.device.forget_memory()
            return failure
        except Exception as spoilt:
            first = str(spoilt).strip().splitlines()[0]
            reason = failure.reason if "CUDA" in failure.reason else f"{failure.reason} ({first})"
            return JobError("launch_error", reason, fatal=True, facts=failure.facts)

    def close(self):
        """Gives the GPU back."""
        self.device.close()


def restoring(arguments, changed):
    """What undoes a kernel's changes before its next call; None where it changes nothing."""
    return (lambda: arguments.restore(changed)) if changed else None


def _timed(timing, device, max_error, **more):
    header = {
        "outcome": "timed",
        "latency_ns": timing.latency,
        "spread_ns": timing.spread,
        "level": timing.level,
        "max_error": max_error,
        "device": {**device, **timing.facts},
        **more,
    }
    return header, arrow_stream(timing.samples)
