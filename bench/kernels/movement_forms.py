"""Reading and writing in every way: gathers, scatters, ragged rows, stencils, transposes, histograms, rotations, sorts."""

from __future__ import annotations

import torch

import helion
import helion.language as hl


# inputs: ids=i64[6,9]:randint(0,50); table=f16[50,24]
# inputs: ids=i32[6,9]:randint(0,50); table=f16[50,24]
# full: ids=i32[256,32]:randint(0,5000); table=f16[5000,256]
@helion.kernel
def embedding(ids: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    flat = ids.reshape(-1)
    _, dim = table.size()
    out = torch.empty([flat.size(0), dim], dtype=table.dtype, device=table.device)
    for tile_b, tile_e in hl.tile([flat.size(0), dim]):
        out[tile_b, tile_e] = table[flat[tile_b], tile_e]
    return out.view(*ids.size(), dim)


def embedding_reference(ids, table):
    return table[ids.long()]


# inputs: grad=f32[40,20]; ids=i32[40]:randint(0,9); rows=10
# full: grad=f32[10000,256]; ids=i32[10000]:randint(0,99); rows=100
@helion.kernel
def embedding_backward(grad, ids, rows: int):
    n, d = grad.shape
    dw = torch.zeros([rows, d], dtype=torch.float32, device=grad.device)
    for tile_n, tile_d in hl.tile([n, d]):
        at = ids[tile_n]
        hl.atomic_add(dw, [at, tile_d], grad[tile_n, tile_d].to(torch.float32))
    return dw


def embedding_backward_reference(grad, ids, rows):
    return torch.zeros(rows, grad.size(1)).index_add_(0, ids, grad)


def combine_segments(lv, lk, rv, rk):
    return torch.where(lk == rk, lv + rv, rv), rk


# inputs: keys=i32[77]:randint(0,9); values=f32[77,12]; rows=10
# full: keys=i32[3000]:randint(0,100); values=f32[3000,128]; rows=100
@helion.kernel()
def segment_reduction(keys: torch.Tensor, values: torch.Tensor, rows: int) -> torch.Tensor:
    """Sorted keys; a scan over each tile, then only the last of a run writes."""
    keys = keys.sort()[0]
    n, d = values.shape
    out = torch.zeros([rows, d], dtype=values.dtype, device=values.device)
    for tile_e, tile_f in hl.tile([n, d]):
        vals = values[tile_e, tile_f]
        idx = keys[tile_e]
        following = hl.load(keys, [tile_e.index + 1], extra_mask=tile_e.index < n - 1)
        spread = idx.unsqueeze(1).expand_as(vals)
        sums, _ = hl.associative_scan(combine_segments, (vals, spread.to(torch.float32)), dim=0)
        is_last = (idx != following) | (tile_e.index % tile_e.block_size == tile_e.block_size - 1) | (tile_e.index == n - 1)
        hl.atomic_add(out, [idx, tile_f], torch.where(is_last[:, None], sums, 0.0))
    return out


def segment_reduction_reference(keys, values, rows):
    return torch.zeros(rows, values.size(1)).index_add_(0, keys.sort()[0], values)


# inputs: data=f32[70,8]; lengths=i32[6]:randint(0,11)
# full: data=f32[20000,64]; lengths=i32[512]:randint(0,39)
@helion.kernel
def jagged_layer_norm(data, lengths):
    """Rows of a sequence are normalised together, over their elements of all features."""
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64, device=data.device), torch.cumsum(lengths, 0)])
    n = offsets.size(0) - 1
    m = data.size(1)
    out = torch.zeros_like(data)
    flat = data.view(-1)
    flat_out = out.view(-1)
    for tile_b in hl.tile(n):
        starts = offsets[tile_b]
        ends = offsets[tile_b.index + 1]
        count = ends - starts
        most = count.amax()
        total = hl.zeros([tile_b], dtype=torch.float32)
        squares = hl.zeros([tile_b], dtype=torch.float32)
        for tile_m in hl.tile(m):
            for tile_k in hl.tile(0, most):
                rows = starts[:, None] + tile_k.index[None, :]
                where = rows[:, :, None] * m + tile_m.index[None, None, :]
                inside = (tile_k.index[None, :] < count[:, None])[:, :, None] & (tile_m.index < m)[None, None, :]
                part = hl.load(flat, [where], extra_mask=inside)
                total = total + part.sum(dim=2).sum(dim=1)
                squares = squares + (part * part).sum(dim=2).sum(dim=1)
        elements = torch.clamp(count.to(torch.float32) * m, min=1.0)
        mean = total / elements
        inv = torch.rsqrt(squares / elements - mean * mean + 1e-5)
        for tile_m in hl.tile(m):
            for tile_k in hl.tile(0, most):
                rows = starts[:, None] + tile_k.index[None, :]
                where = rows[:, :, None] * m + tile_m.index[None, None, :]
                inside = (tile_k.index[None, :] < count[:, None])[:, :, None] & (tile_m.index < m)[None, None, :]
                part = hl.load(flat, [where], extra_mask=inside)
                hl.store(flat_out, [where], (part - mean[:, None, None]) * inv[:, None, None], extra_mask=inside)
    return out


