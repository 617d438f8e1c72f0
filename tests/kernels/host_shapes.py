"""Shapes, numbers and dictionaries of host code as kernels have them; queries of the device."""

from __future__ import annotations
import math

import torch
import triton

import helion
import helion.language as hl
from helion.runtime import get_num_sm

DTYPES = {torch.float32: "f", torch.float16: "h"}
LIMITS: dict[str, float] = {"low": -2.0, "high": 2.0}
NAMES = ["a", "b"]
HALF_PI = math.pi / 2
NEG = float("-inf")
GROUPS = [(1, 2), (3, 4)]


# inputs: x=f32[2,3,21]; w=f32[21]
@helion.kernel
def batched(x, w, eps: float = 1e-5):
    *batch, n = x.shape
    x2 = x.reshape(-1, n)
    out = torch.empty_like(x2)
    inv = torch.empty([x2.size(0)], dtype=torch.float32, device=x.device)
    scale = 1.0 / (n ** 0.5)
    bits = math.ceil(math.log2(n))
    assert x.dim() == len(x.shape) == 3 and isinstance(x, torch.Tensor)
    assert w.shape == (n,), f"weight {tuple(w.shape)} vs {n}"
    assert x.stride(-1) == 1 and x.is_floating_point()
    kind = DTYPES[x.dtype]
    lo, hi = LIMITS["low"], LIMITS.get("high", 1.0)
    for t in hl.tile(x2.size(0)):
        v = x2[t, :].to(torch.float32)
        r = torch.rsqrt((v * v).mean(-1) + eps)
        inv[t] = r
        out[t, :] = torch.clamp(v * r[:, None] * w[None, :], lo, hi) * scale + bits
    return out.view(*batch, n), inv.reshape(batch)


def batched_reference(x, w, eps=1e-5):
    r = torch.rsqrt((x * x).mean(-1) + eps)
    return torch.clamp(x * r[..., None] * w, -2, 2) / math.sqrt(21) + 5, r


# inputs: x=f32[20,7]; offsets=i64[4]:arange
@helion.kernel
def offs(x, offsets):
    lens = offsets[1:] - offsets[:-1]
    b = offsets.size(0) - 1
    starts = offsets[:-1].to(torch.int32)
    longest = int(lens.max())
    sizes = lens.tolist()
    table = torch.tensor([0.5, 1.5, 2.5], device=x.device)
    ar = torch.arange(x.size(1), device=x.device, dtype=torch.float32)
    out = torch.zeros([b, max(longest, 1), x.size(1)], device=x.device, dtype=x.dtype)
    for i in hl.grid(b):
        s = starts[i]
        for t in hl.tile(longest):
            for c in hl.tile(x.size(1)):
                out[i, t, c] = hl.load(x, [s + t.index, c], extra_mask=(t.index < lens[i])[:, None]) * table[i] + ar[c]
    return out


def offs_reference(x, offsets):
    t = torch.tensor([0.5, 1.5, 2.5]).to(x.dtype)
    return torch.stack([x[i:i+1] * t[i] + torch.arange(7) for i in range(3)])


