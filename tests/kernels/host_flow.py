"""Control flow, numbers and functions of host code."""

import functools
import math
import typing

import torch

import helion
import helion.language as hl

SCALE = 0.5
WEIGHTS = torch.tensor([1.0, 2.0, 3.0])


def padded(n, to=8):
    """Runs on the host."""
    if n % to == 0:
        return n
    return n + to - n % to


def make_epilogue(bias, factor):
    def epilogue(acc, tile):
        return acc * factor + bias[tile]

    return epilogue


def scaled(x, by=1.0):
    return x * by


# inputs: x=f32[21]; mode="wide"; bias=f32[21]
# inputs: x=f32[16]; mode="narrow"; bias=none
@helion.kernel
def followed_branches(x, mode, bias=None):
    n = x.size(0)
    if mode == "wide":
        out = x.new_zeros(padded(n))
    elif mode.startswith("n"):
        out = x.new_zeros([n])
    else:
        raise ValueError(f"unknown mode {mode}")
    if bias is not None:
        assert bias.shape == x.shape, f"{bias.shape=}"
        epilogue = make_epilogue(bias, 2.0)
    else:
        epilogue = lambda acc, tile: acc  # noqa: E731
    for tile in hl.tile(n):
        out[tile] = epilogue(x[tile], tile)
    return out


def followed_branches_reference(x, mode, bias=None):
    out = x.new_zeros(padded(x.size(0)) if mode == "wide" else x.size(0))
    out[: x.size(0)] = x if bias is None else x * 2 + bias
    return out


# inputs: x=f32[19]; flag=true; n=3
# inputs: x=f32[19]; flag=false; n=-2
@helion.kernel
def unknown_branches(x, flag: bool, n: int):
    """Numbers and tensors of which the launch decides."""
    if flag:
        factor = 2
        base = torch.zeros_like(x)
    else:
        factor = 3
        base = torch.ones_like(x)
    if n < 0:
        n = -n
    top = max(n, 1) * factor
    ratio = n / 2 if flag else float(n)
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile] = x[tile] * top + base[tile] + ratio
    return out


def unknown_branches_reference(x, flag, n):
    n = abs(n)
    return x * max(n, 1) * (2 if flag else 3) + (0 if flag else 1) + (n / 2 if flag else n)