def jagged_layer_norm_reference(data, lengths):
    out = torch.zeros_like(data)
    at = 0
    for n in lengths.tolist():
        if n:
            part = data[at : at + n]
            var = part.var(correction=0)
            out[at : at + n] = (part - part.mean()) * torch.rsqrt(var + 1e-5)
        at += n
    return out


# inputs: values=f32[70,8]; lengths=i32[6]:randint(0,11)
# full: values=f32[20000,128]; lengths=i32[512]:randint(1,39)
@helion.kernel
def jagged_softmax(values, lengths):
    """Along each sequence, for each feature."""
    offsets = torch.cat([lengths.new_zeros(1), torch.cumsum(lengths, dim=0)]).to(torch.int32)
    batch = offsets.size(0) - 1
    features = values.size(1)
    out = torch.zeros_like(values)
    for tile_b, tile_f in hl.tile([batch, features]):
        begin = offsets[tile_b]
        lens = offsets[tile_b.index + 1] - begin
        top = hl.full([tile_b, tile_f], float("-inf"), dtype=torch.float32)
        den = hl.zeros([tile_b, tile_f], dtype=torch.float32)
        for tile_k in hl.jagged_tile(lens):
            rows = begin[:, None] + tile_k.index[None, :]
            part = hl.load(values, [rows, tile_f], extra_mask=(tile_k.index[None, :] < lens[:, None])[:, :, None])
            part = torch.where((tile_k.index[None, :] < lens[:, None])[:, :, None], part, float("-inf"))
            new = torch.maximum(top, part.amax(dim=1))
            safe = torch.where(new == float("-inf"), 0.0, new)
            den = den * torch.exp(top - safe) + torch.exp(part - safe[:, None, :]).sum(dim=1)
            top = new
        for tile_k in hl.jagged_tile(lens):
            rows = begin[:, None] + tile_k.index[None, :]
            ok = (tile_k.index[None, :] < lens[:, None])[:, :, None]
            part = hl.load(values, [rows, tile_f], extra_mask=ok)
            hl.store(out, [rows, tile_f], torch.exp(part - top[:, None, :]) / den[:, None, :], extra_mask=ok)
    return out


def jagged_softmax_reference(values, lengths):
    out = torch.zeros_like(values)
    at = 0
    for n in lengths.tolist():
        out[at : at + n] = values[at : at + n].softmax(0)
        at += n
    return out


# inputs: data=f32[60]; lengths=i64[5]:randint(0,12); dense=f32[5,14]
# full: data=f32[20000]; lengths=i64[512]:randint(0,39); dense=f32[512,300]
@helion.kernel
def jagged_dense_add(data, lengths, dense):
    ends = lengths.cumsum(0)
    starts = ends - lengths
    out = torch.zeros_like(dense)
    rows, columns = dense.shape
    for tile_r in hl.tile(rows):
        begin = starts[tile_r]
        count = lengths[tile_r]
        longest = count.amax()
        for tile_c in hl.tile(0, longest):
            mask = tile_c.index[None, :] < count[:, None]
            ragged = hl.load(data, [begin[:, None] + tile_c.index[None, :]], extra_mask=mask)
            out[tile_r, tile_c] = dense[tile_r, tile_c] + ragged
        for tile_c in hl.tile(longest, columns):
            out[tile_r, tile_c] = dense[tile_r, tile_c]
    return out


