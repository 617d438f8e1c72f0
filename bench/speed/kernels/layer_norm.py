"""LayerNorm over rows, with weight and bias; the variance from the centred values."""

import torch

import helion
import helion.language as hl


# inputs: x=bf16[33,130]; weight=bf16[130]; bias=bf16[130]
# full: x=bf16[4096,8192]; weight=bf16[8192]; bias=bf16[8192]
@helion.kernel
def layer_norm(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    n = x.size(1)
    out = torch.empty_like(x)
    for rows in hl.tile(x.size(0)):
        values = x[rows, :].to(torch.float32)
        centred = values - (torch.sum(values, dim=1) / n)[:, None]
        scale = torch.rsqrt(torch.sum(centred * centred, dim=1) / n + eps)
        scaled = centred * scale[:, None] * weight[:].to(torch.float32)[None, :]
        out[rows, :] = (scaled + bias[:].to(torch.float32)[None, :]).to(x.dtype)
    return out


def layer_norm_reference(x, weight, bias, eps=1e-5):
    return torch.nn.functional.layer_norm(x, [x.size(1)], weight, bias, eps)
