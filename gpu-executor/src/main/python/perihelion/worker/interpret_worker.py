"""Checks generated modules on the CPU under Triton's interpreter. TRITON_INTERPRET=1 is set before this is imported."""

import torch
import triton

from perihelion.worker import modules, references
from perihelion.worker.errors import JobError, deepest, describe


def versions():
    """What the hello says of the toolchain."""
    return {"torch": torch.__version__, "triton": triton.__version__}


def interpreting_launcher(kernel, grid, *args, **options):
    """Launches with the kernel's own parameters only: compiler options mean nothing here."""
    known = {name: value for name, value in options.items() if name in kernel.arg_names}
    kernel[grid](*args, **known)


def _run(text, kernel_name, arguments, poison):
    with modules.generated(text, kernel_name) as host:
        try:
            return references.run_host(host, arguments, interpreting_launcher, poison)
        except JobError:
            raise
        except Exception as error:
            reason = f"The kernel failed under the interpreter: {describe(deepest(error))}"
            raise JobError("launch_error", reason) from error


def check_job(request):
    """Handles one `check` request. Raises JobError; a wrong result is one too."""
    reference = request["reference"]
    arguments = references.build_arguments(request["arguments"], "cpu", request.get("seed", 0), reference)
    if reference["kind"] == "function":
        expected = references.run_function_reference(reference, arguments)
    else:
        name = reference.get("kernel") or request["kernel"]
        outputs = _run(reference["module"], name, arguments, poison=False)
        expected = references.Expected(outputs, [tensor.clone() for tensor in arguments.tensors()], "input")
        arguments.restore(arguments.changed())
    request["tell"]("running")
    outputs = _run(request["module"], request["kernel"], arguments, poison=True)
    result, _changed = references.judge(outputs, arguments, expected, references.uses_dot(request["module"]))
    if result.reason:
        raise JobError("wrong_result", result.reason)
    return {"outcome": "checked", "max_error": result.max_error, "reference_precision": expected.precision}, b""


HANDLERS = {"check": check_job}
