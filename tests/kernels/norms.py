"""Normalisations, forward and backward, with partial sums per block of rows."""

import torch

import helion
import helion.language as hl


# inputs: x=f16[37,80]; weight=f16[80]; eps=1e-5
# full: x=bf16[2048,8192]; weight=bf16[8192]; eps=1e-5
@helion.kernel
def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float = 1e-5) -> tuple[torch.Tensor, torch.Tensor]:
    m, n = x.size()
    assert weight.size(0) == n, f"weight size mismatch {weight.size(0)} != {n}"
    out = torch.empty_like(x)
    inverse = torch.empty([m], dtype=torch.float32, device=x.device)
    for tile_m in hl.tile(m):
        values = x[tile_m, :].to(torch.float32)
        squares = values * values
        mean = torch.mean(squares, dim=-1)
        scale = torch.rsqrt(mean + eps)
        out[tile_m, :] = (values * scale[:, None] * weight[:].to(torch.float32)).to(out.dtype)
        inverse[tile_m] = scale
    return out, inverse.reshape(-1, 1)


def rms_norm_reference(x, weight, eps):
    scale = torch.rsqrt((x.float() * x.float()).mean(-1) + eps)
    return (x.float() * scale[:, None] * weight.float()).to(x.dtype), scale.reshape(-1, 1)


