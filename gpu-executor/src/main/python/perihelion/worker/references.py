"""Runs kernels and references on the same inputs and compares what they did, on any device."""

from collections import OrderedDict
from dataclasses import dataclass

import torch

from perihelion.worker import check, inputs, modules
from perihelion.worker.errors import JobError, deepest, describe

_UPCAST = {
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
    torch.float32: torch.float64,
    torch.complex64: torch.complex128,
}


@dataclass
class Arguments:
    """Values for a host function, with a copy of every tensor to find changes and undo them.

    specs: what they were made from; names: of the argument that each tensor belongs to.
    """

    specs: list
    values: list
    names: list
    snapshots: list

    @classmethod
    def of(cls, specs, values):
        """Takes the copies."""
        names = [spec.get("name") or f"argument{index}" for index, spec in enumerate(specs)]
        owners = [name for name, value in zip(names, values) for _ in _tensors_only(value)]
        result = cls(specs, values, owners, [])
        result.snapshots = [tensor.clone() for tensor in result.tensors()]
        return result

    def bound(self, function, **options):
        """A function with these arguments."""
        return inputs.bound(function, self.specs, self.values, **options)

    def tensors(self):
        """The tensors among the values, in order."""
        return [tensor for value in self.values for tensor in _tensors_only(value)]

    def changed(self):
        """Indices into tensors() of those that a run has changed."""
        pairs = enumerate(zip(self.tensors(), self.snapshots))
        return [index for index, (tensor, before) in pairs if not check.same(tensor, before)]

    def restore(self, indices):
        """Undoes the changes of these tensors."""
        tensors = self.tensors()
        for index in indices:
            tensors[index].copy_(self.snapshots[index])


def _tensors_only(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in _tensors_only(item)]
    return []


@dataclass
class Expected:
    """What a reference did. outputs: None where it returned nothing; arguments: its tensors afterwards; precision:
    `higher` or, where the reference refuses that, `input`."""

    outputs: list | None
    arguments: list
    precision: str


class Cache:
    """Keeps the few latest results."""

    def __init__(self, size):
        self._size = size
        self._entries = OrderedDict()

    def get(self, key, make):
        """The entry, made where it is not there."""
        if key in self._entries:
            self._entries.move_to_end(key)
            return self._entries[key]
        # Room first: device memory is what these take.
        while len(self._entries) >= self._size:
            self._entries.popitem(last=False)
        self._entries[key] = make()
        return self._entries[key]

    def clear(self):
        """Forgets all."""
        self._entries.clear()


def function_lookup(reference):
    """Evaluates expressions among the arguments in the reference's file; None where there is no file."""
    if reference["kind"] != "function":
        return None
    file = reference["file"]
    module = modules.load_user_file(file.get("path"), file["text"])
    return lambda expression: _evaluated(expression, module)


def _evaluated(expression, module):
    if expression.isidentifier():
        return getattr(module, expression, None)
    try:
        return eval(expression, dict(vars(module)))
    except Exception as error:
        reason = f"The argument `@{expression}` cannot be evaluated: {describe(error)}"
        raise JobError("infrastructure", reason) from error


def build_arguments(specs, device, seed, reference):
    """The arguments with their copies."""
    return Arguments.of(specs, inputs.build(specs, device, seed, function_lookup(reference)))


def run_function_reference(reference, arguments):
    """The user's function on the inputs in higher precision."""
    file = reference["file"]
    function = modules.user_function(file.get("path"), file["text"], reference["function"])
    errors = []
    for precision in ("higher", "input"):
        try:
            values = [_copied(value, precision == "higher") for value in arguments.values]
            outputs = inputs.bound(function, arguments.specs, values)()
            flat = None if outputs is None else check.tensors_in(outputs)
            return Expected(flat, [tensor for value in values for tensor in _tensors_only(value)], precision)
        except Exception as error:
            # Out of memory in higher precision, or a function that insists on a dtype.
            errors.append(error)
    reason = f"The reference `{reference['function']}` failed: {describe(deepest(errors[-1]))}"
    raise JobError("infrastructure", reason) from errors[-1]


def _copied(value, upcast):
    if isinstance(value, torch.Tensor):
        dtype = _UPCAST.get(value.dtype, value.dtype)
        if value.dtype.is_floating_point and value.element_size() == 1:
            dtype = torch.float32
        return value.to(dtype, copy=True) if upcast else value.clone()
    if isinstance(value, (list, tuple)):
        return type(value)(_copied(item, upcast) for item in value)
    return value


def run_host(host, arguments, launcher, poison):
    """Runs a host function; returns its outputs as a list of tensors, or None where it returns nothing.

    poison: fills memory that the host function allocates without initialising it with NaN (the largest value for
    integers), through torch's own switch for that, so that what a kernel leaves unwritten cannot look right.
    """
    run = arguments.bound(host, _launcher=launcher)
    if not poison:
        outputs = run()
    else:
        filling = torch.utils.deterministic.fill_uninitialized_memory
        mode, warn = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
        try:
            torch.use_deterministic_algorithms(True, warn_only=True)
            torch.utils.deterministic.fill_uninitialized_memory = True
            outputs = run()
        finally:
            torch.use_deterministic_algorithms(mode, warn_only=warn)
            torch.utils.deterministic.fill_uninitialized_memory = filling
    return None if outputs is None else check.tensors_in(outputs)


def run_baseline(host, arguments, launcher):
    """Another module's results as the expected ones; the arguments are restored."""
    outputs = run_host(host, arguments, launcher, poison=False)
    outputs = None if outputs is None else [tensor.clone() for tensor in outputs]
    after = [tensor.clone() for tensor in arguments.tensors()]
    arguments.restore(arguments.changed())
    return Expected(outputs, after, "input")


def judge(outputs, arguments, expected, uses_dot):
    """Compares a run with what was expected: returned values and changed arguments. Returns (result, changed)."""
    changed = arguments.changed()
    tensors = arguments.tensors()
    dtypes = [tensor.dtype for tensor in tensors]
    own = tensors if outputs is None else outputs
    other = expected.arguments if expected.outputs is None else expected.outputs
    if outputs is None and expected.outputs is not None:
        # The kernel works in place, the reference returns: its values belong to the changed arguments, in order.
        if len(changed) != len(expected.outputs) and len(expected.outputs) != len(tensors):
            reason = f"The kernel changed {len(changed)} arguments, the reference returns {len(expected.outputs)}."
            return check.CheckResult(float("inf"), reason), changed
        own = [tensors[i] for i in changed] if len(changed) == len(expected.outputs) else tensors
    elif outputs is not None and expected.outputs is None:
        own = tensors
    result = check.compare_all(own, other, dtypes, uses_dot)
    if result.reason or outputs is None or expected.outputs is None:
        return result, changed
    # An argument changed on the side must have been changed by the reference in the same way.
    returned = {tensor.untyped_storage().data_ptr() for tensor in outputs}
    for index in changed:
        if tensors[index].untyped_storage().data_ptr() in returned:
            continue
        name = f"Argument `{arguments.names[index]}` after the run"
        allowance = check.tolerance(tensors[index].dtype, dtypes, uses_dot)
        side = check.compare(tensors[index], expected.arguments[index], allowance, name)
        if side.reason:
            return side, changed
    return result, changed


def uses_dot(module_text):
    """Whether float32 products may go through TF32."""
    return "tl.dot" in module_text
