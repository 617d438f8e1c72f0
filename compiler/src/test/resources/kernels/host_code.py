# kernel: broadcast_on_host
# arg x: f32[10,14]
# arg y: f32[14]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def broadcast_on_host(x, y):
    x, y = torch.broadcast_tensors(x, y)
    out = torch.empty(x.shape, dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    flat = out.view(-1)
    for tile in hl.tile(out.size()):
        out[tile] = x[tile] + y[tile]
    flat += 1
    return out
