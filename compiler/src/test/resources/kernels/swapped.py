# kernel: swapped
# arg x: f32[41]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def swapped(x):
    """A Fibonacci loop: both carried values change places."""
    out = torch.empty_like(x)
    other = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        a = x[tile]
        b = x[tile] * 0.5
        for _i in range(7):
            a, b = b, a + b
        c = a * 1.0
        for _i in range(3):
            previous = c
            c = a - c * 0.25
            a = previous
        out[tile] = b
        other[tile] = a + c
    return out, other
