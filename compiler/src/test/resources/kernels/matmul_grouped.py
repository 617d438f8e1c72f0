# kernel: matmul
# arg x: bf16[512,256]
# arg y: bf16[256,384]
# config: {"block_sizes":[64,128,32],"l2_groupings":[8],"num_stages":3,"range_num_stages":[0,3],"load_eviction_policies":["first","last"]}
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def matmul(x, y):
    m, k = x.size()
    k2, n = y.size()
    assert k == k2
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = acc.to(x.dtype)
    return out
