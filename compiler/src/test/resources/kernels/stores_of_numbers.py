# kernel: stores_of_numbers
# arg x: f32[30]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def stores_of_numbers(x):
    out = torch.empty([4, 30], dtype=x.dtype, device=x.device)
    flags = torch.empty([30], dtype=torch.bool, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[0, tile] = 1
        out[1, tile] = 2.5
        out[2, tile] = x[tile.begin] * 0.0 + 3.0
        out[3, tile] = hl.full([tile], 7.0, dtype=torch.float32)
        flags[tile] = True
        hl.store(out, [3, tile], -x[tile], extra_mask=x[tile] > 0)
    return out, flags
