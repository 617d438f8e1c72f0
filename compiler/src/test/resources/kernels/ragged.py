# kernel: ragged
# arg x: f32[6,40]
# arg lengths: i32[6]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def ragged(x, lengths):
    """A loop whose length is loaded."""
    rows = x.size(0)
    out = torch.empty([rows], dtype=x.dtype, device=x.device)
    for row in hl.grid(rows):
        length = lengths[row]
        total = 0.0
        for tile in hl.tile(0, length):
            total = total + torch.cos(x[row, tile]).sum()
        out[row] = total
    return out
