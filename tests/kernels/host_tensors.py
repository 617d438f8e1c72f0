"""Results and parameters of all kinds, tensor functions of the host, loops that end early."""

from typing import Callable, Optional

import torch

import helion
import helion.language as hl


# inputs: x=f32[33]; y=f32[33]
@helion.kernel()
def tuple_out(x, y):
    x, y = torch.broadcast_tensors(x, y)
    out = torch.empty(x.shape, dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    aux = {}
    aux["o"] = torch.empty_like(out)
    o2 = aux["o"]
    for t in hl.tile(out.size()):
        out[t] = x[t] + y[t]
        o2[t] = x[t] - y[t]
    return {"sum": out, "diff": o2, "n": None}


def tuple_out_reference(x, y):
    return {"sum": x + y, "diff": x - y, "n": None}


# inputs: x=f32[33]; mode="fast"
@helion.kernel
def early(x: torch.Tensor, mode: str = "slow", *, scale: Optional[float] = None, out: Optional[torch.Tensor] = None):
    if x.numel() == 0:
        return x, None
    if mode == "never":
        return x.clone()
    scale = 1.0 if scale is None else scale
    if out is None:
        out = torch.empty_like(x)
    assert mode in ("slow", "fast"), f"unknown mode {mode!r} for shape {x.shape}"
    assert x.ndim == 1 and x.is_contiguous()
    for t in hl.tile(x.size(0)):
        out[t] = x[t] * scale
    return out, None


def early_reference(x, mode, scale=None, out=None):
    return x, None


# inputs: x=f32[7,33]
@helion.kernel
def host_ops(x):
    m, n = x.shape
    first, *rest = x.unbind(0)
    vals, idx = torch.topk(x, 3, dim=-1)
    srt, order = torch.sort(x, dim=-1, descending=True)
    a, b = torch.split(x, [3, 4], dim=0)
    e = torch.einsum("ij,kj->ik", x, x)
    cs = x.cumsum(dim=-1)
    nz = torch.nonzero(x[0] > 0)
    w = torch.where(x > 0, x, -x)
    sel = torch.index_select(x, 0, torch.tensor([0, 2, 2], device=x.device))
    ri = torch.repeat_interleave(x, 2, dim=0)
    bc = torch.bincount(torch.zeros(4, dtype=torch.int64, device=x.device), minlength=5)
    cat = torch.cat([a, b], dim=0)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    out2 = torch.empty([m, m], dtype=x.dtype, device=x.device)
    res = torch.zeros_like(x)
    res.scatter_(1, order, srt)
    for i in hl.tile(m):
        out[i, :] = w[i, :] + cs[i, :] + cat[i, :] + srt[i, :] + first[None, :] + res[i, :]
        out2[i, :] = e[i, :]
    return out, out2, rest[0]


def host_ops_reference(x):
    return x.abs() + x.cumsum(-1) + x + x.sort(-1, descending=True)[0] + x[0] + x, x @ x.T, x[1]


# inputs: x=f32[12]; idx=i64[12]:randint(0,5)
@helion.kernel
def host_ops2(x, idx):
    counts = torch.bincount(idx, minlength=5)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64, device=x.device), torch.cumsum(counts, 0)])
    order = torch.argsort(idx, stable=True)
    sorted_x = x[order]
    out = torch.zeros([5], device=x.device, dtype=x.dtype)
    for g in hl.grid(5):
        start = offsets[g]
        end = offsets[g + 1]
        acc = hl.zeros([], dtype=torch.float32)
        for t in hl.tile(start, end):
            acc = acc + sorted_x[t].sum()
        out[g] = acc
    return out


def host_ops2_reference(x, idx):
    return torch.zeros(5, dtype=x.dtype).index_add_(0, idx, x)


# inputs: x=f32[9,12]
@helion.kernel
def loops(x):
    m, n = x.shape
    total = 0
    for i in range(10):
        if i == 3:
            continue
        if i > 5:
            break
        total += i
    else:
        total = -100
    k = 1
    while k < n:
        k *= 2
    names = [f"a{i}" for i in range(3)]
    d = {name: i for i, name in enumerate(names)}
    if (half := n // 2) > 3:
        c = half
    else:
        c = 0
    def helper(a, b=2):
        return a * b
    try:
        v = helper(3)
    except Exception as err:
        raise RuntimeError("x") from err
    finally:
        pass
    with torch.no_grad(), torch.autograd.set_grad_enabled(False):
        y = x * 2
    sq = lambda q: q * q
    a, *mid, z = (1, 2, 3, 4)
    out = torch.empty_like(x)
    for i, j in hl.tile([m, n]):
        out[i, j] = y[i, j] * total + k + d["a2"] + c + v + sq(3) + a + z + len(mid)
    return out


def loops_reference(x):
    return x * 2 * (0+1+2+4+5) + 16 + 2 + 6 + 6 + 9 + 1 + 4 + 2


# inputs: x=f32[9,12]; y=f32[12]
@helion.kernel(static_shapes=True, dot_precision="ieee")
def kw(x: torch.Tensor, y: torch.Tensor, *, alpha: float = 2.0, act: Callable[[torch.Tensor], torch.Tensor] = lambda v: v + 1, dt: torch.dtype = torch.float32, k: hl.constexpr = 3, k2: "hl.constexpr" = 4) -> torch.Tensor:
    out = torch.empty_like(x, dtype=dt)
    for i in hl.tile(x.size(0)):
        out[i, :] = act(x[i, :] * alpha + y[None, :]) * k + k2
    return out


def kw_reference(x, y, *, alpha=2.0, act=None, dt=None, k=3, k2=4):
    return (x * 2 + y + 1) * 3 + 4
