"""Compiles generated modules for any target, without a GPU."""

import os
import re
import time
from contextlib import contextmanager

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource, make_backend
from triton.runtime.errors import OutOfResources
from triton.runtime.jit import create_function_from_signature

from perihelion.worker import artefacts, equal_programs, folders, inputs, modules
from perihelion.worker.capture import capture, capture_on
from perihelion.worker.compile_facts import constant_text
from perihelion.worker.errors import JobError, deepest, describe, one_line

_MAX_STDERR_BYTES = 8 << 20


# Triton's cache, by process: a fork makes its own.
_caches = {}


def _cache():
    own = os.getpid()
    if own not in _caches:
        _caches[own] = folders.make("perihelion-triton-")
    return _caches[own]


def remove_cache():
    """Removes this process's private cache; called when the worker ends."""
    if os.getpid() in _caches:
        folders.remove(_caches.pop(os.getpid()))


@contextmanager
def _settings(target):
    """Triton's settings for the time of a `with`: a private cache, emptied afterwards, so that compile times are real.

    No line information, which would put this machine's file names into the binary and make equal programs differ. Of what
    is between source and binary, AMD's assembly alone is read afterwards; for NVIDIA nothing of it is written.
    """
    wanted = {
        "TRITON_CACHE_DIR": _cache(),
        "TRITON_DISABLE_LINE_INFO": "1",
        "TRITON_STORE_BINARY_ONLY": "1" if target.startswith("cuda:") else "0",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        folders.clear(_cache())


def versions():
    """What the hello says of the toolchain."""
    return {"torch": torch.__version__, "triton": triton.__version__}


def parse_target(target):
    """Triton's target for a name such as `cuda:90` or `hip:gfx942`; raises JobError."""
    found = re.fullmatch(r"cuda:(\d+)|hip:(gfx[0-9a-f]+)", target)
    if found is None:
        raise JobError("compile_error", f"`{target}` is not a target; write one like `cuda:90` or `hip:gfx942`.")
    if found.group(1):
        return GPUTarget("cuda", int(found.group(1)), 32)
    architecture = found.group(2)
    return GPUTarget("hip", architecture, 64 if architecture.startswith("gfx9") else 32)


def compile_job(request):
    """Handles one `compile` request; returns (header, binary). Raises JobError."""
    return _compile(request, lambda host: capture(host, request["arguments"]))


def compile_on_device(request, device="cuda"):
    """As compile_job, with real tensors, for host functions that need the device itself.

    For workers that own one; it must be current. The tensors are those of the request's `seed`, so that what a kernel is
    specialised on, such as whether 16 divides a count that the host function reads from them, is what a measurement with
    this seed meets. Raises JobError, a fatal one where the device no longer works.
    """

    def on_device(host):
        try:
            return capture_on(host, request["arguments"], device, request.get("seed", 0)), device
        except JobError:
            raise
        except torch.OutOfMemoryError as error:
            raise JobError("out_of_resources", f"Not enough device memory: {str(error).splitlines()[0]}") from error
        except Exception as error:
            reason = f"The host function failed on the device: {describe(deepest(error))}"
            raise JobError("compile_error", reason, fatal="CUDA error" in reason) from error

    return _compile(request, on_device)


def _compile(request, find_launch):
    start = time.perf_counter()
    log_start = _stderr_size()
    target = request["target"]
    with _settings(target), modules.generated(request["module"], request["kernel"]) as host:
        launch, host_ran_on = find_launch(host)
        binary, launch_facts, facts = compile_launch(launch, target, request["kernel"], log_start)
    facts["compile_ms"] = (time.perf_counter() - start) * 1e3
    header = {
        "outcome": "compiled",
        "sha256": artefacts.sha256(binary),
        "launch": launch_facts,
        "facts": facts,
        "host_ran_on": host_ran_on,
    }
    return header, binary


def warm_up(target):
    """Compiles something small, so that what is imported, looked up and kept on the way is there for forks to use."""
    if artefacts.shared_limit(target) is None:
        # Unknown targets can crash the compiler, and this process must not.
        return
    arguments = [{"name": "x", "kind": "tensor", "dtype": "float16", "shape": [64, 64], "strides": None}]
    compile_job({"module": _WARM_UP, "kernel": "warm_up", "arguments": arguments, "target": target})


_WARM_UP = '''
import torch
import triton
import triton.language as tl
from triton.language.extra import libdevice


@triton.jit
def _kernel(x, out, rows, SIZE: tl.constexpr):
    place = tl.arange(0, SIZE)[:, None] * SIZE + tl.arange(0, SIZE)[None, :]
    total = tl.zeros([SIZE, SIZE], tl.float32)
    for row in range(rows):
        values = tl.load(x + place + row)
        total = tl.dot(values, values, total)
    total = tl.where(total > tl.max(total, 1)[:, None], tl.exp(total), libdevice.tanh(total))
    tl.store(out + place, (total / tl.sum(total, 1)[:, None]).to(tl.float16))


def warm_up(x, *, _launcher=None):
    out = torch.empty_like(x.new_empty(x.size(0), x.size(1)))
    _launcher(_kernel, (triton.cdiv(x.numel(), 4096),), x, out, x.size(0), SIZE=64, num_warps=4, num_stages=2)
    return out
'''


def compile_launch(launch, target_name, kernel_name, log_start=None):
    """Compiles one captured launch; returns (binary, launch facts, binary facts)."""
    target = parse_target(target_name)
    try:
        backend = make_backend(target)
        types, source, options = specialise(launch, backend)
        metadata, binary, assembly = _compiled(source, target, options, backend)
    except JobError:
        raise
    except Exception as error:
        raise _refusal(error, log_start) from error
    if target.backend == "cuda":
        facts = artefacts.cubin_facts(binary, metadata.name)
    else:
        facts = artefacts.amd_facts(assembly)
    threads = metadata.num_warps * target.warp_size
    _check_limits(metadata, target_name, threads)
    programs = launch.grid[0] * launch.grid[1] * launch.grid[2]
    parameters = _parameters(launch, source, types)
    runtime = [artefacts.slot_bytes(p["type"]) for p in parameters if p["type"] != "constexpr"]
    launch_facts = {
        "format": 1,
        "symbol": metadata.name,
        "kernel": launch.kernel.__name__,
        "host": kernel_name,
        "target": target_name,
        "grid": list(launch.grid),
        "threads": threads,
        "shared": metadata.shared,
        "num_ctas": getattr(metadata, "num_ctas", 1) or 1,
        "cooperative": bool(getattr(metadata, "launch_cooperative_grid", False)),
        "dependent_launch": bool(getattr(metadata, "launch_pdl", False)),
        "parameters": parameters,
        "trailing_pointers": _trailing_pointers(facts.parameter_bytes, runtime),
        "global_scratch": _scratch(metadata, "global"),
        "profile_scratch": _scratch(metadata, "profile"),
        "triton": triton.__version__,
    }
    binary_facts = {
        "registers": facts.registers,
        "spill_bytes": facts.local_bytes,
        "shared_bytes": metadata.shared,
        "threads": threads,
        "programs": programs,
    }
    return binary, launch_facts, binary_facts


def _compiled(source, target, options, backend):
    """Triton's metadata, the binary, and for AMD its assembly."""
    with equal_programs.watching(target) as program:
        try:
            compiled = triton.compile(source, target=target, options=options.__dict__)
        except equal_programs.Known as known:
            return known.metadata, known.binary, None
        binary = compiled.asm[backend.binary_ext]
        program.keep(compiled.metadata, binary)
        return compiled.metadata, binary, compiled.asm.get("amdgcn")


def specialise(launch, backend):
    """What Triton itself would compile for this launch: (types by parameter, source, options).

    Uses the binder and the packing of Triton's own launch path, so that types, alignment and values that become
    constants are the same as in an ordinary launch.
    """
    kernel = launch.kernel
    binder = create_function_from_signature(kernel.signature, kernel.params, backend)
    bound, specialisation, extra = binder(*launch.args, **launch.options)
    options = {"debug": False, "instrumentation_mode": "", **launch.options}
    options, signature, constants, attributes = kernel._pack_args(backend, options, bound, specialisation, extra)
    for name, type_name in signature.items():
        if not isinstance(type_name, str):
            raise JobError("compile_error", f"The kernel argument `{name}` is a tuple, which is not supported.")
        if type_name.startswith("tensordesc"):
            raise JobError("compile_error", f"The kernel argument `{name}` is a descriptor made by the host.")
    return signature, ASTSource(kernel, signature, constants, attributes), options


def _parameters(launch, source, types):
    """Each parameter of the kernel, in order: its type, a constant's value as text, whether 16 divides it."""
    names = launch.kernel.arg_names
    divisible = {path[0] for path, found in source.attrs.items() if ["tt.divisibility", 16] in found}
    result = []
    for index, name in enumerate(names):
        parameter = {"name": name, "type": types[name]}
        if types[name] == "constexpr":
            parameter["value"] = constant_text(source.constants.get((index,)))
        else:
            parameter["divisible_by_16"] = index in divisible
        result.append(parameter)
    return result


def _trailing_pointers(parameter_bytes, runtime):
    """How many pointers follow the kernel's own parameters: Triton's scratch memory, 2 since version 3.6."""
    if parameter_bytes is None:
        return 2
    extra = len(parameter_bytes) - len(runtime)
    if not 0 <= extra <= 2 or any(size != 8 for size in parameter_bytes[len(runtime) :]):
        raise JobError("infrastructure", f"The binary's parameters {parameter_bytes} do not fit {runtime}.")
    return extra


def _scratch(metadata, kind):
    return {
        "size": int(getattr(metadata, f"{kind}_scratch_size", 0) or 0),
        "align": int(getattr(metadata, f"{kind}_scratch_align", 1) or 1),
    }


def _check_limits(metadata, target, threads):
    limit = artefacts.shared_limit(target)
    if limit is not None and metadata.shared > limit:
        reason = f"Needs {metadata.shared} bytes of shared memory; {target} has {limit} for a program."
        raise JobError("out_of_resources", reason)
    if threads > artefacts.MAX_THREADS:
        raise JobError("out_of_resources", f"Needs {threads} threads; a program has at most {artefacts.MAX_THREADS}.")
    columns = getattr(metadata, "tmem_size", 0) or 0
    if columns > artefacts.MAX_TENSOR_MEMORY_COLUMNS:
        limit = artefacts.MAX_TENSOR_MEMORY_COLUMNS
        raise JobError("out_of_resources", f"Needs {columns} columns of tensor memory; there are {limit}.")


_TOO_LARGE = re.compile(
    r"out of resource|too much shared|too many resources|exceeds triton maximum tensor numel|limit exceeded"
    r"|ran out of registers|register allocation failed|insufficient registers|uses too much",
    re.IGNORECASE,
)


def _refusal(error, log_start):
    """The JobError for an exception of Triton's compiler."""
    cause = deepest(error)
    text = str(cause)
    line = _telling_line(text)
    if "PassManager" in text or not text.strip():
        # MLIR says why on stderr only.
        line = _last_error_in_log(log_start) or line
    if isinstance(cause, OutOfResources) or _TOO_LARGE.search(text) or _TOO_LARGE.search(line):
        return JobError("out_of_resources", line)
    place = re.match(r"at (\d+):(\d+):", str(error))
    where = f" (line {place.group(1)} of the kernel)" if place else ""
    return JobError("compile_error", f"{type(cause).__name__}: {line}{where}" if line else describe(cause))


def _telling_line(text):
    """The line of a message that says what is wrong, without the source excerpt above it."""
    # Triton puts ptxas's own words behind a line that says no more than that it failed.
    text = text.partition("`ptxas` stderr:")[2] or text
    lines = [line.strip() for line in text.splitlines() if line.strip() and not set(line.strip()) <= set("^=~")]
    for line in lines:
        if re.search(r"\b(fatal|error)\b\s*:", line):
            return one_line(line)
    return one_line(lines[-1]) if lines else ""


def _stderr_size():
    """Length of the file that stderr goes to, cut when it has grown large; None where it is no file."""
    try:
        status = os.fstat(2)
        if not os.path.isfile("/proc/self/fd/2"):
            return None
        if status.st_size > _MAX_STDERR_BYTES:
            os.ftruncate(2, 0)
            return 0
        return status.st_size
    except OSError:
        return None


def _last_error_in_log(log_start):
    if log_start is None:
        return ""
    try:
        with open("/proc/self/fd/2", "rb") as log:
            log.seek(log_start)
            text = log.read(1 << 20).decode(errors="replace")
    except OSError:
        return ""
    found = [line for line in text.splitlines() if "error:" in line]
    return one_line(found[0].split("error:", 1)[1]) if found else ""


def describe_inputs(request):
    """Handles `describe_inputs`: the arguments a function of the user's file gives, in JSON form."""
    file = request["file"]
    function = modules.user_function(file.get("path"), file["text"], request["function"])
    module = modules.load_user_file(file.get("path"), file["text"])
    names = request.get("names")
    given = (request.get("symbols") or {}).items()
    symbols = {name: inputs.dtype_of(value) if isinstance(value, str) else value for name, value in given}
    values = _inputs_of(function, "meta", symbols)
    if values is None or _want_values(values.values() if isinstance(values, dict) else values):
        values = _inputs_of(function, "cpu", symbols, last=True)
    names = names or [f"argument{index}" for index in range(len(values))]
    if isinstance(values, dict):
        names, values = list(values), list(values.values())
    if len(names) < len(values):
        reason = f"`{request['function']}` gives {len(values)} arguments, the kernel has {len(names)}."
        raise JobError("infrastructure", reason)
    return {"outcome": "described", "arguments": inputs.describe(names, values, module)}, b""


# Floats beyond this are described by shape alone: making them on the CPU would take long, or more memory than there is.
_MOST_BYTES_TO_MAKE = 1 << 29


def _want_values(given):
    """Whether arguments must be made for real to describe them: whole numbers always, floats where that is cheap."""
    tensors = [value for value in given if isinstance(value, torch.Tensor)]
    whole = any(not value.dtype.is_floating_point for value in tensors)
    return whole or sum(value.numel() * value.dtype.itemsize for value in tensors) <= _MOST_BYTES_TO_MAKE


def _inputs_of(function, device, symbols, last=False):
    try:
        values = function(device=device, **symbols)
    except Exception as error:
        if not last:
            return None
        raise JobError("infrastructure", f"The input function failed: {describe(deepest(error))}") from error
    if isinstance(values, dict):
        return values
    return list(values) if isinstance(values, (list, tuple)) else [values]


HANDLERS = {"compile": compile_job, "describe_inputs": describe_inputs}
