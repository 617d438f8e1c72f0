"""Products in many forms: packed and quantised weights, groups, experts, blocks, split and streamed depth, epilogues."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

import helion
import helion.language as hl


# inputs: x=f8e4m3[37,64]:uniform(-2,2); y=f8e4m3[64,40]:uniform(-2,2); sx=f32[37]:uniform(0.5,1); sy=f32[40]:uniform(0.5,1)
# full: x=f8e4m3[1024,2048]:uniform(-1,1); y=f8e4m3[2048,1024]:uniform(-1,1); sx=f32[1024]:uniform(0.5,1); sy=f32[1024]:uniform(0.5,1)
@helion.kernel(static_shapes=True)
def fp8_rowwise(x: Tensor, y: Tensor, sx: Tensor, sy: Tensor) -> Tensor:
    m, k = x.size()
    k2, n = y.size()
    assert k == k2, f"size mismatch {k} != {k2}"
    out = torch.empty([m, n], dtype=torch.bfloat16, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
        acc = acc * sx[tile_m][:, None] * sy[tile_n][None, :]
        out[tile_m, tile_n] = acc.to(torch.bfloat16)
    return out


def fp8_rowwise_reference(x, y, sx, sy):
    return ((x.float() @ y.float()) * sx[:, None] * sy[None, :]).to(torch.bfloat16)


# inputs: x=f8e4m3[20,256]:uniform(-2,2); w=f8e4m3[48,256]:uniform(-2,2); xs=f32[20,2]:uniform(0.5,1); ws=f32[3,2]:uniform(0.5,1)
# full: x=f8e4m3[512,1024]:uniform(-1,1); w=f8e4m3[512,1024]:uniform(-1,1); xs=f32[512,8]:uniform(0.5,1); ws=f32[32,8]:uniform(0.5,1)
@helion.kernel
def fp8_blockwise(x, w, xs, ws):
    """One scale for 128 of depth of each row, and for 16 by 128 of the weights."""
    m, k = x.shape
    n = w.size(0)
    group_k = 128
    group_n = 16
    out = x.new_empty([m, n], dtype=torch.float32)
    for tile_m, tile_n in hl.tile([m, n], block_size=[None, group_n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k, block_size=group_k):
            part = hl.dot(x[tile_m, tile_k], w[tile_n, tile_k].T)
            acc += part * xs[tile_m, tile_k.id][:, None] * ws[tile_n.id, tile_k.id]
        out[tile_m, tile_n] = acc
    return out


def fp8_blockwise_reference(x, w, xs, ws):
    a = x.float() * xs.repeat_interleave(128, 1)
    b = w.float() * ws.repeat_interleave(128, 1).repeat_interleave(16, 0)
    return a @ b.T


# inputs: x=i8[33,64]:randint(-128,127); w=i8[64,48]:randint(-128,127); sx=f32[33]; sw=f32[48]
# full: x=i8[512,1024]:randint(-128,127); w=i8[1024,512]:randint(-128,127); sx=f32[512]:uniform(0,0.1); sw=f32[512]:uniform(0,0.1)
@helion.kernel
def int8_dynamic(x, w, sx, sw):
    m, k = x.shape
    _, n = w.shape
    out = torch.empty((m, n), dtype=torch.float16, device=x.device)
    for tile_m, tile_n in hl.tile((m, n)):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.int32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], w[tile_k, tile_n], acc=acc)
        scaled = acc.to(torch.float32) * 1e-3
        out[tile_m, tile_n] = (scaled * sx[tile_m, None] * sw[None, tile_n]).to(torch.float16)
    return out


def int8_dynamic_reference(x, w, sx, sw):
    return ((x.int() @ w.int()).float() * 1e-3 * sx[:, None] * sw[None, :]).to(torch.float16)


# inputs: a=bf16[21,64]; packed=i8[32,24]:randint(-128,127); scales=bf16[4,24]; zeros=bf16[4,24]
# full: a=bf16[256,1024]; packed=i8[512,512]:randint(-128,127); scales=bf16[64,512]; zeros=bf16[64,512]
@helion.kernel(static_shapes=False)
def int4_groups(a, packed, scales, zeros):
    """Two weights of 4 bits in a byte, one scale and zero for 16 of depth."""
    m, k = a.shape
    n = packed.shape[1]
    group = k // scales.size(0)
    out = torch.empty(m, n, dtype=a.dtype, device=a.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_g in hl.tile(k // 2, block_size=8):
            byte = packed[tile_g, tile_n].to(torch.int32)
            low = byte & 0xF
            high = (byte >> 4) & 0xF
            both = hl.join(low, high).permute(0, 2, 1).reshape(16, tile_n)
            g = tile_g.begin * 2 // group
            w = (both.to(torch.float32) - zeros[g, tile_n][None, :]) * scales[g, tile_n][None, :]
            left = a[tile_m, tile_g.begin * 2 : tile_g.begin * 2 + 16]
            acc = torch.addmm(acc, left, w.to(a.dtype))
        out[tile_m, tile_n] = acc
    return out


def int4_groups_reference(a, packed, scales, zeros):
    p = packed.int()
    w = torch.stack([p & 15, (p >> 4) & 15], 1).reshape(-1, packed.size(1)).float()
    rep = lambda t: t.float().repeat_interleave(16, 0)  # noqa: E731
    return (a.float() @ ((w - rep(zeros)) * rep(scales)).to(a.dtype).float()).to(a.dtype)


# inputs: a=f8e4m3[32,64]:uniform(-2,2); a_scale=u8[32,2]:randint(125,129); b=f8e4m3[64,24]:uniform(-2,2); b_scale=u8[24,2]:randint(125,129)
@helion.kernel
def microscaled(a, a_scale, b, b_scale):
    m, k = a.shape
    n = b.size(1)
    out = torch.empty([m, n], dtype=torch.float32, device=a.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n])
        for tile_k in hl.tile(k, block_size=32):
            sa = a_scale[tile_m, tile_k.id]
            sb = b_scale[tile_n, tile_k.id]
            acc = hl.dot_scaled(a[tile_m, tile_k], sa[:, None], "e4m3", b[tile_k, tile_n], sb[:, None], "e4m3", acc=acc)
        out[tile_m, tile_n] = acc
    return out


def microscaled_reference(a, a_scale, b, b_scale):
    power = lambda s: torch.exp2(s.float() - 127).repeat_interleave(32, 1)  # noqa: E731
    return (a.float() * power(a_scale)) @ (b.float() * power(b_scale).T)


# inputs: x=f32[90,32]; w=f32[4,32,20]; sizes=i64[4]:randint(0,23)
# full: x=f16[4096,256]; w=f16[8,256,512]; sizes=i64[8]:randint(100,500)
@helion.kernel
def grouped_ragged(x, w, sizes):
    """Rows of group after group, each with its own weights."""
    total, k = x.shape
    groups, _, n = w.shape
    offsets = torch.zeros(groups + 1, dtype=torch.int64, device=x.device)
    offsets[1:] = sizes.cumsum(0)
    out = x.new_zeros(total, n)
    for g in hl.grid(groups):
        first, past = offsets[g], offsets[g + 1]
        for tile_m, tile_n in hl.tile([first, 0], [past, n]):
            acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
            for tile_k in hl.tile(k):
                acc = torch.addmm(acc, x[tile_m, tile_k], w[g, tile_k, tile_n])
            out[tile_m, tile_n] = acc.to(x.dtype)
    return out


def grouped_ragged_reference(x, w, sizes):
    out = torch.zeros(x.size(0), w.size(2))
    at = 0
    for g, n in enumerate(sizes.tolist()):
        out[at : at + n] = x[at : at + n] @ w[g]
        at += n
    return out


# inputs: a=f16[90,32]; b=f16[32,40]; sizes=i32[5]:randint(0,18)
# full: a=f16[4096,256]; b=f16[256,512]; sizes=i32[8]:randint(100,500)
@helion.kernel
def grouped_persistent(a, b, sizes):
    """A fixed number of workers walk over the tiles of all groups in turn."""
    total, k = a.shape
    n = b.size(1)
    groups = sizes.size(0)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int32, device=sizes.device), torch.cumsum(sizes, 0).to(torch.int32)])
    workers = 8
    block_m = hl.register_block_size(32, 128)
    block_n = hl.register_block_size(32, 128)
    out = torch.zeros(total, n, dtype=a.dtype, device=a.device)
    for worker in hl.grid(workers):
        for g in hl.grid(groups):
            start = offsets[g]
            end = offsets[g + 1]
            m_size = end - start
            if m_size > 0:
                tiles_m = (m_size + block_m - 1) // block_m
                tiles_n = helion.cdiv(n, block_n)
                tiles = tiles_m * tiles_n
                for local in hl.grid(tiles):
                    if local % workers == worker:
                        m_at = local % tiles_m
                        n_at = local // tiles_m
                        rows = start + m_at * block_m + hl.arange(block_m)
                        cols = n_at * block_n + hl.arange(block_n)
                        row_ok = rows < end
                        col_ok = cols < n
                        acc = hl.zeros([block_m, block_n], dtype=torch.float32)
                        for tile_k in hl.tile(k):
                            left = hl.load(a, [rows, tile_k], extra_mask=row_ok[:, None])
                            right = hl.load(b, [tile_k, cols], extra_mask=col_ok[None, :])
                            acc = torch.addmm(acc, left, right)
                        hl.store(out, [rows, cols], acc.to(out.dtype), extra_mask=row_ok[:, None] & col_ok[None, :])
    return out


def grouped_persistent_reference(a, b, sizes):
    out = (a.float() @ b.float()).to(a.dtype)
    out[int(sizes.sum()) :] = 0
    return out


# inputs: x=f32[21,16]; w=f32[5,16,24]; choice=i64[21]:randint(0,5)
# full: x=f16[1000,256]; w=f16[16,256,512]; choice=i64[1000]:randint(0,16)
@helion.kernel
def expert_product(x, w, choice):
    """Rows are sorted by their expert on the host; each expert gathers its rows and scatters its results."""
    tokens, k = x.shape
    experts, _, n = w.shape
    order = torch.argsort(choice, stable=True).to(torch.int32)
    counts = torch.bincount(choice, minlength=experts).to(torch.int32)
    starts = torch.cumsum(counts, 0) - counts
    largest = int(counts.max().item())
    out = torch.zeros(tokens, n, dtype=x.dtype, device=x.device)
    for e in hl.grid(experts):
        start = starts[e]
        count = counts[e]
        for tile_t, tile_n in hl.tile([largest, n]):
            mask = tile_t.index < count
            rows = hl.load(order, [start + tile_t.index], extra_mask=mask)
            acc = hl.zeros([tile_t, tile_n], dtype=torch.float32)
            for tile_k in hl.tile(k):
                xs = hl.load(x, [rows, tile_k], extra_mask=mask[:, None])
                acc = torch.addmm(acc, xs, w[e, tile_k, tile_n])
            hl.store(out, [rows, tile_n], acc, extra_mask=mask[:, None])
    return out


def expert_product_reference(x, w, choice):
    return torch.einsum("tk,tkn->tn", x, w[choice])


# inputs: x=f32[37,70]; y=f32[70,29]; epilogue=@gelu_of_bias; closed=(f32[29],)
# inputs: x=f32[37,70]; y=f32[70,29]; epilogue=@gated; closed=(f32[29],f32[37,29])
# full: x=f16[1024,1024]; y=f16[1024,1024]; epilogue=@gelu_of_bias; closed=(f16[1024],)
@helion.kernel
def with_epilogue(x: Tensor, y: Tensor, epilogue: Callable[[Tensor, tuple[Tensor, ...], hl.Tile, hl.Tile], Tensor], closed: tuple) -> Tensor:
    m, k = x.size()
    k2, n = y.size()
    out = torch.empty([m, n], dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = epilogue(acc, closed, tile_m, tile_n)
    return out


def gelu_of_bias(acc, closed, tile_m, tile_n):
    (bias,) = closed
    return torch.nn.functional.gelu(acc + bias[tile_n])


def gated(acc, closed, tile_m, tile_n):
    bias, other = closed
    return torch.sigmoid(acc + bias[tile_n][None, :]) * other[tile_m, tile_n]


def with_epilogue_reference(x, y, epilogue, closed):
    return epilogue(x @ y, closed, slice(None), slice(None))


# inputs: terms=[f32[20,30],f32[20,16]]; factors=[f32[30,24],f32[16,24]]
@helion.kernel
def sum_of_products(terms: list[Tensor], factors: list[Tensor]) -> Tensor:
    m = terms[0].size(0)
    n = factors[0].size(1)
    out = torch.empty([m, n], dtype=terms[0].dtype, device=terms[0].device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for a, b in zip(terms, factors):
            for tile_k in hl.tile(a.size(1)):
                acc = torch.addmm(acc, a[tile_m, tile_k], b[tile_k, tile_n])
        out[tile_m, tile_n] = acc
    return out


def sum_of_products_reference(terms, factors):
    return sum(a @ b for a, b in zip(terms, factors))


# inputs: x=f16[37,40]; w=f16[40,48]; weight=f16[48]; bias=f16[48]
# full: x=f16[512,256]; w=f16[256,400]; weight=f16[400]; bias=f16[400]
@helion.kernel
def product_and_norm(x, w, weight, bias):
    m, k = x.size()
    n = hl.specialize(w.size(1))
    assert weight.size(0) == n
    out = torch.empty([m, n], dtype=torch.promote_types(x.dtype, w.dtype), device=x.device)
    for tile_m in hl.tile(m):
        acc = hl.zeros([tile_m, n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            mm = torch.matmul(x[tile_m, tile_k], w[tile_k, :])
            acc = acc + mm
        eps = 1e-5
        total = acc.sum(-1, keepdim=True)
        average = total / n
        centred = acc - average
        variance = (centred * centred).sum(-1, keepdim=True) / n
        normal = centred * torch.rsqrt(variance + eps)
        out[tile_m, :] = normal * weight[:].to(torch.float32) + bias[:].to(torch.float32)
    return out


def product_and_norm_reference(x, w, weight, bias):
    acc = (x.float() @ w.float())
    return torch.nn.functional.layer_norm(acc, acc.shape[-1:], weight.float(), bias.float(), 1e-5).to(x.dtype)


# inputs: x=f16[20,32]; gate=f16[32,40]; up=f16[32,40]; down=f16[40,32]
# full: x=f16[512,256]; gate=f16[256,512]:uniform(-0.1,0.1); up=f16[256,512]:uniform(-0.1,0.1); down=f16[512,256]:uniform(-0.1,0.1)
@helion.kernel
def gated_mlp(x, gate, up, down):
    """Both products of the hidden layer at once, then the product with `down` in the same program."""
    m, d = x.shape
    h = gate.size(1)
    d = hl.specialize(d)
    out = torch.empty_like(x)
    for tile_m in hl.tile(m):
        acc = hl.zeros([tile_m, d], dtype=torch.float32)
        xs = x[tile_m, :]
        for tile_h in hl.tile(h):
            a = hl.dot(xs, gate[:, tile_h])
            b = hl.dot(xs, up[:, tile_h])
            hidden = torch.nn.functional.silu(a) * b
            acc = hl.dot(hidden.to(x.dtype), down[tile_h, :], acc=acc)
        out[tile_m, :] = acc.to(out.dtype)
    return out


def gated_mlp_reference(x, gate, up, down):
    x = x.float()
    hidden = torch.nn.functional.silu(x @ gate.float()) * (x @ up.float())
    return (hidden.to(torch.float16).float() @ down.float()).to(torch.float16)


# inputs: x=f32[19,32]; w=f32[24,32]; a=f32[4,32]; b=f32[24,4]; alpha=0.5
@helion.kernel
def low_rank_update(x, w, a, b, alpha: float):
    m, k = x.shape
    n, r = b.shape
    out = x.new_empty((m, n))
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n])
        small = hl.zeros([tile_m, r])
        for tile_k in hl.tile(k):
            xs = x[tile_m, tile_k]
            acc = torch.addmm(acc, xs, w[tile_n, tile_k].T)
            small = torch.addmm(small, xs, a[:, tile_k].T)
        acc += alpha * (small[:, None, :] * b[tile_n, :][None, :, :]).sum(-1)
        out[tile_m, tile_n] = acc
    return out


def low_rank_update_reference(x, w, a, b, alpha):
    return x @ w.T + alpha * (x @ a.T) @ b.T


# inputs: x=f16[24,200]; y=f16[200,20]
@helion.kernel
def streamed_depth(x, y):
    """Workers share all (tile, piece of depth) pairs evenly; partial sums meet by atomics."""
    m, k = x.shape
    n = y.size(1)
    out = torch.zeros([m, n], dtype=torch.float32, device=x.device)
    flat = out.view(-1)
    bm, bn, bk = 16, 16, 32
    tiles_n = helion.cdiv(n, bn)
    pieces = helion.cdiv(k, bk)
    work = helion.cdiv(m, bm) * tiles_n * pieces
    workers = 5
    for worker in hl.grid(workers):
        begin = worker * work // workers
        end = (worker + 1) * work // workers
        for unit in hl.grid(begin, end):
            tile = unit // pieces
            rows = (tile // tiles_n) * bm + hl.arange(bm)
            cols = (tile % tiles_n) * bn + hl.arange(bn)
            depth = (unit % pieces) * bk + hl.arange(bk)
            left = hl.load(x, [rows, depth], extra_mask=(rows < m)[:, None] & (depth < k)[None, :])
            right = hl.load(y, [depth, cols], extra_mask=(depth < k)[:, None] & (cols < n)[None, :])
            mask = (rows < m)[:, None] & (cols < n)[None, :]
            where = torch.where(mask, rows[:, None] * n + cols[None, :], 0)
            hl.atomic_add(flat, [where], torch.where(mask, hl.dot(left, right), 0.0))
    return out


def streamed_depth_reference(x, y):
    return x.float() @ y.float()


# inputs: a=bf16[5,24,40]; b=bf16[5,40,20]
# inputs: a=bf16[5,24,40]; b=bf16[1,40,20]
# full: a=bf16[16,512,768]; b=bf16[16,768,1024]
@helion.kernel
def batched(a: Tensor, b: Tensor) -> Tensor:
    batch, m, k = a.size()
    b = b.expand(batch, -1, -1)
    n = b.size(2)
    out = torch.empty([batch, m, n], device=a.device, dtype=torch.promote_types(a.dtype, b.dtype))
    for tile_b, tile_m, tile_n in hl.tile([batch, m, n]):
        acc = hl.zeros([tile_b, tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.baddbmm(acc, a[tile_b, tile_m, tile_k], b[tile_b, tile_k, tile_n])
        out[tile_b, tile_m, tile_n] = acc
    return out


def batched_reference(a, b):
    return (a.float() @ b.float()).to(a.dtype)


# inputs: data=f32[6,16,16]; columns=i32[6]:randint(0,4); starts=i32[4]:arange; dense=f32[64,24]
@helion.kernel
def block_rows(data, columns, starts, dense):
    """Blocks of 16 by 16 in compressed rows; row r holds the blocks from 2 * starts[r] on."""
    n = dense.size(1)
    out = torch.zeros([48, n], dtype=dense.dtype, device=dense.device)
    for r, tile_n in hl.tile([3, n], block_size=[1, None]):
        first = starts[r.begin] * 2
        last = starts[r.begin + 1] * 2
        acc = hl.zeros([16, tile_n], dtype=torch.float32)
        for at in hl.grid(first, last):
            column = columns[at]
            acc = torch.addmm(acc, data[at, :, :], dense[column * 16 : column * 16 + 16, tile_n])
        out[r.begin * 16 : r.begin * 16 + 16, tile_n] = acc
    return out


def block_rows_reference(data, columns, starts, dense):
    out = torch.zeros(48, dense.size(1))
    for r in range(3):
        for at in range(2 * r, 2 * r + 2):
            c = int(columns[at])
            out[16 * r : 16 * r + 16] += data[at] @ dense[16 * c : 16 * c + 16]
    return out


# inputs: x=f32[40,50]
# full: x=f16[700,512]
@helion.kernel
def lower_gram(x):
    """x x^T, only tiles on and below the diagonal are computed; the others mirror them."""
    m, k = x.shape
    out = torch.empty([m, m], dtype=x.dtype, device=x.device)
    block = hl.register_block_size(m)
    for tile_i, tile_j in hl.tile([m, m], block_size=[block, block]):
        if tile_i.begin >= tile_j.begin:
            acc = hl.zeros([tile_i, tile_j], dtype=torch.float32)
            for tile_k in hl.tile(k):
                acc += x[tile_i, tile_k] @ x[tile_j, tile_k].T
            out[tile_i, tile_j] = acc
            if tile_i.begin != tile_j.begin:
                out[tile_j, tile_i] = acc.T
    return out


def lower_gram_reference(x):
    return x @ x.T


# inputs: x=f16[40]; w=f16[70,40]; bias=f16[70]
# inputs: x=f16[40]; w=f16[70,40]; bias=none
@helion.kernel
def matrix_vector(x, w, bias):
    n, k = w.shape
    out = torch.empty([n], dtype=x.dtype, device=x.device)
    for tile_n in hl.tile(n):
        acc = hl.zeros([tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc += torch.sum(w[tile_n, tile_k] * x[tile_k].to(torch.float32), -1)
        if bias is not None:
            acc += bias[tile_n]
        out[tile_n] = acc.to(x.dtype)
    return out


def matrix_vector_reference(x, w, bias):
    out = w.float() @ x.float()
    return (out if bias is None else out + bias.float()).to(x.dtype)


# inputs: x=f32[2,30,24]; w1=f32[24,16]; b1=f32[16]; w2=f32[16,24]; b2=f32[24]
# full: x=f32[16,512,256]; w1=f32[256,64]; b1=f32[64]; w2=f32[64,256]; b2=f32[256]
@helion.kernel
def squeeze_excite(x, w1, b1, w2, b2):
    """Channels are averaged over places, two small products make gates for them."""
    batch, places, channels = x.shape
    hidden = w1.size(1)
    out = torch.empty_like(x)
    for tile_b in hl.tile(batch):
        mean = x[tile_b, :, :].sum(1) / places
        squeezed = torch.relu((mean[:, :, None] * w1[:, :][None, :, :]).sum(1) + b1[:])
        gates = torch.sigmoid((squeezed[:, :, None] * w2[:, :][None, :, :]).sum(1) + b2[None, :])
        out[tile_b, :, :] = x[tile_b, :, :] * gates[:, None, :]
    return out


def squeeze_excite_reference(x, w1, b1, w2, b2):
    gates = torch.sigmoid(torch.relu(x.mean(1) @ w1 + b1) @ w2 + b2)
    return x * gates[:, None, :]


# inputs: x=f32[50,20]; w=f32[20,40]; target=i64[50]:randint(0,40)
# full: x=f16[512,256]; w=f16[256,4096]:uniform(-0.2,0.2); target=i64[512]:randint(0,4096)
@helion.kernel
def fused_linear_loss(x, w, target):
    """Logits of a chunk of classes at a time; never stored."""
    n, d = x.shape
    v = w.size(1)
    losses = torch.empty([n], dtype=torch.float32, device=x.device)
    for tile_n in hl.tile(n):
        top = hl.full([tile_n], float("-inf"), dtype=torch.float32)
        den = hl.zeros([tile_n], dtype=torch.float32)
        hit = hl.zeros([tile_n], dtype=torch.float32)
        wanted = target[tile_n]
        for tile_v in hl.tile(v):
            logits = hl.zeros([tile_n, tile_v], dtype=torch.float32)
            for tile_d in hl.tile(d):
                logits = torch.addmm(logits, x[tile_n, tile_d], w[tile_d, tile_v])
            new = torch.maximum(top, logits.amax(-1))
            den = den * torch.exp(top - new) + torch.exp(logits - new[:, None]).sum(-1)
            hit += torch.where(tile_v.index[None, :] == wanted[:, None], logits, 0.0).sum(-1)
            top = new
        losses[tile_n] = torch.log(den) + top - hit
    return losses.mean()


def fused_linear_loss_reference(x, w, target):
    return torch.nn.functional.cross_entropy(x @ w, target)


# inputs: x=f32[40,24]; y=f32[24,33]
# full: x=f16[128,4096]; y=f16[4096,128]
@helion.kernel
def split_depth_two_phases(x, y):
    m, k = x.shape
    n = y.size(1)
    splits = 3
    depth = helion.cdiv(k, splits)
    parts = torch.empty([splits, m, n], dtype=torch.float32, device=x.device)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n, tile_s in hl.tile([m, n, k], block_size=[None, None, depth]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(tile_s.begin, tile_s.end):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        parts[tile_s.id, tile_m, tile_n] = acc
    hl.barrier()
    for tile_a, tile_b in hl.tile([m, n]):
        out[tile_a, tile_b] = parts[:, tile_a, tile_b].sum(0)
    return out


def split_depth_two_phases_reference(x, y):
    return x @ y
