"""Norms and losses of several authors: forward, backward, streaming, in groups, over batches, quantised on the way."""

from __future__ import annotations

from typing import Optional

import torch
from torch import Tensor

import helion
import helion.language as hl


# inputs: x=f16[37,100]; weight=f16[100]; bias=f16[100]; eps=1e-5
# inputs: x=f16[37,100]; weight=f16[100]; bias=none; eps=1e-5
# full: x=f16[4096,10240]; weight=f16[10240]; bias=f16[10240]; eps=1e-5
@helion.kernel
def layer_norm_forward(x: Tensor, weight: Tensor, bias: Optional[Tensor] = None, eps: float = 1e-5) -> tuple[Tensor, Tensor, Tensor]:
    m, n = x.size()
    assert weight.size(0) == n, f"weight size mismatch {weight.size(0)} != {n}"
    if bias is not None:
        assert bias.size(0) == n, f"bias size mismatch {bias.size(0)} != {n}"
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


def layer_norm_forward_reference(x, weight, bias=None, eps=1e-5):
    y = x.float()
    b = None if bias is None else bias.float()
    out = torch.nn.functional.layer_norm(y, y.shape[-1:], weight.float(), b, eps).to(x.dtype)
    return out, y.mean(-1), torch.rsqrt(y.var(-1, correction=0) + eps)


# inputs: dy=f32[53,70]; x=f32[53,70]; weight=f32[70]; mean=f32[53]; rstd=f32[53]:uniform(0.5,1.5)
# full: dy=f16[4096,4096]; x=f16[4096,4096]; weight=f16[4096]; mean=f32[4096]; rstd=f32[4096]:uniform(0.5,1.5)
@helion.kernel
def layer_norm_backward(dy, x, weight, mean, rstd):
    m_block = hl.register_block_size(x.size(0))
    m, n = x.shape
    n = hl.specialize(n)
    dx = torch.empty_like(x)
    parts = helion.cdiv(m, m_block)
    dw_parts = x.new_empty([parts, n], dtype=torch.float32)
    db_parts = x.new_empty([parts, n], dtype=torch.float32)
    for mb in hl.tile(m, block_size=m_block):
        dw_acc = x.new_zeros(n, dtype=torch.float32)
        db_acc = x.new_zeros(n, dtype=torch.float32)
        for mt in hl.tile(mb.begin, mb.end):
            x_m = x[mt, :].to(torch.float32)
            dy_m = dy[mt, :].to(torch.float32)
            x_hat = (x_m - mean[mt][:, None]) * rstd[mt][:, None]
            dw_acc += torch.sum(dy_m * x_hat, dim=0)
            db_acc += torch.sum(dy_m, dim=0)
            wdy = weight[None, :].to(torch.float32) * dy_m
            c1 = torch.sum(x_hat * wdy, dim=-1) / n
            c2 = torch.sum(wdy, dim=-1) / n
            dx[mt, :] = ((wdy - (x_hat * c1[:, None] + c2[:, None])) * rstd[mt][:, None]).to(x.dtype)
        dw_parts[mb.id, :] = dw_acc
        db_parts[mb.id, :] = db_acc
    return dx, dw_parts.sum(0).to(weight.dtype), db_parts.sum(0)


def layer_norm_backward_reference(dy, x, weight, mean, rstd):
    hat = (x - mean[:, None]) * rstd[:, None]
    wdy = weight * dy
    c1, c2 = (hat * wdy).mean(-1, keepdim=True), wdy.mean(-1, keepdim=True)
    return (wdy - (hat * c1 + c2)) * rstd[:, None], (dy * hat).sum(0), dy.sum(0)


