"""More corners: functions as arguments, tunables, packed numbers, strings, integers, scans."""

from __future__ import annotations
import functools
import math
from typing import Any, Callable, cast, NamedTuple
import torch
from torch import Tensor
import torch.nn.functional as F
import helion
from helion import Config
from helion.autotuner import EnumFragment, PowerOfTwoFragment, IntegerFragment, BooleanFragment
import helion.language as hl


# inputs: x=f16[33,64]; y=f16[64,40]
# inputs: x=f16[33,64]; y=f16[64,40]; epilogue=@with_relu
@helion.kernel(static_shapes=True, config=Config(block_sizes=[64, 64, 32], num_warps=4, num_stages=3))
def default_lambda(x: Tensor, y: Tensor, epilogue: Callable[[Tensor, tuple[Tensor, ...]], Tensor] = lambda acc, tile: acc) -> Tensor:
    m, k = x.size()
    k2, n = y.size()
    assert k == k2, f"size mismatch {k} != {k2}"
    out = torch.empty([m, n], dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = epilogue(acc, (tile_m, tile_n))
    return out


def with_relu(acc, tile):
    return torch.relu(acc + tile[0].index[:, None])


def default_lambda_reference(x, y, epilogue=None):
    acc = x.float() @ y.float()
    if epilogue is with_relu:
        acc = torch.relu(acc + torch.arange(acc.size(0))[:, None])
    return acc.half()


# inputs: q=f8e4m3[2,32,32]:uniform(-1,1); k=f8e4m3[2,64,32]:uniform(-1,1); v=f8e4m3[2,64,32]:uniform(-1,1)
@helion.kernel(static_shapes=True)
def fp8_attention(q, k, v):
    bh, m, d = q.shape
    n = k.size(1)
    d = hl.specialize(d)
    out = torch.empty([bh, m, d], dtype=torch.float32, device=q.device)
    kt = k.transpose(1, 2)
    scale = (1.0 / math.sqrt(d)) * 1.44269504
    for tb in hl.tile(bh, block_size=1):
        for tm in hl.tile(m):
            m_i = hl.full([tm], float("-inf"), dtype=torch.float32)
            l_i = hl.full([tm], 0.0, dtype=torch.float32)
            acc = hl.zeros([tm, d], dtype=torch.float32)
            qt = q[tb.begin, tm, :]
            for tn in hl.tile(n):
                kk = kt[tb.begin, :, tn]
                qk = hl.dot(qt, kk) * scale
                m_new = torch.maximum(m_i, torch.amax(qk, dim=-1))
                p = torch.exp2(qk - m_new[:, None])
                alpha = torch.exp2(m_i - m_new)
                l_i = l_i * alpha + p.sum(-1)
                vv = v[tb.begin, tn, :]
                acc = acc * alpha[:, None]
                acc = hl.dot(p.to(torch.float16), vv.to(torch.float16), acc=acc)
                m_i = m_new
            out[tb.begin, tm, :] = acc / l_i[:, None]
    return out


def fp8_attention_reference(q, k, v):
    s = q.float() @ k.float().transpose(1, 2) / math.sqrt(q.size(-1))
    return s.softmax(-1) @ v.float()


# inputs: x=f32[40,64]
@helion.kernel
def tunables(x):
    m, n = x.shape
    kind = hl.register_tunable("kind", EnumFragment(choices=(2, 3)))
    split = hl.register_tunable("split", PowerOfTwoFragment(1, 8))
    times = hl.register_tunable("times", IntegerFragment(1, 3, 2))
    flip = hl.register_tunable("flip", BooleanFragment())
    out = torch.zeros([m, split], dtype=torch.float32, device=x.device)
    per = helion.cdiv(n, split)
    for t, s in hl.tile([m, n], block_size=[None, per]):
        acc = hl.zeros([t], dtype=torch.float32)
        for i in hl.tile(s.begin, s.end):
            acc += x[t, i].sum(-1)
        if flip:
            acc = acc * 1
        for _ in range(times):
            acc = acc + 1
        acc = acc - times
        out[t, s.id] = acc
    return out.sum(1)


def tunables_reference(x):
    return x.sum(1)


# inputs: x=f32[40,64]
@helion.kernel
def asm_and_split(x):
    m, n = x.shape
    out = torch.empty_like(x)
    for tm, tn in hl.tile([m, n]):
        v = x[tm, tn]
        out[tm, tn] = v + tn.block_size * 0
    return out


def asm_and_split_reference(x):
    return x


# inputs: a=f16[8,64]; b=u8[32,32]:randint(0,255); s=f16[2,32]
@helion.kernel
def unsigned_int4_kgroup(a, b, s):
    m, k = a.shape
    n = b.size(1)
    out = torch.zeros([m, n], dtype=torch.float32, device=a.device)
    bk = hl.register_block_size(32, k // 2)
    for tm, tn in hl.tile([m, n]):
        acc = hl.zeros([tm, tn], dtype=torch.float32)
        for tk in hl.tile(k // 2, block_size=bk):
            p = b[tk, tn]
            lo = (p & 0xF).to(torch.float16) - 8
            hi = (p >> 4).to(torch.float16) - 8
            w = torch.stack([lo, hi], dim=1).reshape(2 * tk.block_size, tn)
            rows = tk.begin * 2 + hl.arange(2 * tk.block_size)
            sc = s[rows // 32, tn]
            left = hl.load(a, [tm, rows], extra_mask=(rows < k)[None, :])
            acc = hl.dot(left, (w * sc).to(torch.float16), acc=acc)
        out[tm, tn] = acc
    return out


def unsigned_int4_kgroup_reference(a, b, s):
    lo = (b & 15).float() - 8
    hi = (b >> 4).float() - 8
    w = torch.stack([lo, hi], 1).reshape(-1, b.size(1)) * s.float().repeat_interleave(32, 0)
    return a.float() @ w.half().float()


# inputs: x=f32[5,40,24]
@helion.kernel(static_shapes=False)
def batch_loop_with_specialised(x):
    b, m, n = x.shape
    n = hl.specialize(n)
    b = hl.specialize(b)
    out = torch.zeros([m, n], dtype=x.dtype, device=x.device)
    for t in hl.tile(m):
        acc = hl.zeros([t, n], dtype=torch.float32)
        for i in hl.static_range(b):
            acc += x[i, t, :] * (i + 1)
        out[t, :] = acc
    return out


def batch_loop_with_specialised_reference(x):
    return (x * torch.arange(1, 6)[:, None, None]).sum(0)


# inputs: x=f32[33,24]; dtype=torch.float16
# inputs: x=f32[33,24]; dtype=torch.float64
@helion.kernel
def dtype_parameter(x, dtype: torch.dtype = torch.float32):
    out = torch.empty(x.shape, dtype=dtype, device=x.device)
    for t in hl.tile(x.size(0)):
        out[t, :] = x[t, :].to(dtype).cumsum(-1)
    return out


def dtype_parameter_reference(x, dtype=torch.float32):
    return x.to(dtype).cumsum(-1)


# inputs: x=f32[33,24]; y=f32[33,24]; op="mul"
# inputs: x=f32[33,24]; y=f32[33,24]; op="sub"
@helion.kernel
def string_choice(x, y, op: str):
    out = torch.empty_like(x)
    for t in hl.tile(x.size()):
        a, b = x[t], y[t]
        if op == "mul":
            out[t] = a * b
        elif op in ("sub", "minus"):
            out[t] = a - b
        else:
            raise ValueError(op)
    return out


def string_choice_reference(x, y, op):
    return x * y if op == "mul" else x - y


# inputs: x=f32[33,24]; indices=[0,3,5]
@helion.kernel
def list_of_numbers(x, indices: list[int]):
    out = torch.empty([x.size(0), len(indices)], dtype=x.dtype, device=x.device)
    for t in hl.tile(x.size(0)):
        for j, i in enumerate(indices):
            out[t, j] = x[t, i]
    return out


def list_of_numbers_reference(x, indices):
    return x[:, indices]


# inputs: x=f32[33,24]; bias=f32[24]
@helion.kernel
def while_halving(x, bias):
    """Tree sum with a device loop over a power of two."""
    m, n = x.shape
    out = torch.empty([m], dtype=x.dtype, device=x.device)
    for t in hl.tile(m):
        acc = x[t, :] + bias[None, :]
        s = acc.sum(1)
        n_iter = 3
        while n_iter > 0:
            s = s * 2
            n_iter -= 1
        out[t] = s
    return out


def while_halving_reference(x, bias):
    return (x + bias).sum(1) * 8


# inputs: x=bf16[33,24]; y=bf16[24]
@helion.kernel
def bf16_mix(x, y):
    out = torch.empty_like(x)
    for tm, tn in hl.tile(x.shape):
        a = x[tm, tn]
        b = y[tn]
        c = a * b + 1.5
        d = torch.sigmoid(c) * a
        out[tm, tn] = d - a.mean(-1, keepdim=True).to(d.dtype) * 0
    return out


def bf16_mix_reference(x, y):
    c = x * y + 1.5
    return torch.sigmoid(c) * x


# inputs: x=i32[33,24]:randint(-50,50)
@helion.kernel
def integer_pipeline(x):
    out = torch.empty(x.shape, dtype=torch.int64, device=x.device)
    for tm, tn in hl.tile(x.shape):
        v = x[tm, tn]
        q = v // 7
        r = v % 7
        out[tm, tn] = q * 1000 + r * 10 + (v >> 2) + (v & 3) - (~v) + (v ^ 5) + (v.abs() << 1)
    return out


def integer_pipeline_reference(x):
    v = x
    return ((v // 7) * 1000 + (v % 7) * 10 + (v >> 2) + (v & 3) - (~v) + (v ^ 5) + (v.abs() << 1)).long()


# inputs: x=f32[12,20]; y=f32[12,20]
@helion.kernel
def in_place_two(x, y):
    for t in hl.tile(x.size(0)):
        a = x[t, :]
        b = y[t, :]
        x[t, :] = b
        y[t, :] = a
    return x, y


def in_place_two_reference(x, y):
    a, b = x.clone(), y.clone()
    x.copy_(b)
    y.copy_(a)
    return x, y


# inputs: x=f32[12,20]
@helion.kernel
def augmented_subscript(x):
    out = torch.ones_like(x)
    for t in hl.tile(x.size(0)):
        out[t, :] += x[t, :]
        out[t, :] *= 2
        out[t, 0] -= 1.0
    return out


def augmented_subscript_reference(x):
    out = (x + 1) * 2
    out[:, 0] -= 1
    return out


# inputs: x=f32[64,48]
@helion.kernel
def reduce_then_scan(x):
    m, n = x.shape
    out = torch.empty_like(x)
    for t in hl.tile(m):
        r = x[t, :]
        c = torch.cumsum(r, dim=1)
        rc = hl.cumsum(r, dim=1, reverse=True)
        p = hl.associative_scan(torch.maximum, r, dim=1)
        mx = hl.reduce(lambda a, b: torch.maximum(a, b), r, dim=1, other=float("-inf"))
        out[t, :] = c + rc + p + mx[:, None]
    return out


def reduce_then_scan_reference(x):
    return x.cumsum(1) + x.flip(1).cumsum(1).flip(1) + x.cummax(1)[0] + x.amax(1, keepdim=True)


def argmax_pair(lv, li, rv, ri):
    take = lv >= rv
    return torch.where(take, lv, rv), torch.where(take, li, ri)


# inputs: x=f32[21,37]
@helion.kernel
def reduce_tuple(x):
    m, n = x.shape
    val = torch.empty([m], dtype=x.dtype, device=x.device)
    idx = torch.empty([m], dtype=torch.int32, device=x.device)
    for t in hl.tile(m):
        v = x[t, :]
        i = torch.arange(n, device=x.device, dtype=torch.float32)[None, :].expand(t, n)
        a, b = hl.reduce(argmax_pair, (v, i), dim=-1, other=(float("-inf"), 0.0))
        val[t] = a
        idx[t] = b.to(torch.int32)
    return val, idx


def reduce_tuple_reference(x):
    v, i = x.max(1)
    return v, i.int()


# inputs: x=f32[21,37]
@helion.kernel
def block_ptr_friendly_offsets(x):
    m, n = x.shape
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    bs = hl.register_block_size(8, 32)
    for t in hl.tile(m, block_size=bs):
        for c in hl.tile(0, n, block_size=8):
            v = x[t, c]
            out[t, c] = v + t.id * 0 + c.count
    return out


def block_ptr_friendly_offsets_reference(x):
    return x + 5


# inputs: x=f32[21,37]; mask=bool[21,37]
@helion.kernel
def bool_tensors(x, mask):
    out = torch.empty_like(x)
    anyrow = torch.empty([x.size(0)], dtype=torch.bool, device=x.device)
    for t in hl.tile(x.size(0)):
        m = mask[t, :]
        out[t, :] = torch.where(m & (x[t, :] > 0) | ~m, x[t, :], -1.0).masked_fill(m == False, 2.0)  # noqa: E712
        anyrow[t] = (m & (x[t, :] > 1)).any(-1)
    return out, anyrow


def bool_tensors_reference(x, mask):
    return torch.where(mask & (x > 0) | ~mask, x, -1.0).masked_fill(~mask, 2.0), (mask & (x > 1)).any(-1)


# inputs: x=f32[21,37]; y=f32[9,37]
@helion.kernel
def two_roots_different_shapes(x, y):
    a = torch.empty_like(x)
    b = torch.empty([y.size(0)], dtype=y.dtype, device=y.device)
    for tm, tn in hl.tile(x.shape):
        a[tm, tn] = x[tm, tn].exp()
    for t in hl.tile(y.size(0)):
        b[t] = y[t, :].sum(-1)
    return a, b


def two_roots_different_shapes_reference(x, y):
    return x.exp(), y.sum(-1)


# inputs: x=f32[6,21,37]
@helion.kernel
def reduce_middle_3d(x):
    b, m, n = x.shape
    out = torch.empty([b, n], dtype=x.dtype, device=x.device)
    std = torch.empty([b, n], dtype=x.dtype, device=x.device)
    for tb, tn in hl.tile([b, n]):
        v = x[tb, :, tn]
        out[tb, tn] = v.mean(1)
        std[tb, tn] = torch.sqrt(((v - v.mean(1, keepdim=True)) ** 2).sum(1) / (m - 1))
    return out, std


def reduce_middle_3d_reference(x):
    return x.mean(1), x.std(1)


class Pair(NamedTuple):
    left: Tensor
    right: Tensor


# inputs: x=f32[6,21]; y=f32[6,21]
@helion.kernel
def dictionary_of_tensors(x, y):
    d = {"a": x, "b": y}
    p = Pair(left=x, right=y)
    out = torch.empty_like(d["a"])
    for t in hl.tile(x.shape):
        out[t] = d["a"][t] * 2 + d["b"][t] + p.left[t]
    return out


def dictionary_of_tensors_reference(x, y):
    return x * 3 + y
