"""Corners of the language: constants, subscripts, branches, gathers, shapes."""

from __future__ import annotations
import math
import torch
from torch import nn
import torch.nn.functional as F
import helion
import helion as hn
import helion.language as hl
from helion.language import tile as _tile

LOG2E = 1.4426950408889634
EPS: float = 1e-6
NEG = float("-inf")


# inputs: x=f32[33,21]
@helion.kernel(config=helion.Config(block_sizes=[16, 16], num_warps=2))
def global_constants(x):
    out = torch.empty_like(x)
    for t in hl.tile(x.shape):
        out[t] = torch.exp2(x[t] * LOG2E) + EPS
    return out


def global_constants_reference(x):
    return torch.exp(x) + 1e-6


# inputs: x=f32[33,21]
@helion.kernel
def tuple_of_tiles_index(x):
    out = torch.empty_like(x)
    for tiles in hl.tile([x.size(0), x.size(1)]):
        v = x[tiles]
        out[tiles[0], tiles[1]] = v * 2
    return out


def tuple_of_tiles_index_reference(x):
    return x * 2


# inputs: x=f32[17,8,5]
@helion.kernel
def ellipsis_forms(x):
    out = torch.empty_like(x)
    for t in hl.tile(x.size(0)):
        out[t, ...] = x[t, ...] + x[t, :, 0][:, :, None] + x[t].sum(-1, keepdim=True)
    return out


def ellipsis_forms_reference(x):
    return x + x[:, :, :1] + x.sum(-1, keepdim=True)


# inputs: x=f32[17,40]
@helion.kernel
def nested_tile_of_tile(x):
    m, n = x.shape
    out = torch.empty([m], dtype=x.dtype, device=x.device)
    for t in hl.tile(m):
        acc = hl.zeros([t])
        for outer in hl.tile(n, block_size=16):
            for inner in hl.tile(outer.begin, outer.end):
                acc += x[t, inner].sum(-1) * (outer.id + 1)
        out[t] = acc
    return out


def nested_tile_of_tile_reference(x):
    w = torch.arange(x.size(1)) // 16 + 1
    return (x * w).sum(-1)


# inputs: x=f32[17,40]; k=3
@helion.kernel
def python_min_max_of_scalars(x, k: int):
    m, n = x.shape
    out = torch.zeros_like(x)
    for t in hl.tile(m, block_size=4):
        lo = max(t.begin - k, 0)
        hi = min(t.end + k, m)
        acc = hl.zeros([n], dtype=torch.float32)
        for s in hl.tile(lo, hi):
            acc = acc + x[s, :].sum(0)
        out[t, :] = acc[None, :].expand(t, n)
    return out


def python_min_max_of_scalars_reference(x, k):
    m = x.size(0)
    out = torch.zeros_like(x)
    for b in range(0, m, 4):
        e = min(b + 4, m)
        out[b:e] = x[max(b - k, 0) : min(e + k, m)].sum(0)
    return out


# inputs: x=f32[20,12]; w=f32[12]
@helion.kernel
def walrus_and_ternary(x, w):
    m, n = x.shape
    out = torch.empty_like(x)
    for t in hl.tile(m):
        row = x[t, :]
        total = row.sum(-1)
        y = row * w[None, :] if n > 8 else row
        out[t, :] = y - total[:, None]
    return out


def walrus_and_ternary_reference(x, w):
    return x * w - x.sum(-1, keepdim=True)


# inputs: x=f32[20,12]
@helion.kernel
def int_grid_two_dims(x):
    m, n = x.shape
    out = torch.empty_like(x)
    for i, j in hl.grid([m, n]):
        v = x[i, j]
        if v > 0:
            r = v * 2
        elif v > -0.5:
            r = v * 3
        else:
            r = v + i + j
        out[i, j] = r
    return out


def int_grid_two_dims_reference(x):
    i = torch.arange(x.size(0))[:, None]
    j = torch.arange(x.size(1))[None]
    return torch.where(x > 0, x * 2, torch.where(x > -0.5, x * 3, x + i + j))


# inputs: x=f32[20,12]
@helion.kernel
def grid_with_step(x):
    m, n = x.shape
    out = torch.empty_like(x)
    for i in hl.grid(0, m, step=4):
        rows = i + hl.arange(4)
        out[rows, :] = x[rows, :] + i
    return out