# inputs: x=bf16[5,12,9,7]; weight=bf16[12]; bias=bf16[12]; groups=3; eps=1e-5
# full: x=bf16[8,128,32,32]; weight=bf16[128]; bias=bf16[128]; groups=32; eps=1e-5
@helion.kernel
def group_norm(x, weight, bias, groups: int, eps: float):
    n, c, h, w = x.shape
    per = c // hl.specialize(groups)
    places = h * w
    flat = x.view(n, groups, per, places)
    out = torch.empty_like(flat)
    scale = weight.view(groups, per)
    shift = bias.view(groups, per)
    for tile_n, tile_g in hl.tile([n, groups]):
        total = hl.zeros([tile_n, tile_g], dtype=torch.float32)
        squares = hl.zeros([tile_n, tile_g], dtype=torch.float32)
        for tile_c, tile_p in hl.tile([per, places]):
            part = flat[tile_n, tile_g, tile_c, tile_p].to(torch.float32)
            total += part.sum(-1).sum(-1)
            squares += torch.sum(torch.sum(part * part, dim=-1), dim=-1)
        count = per * places
        mean = total / count
        var = squares / count - mean * mean
        inv = torch.rsqrt(var + eps)
        for tile_c, tile_p in hl.tile([per, places]):
            part = flat[tile_n, tile_g, tile_c, tile_p].to(torch.float32)
            normal = (part - mean[:, :, None, None]) * inv[:, :, None, None]
            s = scale[tile_g, tile_c][None, :, :, None].to(torch.float32)
            b = shift[tile_g, tile_c][None, :, :, None].to(torch.float32)
            out[tile_n, tile_g, tile_c, tile_p] = (normal * s + b).to(x.dtype)
    return out.view(x.shape)


def group_norm_reference(x, weight, bias, groups, eps):
    return torch.nn.functional.group_norm(x.float(), groups, weight.float(), bias.float(), eps).to(x.dtype)


# inputs: x=f32[6,10,33]; weight=f32[10]; bias=f32[10]; mean=f32[10]; var=f32[10]:uniform(0.5,1); momentum=0.1
# full: x=f32[32,64,1000]; weight=f32[64]; bias=f32[64]; mean=f32[64]; var=f32[64]:uniform(0.5,1); momentum=0.1
@helion.kernel
def batch_norm_training(x, weight, bias, mean, var, momentum: float):
    """Also moves the running mean and variance, in place."""
    n, c, l = x.shape
    out = torch.empty_like(x)
    count = float(n * l)
    for tile_c in hl.tile(c):
        s = hl.zeros([tile_c], dtype=torch.float32)
        q = hl.zeros([tile_c], dtype=torch.float32)
        for tile_n, tile_l in hl.tile([n, l]):
            v = x[tile_n, tile_c, tile_l]
            s = s + v.sum(2).sum(0)
            q = q + (v * v).sum(dim=(0, 2))
        mu = s / count
        va = q / count - mu * mu
        mean[tile_c] = mean[tile_c] * (1 - momentum) + momentum * mu
        var[tile_c] = var[tile_c] * (1 - momentum) + momentum * va * (count / (count - 1))
        k = weight[tile_c] * torch.rsqrt(va + 1e-5)
        d = bias[tile_c] - mu * k
        for tile_n, tile_l in hl.tile([n, l]):
            out[tile_n, tile_c, tile_l] = torch.addcmul(d[None, :, None], x[tile_n, tile_c, tile_l], k[None, :, None])
    return out


def batch_norm_training_reference(x, weight, bias, mean, var, momentum):
    return torch.nn.functional.batch_norm(x, mean, var, weight, bias, True, momentum, 1e-5)


# inputs: x=f32[23,150]; eps=1e-6
# full: x=f32[2000,5000]; eps=1e-6
@helion.kernel
def welford(x, eps: float):
    rows, cols = x.shape
    out = torch.empty_like(x)
    for tile_m in hl.tile(rows):
        count = torch.zeros_like(x[tile_m, 0], dtype=torch.float32)
        mean = torch.zeros_like(count)
        m2 = torch.zeros_like(count)
        for tile_n in hl.tile(cols):
            chunk = x[tile_m, tile_n]
            n_chunk = chunk.size(-1)
            n_real = tile_n.end - tile_n.begin
            sum_x = torch.sum(chunk, dim=-1)
            mean_c = sum_x / n_real
            diff = torch.where((tile_n.index < cols)[None, :], chunk - mean_c[:, None], 0.0)
            m2_c = (diff * diff).sum(-1)
            delta = mean_c - mean
            new_count = count + n_real
            mean = mean + delta * (n_real / new_count)
            m2 = m2 + m2_c + delta * delta * (count * n_real / new_count)
            count = new_count
        inv = torch.rsqrt(m2 / count + eps)
        for tile_n in hl.tile(cols):
            out[tile_m, tile_n] = (x[tile_m, tile_n] - mean[:, None]) * inv[:, None]
    return out


def welford_reference(x, eps):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], eps=eps)


