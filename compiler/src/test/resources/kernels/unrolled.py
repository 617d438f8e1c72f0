# kernel: unrolled
# arg x: f32[26]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


import math

WIDTH = 4


def halve(v, by=2.0):
    return v / by


def apply_twice(function, v):
    return function(function(v))


@helion.kernel
def unrolled(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = hl.zeros([tile], dtype=torch.float32)
        for i in hl.static_range(WIDTH):
            value = value + x[tile] * i
        for factor, offset in ((1.0, 2), (0.5, 3)):
            value = value * factor + offset
        for i, extra in enumerate([math.pi, math.sqrt(2.0)]):
            value = value + extra * i
        shift = lambda v: v + WIDTH  # noqa: E731
        value = apply_twice(halve, shift(value))
        out[tile] = value if WIDTH > 2 else -value
    return out