def jagged_dense_add_reference(data, lengths, dense):
    out = dense.clone()
    at = 0
    for i, n in enumerate(lengths.tolist()):
        out[i, :n] += data[at : at + n]
        at += n
    return out


# inputs: x=f32[3,8,20]; w=f32[12,8,3]; bias=f32[12]
# full: x=f16[8,64,1000]; w=f16[128,64,3]:uniform(-0.1,0.1); bias=f16[128]
@helion.kernel
def conv_1d(x, w, bias):
    n, c_in, length = x.shape
    c_out, _, kernel = w.shape
    kernel = hl.specialize(kernel)
    l_out = length - kernel + 1
    out = torch.empty([n, c_out, l_out], dtype=x.dtype, device=x.device)
    for tile_n, tile_o, tile_l in hl.tile([n, c_out, l_out], block_size=[1, None, None]):
        acc = hl.zeros([tile_o, tile_l], dtype=torch.float32)
        for tile_c in hl.tile(c_in):
            for j in hl.static_range(kernel):
                acc = torch.addmm(acc, w[tile_o, tile_c, j], x[tile_n.begin, tile_c, tile_l + j])
        out[tile_n.begin, tile_o, tile_l] = acc + bias[tile_o][:, None]
    return out


def conv_1d_reference(x, w, bias):
    return torch.nn.functional.conv1d(x, w, bias)


# inputs: x=f32[1,2,7,5]; w=f32[3,2,3,3]
@helion.kernel
def conv_2d_same(x, w):
    """As many places out as in: what is outside counts as 0."""
    n, c, h, wd = x.shape
    o, _, kh, kw = w.shape
    kh, kw = hl.specialize((kh, kw))
    out = torch.empty([n, o, h, wd], dtype=x.dtype, device=x.device)
    for tile_n, tile_o, tile_h, tile_w in hl.tile([n, o, h, wd], block_size=[1, None, 1, None]):
        acc = hl.zeros([tile_o, tile_w], dtype=torch.float32)
        for dy in range(kh):
            row = tile_h.begin + dy - 1
            row_ok = (row >= 0) & (row < h)
            for dx in range(kw):
                column = tile_w.index + dx - 1
                ok = (column >= 0) & (column < wd) & row_ok
                for channel in range(c):
                    values = hl.load(x, [tile_n.begin, channel, row, column], extra_mask=ok)
                    acc += w[tile_o, channel, dy, dx][:, None] * values[None, :]
        out[tile_n.begin, tile_o, tile_h.begin, tile_w] = acc
    return out


def conv_2d_same_reference(x, w):
    return torch.nn.functional.conv2d(x, w, padding=1)


# inputs: x=f32[2,30,10]; w=f32[10,4]; silu=true
# inputs: x=f32[2,30,10]; w=f32[10,4]; silu=false
# full: x=f32[4,1000,256]; w=f32[256,4]; silu=true
@helion.kernel
def causal_depthwise(x, w, silu: bool):
    b, t, d = x.shape
    width = hl.specialize(w.size(1))
    out = torch.empty_like(x)
    for tile_b, tile_t, tile_d in hl.tile([b, t, d]):
        acc = hl.zeros([tile_b, tile_t, tile_d], dtype=torch.float32)
        for j in hl.static_range(width):
            past = tile_t.index - (width - 1 - j)
            part = hl.load(x, [tile_b, past, tile_d], extra_mask=(past >= 0)[None, :, None])
            acc = acc + part * w[tile_d, j][None, None, :]
        if silu:
            acc = acc * torch.sigmoid(acc)
        out[tile_b, tile_t, tile_d] = acc
    return out


def causal_depthwise_reference(x, w, silu):
    width = w.size(1)
    y = torch.nn.functional.pad(x.transpose(1, 2), (width - 1, 0))
    y = torch.nn.functional.conv1d(y, w[:, None], groups=w.size(0)).transpose(1, 2)
    return torch.nn.functional.silu(y) if silu else y


