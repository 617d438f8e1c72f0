# kernel: embedding
# arg table: f32[17,30]
# arg rows: i64[23]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def embedding(table, rows):
    n = rows.size(0)
    width = table.size(1)
    out = torch.empty([n, width], dtype=table.dtype, device=table.device)
    for tile_n, tile_w in hl.tile([n, width]):
        out[tile_n, tile_w] = table[rows[tile_n], tile_w]
    return out
