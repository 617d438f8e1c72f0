# kernel: gather_pairs
# arg table: f32[12,15]
# arg rows: i32[9,7]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def gather_pairs(table, rows):
    a, b = rows.size()
    out = torch.empty([a, b], dtype=table.dtype, device=table.device)
    for tile_a, tile_b in hl.tile([a, b]):
        out[tile_a, tile_b] = table[rows[tile_a, tile_b], tile_b.index[None, :]]
    return out