# inputs: x=f32[8,16]; y=f32[16,12]
@helion.kernel
def transposed(x, y):
    yt = y.T.contiguous()
    xs = x.t()
    n, k = yt.shape
    m = xs.size(1)
    bm = hl.register_block_size(m)
    bn = hl.register_block_size(16, triton.next_power_of_2(n))
    out = torch.empty_strided((m, n), (n, 1), dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([m, n], block_size=[bm, bn]):
        acc = hl.zeros([tm, tn], dtype=torch.float32)
        for tk in hl.tile(k):
            acc = hl.dot(xs[tk, tm].T, yt[tn, tk].T, acc=acc)
        out[tm, tn] = acc.to(out.dtype)
    return out


def transposed_reference(x, y):
    return x @ y


# inputs: q=f32[2,3,16,8]; k=f32[2,3,16,8]; mask=none; causal=true
# inputs: q=f32[2,3,16,8]; k=f32[2,3,16,8]; mask=f32[16]; causal=false
@helion.kernel(static_shapes=True)
def many(q, k, mask=None, causal: bool = False, sm_scale: float | None = None):
    b, h, s, d = q.size()
    assert q.shape[:2] == k.shape[:2] and q.shape[-1] == k.shape[-1]
    if sm_scale is None:
        sm_scale = 1.0 / math.sqrt(d)
    qk_scale = sm_scale * 1.44269504
    qf = q.reshape([b * h, s, d])
    kf = k.reshape(-1, k.size(-2), d).transpose(1, 2)
    d = hl.specialize(d)
    out = torch.empty([b * h, s, s], device=q.device, dtype=q.dtype)
    for tb, ti, tj in hl.tile([b * h, s, s], block_size=[1, None, None]):
        v = torch.bmm(qf[tb, ti, :], kf[tb, :, tj]) * qk_scale
        if mask is not None:
            v = v + mask[tj][None, None, :]
        if causal:
            v = torch.where(ti.index[None, :, None] >= tj.index[None, None, :], v, 0.0)
        out[tb, ti, tj] = v
    return out.view(b, h, s, s)


def many_reference(q, k, mask=None, causal=False, sm_scale=None):
    v = q @ k.transpose(-1, -2) / math.sqrt(8) * 1.44269504
    if mask is not None:
        v = v + mask
    return v.tril() if causal else v


# inputs: x=f32[33]; p=0.25; seed=7
@helion.kernel
def misc(x, p: float, seed: int):
    torch._check(x.ndim == 1)
    out = torch.empty_like(x)
    n = x.numel()
    shape = [n, 1]
    total = math.prod(shape)
    q = (1.0 - p) if p > 0 else 1.0
    inv = 1 / q
    flags = [i % 2 == 0 for i in range(4)]
    (first, _), (third, fourth) = GROUPS
    count = sum(1 for f in flags if f)
    swap = {v: k for k, v in {"x": 1, "y": 2}.items()}
    label = "wide" if n > 32 else "narrow"
    text = f"{label}-{n:04d}"
    if label == "wide" and text.startswith("wide"):
        extra = 1
    else:
        extra = 0
    for t in hl.tile(total):
        out[t] = x[t] * inv + count + first + fourth + extra + HALF_PI
    return out


def misc_reference(x, p, seed):
    return x / 0.75 + 2 + 1 + 4 + 1 + math.pi / 2


# inputs: xs=[f32[9], f32[9], f32[9]]; scale=2
@helion.kernel
def lists(xs: list[torch.Tensor], scale: int):
    n = len(xs)
    a = xs[0]
    outs = [torch.empty_like(t) for t in xs]
    for t in hl.tile(a.size(0)):
        for x, o in zip(xs, outs):
            o[t] = x[t] * scale
    return outs


def lists_reference(xs, scale):
    return [x * scale for x in xs]


# inputs: x=f32[9,14]
@helion.kernel
def inplace(x):
    y = x.clone()
    y.add_(1)
    y[0] = 0.0
    y[:, 1:3] *= 2
    z = torch.zeros(x.shape).to(x)
    z += y
    torch.relu_(z)
    out, aux = torch.empty_like(x), None
    buf = torch.empty((), device=x.device)
    w = z.mul(2).sub_(1).unsqueeze(0).squeeze(0)
    v = torch.nn.functional.softmax(z, dim=-1)
    l = torch.nn.functional.layer_norm(z, (14,))
    for i in hl.tile(x.size(0)):
        out[i, :] = w[i, :] + v[i, :] + l[i, :]
    return out, aux


def inplace_reference(x):
    y = x + 1
    y[0] = 0
    y[:, 1:3] *= 2
    z = y.relu()
    return z * 2 - 1 + z.softmax(-1) + torch.nn.functional.layer_norm(z, (14,)), None


# inputs: x=f32[37,53]
@helion.kernel
def processors(x):
    m, n = x.shape
    sm = get_num_sm(x.device)
    props = torch.cuda.get_device_properties(x.device)
    k = props.multi_processor_count
    part = torch.zeros([sm, n], dtype=torch.float32, device=x.device)
    part2 = torch.zeros([k], dtype=torch.float32, device=x.device)
    rows = helion.cdiv(m, sm)
    for w in hl.grid(sm):
        acc = hl.zeros([n], dtype=torch.float32)
        for r in range(w * rows, min((w + 1) * rows, m)):
            acc = acc + x[r, :]
        part[w, :] = acc
        part2[w] = 1.0
    return part.sum(0), part2.sum()


def processors_reference(x):
    count = torch.cuda.get_device_properties(x.device).multi_processor_count if x.is_cuda else 4
    return x.sum(0), torch.tensor(float(count))
