"""Runs kernels and references on the same inputs and compares what they did, on any device."""

from collections import OrderedDict
from dataclasses import dataclass, field

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

    def copy(self):
        """The same values in other memory; what they were is not noted again."""
        return Arguments(self.specs, [_copied(value, False) for value in self.values], self.names, [])

    def tensors(self):
        """The tensors among the values, in order."""
        return [tensor for value in self.values for tensor in _tensors_only(value)]

    def changes(self):
        """For each of tensors() whether a run has changed it, as tensors without dimensions on their device."""
        return [check.differs(tensor, before) for tensor, before in zip(self.tensors(), self.snapshots)]

    def changed(self):
        """Indices into tensors() of those that a run has changed."""
        return [index for index, flag in enumerate(check.fetch(self.changes())) if flag]

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
    _sides: dict = field(default_factory=dict)

    def side(self, returned, index):
        """The reference's part of comparisons with one of the outputs, or of the arguments."""
        key = (returned, index)
        if key not in self._sides:
            self._sides[key] = check.Side((self.outputs if returned else self.arguments)[index])
        return self._sides[key]


class Cache:
    """Keeps the few latest results. size: at most so many; crowded: says whether two are too many already."""

    def __init__(self, size, crowded=lambda: False):
        self._size = size
        self._crowded = crowded
        self._entries = OrderedDict()

    def get(self, key, make):
        """The entry, made where it is not there."""
        if key in self._entries:
            self._entries.move_to_end(key)
            return self._entries[key]
        # Room first: device memory is what these take.
        while len(self._entries) >= self._size or (len(self._entries) >= 2 and self._crowded()):
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
        mode = torch.get_deterministic_debug_mode()
        try:
            # The same switch as use_deterministic_algorithms(warn_only), which imports torch's compiler: seconds.
            torch.set_deterministic_debug_mode("warn")
            torch.utils.deterministic.fill_uninitialized_memory = True
            outputs = run()
        finally:
            torch.set_deterministic_debug_mode(mode)
            torch.utils.deterministic.fill_uninitialized_memory = filling
    return None if outputs is None else check.tensors_in(outputs)


def run_baseline(host, arguments, launcher):
    """Another module's results as the expected ones; the arguments are restored."""
    outputs = run_host(host, arguments, launcher, poison=False)
    outputs = None if outputs is None else [tensor.clone() for tensor in outputs]
    after = [tensor.clone() for tensor in arguments.tensors()]
    arguments.restore(arguments.changed())
    return Expected(outputs, after, "input")


class Judgement:
    """Compares a run with what was expected: returned values and changed arguments. The work is left to the device when this
    is made, so that there is one wait for all of it."""

    def __init__(self, outputs, arguments, expected, dot, reduction_length=check.REDUCTION_LENGTH):
        self._outputs, self._arguments, self._expected = outputs, arguments, expected
        self._dot, self._length = dot, reduction_length
        self._tensors = arguments.tensors()
        self._dtypes = [tensor.dtype for tensor in self._tensors]
        self._flags = arguments.changes()
        self._early = self._pair(None) if outputs is not None or expected.outputs is None else None

    def _compare(self, got, returned, index, name):
        allowance = check.tolerance(got.dtype, self._dtypes, self._dot, self._length)
        return check.Comparison(got, self._expected.side(returned, index), allowance, name)

    def _pair(self, changed):
        """The comparisons, or a CheckResult where the two do not fit."""
        expected = self._expected
        returned = expected.outputs is not None
        own = self._tensors if self._outputs is None or not returned else self._outputs
        if self._outputs is None and returned:
            # The kernel works in place, the reference returns: its values belong to the changed arguments, in order.
            if len(changed) == len(expected.outputs):
                own = [self._tensors[i] for i in changed]
            elif len(expected.outputs) != len(self._tensors):
                reason = f"The kernel changed {len(changed)} arguments, the reference returns {len(expected.outputs)}."
                return check.CheckResult(float("inf"), reason)
        other = expected.outputs if returned else expected.arguments
        if len(own) != len(other):
            return check.counts_differ(own, other)
        return [self._compare(got, returned, index, f"Result {index}") for index, got in enumerate(own)]

    def result(self):
        """(CheckResult, indices of the changed arguments); waits for the device."""
        comparisons = self._early if isinstance(self._early, list) else []
        late = [each.worst for each in comparisons if each.worst is not None]
        values = check.fetch([*self._flags, *late])
        changed = [index for index, flag in enumerate(values[: len(self._flags)]) if flag]
        verdicts = iter(values[len(self._flags) :])
        if self._early is None:
            comparisons = self._pair(changed)
            if isinstance(comparisons, list):
                verdicts = iter(check.fetch([each.worst for each in comparisons if each.worst is not None]))
        elif not isinstance(self._early, list):
            comparisons = self._early
        if not isinstance(comparisons, list):
            return comparisons, changed
        worst = 0.0
        for comparison in comparisons:
            found = comparison.result(next(verdicts) if comparison.worst is not None else None)
            worst = max(worst, found.max_error)
            if found.reason:
                return check.CheckResult(worst, found.reason), changed
        return self._side_effects(changed) or check.CheckResult(worst), changed

    def _side_effects(self, changed):
        """An argument changed on the side must have been changed by the reference in the same way."""
        if self._outputs is None or self._expected.outputs is None:
            return None
        returned = {tensor.untyped_storage().data_ptr() for tensor in self._outputs}
        for index in changed:
            if self._tensors[index].untyped_storage().data_ptr() in returned:
                continue
            name = f"Argument `{self._arguments.names[index]}` after the run"
            comparison = self._compare(self._tensors[index], False, index, name)
            side = comparison.result(None if comparison.worst is None else check.fetch([comparison.worst])[0])
            if side.reason:
                return side
        return None


def judge(outputs, arguments, expected, dot, reduction_length=check.REDUCTION_LENGTH):
    """The result of a Judgement at once."""
    return Judgement(outputs, arguments, expected, dot, reduction_length).result()


def uses_dot(module_text):
    """Whether float32 products may go through TF32."""
    return "tl.dot" in module_text