# inputs: x=f32[33,40]; steps=1
# full: x=f32[1030,2050]; steps=1
@helion.kernel
def five_point_stencil(x, steps: int):
    m, n = x.shape
    out = x.clone()
    for tile_m, tile_n in hl.tile([1, 1], [m - 1, n - 1]):
        centre = x[tile_m, tile_n]
        north, south = x[tile_m - 1, tile_n], x[tile_m + 1, tile_n]
        west, east = x[tile_m, tile_n - 1], x[tile_m, tile_n + 1]
        out[tile_m, tile_n] = centre * (1 - steps) + (north + south + west + east) * (0.25 * steps)
    return out


def five_point_stencil_reference(x, steps):
    out = x.clone()
    around = x[:-2, 1:-1] + x[2:, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:]
    out[1:-1, 1:-1] = x[1:-1, 1:-1] * (1 - steps) + around * 0.25 * steps
    return out


# inputs: q=f16[2,9,3,16]; k=f16[2,9,1,16]; cos=f32[9,8]; sin=f32[9,8]
# full: q=f16[2,1024,32,128]; k=f16[2,1024,8,128]; cos=f32[1024,64]; sin=f32[1024,64]
@helion.kernel
def rotate_halves(q, k, cos, sin):
    b, t, h, d = q.shape
    hk = k.size(2)
    half = d // 2
    q_out, k_out = torch.empty_like(q), torch.empty_like(k)
    for tile_b, tile_t in hl.tile([b, t]):
        c = cos[tile_t, :][None, :, None, :]
        s = sin[tile_t, :][None, :, None, :]
        for source, target, heads in ((q, q_out, h), (k, k_out, hk)):
            first = source[tile_b, tile_t, :, :half].to(torch.float32)
            second = source[tile_b, tile_t, :, half:].to(torch.float32)
            target[tile_b, tile_t, :, :half] = (first * c - second * s).to(source.dtype)
            target[tile_b, tile_t, :, half:] = (second * c + first * s).to(source.dtype)
    return q_out, k_out


def rotate_halves_reference(q, k, cos, sin):
    def one(x):
        a, b = x.float().chunk(2, -1)
        c, s = cos[None, :, None, :], sin[None, :, None, :]
        return torch.cat([a * c - b * s, b * c + a * s], -1).to(x.dtype)

    return one(q), one(k)


