"""RMSNorm over rows and its gradient. Rows share no work; the weight's gradient is summed over rows in two steps."""

import torch

import helion
import helion.language as hl


# inputs: x=bf16[33,130]; weight=bf16[130]
# full: x=bf16[2048,8192]; weight=bf16[8192]
# full: x=bf16[8192,4096]; weight=bf16[4096]
@helion.kernel
def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float = 1e-5):
    """The result, and each row's 1 / RMS for the gradient."""
    n = x.size(1)
    out = torch.empty_like(x)
    inverse = torch.empty([x.size(0)], dtype=torch.float32, device=x.device)
    for rows in hl.tile(x.size(0)):
        values = x[rows, :].to(torch.float32)
        scale = torch.rsqrt(torch.sum(values * values, dim=1) / n + eps)
        out[rows, :] = (values * scale[:, None] * weight[:].to(torch.float32)[None, :]).to(x.dtype)
        inverse[rows] = scale
    return out, inverse


def rms_norm_reference(x, weight, eps=1e-5):
    wide = x.float() if x.dtype == torch.bfloat16 else x
    scale = torch.rsqrt(wide.pow(2).mean(dim=1) + eps)
    return (wide * scale[:, None] * weight).to(x.dtype), scale


# inputs: grad=bf16[33,130]; x=bf16[33,130]; weight=bf16[130]; inverse=f32[33]:uniform(0.5,1.5)
# full: grad=bf16[2048,8192]; x=bf16[2048,8192]; weight=bf16[8192]; inverse=f32[2048]:uniform(0.5,1.5)
# full: grad=bf16[8192,4096]; x=bf16[8192,4096]; weight=bf16[4096]; inverse=f32[8192]:uniform(0.5,1.5)
@helion.kernel
def rms_norm_backward(grad: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, inverse: torch.Tensor):
    """Gradients of x and of the weight."""
    m, n = x.size()
    n = hl.specialize(n)
    block = hl.register_block_size(m)
    grad_x = torch.empty_like(x)
    partial = torch.empty([helion.cdiv(m, block), n], dtype=torch.float32, device=x.device)
    for band in hl.tile(m, block_size=block):
        total = hl.zeros([n], dtype=torch.float32)
        for rows in hl.tile(band.begin, band.end):
            g = grad[rows, :].to(torch.float32)
            scale = inverse[rows].to(torch.float32)[:, None]
            normal = x[rows, :].to(torch.float32) * scale
            weighted = g * weight[:].to(torch.float32)[None, :]
            common = torch.sum(weighted * normal, dim=1)[:, None] / n
            grad_x[rows, :] = ((weighted - normal * common) * scale).to(x.dtype)
            total = total + torch.sum(g * normal, dim=0)
        partial[band.id, :] = total
    return grad_x, torch.sum(partial, dim=0).to(weight.dtype)


def rms_norm_backward_reference(grad, x, weight, inverse):
    scale = inverse[:, None]
    g, wide = (grad.float(), x.float()) if x.dtype == torch.bfloat16 else (grad, x)
    normal = wide * scale
    weighted = g * weight
    common = (weighted * normal).mean(dim=1, keepdim=True)
    return ((weighted - normal * common) * scale).to(x.dtype), (g * normal).sum(dim=0).to(weight.dtype)
