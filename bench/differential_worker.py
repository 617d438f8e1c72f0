"""The process in which bench/differential.py runs generated modules against their references. Argument: cuda or cpu.

On the CPU, TRITON_INTERPRET=1 is set by the parent, and float32 takes bfloat16's place, as in the product's own check.
"""

import contextlib
import gc
import inspect
import sys
import time
from pathlib import Path

import product  # noqa: F401  (the path)
import torch
import values
from perihelion.worker import inputs, interpret_worker, modules, references
from perihelion.worker.errors import JobError, deepest, describe
from pool import serve

RUNS = {"cuda": 2, "cpu": 1}


class Inputs:
    """A kernel's arguments and what its reference makes of them."""

    def __init__(self, request, device):
        path = Path(request["file"])
        text = path.read_text(encoding="utf-8")
        # Tensors that a file makes when it is loaded belong where the inputs are.
        with torch.device(device):
            modules.load_user_file(request["file"], text)
        function = modules.user_function(request["file"], text, request["kernel"])
        specs = values.arguments(request["inputs"])
        if device == "cpu":
            specs = interpret_worker.without_bfloat16(specs)
        reference = {"kind": "function", "file": {"path": request["file"], "text": text}, "function": request["kernel"] + "_reference"}
        with torch.device(device):
            built = inputs.build(specs, device, request["seed"], references.function_lookup(reference))
        given = dict(zip(request["inputs"], built))
        names = list(inspect.signature(function).parameters)
        missing = [name for name in given if name not in names]
        if missing:
            raise JobError("infrastructure", f"`{request['kernel']}` has no parameter `{missing[0]}`.")
        defaults = inspect.signature(function).parameters
        everything = [given[name] if name in given else defaults[name].default for name in names]
        self.arguments = references.Arguments.of([{"name": name} for name in names], everything)
        self.expected = self._expected(reference, device)

    def _expected(self, reference, device):
        try:
            # References are written for the CPU: what they create must land where the inputs are.
            with torch.device(device), torch.no_grad():
                return references.run_function_reference(reference, self.arguments)
        except JobError:
            if device == "cpu":
                raise
            torch.cuda.empty_cache()
            on_cpu = references.Arguments(self.arguments.specs, _on_cpu(self.arguments.values), self.arguments.names, [])
            with torch.no_grad():
                return references.run_function_reference(reference, on_cpu)


def _on_cpu(value):
    if isinstance(value, torch.Tensor):
        return value.cpu()
    return type(value)(_on_cpu(item) for item in value) if isinstance(value, (list, tuple)) else value


class Runner:
    """Handles requests; keeps the inputs of the latest."""

    def __init__(self, device):
        self._device = device
        self._key = None
        self._inputs = None
        if device == "cuda":
            torch.zeros(1, device="cuda")
        torch.backends.cuda.matmul.allow_tf32 = False

    def handle(self, request, tell):
        """Runs one module; the answer has the product's outcome names, and `checked` where it was right."""
        try:
            return self._run(request, tell)
        except Exception as error:
            self._key = self._inputs = None
            return self._failure(error)

    def _inputs_for(self, request):
        key = (request["file"], request["kernel"], repr(request["inputs"]), request["seed"])
        if key != self._key:
            self._key = self._inputs = None
            gc.collect()
            if self._device == "cuda":
                torch.cuda.empty_cache()
            self._inputs = Inputs(request, self._device)
            self._key = key
        return self._inputs

    def _run(self, request, tell):
        tell("preparing")
        made = self._inputs_for(request)
        text = Path(request["module"]).read_text(encoding="utf-8")
        if self._device == "cpu":
            text = interpret_worker.without_bfloat16(text)
        with contextlib.ExitStack() as stack:
            with torch.device(self._device):
                host = stack.enter_context(modules.generated(text, request["kernel"]))
            launcher = Launcher(host, self._device, tell)
            worst = 0.0
            # A user's file may have changed this for the whole process.
            torch.set_float32_matmul_precision("highest")
            tell("compiling")
            for number in range(RUNS[self._device]):
                outputs = references.run_host(host, made.arguments, launcher, poison=True)
                if self._device == "cuda":
                    torch.cuda.synchronize()
                result, changed = references.judge(outputs, made.arguments, made.expected, references.uses_dot(text))
                if result.reason:
                    again = " (in the second run only)" if number else ""
                    return {"outcome": "wrong_result", "reason": result.reason + again, **self._forget()}
                worst = max(worst, result.max_error)
                made.arguments.restore(changed)
        return {
            "outcome": "checked", "max_error": worst, "compile_ms": launcher.compile_ms,
            "reference_precision": made.expected.precision,
        }

    def _forget(self):
        """After a wrong result nothing that lay in device memory is trusted."""
        self._key = self._inputs = None
        return {}

    def _failure(self, error):
        kind = type(error).__name__
        fatal = False
        if isinstance(error, JobError):
            outcome, reason = error.outcome, error.reason
        elif isinstance(error, torch.OutOfMemoryError):
            outcome, reason = "infrastructure", f"Not enough device memory: {str(error).splitlines()[0]}"
        elif kind == "OutOfResources":
            outcome, reason = "out_of_resources", describe(error)
        else:
            outcome = "launch_error" if "CUDA" in str(error) or self._device == "cpu" else "compile_error"
            reason = describe(deepest(error))
        if self._device == "cuda":
            try:
                torch.cuda.synchronize()
            except Exception as spoilt:
                outcome, fatal = "launch_error", True
                reason = f"{reason} ({str(spoilt).strip().splitlines()[0]})"
        return {"outcome": outcome, "reason": reason, "fatal": fatal}


class Launcher:
    """Launches as the module itself does, after compiling on its own, so that the two have limits of their own."""

    def __init__(self, host, device, tell):
        self._launch = inspect.signature(host).parameters["_launcher"].default
        self._device = device
        self._tell = tell
        self.compile_ms = None

    def __call__(self, kernel, grid, *args, **options):
        if self._device == "cpu":
            self._tell("running")
            if not callable(grid) and not all(grid):
                return
            interpret_worker.interpreting_launcher(kernel, grid, *args, **options)
            return
        if self.compile_ms is None:
            begun = time.perf_counter()
            kernel.warmup(*args, grid=grid, **options)
            self.compile_ms = (time.perf_counter() - begun) * 1e3
            self._tell("running")
        self._launch(kernel, grid, *args, **options)


if __name__ == "__main__":
    serve(Runner(sys.argv[1]).handle)