# inputs: x=bf16[19,96]; residual=bf16[19,96]; weight=bf16[96]; eps=1e-6
# No full size: among eight million roundings to 8 bits some fall on the other side.
@helion.kernel
def add_rms_norm_quantise(x, residual, weight, eps: float):
    m, n = x.shape
    q = torch.empty([m, n], dtype=torch.int8, device=x.device)
    scales = torch.empty([m, 1], dtype=torch.float32, device=x.device)
    for tile_m in hl.tile(m):
        h = x[tile_m, :].float() + residual[tile_m, :].float()
        residual[tile_m, :] = h.to(residual.dtype)
        inv = torch.rsqrt(torch.mean(h * h, dim=-1, keepdim=True) + eps)
        y = h * inv * weight[:].float()
        top = torch.clamp(y.abs().amax(dim=-1, keepdim=True), min=1e-8)
        scale = top / 127.0
        q[tile_m, :] = torch.clamp(torch.round(y / scale), -127, 127).to(torch.int8)
        scales[tile_m, :] = scale
    return q.float() * scales


def add_rms_norm_quantise_reference(x, residual, weight, eps):
    h = x.float() + residual.float()
    residual.copy_(h.to(residual.dtype))
    y = h * torch.rsqrt((h * h).mean(-1, keepdim=True) + eps) * weight.float()
    s = y.abs().amax(-1, keepdim=True) / 127
    return torch.clamp(torch.round(y / s), -127, 127) * s


