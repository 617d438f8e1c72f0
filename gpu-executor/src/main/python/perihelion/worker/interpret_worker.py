"""Checks generated modules on the CPU under Triton's interpreter. TRITON_INTERPRET=1 is set before this is imported."""

import torch
import triton
from triton._C.libtriton import ir
from triton.runtime import interpreter

from perihelion.worker import check, interpreted_float8, modules, references
from perihelion.worker.errors import JobError, deepest, describe

interpreted_float8.install()


def _descriptor_reduce(builder, kind, descriptor, value, offsets):
    """What Triton's interpreter lacks: atomic operations on the tile that a descriptor stands for."""
    pointers, mask = descriptor.materialize_pointers(offsets)
    dtype = descriptor.base.dtype.element_ty
    name = kind.name
    if name == "ADD" and dtype.is_floating():
        name = "FADD"
    elif name in ("MIN", "MAX") and dtype.is_int_unsigned():
        name = "U" + name
    operation = getattr(ir.ATOMIC_OP, name)
    builder.create_atomic_rmw(operation, pointers, value, mask, ir.MEM_SEMANTIC.RELAXED, ir.MEM_SYNC_SCOPE.GPU)


if not hasattr(interpreter.InterpreterBuilder, "create_descriptor_reduce"):
    interpreter.InterpreterBuilder.create_descriptor_reduce = _descriptor_reduce


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


def without_bfloat16(value):
    """A request's texts and values with float32 in place of bfloat16.

    Triton's interpreter keeps bfloat16 as 16-bit integers and computes on these, so sums and products come out wrong.
    The program is the same but for the rounding, which a check on the CPU cannot show anyway.
    """
    if isinstance(value, str):
        return value.replace("bfloat16", "float32")
    if isinstance(value, list):
        return [without_bfloat16(item) for item in value]
    if isinstance(value, dict):
        return {key: without_bfloat16(item) for key, item in value.items()}
    return value


def check_job(request):
    """Handles one `check` request. Raises JobError; a wrong result is one too."""
    request = {**request, **{key: without_bfloat16(request[key]) for key in ("module", "arguments")}}
    reference = dict(request["reference"])
    if "module" in reference:
        reference["module"] = without_bfloat16(reference["module"])
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
    length = request.get("reduction_length", check.REDUCTION_LENGTH)
    dot = references.uses_dot(request["module"])
    result, _changed = references.judge(outputs, arguments, expected, dot, length)
    if result.reason:
        raise JobError("wrong_result", result.reason)
    return {"outcome": "checked", "max_error": result.max_error, "reference_precision": expected.precision}, b""


HANDLERS = {"check": check_job}