# inputs: x=f32[6,10]; groups=2; pick=1
# inputs: x=f32[9,15]; groups=3; pick=-1
@helion.kernel
def sizes_of_arguments(x, groups: int, pick: int):
    """Whole numbers that become sizes are constants of the module."""
    m, n = x.shape
    grouped = x.view(m, groups, n // groups)
    tensors = [grouped[:, g] for g in range(groups)]
    chosen = tensors[pick]
    width = chosen.size(-1)
    out = torch.empty([m, width], dtype=x.dtype, device=x.device)
    for i, j in hl.tile([m, width]):
        out[i, j] = chosen[i, j] + groups
    return out


def sizes_of_arguments_reference(x, groups, pick):
    return x.view(x.size(0), groups, -1)[:, pick] + groups


# inputs: x=f32[4,30]; lengths=i64[4]:randint(1,31)
@helion.kernel
def item_bounds(x, lengths):
    """Numbers read from tensors bound the loop."""
    longest = int(lengths.max().item())
    half = longest // 2
    out = torch.zeros_like(x)
    for row, tile in hl.tile([x.size(0), longest], block_size=[1, None]):
        out[row, tile] = x[row, tile] + half
    return out


def item_bounds_reference(x, lengths):
    longest = int(lengths.max())
    out = torch.zeros_like(x)
    out[:, :longest] = x[:, :longest] + longest // 2
    return out


# inputs: x=f32[25]; y=f32[25]; z=f32[25]
@helion.kernel
def lists(x, y, z):
    """Lists that loops fill, dictionaries, comprehensions."""
    tensors = []
    for i, t in enumerate([x, y, z]):
        if i != 1:
            tensors.append(t)
    extra = {"first": y, "scale": 3.0}
    extra["second"] = tensors[-1]
    numbers = [2 * i for i in range(6) if i % 2 == 0]
    total = sum(numbers) + functools.reduce(lambda a, b: a * b, (1, 2, 3))
    with torch.no_grad():
        out = torch.empty_like(x)
    try:
        checked = True
    except ValueError:
        checked = False
    twice = functools.partial(scaled, by=2.0)
    for tile in hl.tile(x.size(0)):
        value = extra["first"][tile] * extra["scale"] + extra["second"][tile]
        for at in hl.static_range(len(tensors)):
            value = value + tensors[at][tile] * numbers[at + 1]
        out[tile] = twice(value) + total
    return out if checked else None


def lists_reference(x, y, z):
    return (y * 3 + z + x * 4 + z * 8) * 2 + 18


# inputs: x=f32[3,17]
@helion.kernel
def module_values(x):
    """What the module computes at its top, as a tensor and a number."""
    n = typing.cast(int, x.size(1))
    out = torch.empty_like(x)
    low = torch.finfo(x.dtype).min
    bits = torch.iinfo(torch.int8).max
    for row in hl.grid(3):
        for tile in hl.tile(n):
            value = torch.where(x[row, tile] > 0, x[row, tile], low)
            out[row, tile] = torch.maximum(value, -1.0 * bits) * SCALE * WEIGHTS[row]
    return out


def module_values_reference(x):
    return torch.where(x > 0, x, -127.0) * 0.5 * WEIGHTS[:, None]


# inputs: x=f32[40]; scale=2.5; steps=3
@helion.kernel
def computed_numbers(x, scale: float, steps: int):
    """Numbers of the launch that host code computes."""
    inverse = 1.0 / math.sqrt(scale)
    limit = helion.cdiv(steps, 2) + helion.next_power_of_2(5)
    pair = (steps * 2, scale + 1)
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = x[tile] * inverse + pair[1]
        for i in range(limit):
            value = value + i * pair[0]
        out[tile] = value
    return out


def computed_numbers_reference(x, scale, steps):
    limit = -(-steps // 2) + 8
    return x / math.sqrt(scale) + scale + 1 + steps * 2 * limit * (limit - 1) / 2


# inputs: x=f32[23]; times=3
@helion.kernel(static_shapes=False, ignore_warnings=[helion.exc.TensorOperationInWrapper], autotune_effort="none")
def specialized_argument(x, times: int):
    times = hl.specialize(times)
    n = hl.specialize(x.size(0))
    out = x.new_empty(n)
    for tile in hl.tile(n):
        value = x[tile]
        for _i in hl.static_range(times):
            value = value * 0.5
        out[tile] = value
    return out


def specialized_argument_reference(x, times):
    return x * 0.5**times


def plain(x, y):
    """Only a function."""
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile] = x[tile] + y[tile]
    return out


# inputs: x=f32[30]; y=f32[30]
wrapped = helion.kernel(plain)
# inputs: x=f32[30]; y=f32[30]
configured = helion.kernel(config=helion.Config(block_sizes=[8], num_warps=2))(plain)


def wrapped_reference(x, y):
    return x + y


configured_reference = wrapped_reference


# inputs: x=f32[50]
@helion.kernel
def per_processor(x):
    """A loop over the processors of the device."""
    workers = helion.runtime.get_num_sm(x.device)
    out = torch.empty_like(x)
    for worker in hl.grid(workers):
        for tile in hl.tile(x.size(0)):
            out[tile] = x[tile] + 1
    return out


def per_processor_reference(x):
    return x + 1


# inputs: tensors=[f32[18],f32[18]]; scales=(1.5,2)
@helion.kernel
def sequences(tensors, scales):
    """Lists of tensors and tuples of numbers as arguments."""
    first = tensors[0]
    out = torch.zeros_like(first)
    for tile in hl.tile(first.size(0)):
        value = hl.zeros([tile], dtype=torch.float32)
        for tensor, scale in zip(tensors, scales):
            value = value + tensor[tile] * scale
        out[tile] = value * len(tensors)
    return out


def sequences_reference(tensors, scales):
    return (tensors[0] * scales[0] + tensors[1] * scales[1]) * 2
