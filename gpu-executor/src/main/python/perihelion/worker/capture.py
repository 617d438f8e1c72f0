"""Runs a host function on tensors without storage to learn what it launches."""

import re
from dataclasses import dataclass

from perihelion.worker import inputs
from perihelion.worker.errors import JobError, deepest, describe

NEEDS_DEVICE = "Needs the device:"

# What torch and Triton say of CPU tensors, or of a machine without a device, where a device would do.
_DEVICE = re.compile(
    r"\bcuda\b|\bhip\b|\bnvidia\b|\bgpu\b|\bdevice\b|\bdrivers?\b|not implemented for|can't allocate memory", re.IGNORECASE
)


@dataclass(frozen=True)
class Launch:
    """One launch as the host function asked for it. grid: one to three numbers of programs."""

    kernel: object
    grid: tuple
    args: tuple
    options: dict


def resolve_grid(kernel, grid, args, options):
    """The grid as three ints; a callable grid gets the kernel's arguments by name, as Triton gives them."""
    if callable(grid):
        grid = grid({**dict(zip(kernel.arg_names, args)), **options})
    grid = tuple(int(size) for size in (grid if isinstance(grid, (tuple, list)) else (grid,)))
    return (*grid, 1, 1)[:3]


def capture(host, arguments):
    """The launch of a host function, and where it ran: `meta`, or `cpu` where it needs real values.

    Raises JobError (compile_error) where the host function fails or does not launch exactly once; its reason begins with
    NEEDS_DEVICE where it may well work on a device.
    """
    try:
        return capture_on(host, arguments, "meta"), "meta"
    except JobError:
        raise
    except Exception as on_meta:
        try:
            return capture_on(host, arguments, "cpu"), "cpu"
        except JobError:
            raise
        except Exception as on_cpu:
            cause = deepest(on_cpu)
            if _wants_device(cause):
                raise JobError("compile_error", f"{NEEDS_DEVICE} {describe(cause)}") from on_cpu
            error = on_cpu if type(on_cpu) is not type(on_meta) else on_meta
            reason = f"The host function failed: {describe(deepest(error))}"
            raise JobError("compile_error", reason) from on_cpu


def _wants_device(error):
    """Whether an exception on CPU tensors says that there is no device, or something that a CPU cannot do."""
    if isinstance(error, (NameError, SyntaxError, ImportError)):
        return False
    return isinstance(error, (NotImplementedError, MemoryError)) or _DEVICE.search(str(error)) is not None


def capture_on(host, arguments, device, seed=0):
    """The launch of a host function on tensors of one device. Raises JobError, and whatever the host function raises."""
    launches = []

    def record(kernel, grid, *args, **options):
        launches.append(Launch(kernel, resolve_grid(kernel, grid, args, options), args, options))

    inputs.bound(host, arguments, inputs.build(arguments, device, seed), _launcher=record)()
    if len(launches) != 1:
        raise JobError("compile_error", f"The host function launches {len(launches)} kernels, and it must be one.")
    return launches[0]
