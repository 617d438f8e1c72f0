# kernel: split_blocks
# arg x: f16[64,64]
# arg y: f16[64,64]
# config: {"block_sizes":[32,16]}
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def split_blocks(x, y):
    """A registered block size shared by two loops, and half accumulation rounded once."""
    m, k = x.size()
    n = y.size(1)
    block = hl.register_block_size(16, 64)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n], block_size=[block, None]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(0, k, block_size=block):
            acc = acc + torch.mm(x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = acc.to(x.dtype)
    return out
