"""Products with epilogues, groups, ragged batches, gathers, packed weights, segments, windows."""

from __future__ import annotations

from typing import Callable

import torch

import helion
import helion.language as hl


# inputs: x=f16[37,50]; y=f16[50,70]; bias=f16[70]
# full: x=bf16[4096,4096]; y=bf16[4096,4096]; bias=bf16[4096]
@helion.kernel(static_shapes=True)
def matmul_lambda(x: torch.Tensor, y: torch.Tensor, bias: torch.Tensor, epilogue: Callable = lambda acc, tile: acc):
    m, k = x.size()
    k2, n = y.size()
    assert k == k2, f"size mismatch {k} != {k2}"
    out = torch.empty([m, n], dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = epilogue(torch.relu(acc + bias[tile_n]), (tile_m, tile_n))
    return out


def matmul_lambda_reference(x, y, bias, epilogue=None):
    return torch.relu(x.float() @ y.float() + bias.float()).to(x.dtype)


# inputs: a=f16[90,24]; b=f16[24,40]; offsets=i32[5]:arange
# full: a=bf16[8192,1024]; b=bf16[1024,1024]; offsets=i32[9]:arange
@helion.kernel
def grouped_gemm(a, b, offsets):
    """Group g has 1 + 20 * g of the rows from offset[g] * 20 on, the rest stays zero."""
    rows, k = a.shape
    n = b.size(1)
    out = torch.zeros([rows, n], dtype=a.dtype, device=a.device)
    groups = offsets.size(0) - 1
    for g in hl.grid(groups):
        begin = offsets[g] * 20
        end = offsets[g + 1] * 20 - 3
        size = end - begin
        if size != 0:
            for tile_m, tile_n in hl.tile([size, n]):
                acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
                row = begin + tile_m.index
                valid = row < end
                for tile_k in hl.tile(k):
                    left = hl.load(a, [row, tile_k], extra_mask=valid[:, None])
                    acc = torch.addmm(acc, left, b[tile_k, tile_n])
                block = acc.to(out.dtype)
                hl.store(out, [row, tile_n], block, extra_mask=valid[:, None])
    return out


def grouped_gemm_reference(a, b, offsets):
    out = torch.zeros([a.size(0), b.size(1)], dtype=a.dtype)
    for g in range(offsets.numel() - 1):
        begin, end = int(offsets[g]) * 20, int(offsets[g + 1]) * 20 - 3
        out[begin:end] = (a[begin:end].float() @ b.float()).to(a.dtype)
    return out


# inputs: values=f32[60,7]; offsets=i64[5]:arange
# full: values=f32[65536,512]; offsets=i64[513]:arange
@helion.kernel
def jagged_mean(values, offsets):
    """Row i is the values from 11 * offset[i] to 11 * offset[i + 1]."""
    rows = offsets.numel() - 1
    features = values.size(1)
    out = torch.zeros([rows, features], dtype=values.dtype, device=values.device)
    flat = values.view(-1)
    for tile_b in hl.tile(rows):
        starts = offsets[tile_b] * 11
        ends = offsets[tile_b.index + 1] * 11
        counts = ends - starts
        longest = counts.amax()
        for tile_f in hl.tile(features):
            sums = hl.zeros([tile_b, tile_f], dtype=values.dtype)
            for tile_k in hl.tile(0, longest):
                base = (starts[:, None] + tile_k.index[None, :])[:, :, None] * features
                index = base + tile_f.index[None, None, :]
                inside = tile_k.index[None, :] < counts[:, None]
                mask = inside[:, :, None] & (tile_f.index < features)[None, None, :]
                part = hl.load(flat, [index], extra_mask=mask)
                sums = sums + part.sum(dim=1)
            divisor = torch.where(counts > 0, counts, 1).to(values.dtype)
            out[tile_b, tile_f] = torch.where(counts[:, None] > 0, sums / divisor[:, None], 0.0)
    return out


def jagged_mean_reference(values, offsets):
    parts = [values[int(a) * 11 : int(b) * 11] for a, b in zip(offsets[:-1], offsets[1:])]
    return torch.stack([part.mean(0) for part in parts])


# inputs: x=f32[37,20]; y=f32[37,33]
@helion.kernel
def concat_columns(x, y):
    assert x.size(0) == y.size(0)
    out = torch.empty([x.size(0), x.size(1) + y.size(1)], dtype=x.dtype, device=x.device)
    for tile0, tile1 in hl.tile(out.size()):
        x_part = hl.load(x, [tile0, tile1], extra_mask=(tile1.index < x.size(1))[None, :])
        y_part = hl.load(y, [tile0, tile1.index - x.size(1)], extra_mask=(tile1.index >= x.size(1))[None, :])
        out[tile0, tile1] = torch.where((tile1.index < x.size(1))[None, :], x_part, y_part)
    return out


def concat_columns_reference(x, y):
    return torch.cat([x, y], 1)


# inputs: a=f16[3,20,30]; b=f16[3,30,40]
@helion.kernel
def batched_product(a, b):
    batch, m, k = a.size()
    n = b.size(2)
    out = torch.empty([batch, m, n], device=a.device, dtype=torch.promote_types(a.dtype, b.dtype))
    for tile_b, tile_m, tile_n in hl.tile([batch, m, n]):
        acc = hl.zeros([tile_b, tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.baddbmm(acc, a[tile_b, tile_m, tile_k], b[tile_b, tile_k, tile_n])
        out[tile_b, tile_m, tile_n] = acc
    return out


def batched_product_reference(a, b):
    return (a.float() @ b.float()).to(a.dtype)


# inputs: x=f32[4,100]; w=f32[4,4]
@helion.kernel
def causal_convolution(x, w):
    channels, length = x.shape
    taps = hl.specialize(w.size(1))
    out = torch.empty_like(x)
    for c, tile in hl.tile([channels, length], block_size=[1, None]):
        total = hl.zeros([tile], dtype=torch.float32)
        for i in hl.static_range(taps):
            at = tile.index - (taps - 1) + i
            part = hl.load(x, [c.begin, at], extra_mask=at >= 0)
            total = total + part * w[c.begin, i]
        out[c.begin, tile] = total
    return out


def causal_convolution_reference(x, w):
    padded = torch.nn.functional.pad(x, (w.size(1) - 1, 0))
    return torch.stack(
        [sum(padded[c, i : i + x.size(1)] * w[c, i] for i in range(w.size(1))) for c in range(x.size(0))]
    )