# inputs: grad=f16[37,80]; x=f16[37,80]; weight=f16[80]; inverse=f32[37,1]:uniform(0.5,1.5)
# full: grad=bf16[2048,8192]; x=bf16[2048,8192]; weight=bf16[8192]; inverse=f32[2048,1]:uniform(0.5,1.5)
@helion.kernel
def rms_norm_backward(grad, x, weight, inverse):
    m_block = hl.register_block_size(x.size(0))
    grad_x = torch.empty_like(x)
    grad_weight = x.new_empty([(x.size(0) + m_block - 1) // m_block, *weight.shape], dtype=torch.float32)
    weight_shape = hl.specialize(weight.size(0))
    for mb_cta in hl.tile(x.size(0), block_size=m_block):
        partial = weight.new_zeros(weight_shape, dtype=torch.float32)
        for mb in hl.tile(mb_cta.begin, mb_cta.end):
            x_m = x[mb, :].to(torch.float32)
            do_m = grad[mb, :].to(torch.float32)
            rsqrt = inverse[mb, :].to(torch.float32)
            partial += (x_m * do_m * rsqrt).sum(0)
            w = weight[None, :].to(torch.float32)
            dx = w * do_m * rsqrt - x_m * rsqrt**3 * (w * do_m * x_m).mean(-1)[:, None]
            grad_x[mb, :] = dx.to(x.dtype)
        grad_weight[mb_cta.id, :] = partial
    return grad_x, grad_weight.sum(0).to(weight.dtype)


def rms_norm_backward_reference(grad, x, weight, inverse):
    g, v, w = grad.float(), x.float(), weight.float()
    grad_weight = (v * g * inverse).sum(0)
    grad_x = w * g * inverse - v * inverse**3 * (w * g * v).mean(-1, keepdim=True)
    return grad_x.to(x.dtype), grad_weight.to(weight.dtype)


# inputs: x=f32[29,50]; weight=f32[50]; bias=f32[50]; eps=1e-5
# inputs: x=f32[29,50]; weight=f32[50]; bias=none; eps=1e-5
# full: x=bf16[4096,8192]; weight=bf16[8192]; bias=bf16[8192]; eps=1e-5
@helion.kernel
def layer_norm(x, weight, bias, eps: float = 1e-5):
    m, n = x.size()
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    mean = torch.empty([m], dtype=torch.float32, device=x.device)
    rstd = torch.empty([m], dtype=torch.float32, device=x.device)
    for tile_m in hl.tile(m):
        acc = x[tile_m, :].to(torch.float32)
        mean_val = torch.sum(acc, dim=-1) / n
        centered = acc - mean_val[:, None]
        var_val = torch.sum(centered * centered, dim=-1) / n
        rstd_val = torch.rsqrt(var_val + eps)
        normalized = centered * rstd_val[:, None]
        if bias is not None:
            acc = normalized * (weight[:].to(torch.float32)) + (bias[:].to(torch.float32))
        else:
            acc = normalized * (weight[:].to(torch.float32))
        out[tile_m, :] = acc.to(x.dtype)
        mean[tile_m] = mean_val
        rstd[tile_m] = rstd_val
    return out, mean, rstd


def layer_norm_reference(x, weight, bias, eps):
    v = x.float()
    mean = v.mean(-1)
    rstd = torch.rsqrt(v.var(-1, unbiased=False) + eps)
    out = (v - mean[:, None]) * rstd[:, None] * weight.float()
    out = out if bias is None else out + bias.float()
    return out.to(x.dtype), mean, rstd


# inputs: x=f32[45,70]; weight=f32[70]; bias=f32[70]; eps=1e-5
# full: x=bf16[4096,8192]; weight=bf16[8192]; bias=bf16[8192]; eps=1e-5
@helion.kernel
def welford(x, weight, bias, eps: float = 1e-5):
    m, n = x.size()
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m in hl.tile(m):
        count = torch.zeros_like(x[tile_m, 0], dtype=torch.float32)
        mean = torch.zeros_like(count)
        m2 = torch.zeros_like(count)
        for tile_n in hl.tile(n):
            chunk = x[tile_m, tile_n].to(torch.float32)
            chunk_count = chunk.size(-1)
            sum_x = torch.sum(chunk, dim=-1)
            sum_x2 = torch.sum(chunk * chunk, dim=-1)
            size = tile_n.end - tile_n.begin
            mean_c = sum_x / size
            m2_c = sum_x2 - (sum_x * sum_x) / size
            delta = mean_c - mean
            new_count = count + size
            new_mean = mean + delta * (size / new_count)
            m2 = m2 + m2_c + delta * delta * (count * size / new_count)
            count, mean = new_count, new_mean
        rstd = torch.rsqrt(m2 / count + eps)
        for tile_n in hl.tile(n):
            value = x[tile_m, tile_n].to(torch.float32)
            y = (value - mean[:, None]) * rstd[:, None]
            y = y * weight[tile_n].to(torch.float32) + bias[tile_n].to(torch.float32)
            out[tile_m, tile_n] = y.to(x.dtype)
    return out


def welford_reference(x, weight, bias, eps):
    return torch.nn.functional.layer_norm(
        x.float(), [x.size(-1)], weight.float(), bias.float(), eps
    ).to(x.dtype)


# inputs: grad=f32[37,80]; x=f32[37,80]; mean=f32[37]; rstd=f32[37]:uniform(0.5,1.5); weight=f32[80]; with_bias=true
# inputs: grad=f32[37,80]; x=f32[37,80]; mean=f32[37]; rstd=f32[37]:uniform(0.5,1.5); weight=f32[80]; with_bias=false
@helion.kernel
def layer_norm_backward(grad, x, mean, rstd, weight, with_bias: hl.constexpr = True):
    m_block = hl.register_block_size(x.size(0))
    n = hl.specialize(x.size(1))
    grad_x = torch.empty_like(x)
    num_blocks = (x.size(0) + m_block - 1) // m_block
    grad_weight = x.new_empty([num_blocks, n], dtype=torch.float32)
    if with_bias:
        grad_bias = x.new_empty([num_blocks, n], dtype=torch.float32)
    else:
        grad_bias = x.new_empty([1, n], dtype=torch.float32)
    for mb_cta in hl.tile(x.size(0), block_size=m_block):
        weight_acc = x.new_zeros(n, dtype=torch.float32)
        if with_bias:
            bias_acc = x.new_zeros(n, dtype=torch.float32)
        weight_cta = weight[None, :].to(torch.float32)
        for mb in hl.tile(mb_cta.begin, mb_cta.end):
            x_mb = x[mb, :].to(torch.float32)
            dy_mb = grad[mb, :].to(torch.float32)
            x_hat = (x_mb - mean[mb].to(torch.float32)[:, None]) * rstd[mb].to(torch.float32)[:, None]
            weight_acc += torch.sum(dy_mb * x_hat, dim=0)
            if with_bias:
                bias_acc += torch.sum(dy_mb, dim=0)
            wdy = weight_cta * dy_mb
            c1 = torch.sum(x_hat * wdy, dim=-1) / n
            c2 = torch.sum(wdy, dim=-1) / n
            dx = (wdy - (x_hat * c1[:, None] + c2[:, None])) * rstd[mb][:, None]
            grad_x[mb, :] = dx.to(x.dtype)
        grad_weight[mb_cta.id, :] = weight_acc
        if with_bias:
            grad_bias[mb_cta.id, :] = bias_acc
    if with_bias:
        return grad_x, grad_weight.sum(0).to(weight.dtype), grad_bias.sum(0).to(weight.dtype)
    return grad_x, grad_weight.sum(0).to(weight.dtype), None


def layer_norm_backward_reference(grad, x, mean, rstd, weight, with_bias):
    n = x.size(1)
    hat = (x - mean[:, None]) * rstd[:, None]
    wdy = weight * grad
    c1 = (hat * wdy).sum(-1, keepdim=True) / n
    c2 = wdy.sum(-1, keepdim=True) / n
    grad_x = (wdy - (hat * c1 + c2)) * rstd[:, None]
    return grad_x, (grad * hat).sum(0), grad.sum(0) if with_bias else None


# inputs: x=f32[2,6,35]; num_groups=3; weight=f32[6]; eps=1e-5
@helion.kernel
def group_norm(x, num_groups: hl.constexpr, weight, eps: float):
    batch, channels, length = x.size()
    per_group = channels // num_groups
    rows = x.view(batch * num_groups, per_group * length)
    out = torch.empty_like(rows)
    for tile in hl.tile(rows.size(0)):
        value = rows[tile, :].to(torch.float32)
        mean = value.mean(-1, keepdim=True)
        centered = value - mean
        var = (centered * centered).mean(-1, keepdim=True)
        out[tile, :] = centered * torch.rsqrt(var + eps)
    return out.view(batch, channels, length) * weight[None, :, None]


def group_norm_reference(x, num_groups, weight, eps):
    return torch.nn.functional.group_norm(x, num_groups, weight, None, eps)
