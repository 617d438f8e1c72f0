# kernel: reversed_rows
# arg x: f16[3000000000]
# arg rows: f16[50000,60000]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def reversed_rows(x, rows):
    n = x.size(0)
    flat = rows.view(-1)
    out = torch.empty_like(x)
    for tile in hl.tile(n):
        place = tile.index
        out[n - 1 - place] = x[tile] + flat[place] + tile.id + x[tile + 1]
    return out
