"""Functions as arguments and defaults, what helpers need in the module, views that share memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch

import helion
import helion.language as hl
from helion import cdiv
from helion.language import tile as tiles

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    import a_module_that_is_not_there
except ImportError:
    a_module_that_is_not_there = None

BIAS = torch.arange(21).float()
ROWS, COLUMNS = 3, 7
fast = helion.kernel(static_shapes=True)


class Shape(NamedTuple):
    rows: int
    columns: int


def shape_of(x: torch.Tensor) -> "Shape":
    """Not followed, and copied with what it needs."""
    if a_module_that_is_not_there is None and cdiv(5, 2) == 3 and helion.next_power_of_2(5) == 8:
        return Shape(*x.shape)
    raise RuntimeError


def with_bias(bias: torch.Tensor) -> Callable:
    scale = 2.0

    def epilogue(acc: torch.Tensor, index: hl.Tile) -> torch.Tensor:
        return acc * scale + bias[index]

    return epilogue


add_bias = with_bias(BIAS)
square = lambda acc, index: acc * acc  # noqa: E731


# inputs: x=f32[21]
# inputs: x=f32[21]; epilogue=@add_bias
# inputs: x=f32[21]; epilogue=@square
@fast
def any_epilogue(x, epilogue: Callable = lambda acc, index: acc + 1):
    out = torch.empty_like(x)
    for tile in tiles(x.size(0)):
        out[tile] = epilogue(x[tile], tile)
    return out


def any_epilogue_reference(x, epilogue=lambda acc, index: acc + 1):
    return epilogue(x, slice(None))


# inputs: x=f32[3,7]
@helion.kernel(config=helion.Config(block_sizes=[2, 4], num_warps=2), static_shapes=True)
def opaque_helper(x):
    """Host code that is not followed runs all the same."""
    shape = shape_of(x)
    m, n = x.shape
    out = x.new_empty(ROWS, COLUMNS)
    for i, j in hl.tile([m, n]):
        out[i, j] = x[i, j] * 2
    return out.reshape(shape.rows, shape.columns)


def opaque_helper_reference(x):
    return x * 2


# inputs: x=f32[5,9]
@helion.kernel
def through_views(x):
    """Stores through one view, loads through another."""
    out = torch.empty_like(x)
    flat = out.view(-1)
    turned = out.t()
    m, n = x.shape
    for i in hl.tile(m):
        out[i, :] = x[i, :] + 1
        turned[:, i] = turned[:, i] * 2
    flat.mul_(3)
    return out


def through_views_reference(x):
    return (x + 1) * 2 * 3


# inputs: x=f32[2,3,10]; heads=5
# inputs: x=f32[1,1,4]; heads=2
@helion.kernel
def split_heads(x, heads: int, scale: float | None = None):
    b, t, d = x.shape
    if scale is None:
        scale = 1.0 / math.sqrt(d // heads)
    q = x.view(b, t, heads, -1).transpose(1, 2)
    flat = q.reshape(b * heads, t, d // heads)
    out = torch.empty_like(flat)
    for i, j in hl.tile([b * heads, t]):
        out[i, j, :] = flat[i, j, :] * scale
    return out.view(b, heads, t, d // heads).transpose(1, 2).reshape(b, t, d)


def split_heads_reference(x, heads, scale=None):
    return x / math.sqrt(x.size(-1) // heads)


# inputs: x=f32[19]; y=f32[19]
# inputs: x=f32[19]; y=none
@helion.kernel
def several_results(x, y):
    """In place, a number, an input and None among the results."""
    total = 0
    for tile in hl.tile(x.size(0)):
        if y is not None:
            x[tile] = x[tile] + y[tile]
        else:
            x[tile] = -x[tile]
    return x, x.size(0), y, total


def several_results_reference(x, y):
    if y is not None:
        x += y
    else:
        x *= -1
    return x, x.size(0), y, 0