def grid_with_step_reference(x):
    return x + (torch.arange(20) // 4 * 4)[:, None]


# inputs: x=f32[24,40]; idx=i64[24,5]:randint(0,40)
@helion.kernel
def gather_2d_index(x, idx):
    m, n = x.shape
    k = idx.size(1)
    out = torch.empty([m, k], dtype=x.dtype, device=x.device)
    for t in hl.tile(m):
        cols = idx[t, :]
        out[t, :] = x[t.index[:, None], cols]
    return out


def gather_2d_index_reference(x, idx):
    return x.gather(1, idx)


# inputs: x=f32[24,40]; idx=i64[24,5]:randint(0,40)
@helion.kernel
def scatter_2d_index(x, idx):
    m, n = x.shape
    k = idx.size(1)
    out = torch.zeros_like(x)
    for t in hl.tile(m):
        hl.atomic_add(out, [t.index[:, None], idx[t, :]], x[t, :k])
    return out


def scatter_2d_index_reference(x, idx):
    return torch.zeros_like(x).scatter_add_(1, idx, x[:, : idx.size(1)])


# inputs: x=f32[5,24,40]
@helion.kernel
def all_3d(x):
    out = torch.empty([x.size(1)], dtype=x.dtype, device=x.device)
    for t in hl.tile(x.size(1)):
        blk = x[:, t, :]
        out[t] = blk.permute(1, 0, 2).reshape(t, -1).amax(-1)
    return out


def all_3d_reference(x):
    return x.amax(dim=(0, 2))


# inputs: x=f32[16,40]
@helion.kernel
def flat_reshape_then_tile(x):
    out = torch.empty_like(x)
    xf, of = x.view(-1), out.view(-1)
    for t in hl.tile(xf.numel()):
        v = xf[t]
        of[t] = torch.where(t.index % 2 == 0, v, -v)
    return out


def flat_reshape_then_tile_reference(x):
    s = 1 - 2 * (torch.arange(x.numel()) % 2)
    return x * s.view(x.shape)


# inputs: x=f32[16,40]; flag=true
# inputs: x=f32[16,40]; flag=false
@helion.kernel
def runtime_flag(x, flag: bool):
    out = torch.empty_like(x)
    for t in hl.tile(x.size(0)):
        y = x[t, :]
        if flag:
            y = y / y.abs().sum(-1, keepdim=True)
        if not flag and t.begin >= 0:
            y = y + 1
        out[t, :] = y
    return out


def runtime_flag_reference(x, flag):
    return x / x.abs().sum(-1, keepdim=True) if flag else x + 1


# inputs: x=f32[16,40]; n=5
@helion.kernel
def while_counter(x, n: int):
    out = torch.empty_like(x)
    for t in hl.tile(x.size(0)):
        y = x[t, :]
        i = hl.full([], 0, dtype=torch.int32)
        while i < n:
            y = y * 0.5 + i
            i = i + 1
        out[t, :] = y
    return out


def while_counter_reference(x, n):
    for i in range(n):
        x = x * 0.5 + i
    return x


# inputs: x=f16[16,40]
@helion.kernel
def half_arithmetic(x):
    out = torch.empty_like(x)
    for t in hl.tile(x.size(0)):
        y = x[t, :]
        y = y * 3 + y / 7 - y // 1
        out[t, :] = torch.where(y > 0, y, y * 0.01)
    return out


def half_arithmetic_reference(x):
    y = x * 3 + x / 7 - x // 1
    return torch.where(y > 0, y, y * 0.01)


# inputs: x=f32[16,40]; y=f32[40]
@helion.kernel
def host_broadcast(x, y):
    x, y = torch.broadcast_tensors(x, y)
    out = torch.empty(x.shape, dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    for t in hl.tile(out.size()):
        out[t] = x[t] + y[t]
    return out


def host_broadcast_reference(x, y):
    return x + y


# inputs: x=f32[16,40]
@helion.kernel
def return_many(x):
    m, n = x.size()
    a = torch.empty([m, 1], dtype=x.dtype, device=x.device)
    b = torch.empty([1, n], dtype=x.dtype, device=x.device)
    for tile_m in hl.tile(m):
        a[tile_m, 0] = x[tile_m, :].mean(-1)
    for tile_n in hl.tile(n):
        b[0, tile_n] = x[:, tile_n].mean(0)
    return {"a": a, "b": b}["a"], b


def return_many_reference(x):
    return x.mean(1, keepdim=True), x.mean(0, keepdim=True)


# inputs: x=f32[16,40]
@helion.kernel
def size_one_dims(x):
    m, n = x.size()
    xs = x.unsqueeze(1)
    out = torch.empty_like(xs)
    for tile_m, tile_1, tile_n in hl.tile([m, 1, n]):
        out[tile_m, tile_1, tile_n] = xs[tile_m, tile_1, tile_n] + tile_1.index[None, :, None]
    return out.squeeze(1)


def size_one_dims_reference(x):
    return x


# inputs: x=f32[16,40]
@helion.kernel
def helper_functions_nested(x):
    def outer_scale(v):
        return v * 2
    out = torch.empty_like(x)
    for t in hl.tile(x.size(0)):
        out[t, :] = outer_scale(normal(x[t, :]))
    return out


def normal(v, dim=-1, *, eps=EPS):
    mean = v.mean(dim, keepdim=True)
    d = v - mean
    return d * torch.rsqrt((d * d).mean(dim, keepdim=True) + eps)


def helper_functions_nested_reference(x):
    return 2 * normal(x)


# inputs: x=f32[16,40]
@helion.kernel
def slice_store_halves(x):
    m, n = x.size()
    out = torch.empty([m, 2 * n], dtype=x.dtype, device=x.device)
    for t in hl.tile(m):
        out[t, :n] = x[t, :]
        out[t, n:] = -x[t, :]
        out[t, n - 1] = x[t, -1] * 0 + 5
    return out


def slice_store_halves_reference(x):
    out = torch.cat([x, -x], 1)
    out[:, x.size(1) - 1] = 5
    return out


# inputs: x=f32[16,41]
@helion.kernel
def strided_slices(x):
    m, n = x.size()
    out = torch.empty([m, (n + 1) // 2], dtype=x.dtype, device=x.device)
    for t in hl.tile(m):
        out[t, :] = x[t, ::2] * 2
    return out


def strided_slices_reference(x):
    return x[:, ::2] * 2


# inputs: x=f32[16,41]
@helion.kernel
def tile_k_plus_offset(x):
    m, n = x.size()
    out = torch.zeros([m, n - 2], dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([m, n - 2]):
        out[tm, tn] = x[tm, tn] + x[tm, tn + 1] + x[tm, 2 + tn]
    return out


def tile_k_plus_offset_reference(x):
    return x[:, :-2] + x[:, 1:-1] + x[:, 2:]


# inputs: q=f32[8,16]; n=3
@helion.kernel
def arange_variants(q, n: hl.constexpr):
    m, d = q.shape
    out = torch.empty([m, d], dtype=q.dtype, device=q.device)
    for t in hl.tile(m):
        cols = hl.arange(0, d, dtype=torch.int64)
        ar = torch.arange(d, device=q.device)
        odd = hl.arange(1, 2 * d, 2)
        out[t, :] = q[t, :] + cols.to(torch.float32) * n + ar * 2 + odd
    return out


def arange_variants_reference(q, n):
    c = torch.arange(q.size(1))
    return q + c * n + c * 2 + 2 * c + 1


# inputs: x=f32[16,10]
@helion.kernel
def non_power_arange_column(x):
    m, n = x.shape
    out = torch.zeros_like(x)
    for t in hl.tile(m):
        c = hl.arange(n)
        v = x[t, c]
        out[t, c] = v.softmax(-1) + (c == 3)[None, :].float()
    return out


def non_power_arange_column_reference(x):
    return x.softmax(-1) + (torch.arange(10) == 3).float()


# inputs: x=f32[16,10]; y=f32[3]
@helion.kernel
def atomic_scalar_total(x, y):
    total = torch.zeros([], dtype=torch.float32, device=x.device)
    most = torch.full([1], float("-inf"), dtype=torch.float32, device=x.device)
    for tm, tn in hl.tile(x.shape):
        hl.atomic_add(total, [], x[tm, tn].sum())
        hl.atomic_max(most, [0], x[tm, tn].amax())
    return total, most


def atomic_scalar_total_reference(x, y):
    return x.sum(), x.max()[None]
