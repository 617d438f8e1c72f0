# kernel: layer_norm
# arg x: f16[64,1000]
# arg weight: f16[1000]
# arg bias: f16[1000]
# arg eps: 1e-5
# config: {"block_sizes":[1],"reduction_loops":[512]}
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def layer_norm(x, weight, bias, eps):
    out = torch.empty_like(x)
    mean_out = torch.empty([x.size(0)], dtype=torch.float32, device=x.device)
    for tile in hl.tile(x.size(0)):
        values = x[tile, :].to(torch.float32)
        mean = values.mean(dim=-1)
        variance = torch.var(values, dim=-1, unbiased=False)
        normal = (values - mean[:, None]) * torch.rsqrt(variance[:, None] + eps)
        out[tile, :] = (normal * weight[:] + bias[:]).to(x.dtype)
        mean_out[tile] = mean
    return out, mean_out
