# kernel: neighbours
# arg x: f32[40]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def neighbours(x):
    """Shifted tiles with masks of the user's own."""
    n = x.size(0)
    out = torch.empty_like(x)
    for tile in hl.tile(n):
        left = hl.load(x, [tile - 1], extra_mask=tile.index > 0)
        right = hl.load(x, [tile.index + 1], extra_mask=tile.index + 1 < n)
        out[tile] = left + x[tile] * 10 + right * 100
    return out