# inputs: x=f32[2,7,3,16]; freqs=f32[7,8]
# full: x=f32[2,512,16,64]; freqs=f32[512,32]
@helion.kernel
def rotate_pairs(x, freqs):
    b, t, h, d = x.shape
    out = torch.empty_like(x)
    for tile_b, tile_t, tile_h in hl.tile([b, t, h]):
        pairs = x[tile_b, tile_t, tile_h, :].reshape(tile_b, tile_t, tile_h, d // 2, 2)
        even, odd = hl.split(pairs)
        angle = freqs[tile_t, :][None, :, None, :]
        c, s = torch.cos(angle), torch.sin(angle)
        both = hl.join(even * c - odd * s, even * s + odd * c)
        out[tile_b, tile_t, tile_h, :] = both.reshape(tile_b, tile_t, tile_h, d)
    return out


def rotate_pairs_reference(x, freqs):
    even, odd = x[..., ::2], x[..., 1::2]
    c, s = freqs.cos()[None, :, None], freqs.sin()[None, :, None]
    return torch.stack([even * c - odd * s, even * s + odd * c], -1).flatten(-2)


# inputs: x=f32[500]:uniform(0,1); bins=10
# full: x=f32[1000000]:uniform(0,1); bins=100
@helion.kernel
def histogram(x, bins: int):
    counts = torch.zeros([bins], dtype=torch.int32, device=x.device)
    for tile in hl.tile(x.numel()):
        which = torch.clamp((x[tile] * bins).to(torch.int32), 0, bins - 1)
        hl.atomic_add(counts, [which], torch.ones_like(which))
    return counts


def histogram_reference(x, bins):
    # In the precision of the kernel: a product at the edge of a bin falls on either side.
    return torch.bincount((x.float() * bins).int().clamp(0, bins - 1), minlength=bins).int()


# inputs: logits=f32[19,12]; k=3
# full: logits=f32[4096,64]; k=8
@helion.kernel
def route_top_k(logits, k: hl.constexpr):
    """The k best experts of a token, one after the other, and their shares."""
    n, e = logits.shape
    weights = torch.empty([n, k], dtype=torch.float32, device=logits.device)
    chosen = torch.empty([n, k], dtype=torch.int64, device=logits.device)
    for tile_n in hl.tile(n):
        p = torch.softmax(logits[tile_n, :], dim=-1)
        experts = hl.arange(e)
        rest = p
        total = hl.zeros([tile_n], dtype=torch.float32)
        for j in hl.static_range(k):
            best = torch.amax(rest, dim=-1)
            at = torch.argmax(rest, dim=-1)
            weights[tile_n, j] = best
            chosen[tile_n, j] = at
            total = total + best
            rest = torch.where(experts[None, :] == at[:, None], -1.0, rest)
        for j in hl.static_range(k):
            weights[tile_n, j] = weights[tile_n, j] / total
    return weights, chosen


def route_top_k_reference(logits, k):
    w, i = logits.softmax(-1).topk(k)
    return w / w.sum(-1, keepdim=True), i


# inputs: rows=i32[60]:randint(0,20); cols=i32[60]:randint(0,30); values=f32[60]; dense=f32[30,17]
@helion.kernel
def sparse_coordinates(rows, cols, values, dense):
    n = dense.size(1)
    out = torch.zeros([20, n], dtype=dense.dtype, device=dense.device)
    for tile_e, tile_n in hl.tile([values.size(0), n]):
        part = values[tile_e][:, None] * dense[cols[tile_e], tile_n]
        hl.atomic_add(out, [rows[tile_e], tile_n], part)
    return out


def sparse_coordinates_reference(rows, cols, values, dense):
    return torch.zeros(20, dense.size(1)).index_add_(0, rows, values[:, None] * dense[cols.long()])


# inputs: counts=i32[20]:randint(0,7); cols=i32[140]:randint(0,30); values=f32[140]; dense=f32[30,17]
@helion.kernel
def sparse_rows(counts, cols, values, dense):
    pointers = torch.zeros(counts.numel() + 1, dtype=torch.int32, device=counts.device)
    torch.cumsum(counts, 0, out=pointers[1:])
    m, n = counts.size(0), dense.size(1)
    out = dense.new_empty(m, n)
    for row in hl.grid(m):
        for tile_n in hl.tile(n):
            acc = hl.zeros([tile_n], dtype=torch.float32)
            for tile_e in hl.tile(pointers[row], pointers[row + 1]):
                acc += (values[tile_e][:, None] * dense[cols[tile_e], tile_n]).sum(0)
            out[row, tile_n] = acc
    return out


def sparse_rows_reference(counts, cols, values, dense):
    at, out = 0, []
    for n in counts.tolist():
        out.append(values[at : at + n] @ dense[cols[at : at + n].long()])
        at += n
    return torch.stack(out)


# inputs: x=f32[9,32]
# full: x=f32[1000,1024]
@helion.kernel
def hadamard(x):
    """Butterflies over the bits of the column, in registers."""
    m, n = x.shape
    n = hl.specialize(n)
    out = torch.empty_like(x)
    scale = n**-0.5
    for tile_m in hl.tile(m):
        v = x[tile_m, :]
        width = 1
        while width < n:
            w = v.reshape(tile_m, n // (2 * width), 2, width).permute(0, 1, 3, 2)
            a, b = hl.split(w)
            v = hl.join(a + b, a - b).permute(0, 1, 3, 2).reshape(tile_m, n)
            width = width * 2
        out[tile_m, :] = v * scale
    return out


def hadamard_reference(x):
    h = torch.ones(1, 1)
    while h.size(0) < x.size(1):
        h = torch.cat([torch.cat([h, h], 1), torch.cat([h, -h], 1)])
    return x @ h / x.size(1) ** 0.5


# inputs: re=f32[6,16]; im=f32[6,16]
@helion.kernel
def small_fourier(re, im):
    """By the definition: a product with the table of roots, made in the kernel."""
    m, n = re.shape
    n = hl.specialize(n)
    out_re, out_im = torch.empty_like(re), torch.empty_like(im)
    for tile_m in hl.tile(m):
        k = hl.arange(n)
        angle = (k[:, None] * k[None, :] % n).to(torch.float32) * (-2.0 * 3.141592653589793 / n)
        c, s = torch.cos(angle), torch.sin(angle)
        a, b = re[tile_m, :], im[tile_m, :]
        out_re[tile_m, :] = hl.dot(a, c) - hl.dot(b, s)
        out_im[tile_m, :] = hl.dot(a, s) + hl.dot(b, c)
    return out_re, out_im


def small_fourier_reference(re, im):
    y = torch.fft.fft(torch.complex(re, im))
    return y.real.contiguous(), y.imag.contiguous()


# inputs: x=f32[41,30]; p=0.3; seed=7
@helion.kernel
def seeded_dropout_twice(x, p: float, seed: int):
    """The same mask in both places: forward and its gradient."""
    out, back = torch.empty_like(x), torch.empty_like(x)
    for tile_m, tile_n in hl.tile(x.shape):
        keep = hl.rand([tile_m, tile_n], seed=seed) > p
        again = hl.rand([tile_m, tile_n], seed=seed) > p
        out[tile_m, tile_n] = torch.where(keep, x[tile_m, tile_n] / (1 - p), 0.0)
        back[tile_m, tile_n] = torch.where(again, x[tile_m, tile_n] / (1 - p), 0.0)
    return out - back


def seeded_dropout_twice_reference(x, p, seed):
    return torch.zeros_like(x)


# inputs: x=f32[13,5]; y=f32[13,9]; z=f32[13,1]
@helion.kernel
def concatenate(x, y, z):
    m = x.size(0)
    widths = [t.size(1) for t in (x, y, z)]
    out = torch.empty([m, sum(widths)], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, sum(widths)]):
        a = hl.load(x, [tile_m, tile_n], extra_mask=(tile_n.index < widths[0])[None, :])
        b = hl.load(y, [tile_m, tile_n.index - widths[0]], extra_mask=((tile_n.index >= widths[0]) & (tile_n.index < widths[0] + widths[1]))[None, :])
        c = z[tile_m, 0]
        both = torch.where((tile_n.index < widths[0])[None, :], a, b)
        out[tile_m, tile_n] = torch.where((tile_n.index < widths[0] + widths[1])[None, :], both, c[:, None])
    return out


def concatenate_reference(x, y, z):
    return torch.cat([x, y, z], 1)


# inputs: x=f32[4,6,10,7]
# full: x=f32[16,64,56,56]
@helion.kernel
def channels_last(x):
    n, c, h, w = x.shape
    out = torch.empty([n, h, w, c], dtype=x.dtype, device=x.device)
    for tn, th, tw, tc in hl.tile([n, h, w, c]):
        out[tn, th, tw, tc] = x[tn, tc, th, tw].permute(0, 2, 3, 1)
    return out.permute(0, 3, 1, 2)


def channels_last_reference(x):
    return x


# inputs: x=f32[50,3]; y=f32[40,3]
# full: x=f32[5000,3]; y=f32[3000,3]
@helion.kernel
def nearest(x, y):
    m, d = x.shape
    n = y.size(0)
    best = torch.empty([m], dtype=torch.float32, device=x.device)
    where = torch.empty([m], dtype=torch.int64, device=x.device)
    for tile_m in hl.tile(m):
        least = hl.full([tile_m], 1e30, dtype=torch.float32)
        at = hl.zeros([tile_m], dtype=torch.int64)
        for tile_n in hl.tile(n):
            dist = hl.zeros([tile_m, tile_n], dtype=torch.float32)
            for j in range(d):
                diff = x[tile_m, j][:, None] - y[tile_n, j][None, :]
                dist = dist + diff * diff
            dist = torch.where((tile_n.index < n)[None, :], dist, 1e30)
            low, inner = torch.min(dist, dim=1)
            better = low < least
            at = torch.where(better, inner + tile_n.begin, at)
            least = torch.where(better, low, least)
        best[tile_m] = torch.sqrt(least)
        where[tile_m] = at
    return best, where


def nearest_reference(x, y):
    d = ((x[:, None] - y[None]) ** 2).sum(-1)
    low, at = d.min(1)
    return low.sqrt(), at


# inputs: x=f32[20,16]
@helion.kernel
def escape_with_text(x):
    out = torch.empty_like(x)
    for tile_m, tile_n in hl.tile(x.size()):
        value = x[tile_m, tile_n]
        doubled = hl.inline_triton("{0} * 2.0 + tl.abs({0})", [value], value)
        out[tile_m, tile_n] = doubled
    return out


def escape_with_text_reference(x):
    return x * 2 + x.abs()
