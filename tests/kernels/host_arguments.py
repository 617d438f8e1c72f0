"""Arguments that are values of the file: functions, closures, calls that make them, members of enumerations."""

import enum
import functools

import torch

import helion
import helion.language as hl

BIAS = torch.arange(21).float()
OTHER = torch.arange(21).float() / 2


class Act(enum.Enum):
    RELU = "relu"
    NONE = "none"


class Opts(enum.IntEnum):
    A = 1
    B = 2


def with_bias(bias, scale=2.0):
    def epilogue(acc, index):
        return acc * scale + bias[index]

    return epilogue


def plus(acc, index, by):
    return acc + by


add_bias = with_bias(BIAS)


# inputs: x=f32[21]; epilogue=@add_bias
# inputs: x=f32[21]; epilogue=@with_bias(OTHER, scale=3.0)
# inputs: x=f32[21]; epilogue=@lambda acc, index: torch.relu(acc) * 2
# inputs: x=f32[21]; epilogue=@functools.partial(plus, by=4)
# inputs: x=f32[21]
@helion.kernel
def any_epilogue(x, epilogue=lambda acc, index: acc + 1, dt=torch.float32, n=3):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile] = epilogue(x[tile], tile) + n
    return out


def any_epilogue_reference(x, epilogue=lambda acc, index: acc + 1, dt=torch.float32, n=3):
    return epilogue(x, slice(None)) + n


# inputs: x=f32[21]; act=@Act.RELU; o=@Opts.B; shape=(3,7); xs=[f32[21], f32[21]]; flags=(true, none, "a"); f=(@plus, @add_bias)
@helion.kernel
def enums(x, act, o, shape, xs, flags, f):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        v = x[tile] + xs[1][tile] * shape[1]
        if act == Act.RELU:
            v = torch.relu(v)
        if flags[0] and flags[2] == "a":
            v = v + o
        out[tile] = f[1](f[0](v, tile, 2), tile)
    return out


def enums_reference(x, act, o, shape, xs, flags, f):
    return f[1](torch.relu(x + xs[1] * 7) + 2 + 2, slice(None))
