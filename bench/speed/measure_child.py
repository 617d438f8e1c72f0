"""Owns the GPU for bench/speed/measure.py: checks and times one program, torch's functions, or the last few in turns.

With the argument `dry` nothing is timed: programs are checked under Triton's interpreter on the CPU (the parent sets
TRITON_INTERPRET=1) and get latencies out of their names, so that everything but the GPU can be tried.
"""

import statistics
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import product  # noqa: F401  (the path)
import torch
import triton
from perihelion.worker import modules, references
from perihelion.worker.errors import JobError
from pool import serve

POLICY = {
    "timer": "events", "l2": "cold", "screen_calls": 4, "screen_ratio": 2.5,
    "rank_millis": 15.0, "min_calls": 15, "max_calls": 100, "run_timeout_millis": 20_000.0,
}
# Of the finals: rounds, and milliseconds of kernel time for each contender in each.
ROUNDS = 5
ROUND_MILLIS = 15.0


def torch_function(request, way):
    """The task's reference function, as it is (`eager`) or compiled in the mode that stands after `compile:`."""
    file = request["file"]
    function = modules.user_function(file["path"], file["text"], request["function"])
    if way == "eager":
        return function
    mode = way.removeprefix("compile:")
    return torch.compile(function, mode=None if mode == "default" else mode, dynamic=False)


def make_gpu():
    """The worker on the GPU; its module cannot be imported where there is none."""
    from perihelion.worker.cuda_driver import LoadedKernel
    from perihelion.worker.gpu_worker import GpuWorker

    class Gpu(GpuWorker):
        """The product's worker with one more operation."""

        def __init__(self):
            super().__init__(0)
            # All tasks are at work at the same time.
            self._arguments = references.Cache(32)
            self._expected = references.Cache(32)
            self._functions = {}

        def check_and_time(self, request):
            request["payload"] = Path(request["binary"]).read_bytes()
            return self.measure({**request, "binaries": [len(request["payload"])], "policy": POLICY})[0]

        def torch_way(self, request):
            """Compiles and warms torch's function, which the finals then find ready."""
            arguments = self._arguments_for(request["arguments"], 0, request["reference"])
            with torch.no_grad():
                for _ in range(3):
                    self._function(request, request["way"])(*arguments.values)
                self._clock.synchronize()
                samples = self._clock.samples(lambda: self._function(request, request["way"])(*arguments.values), 10)
            return {"outcome": "timed", "latency_ns": statistics.median(samples)}

        def _function(self, request, way):
            key = (request["task"], way)
            if key not in self._functions:
                self._functions[key] = torch_function(request, way)
            return self._functions[key]

        def final(self, request):
            """Times the contenders in turns; answers the medians of all samples and of each round."""
            arguments = self._arguments_for(request["arguments"], 0, request["reference"])
            calls, kernels, opened = {}, [], []
            try:
                for contender in request["contenders"]:
                    if "way" in contender:
                        function = self._function(request, contender["way"])
                    else:
                        generated = modules.generated(contender["module"], request["kernel"])
                        host = generated.__enter__()
                        opened.append(generated)
                        kernel = LoadedKernel(self._driver, Path(contender["binary"]).read_bytes(), contender["launch"])
                        kernels.append(kernel)
                        function = _with_launcher(host, kernel)
                    calls[contender["id"]] = lambda function=function: function(*arguments.values)
                with torch.no_grad():
                    return {"outcome": "timed", "device": self._nvml.state(), **self._in_turns(calls)}
            finally:
                for kernel in kernels:
                    kernel.close()
                for generated in opened:
                    generated.__exit__(None, None, None)

        def _in_turns(self, calls):
            counts = {}
            for name, call in calls.items():
                self._clock.samples(call, 2)
                typical = statistics.median(self._clock.samples(call, 3))
                counts[name] = int(min(200, max(3, ROUND_MILLIS * 1e6 / typical)))
            samples = {name: [] for name in calls}
            for _ in range(ROUNDS):
                for name, call in calls.items():
                    samples[name].append(self._clock.samples(call, counts[name]))
            return {
                "latency_ns": {name: statistics.median(sum(found, [])) for name, found in samples.items()},
                "rounds_ns": {name: [statistics.median(part) for part in found] for name, found in samples.items()},
            }

        def failure(self, error):
            return self._failure(error)

    return Gpu()


def _with_launcher(host, kernel):
    return lambda *values: host(*values, _launcher=kernel)


class Dry:
    """Stands in for the GPU."""

    def describe_device(self):
        return {"name": "none: a dry run, its latencies mean nothing", "target": "cuda:90"}

    def check_and_time(self, request):
        from perihelion.worker import interpret_worker

        answer = interpret_worker.check_job(request)[0]
        return {**answer, "outcome": "timed", "latency_ns": 1000.0 + zlib.crc32(request["module"].encode()) % 100_000}

    def torch_way(self, request):
        arguments = references.build_arguments(request["arguments"], "cpu", 0, request["reference"])
        torch_function(request, "eager")(*arguments.values)
        return {"outcome": "timed", "latency_ns": 1e5}

    def final(self, request):
        names = [contender["id"] for contender in request["contenders"]]
        latency = {name: 1000.0 + zlib.crc32(name.encode()) % 100_000 for name in names}
        return {"outcome": "timed", "latency_ns": latency, "rounds_ns": {name: [latency[name]] for name in names}}

    def failure(self, error):
        return JobError("launch_error", f"{type(error).__name__}: {error}")


def main():
    """Serves requests."""
    dry = sys.argv[1:] == ["dry"]
    worker = Dry() if dry else make_gpu()

    def handle(request, tell):
        tell("final" if request["op"] == "final" else "running")
        request["tell"] = lambda _phase: None
        try:
            if request["op"] == "device":
                return {"outcome": "device", "torch": torch.__version__, "triton": triton.__version__, "device": worker.describe_device()}
            operation = {"measure": worker.check_and_time, "torch": worker.torch_way, "final": worker.final}[request["op"]]
            return operation(request)
        except Exception as error:
            failure = error if isinstance(error, JobError) else worker.failure(error)
            return {"outcome": failure.outcome, "reason": failure.reason, "fatal": failure.fatal}

    serve(handle)


if __name__ == "__main__":
    main()
