"""Runs a host function on tensors without storage to learn what it launches."""

from dataclasses import dataclass

from perihelion.worker import inputs
from perihelion.worker.errors import JobError, deepest, describe


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

    Raises JobError (compile_error) where the host function fails or does not launch exactly once.
    """
    try:
        return _run(host, arguments, "meta"), "meta"
    except JobError:
        raise
    except Exception as on_meta:
        try:
            return _run(host, arguments, "cpu"), "cpu"
        except JobError:
            raise
        except Exception as on_cpu:
            error = on_cpu if type(on_cpu) is not type(on_meta) else on_meta
            reason = f"The host function failed: {describe(deepest(error))}"
            raise JobError("compile_error", reason) from on_cpu


def _run(host, arguments, device):
    launches = []

    def record(kernel, grid, *args, **options):
        launches.append(Launch(kernel, resolve_grid(kernel, grid, args, options), args, options))

    inputs.bound(host, arguments, inputs.build(arguments, device), _launcher=record)()
    if len(launches) != 1:
        raise JobError("compile_error", f"The host function launches {len(launches)} kernels, and it must be one.")
    return launches[0]