# inputs: dy=f32[45,60]; x=f32[45,60]; w=f32[60]; rsqrt=f32[45,1]:uniform(0.5,1.5)
# full: dy=f16[2048,4096]; x=f16[2048,4096]; w=f16[4096]; rsqrt=f32[2048,1]:uniform(0.5,1.5)
@helion.kernel
def rms_norm_backward(dy, x, w, rsqrt):
    m_block = hl.register_block_size(x.size(0))
    dx = torch.empty_like(x)
    grad_weight = x.new_empty([(x.size(0) + m_block - 1) // m_block, *w.shape], dtype=torch.float32)
    weight_shape = hl.specialize(w.size(0))
    for mb_cta in hl.tile(x.size(0), block_size=m_block):
        grad_w_m = x.new_zeros(weight_shape, dtype=torch.float32)
        for mb in hl.tile(mb_cta.begin, mb_cta.end):
            x_m = x[mb, :].to(torch.float32)
            do_m = dy[mb, :].to(torch.float32)
            rsqrt_m = rsqrt[mb, :].to(torch.float32)
            grad_w_m += (x_m * do_m * rsqrt_m).sum(0)
            w_m = w[None, :].to(torch.float32)
            dx[mb, :] = (w_m * do_m * rsqrt_m - x_m * rsqrt_m**3 * (w_m * do_m * x_m).mean(-1)[:, None]).to(x.dtype)
        grad_weight[mb_cta.id, :] = grad_w_m
    return dx, grad_weight.sum(0).to(w.dtype)


def rms_norm_backward_reference(dy, x, w, rsqrt):
    dx = w * dy * rsqrt - x * rsqrt**3 * (w * dy * x).mean(-1, keepdim=True)
    return dx, (x * dy * rsqrt).sum(0)


# inputs: logits=f16[31,130]; labels=i64[31]:randint(0,130); ignore=7; smoothing=0.1
# full: logits=f16[1024,50257]; labels=i64[1024]:randint(0,50257); ignore=7; smoothing=0.1
@helion.kernel
def cross_entropy_smoothed(logits, labels, ignore: int, smoothing: float):
    n, v = logits.shape
    losses = torch.zeros([n], dtype=torch.float32, device=logits.device)
    valid = torch.zeros([n], dtype=torch.float32, device=logits.device)
    for tile_n in hl.tile(n):
        wanted = labels[tile_n]
        row = logits[tile_n, :].to(torch.float32)
        top = torch.amax(row, dim=-1, keepdim=True)
        lse = torch.log(torch.sum(torch.exp(row - top), dim=-1)) + top.squeeze(-1)
        picked = hl.load(logits, [tile_n.index[:, None], wanted[:, None]]).squeeze(1)
        nll = lse - picked.to(torch.float32)
        smooth = lse - row.mean(-1)
        loss = (1 - smoothing) * nll + smoothing * smooth
        keep = wanted != ignore
        losses[tile_n] = torch.where(keep, loss, 0.0)
        valid[tile_n] = keep.to(torch.float32)
    return losses.sum() / valid.sum()


def cross_entropy_smoothed_reference(logits, labels, ignore, smoothing):
    return torch.nn.functional.cross_entropy(logits.float(), labels, ignore_index=ignore, label_smoothing=smoothing)


# inputs: log_q=f32[21,70]; log_p=f32[21,70]; log_target=true; reduction="batchmean"
# inputs: log_q=f32[21,70]; log_p=f32[21,70]:uniform(0,1); log_target=false; reduction="none"
# inputs: log_q=f32[21,70]; log_p=f32[21,70]; log_target=true; reduction="sum"
# full: log_q=f32[1024,32000]; log_p=f32[1024,32000]:uniform(0,1); log_target=false; reduction="none"
@helion.kernel(ignore_warnings=[helion.exc.TensorOperationInWrapper])
def divergence(log_q: Tensor, log_p: Tensor, log_target: bool = False, reduction: str = "batchmean", eps: float = 1e-10) -> Tensor:
    bt, v = log_q.shape
    loss = torch.zeros_like(log_q) if reduction == "none" else torch.zeros((bt,), dtype=torch.float32, device=log_q.device)
    block_n = hl.register_block_size(v)
    block_m = hl.register_block_size(bt)
    for tile_bt in hl.tile(bt, block_size=block_m):
        total = hl.zeros([tile_bt, block_n], dtype=torch.float32)
        for tile_v in hl.tile(v, block_size=block_n):
            q = log_q[tile_bt, tile_v]
            p = log_p[tile_bt, tile_v]
            if log_target:
                kl = torch.exp(p) * (p - q)
            else:
                kl = p * (torch.log(torch.clamp(p, min=eps)) - q)
            if reduction == "none":
                loss[tile_bt, tile_v] = kl
            else:
                total += kl
        if reduction != "none":
            loss[tile_bt] = total.sum(dim=-1)
    if reduction == "batchmean":
        return torch.sum(loss) / bt
    elif reduction == "sum":
        return torch.sum(loss)
    return loss


def divergence_reference(log_q, log_p, log_target=False, reduction="batchmean", eps=1e-10):
    return torch.nn.functional.kl_div(log_q, log_p, log_target=log_target, reduction=reduction)


# inputs: logits=f32[3,9,40]; old=f32[3,8]; ref=f32[3,8]; ids=i64[3,8]:randint(0,40); advantages=f32[3]; mask=f32[3,8]:uniform(0,1); temperature=0.9; beta=0.04; low=0.2; high=0.3
# full: logits=bf16[4,257,32000]; old=f32[4,256]; ref=f32[4,256]; ids=i64[4,256]:randint(0,32000); advantages=f32[4]; mask=f32[4,256]:uniform(0,1); temperature=0.9; beta=0.04; low=0.2; high=0.3
@helion.kernel
def policy_loss(logits, old, ref, ids, advantages, mask, temperature: float, beta: float, low: float, high: float):
    b, l1, v = logits.shape
    l = l1 - 1
    loss = torch.zeros([b, l], dtype=torch.float32, device=logits.device)
    kls = torch.zeros_like(loss)
    clipped = torch.zeros([b, l], dtype=torch.bool, device=logits.device)
    for tile_b, tile_l in hl.tile([b, l]):
        top = hl.full([tile_b, tile_l], float("-inf"), dtype=torch.float32)
        total = hl.zeros([tile_b, tile_l], dtype=torch.float32)
        for tile_v in hl.tile(v):
            part = logits[tile_b, tile_l, tile_v].to(torch.float32) / temperature
            new = torch.maximum(top, torch.amax(part, dim=-1))
            total = total * torch.exp(top - new) + torch.sum(torch.exp(part - new[:, :, None]), dim=-1)
            top = new
        lse = top + torch.log(total)
        chosen = ids[tile_b, tile_l]
        picked = logits[tile_b.index[:, None], tile_l.index[None, :], chosen] / temperature
        logp = picked - lse
        ratio = torch.exp(logp - old[tile_b, tile_l])
        bounded = torch.clamp(ratio, 1 - low, 1 + high)
        adv = advantages[tile_b].to(torch.float32)[:, None]
        first = ratio * adv
        second = bounded * adv
        per = -torch.minimum(first, second)
        if beta != 0.0:
            diff = ref[tile_b, tile_l] - logp
            kl = torch.exp(diff) - diff - 1.0
            per = per + beta * kl
            kls[tile_b, tile_l] = kl
        per = per * mask[tile_b, tile_l]
        loss[tile_b, tile_l] = per
        clipped[tile_b, tile_l] = ((ratio < 1 - low) & (adv < 0)) | ((ratio > 1 + high) & (adv > 0))
    return loss, kls, clipped


def policy_loss_reference(logits, old, ref, ids, advantages, mask, temperature, beta, low, high):
    lp = (logits[:, :-1] / temperature).log_softmax(-1).gather(-1, ids[..., None]).squeeze(-1)
    ratio = torch.exp(lp - old)
    adv = advantages[:, None]
    per = -torch.minimum(ratio * adv, ratio.clamp(1 - low, 1 + high) * adv)
    diff = ref - lp
    kl = torch.exp(diff) - diff - 1
    clipped = ((ratio < 1 - low) & (adv < 0)) | ((ratio > 1 + high) & (adv > 0))
    return (per + beta * kl) * mask, kl, clipped


# inputs: x=f32[13,77]
# inputs: x=bf16[13,77]
# full: x=f16[4096,10000]
@helion.kernel
def softmax_two_pass(x: Tensor) -> Tensor:
    m, n = x.size()
    out = torch.empty_like(x)
    block_m = hl.register_block_size(m)
    block_n = hl.register_block_size(n)
    for tile_m in hl.tile(m, block_size=block_m):
        mi = hl.full([tile_m], float("-inf"), dtype=torch.float32)
        di = hl.zeros([tile_m], dtype=torch.float32)
        for tile_n in hl.tile(n, block_size=block_n):
            values = x[tile_m, tile_n]
            local = torch.amax(values, dim=1)
            mi_next = torch.maximum(mi, local)
            di = di * torch.exp(mi - mi_next) + torch.exp(values - mi_next[:, None]).sum(dim=1)
            mi = mi_next
        for tile_n in hl.tile(n, block_size=block_n):
            values = x[tile_m, tile_n]
            out[tile_m, tile_n] = torch.exp(values - mi[:, None]) / di[:, None]
    return out


def softmax_two_pass_reference(x):
    return x.softmax(-1)


# inputs: grad=f32[13,77]; out=f32[13,77]
# full: grad=f32[4096,2560]; out=f32[4096,2560]
@helion.kernel
def softmax_backward(grad, out):
    m, n = grad.size()
    dx = torch.empty_like(grad)
    for tile_m in hl.tile(m):
        dot = hl.zeros([tile_m, 1], dtype=torch.float32)
        for tile_n in hl.tile(n):
            dot += (grad[tile_m, tile_n] * out[tile_m, tile_n]).sum(dim=1, keepdim=True)
        for tile_n in hl.tile(n):
            dx[tile_m, tile_n] = out[tile_m, tile_n] * (grad[tile_m, tile_n] - dot)
    return dx


def softmax_backward_reference(grad, out):
    return out * (grad - (grad * out).sum(1, keepdim=True))


# inputs: c=f32[20,24]; iterations=4; eps=0.5
@helion.kernel
def sinkhorn(c, iterations: hl.constexpr, eps: float):
    """Rows and columns in turn are brought to sum 1, all in one program."""
    m, n = c.shape
    out = torch.empty_like(c)
    for tile_m in hl.tile(m, block_size=m):
        k = torch.exp(-c[tile_m, :] / eps)
        u = hl.full([tile_m], 1.0, dtype=torch.float32)
        v = torch.ones([n], dtype=torch.float32, device=c.device)
        for _ in range(iterations):
            u = 1.0 / (k * v[None, :]).sum(1)
            v = 1.0 / (k * u[:, None]).sum(0)
        out[tile_m, :] = u[:, None] * k * v[None, :]
    return out


def sinkhorn_reference(c, iterations, eps):
    k = torch.exp(-c / eps)
    u, v = torch.ones(c.size(0)), torch.ones(c.size(1))
    for _ in range(iterations):
        u = 1 / (k @ v)
        v = 1 / (k.T @ u)
    return u[:, None] * k * v
