"""The linear attention family: chunks of gated delta rules, state spaces, retention, recurrences step by step."""

import torch
import torch.nn.functional as F

import helion
import helion.language as hl


# inputs: k=f32[2,50,3,16]; w=f32[2,50,3,16]:uniform(-0.2,0.2); u=f32[2,50,3,24]; g=f32[2,50,3]:uniform(-2,0); chunk=16
# full: k=bf16[2,1024,4,128]:uniform(-0.1,0.1); w=bf16[2,1024,4,128]:uniform(-0.05,0.05); u=bf16[2,1024,4,128]; g=f32[2,1024,4]:uniform(-1,0); chunk=64
@helion.kernel(dot_precision="ieee")
def gated_delta_states(k: torch.Tensor, w: torch.Tensor, u: torch.Tensor, g: torch.Tensor, chunk: int) -> torch.Tensor:
    """The state before each chunk. The gates are sums within a chunk already."""
    batch, seqlen, nheads, dhead = k.shape
    dhead = hl.specialize(dhead)
    chunk = hl.specialize(chunk)
    dstate = u.shape[-1]
    acc_dtype = torch.float32
    dtype = k.dtype
    nchunks = (seqlen + chunk - 1) // chunk
    h = torch.empty(batch, nchunks, nheads, dhead, dstate, dtype=dtype, device=k.device)
    block_v = hl.register_block_size(dstate)
    for i_b, i_h, tile_v in hl.tile([batch, nheads, dstate], block_size=[1, 1, block_v]):
        b_h = hl.zeros([dhead, tile_v], dtype=acc_dtype)
        for t_i in hl.tile(seqlen, block_size=chunk):
            h[i_b.begin, t_i.id, i_h.begin, :, tile_v] = b_h.to(dtype)
            b_w = w[i_b.begin, t_i, i_h.begin, :]
            b_v = hl.dot(b_w, b_h.to(dtype), out_dtype=acc_dtype)
            p_v = u[i_b.begin, t_i, i_h.begin, tile_v].to(acc_dtype)
            b_v = p_v - b_v
            m_t = t_i.index < seqlen
            t_i_last = min(t_i.begin + chunk, seqlen) - 1
            b_g_last = g[i_b.begin, t_i_last, i_h.begin].to(acc_dtype)
            b_g = g[i_b.begin, t_i, i_h.begin].to(acc_dtype)
            b_v *= torch.where(m_t, torch.exp(b_g_last - b_g), 0)[:, None]
            b_h *= torch.exp(b_g_last)
            b_h = hl.dot(k[i_b.begin, t_i, i_h.begin, :].T, b_v.to(dtype), acc=b_h)
    return h


def gated_delta_states_reference(k, w, u, g, chunk):
    b, n, heads, d = k.shape
    states = []
    k, w, u = k.to(g.dtype), w.to(g.dtype), u.to(g.dtype)
    h = torch.zeros(b, heads, d, u.size(-1), dtype=g.dtype)
    for at in range(0, n, chunk):
        states.append(h)
        part = slice(at, min(at + chunk, n))
        v = u[:, part] - torch.einsum("bthd,bhdv->bthv", w[:, part], h)
        last = g[:, part][:, -1]
        v = v * torch.exp(last[:, None] - g[:, part])[..., None]
        h = h * torch.exp(last)[..., None, None] + torch.einsum("bthd,bthv->bhdv", k[:, part], v)
    return torch.stack(states, 1)


# inputs: b=f32[2,40,2,8]; x=f32[2,40,4,12]; dt=f32[2,4,4,10]:uniform(0,1); da=f32[2,4,4,10]:uniform(-1,0)
# full: b=f16[2,1024,1,128]; x=f16[2,1024,8,64]; dt=f16[2,8,4,256]:uniform(0,0.1); da=f16[2,8,4,256]:uniform(-1,0)
@helion.kernel
def state_space_chunk_states(b, x, dt, da):
    batch, seqlen, ngroups, dstate = b.shape
    nheads, headdim = x.shape[2:]
    nchunks, chunk = dt.shape[2:]
    out = torch.empty([batch, nchunks, nheads, headdim, dstate], dtype=torch.float32, device=x.device)
    ratio = nheads // ngroups
    for tb, tc, th, tp, ts in hl.tile([batch, nchunks, nheads, headdim, dstate], block_size=[1, 1, 1, None, None]):
        ib, ic, ih = tb.begin, tc.begin, th.begin
        acc = hl.zeros([tp, ts], dtype=torch.float32)
        last = da[ib, ih, ic, chunk - 1]
        for tk in hl.tile(chunk):
            scale = torch.exp(last - da[ib, ih, ic, tk]) * dt[ib, ih, ic, tk]
            rows = tk + ic * chunk
            xs = x[ib, rows, ih, tp].T
            bs = b[ib, rows, ih // ratio, ts] * scale[:, None]
            acc = torch.addmm(acc, xs.to(torch.float32), bs)
        out[ib, ic, ih, tp, ts] = acc
    return out


def state_space_chunk_states_reference(b, x, dt, da):
    bs, n, g, s = b.shape
    h = x.size(2)
    nc, q = dt.shape[2:]
    bb = b.repeat_interleave(h // g, 2).view(bs, nc, q, h, s)
    scale = torch.exp(da[..., -1:] - da) * dt
    return torch.einsum("bhcq,bcqhp,bcqhs->bchps", scale, x.view(bs, nc, q, h, -1), bb)


# inputs: q=f32[2,37,2,16]; k=f32[2,37,2,16]; v=f32[2,37,2,8]
# full: q=f16[2,512,4,64]:uniform(-0.5,0.5); k=f16[2,512,4,64]:uniform(-0.5,0.5); v=f16[2,512,4,64]
@helion.kernel
def retention_chunks(q, k, v):
    b, t, h, dk = q.shape
    dv = v.size(-1)
    dk = hl.specialize(dk)
    out = torch.empty_like(v)
    step = hl.register_block_size(16, 32)
    for tile_b, tile_h, tile_v in hl.tile([b, h, dv], block_size=[1, 1, None]):
        i, j = tile_b.begin, tile_h.begin
        rate = -0.03125 * (j + 1)
        state = hl.zeros([dk, tile_v], dtype=torch.float32)
        for tile_t in hl.tile(t, block_size=step):
            length = tile_t.end - tile_t.begin
            at = (tile_t.index - tile_t.begin).to(torch.float32)
            qs = q[i, tile_t, j, :]
            ks = k[i, tile_t, j, :]
            vs = v[i, tile_t, j, tile_v]
            gap = at[:, None] - at[None, :]
            s = hl.dot(qs, ks.T)
            s = torch.where(gap >= 0, s * torch.exp(gap * rate), 0.0)
            inner = hl.dot(s, vs)
            outer = hl.dot(qs * torch.exp((at + 1) * rate)[:, None], state)
            out[i, tile_t, j, tile_v] = inner + outer
            weight = torch.exp((length - 1 - at) * rate)
            state = state * torch.exp(length * rate) + hl.dot((ks * weight[:, None]).T, vs)
    return out


def retention_chunks_reference(q, k, v):
    t, h = q.size(1), q.size(2)
    gap = (torch.arange(t)[:, None] - torch.arange(t)[None, :]).float()
    rate = -0.03125 * (torch.arange(h) + 1)
    decay = torch.where(gap >= 0, torch.exp(gap * rate[:, None, None]), 0.0)
    s = torch.einsum("bqhd,bkhd->bhqk", q, k) * decay
    return torch.einsum("bhqk,bkhv->bqhv", s, v)


# inputs: r=f32[2,3,11,8]; k=f32[2,3,11,8]; v=f32[2,3,11,8]; w=f32[2,3,11,8]:uniform(-1,0); u=f32[3,8]; h0=f32[2,3,8,8]
# inputs: r=f32[2,3,11,8]; k=f32[2,3,11,8]; v=f32[2,3,11,8]; w=f32[2,3,11,8]:uniform(-1,0); u=f32[3,8]; h0=none
# full: r=f32[2,8,128,64]:uniform(-0.3,0.3); k=f32[2,8,128,64]:uniform(-0.3,0.3); v=f32[2,8,128,64]; w=f32[2,8,128,64]:uniform(-1,0); u=f32[8,64]; h0=none
@helion.kernel
def receptance_recurrence(r, k, v, w, u, h0):
    batch, heads, steps, dk = r.shape
    dv = v.size(-1)
    out = torch.zeros_like(v)
    final = torch.empty([batch, heads, dk, dv], dtype=torch.float32, device=r.device)
    for tile_b, tile_h, tile_v in hl.tile([batch, heads, dv]):
        if h0 is not None:
            state = h0[tile_b, tile_h, :, tile_v].to(torch.float32)
        else:
            state = hl.zeros([tile_b, tile_h, dk, tile_v], dtype=torch.float32)
        bonus = u[tile_h, :][None, :, :, None]
        for t in range(steps):
            kv = k[tile_b, tile_h, t, :][:, :, :, None] * v[tile_b, tile_h, t, tile_v][:, :, None, :]
            read = r[tile_b, tile_h, t, :].unsqueeze(-1)
            out[tile_b, tile_h, t, tile_v] = torch.sum(read * (state + bonus * kv), dim=2)
            state = state * torch.exp(w[tile_b, tile_h, t, :])[:, :, :, None] + kv
        final[tile_b, tile_h, :, tile_v] = state
    return out, final


def receptance_recurrence_reference(r, k, v, w, u, h0):
    b, h, t, d = r.shape
    s = torch.zeros(b, h, d, v.size(-1)) if h0 is None else h0
    outs = []
    for i in range(t):
        kv = k[:, :, i, :, None] * v[:, :, i, None, :]
        outs.append((r[:, :, i, :, None] * (s + u[..., None] * kv)).sum(2))
        s = s * torch.exp(w[:, :, i])[..., None] + kv
    return torch.stack(outs, 2), s


# inputs: q=f32[2,13,2,8]; k=f32[2,13,2,8]; v=f32[2,13,2,8]; beta=f32[2,13,2]:uniform(0,1); scale=0.5
# full: q=f32[2,200,4,64]:uniform(-0.1,0.1); k=f32[2,200,4,64]:uniform(-0.1,0.1); v=f32[2,200,4,64]; beta=f32[2,200,4]:uniform(0,1); scale=0.5
@helion.kernel
def delta_rule_steps(q, k, v, beta, scale: float):
    b, t, h, d = q.shape
    out = torch.empty_like(v)
    for i, j in hl.grid([b, h]):
        state = hl.zeros([d, d], dtype=torch.float32)
        for s in hl.grid(t):
            kt = k[i, s, j, :]
            old = torch.sum(state * kt[:, None], 0)
            delta = (v[i, s, j, :] - old) * beta[i, s, j]
            state = state + kt[:, None] * delta[None, :]
            qt = q[i, s, j, :] * scale
            out[i, s, j, :] = torch.sum(state * qt[:, None], 0)
    return out


def delta_rule_steps_reference(q, k, v, beta, scale):
    s = torch.zeros(q.size(0), q.size(2), q.size(3), v.size(3))
    outs = []
    for i in range(q.size(1)):
        kt = k[:, i]
        delta = (v[:, i] - torch.einsum("bhkv,bhk->bhv", s, kt)) * beta[:, i, :, None]
        s = s + kt[..., None] * delta[..., None, :]
        outs.append(torch.einsum("bhkv,bhk->bhv", s, q[:, i] * scale))
    return torch.stack(outs, 1)


def combine_linear(left, right):
    a1, b1 = left
    a2, b2 = right
    return a1 * a2, b1 * a2 + b2


# inputs: x=f32[2,33,5]; a=f32[2,33,5]:uniform(0,1)
# inputs: x=f32[1,64,1]; a=f32[1,64,1]:uniform(0,1)
# full: x=f32[4,1024,64]; a=f32[4,1024,64]:uniform(0,1)
@helion.kernel
def selective_scan(x, a):
    batch, steps, channels = x.shape
    out = torch.empty_like(x)
    for tile_b, tile_c in hl.tile([batch, channels]):
        aa = a[tile_b, :, tile_c].to(torch.float32)
        xx = x[tile_b, :, tile_c].to(torch.float32)
        _, h = hl.associative_scan(combine_linear, (aa, xx), dim=1)
        out[tile_b, :, tile_c] = h.to(x.dtype)
    return out


def selective_scan_reference(x, a):
    h = torch.zeros(x.size(0), x.size(2))
    outs = []
    for i in range(x.size(1)):
        h = h * a[:, i] + x[:, i]
        outs.append(h)
    return torch.stack(outs, 1)


# inputs: x=f32[3,50,6]; a=f32[3,50,6]:uniform(0,1)
@helion.kernel
def chunked_scan_with_carry(x, a):
    """Blocks of steps are scanned; the last value goes to the next block."""
    batch, steps, channels = x.shape
    out = torch.empty_like(x)
    for tile_b, tile_c in hl.tile([batch, channels]):
        carry = hl.zeros([tile_b, tile_c], dtype=torch.float32)
        for tile_t in hl.tile(steps):
            aa = hl.load(a, [tile_b, tile_t, tile_c])
            xx = x[tile_b, tile_t, tile_c]
            keep, h = hl.associative_scan(combine_linear, (aa, xx), dim=1)
            h = h + keep * carry[:, None, :]
            out[tile_b, tile_t, tile_c] = h
            last = tile_t.index == tile_t.end - 1
            carry = torch.where(last[None, :, None], h, 0.0).sum(1)
    return out


chunked_scan_with_carry_reference = selective_scan_reference


# inputs: q=bf16[2,2,48,16]; k=bf16[2,2,48,16]; v=bf16[2,2,48,16]
# full: q=bf16[2,8,512,64]; k=bf16[2,8,512,64]; v=bf16[2,8,512,64]
@helion.kernel(static_shapes=True)
def elu_linear_attention(q, k, v):
    """phi(q) (phi(k)^T v) over a running state, normalised by the running sum of keys."""
    b, h, n, d = q.shape
    d = hl.specialize(d)
    qf, kf, vf = (t.reshape(b * h, n, d) for t in (q, k, v))
    out = torch.empty_like(qf)
    for tile_g in hl.tile(b * h, block_size=1):
        g = tile_g.begin
        state = hl.zeros([d, d], dtype=torch.float32)
        keys = hl.zeros([d], dtype=torch.float32)
        for tile_n in hl.tile(n, block_size=16):
            qs = F.elu(qf[g, tile_n, :].float()) + 1
            ks = F.elu(kf[g, tile_n, :].float()) + 1
            vs = vf[g, tile_n, :].float()
            s = torch.matmul(qs, ks.transpose(0, 1))
            s = torch.where(tile_n.index[:, None] >= tile_n.index[None, :], s, 0)
            num = torch.matmul(s, vs) + torch.matmul(qs, state)
            den = s.sum(-1) + (qs * keys[None, :]).sum(-1)
            out[g, tile_n, :] = (num / den[:, None]).to(out.dtype)
            state += torch.matmul(ks.T, vs)
            keys += ks.sum(0)
    return out.reshape(b, h, n, d)


def elu_linear_attention_reference(q, k, v):
    q, k, v = q.float(), k.float(), v.float()
    q, k = F.elu(q) + 1, F.elu(k) + 1
    s = (q @ k.transpose(2, 3)).tril()
    return (s @ v) / s.sum(-1, keepdim=True)


# inputs: k=f32[2,2,32,16]; beta=f32[2,2,32]:uniform(0,0.5)
@helion.kernel
def unit_lower_inverse(k, beta):
    """(I + tril(beta * k k^T, -1))^-1 of each chunk of 16, by forward substitution row after row."""
    b, h, n, d = k.shape
    c = 16
    out = torch.empty([b, h, n // c, c, c], dtype=torch.float32, device=k.device)
    for tb, th, tc in hl.tile([b, h, n], block_size=[1, 1, c]):
        kk = k[tb.begin, th.begin, tc, :]
        bb = beta[tb.begin, th.begin, tc]
        rows = hl.arange(c)
        a = hl.dot(kk * bb[:, None], kk.T) * 0.1
        a = torch.where(rows[:, None] > rows[None, :], -a, 0.0)
        for i in range(1, c):
            row = torch.where((rows == i)[:, None], a, 0.0).sum(0)
            row = row + (row[:, None] * a).sum(0) * 1.0
            row = torch.where(rows < i, row, 0.0)
            a = torch.where((rows == i)[:, None], row[None, :], a)
        eye = (rows[:, None] == rows[None, :]).to(torch.float32)
        out[tb.begin, th.begin, tc.id, :, :] = a + eye
    return out


def unit_lower_inverse_reference(k, beta):
    b, h, n, d = k.shape
    kk = k.view(b, h, n // 16, 16, d)
    a = (kk * beta.view(b, h, n // 16, 16, 1)) @ kk.transpose(-1, -2) * 0.1
    return torch.linalg.inv(torch.eye(16) + a.tril(-1))


# inputs: q=f32[1,40,2,16]; k=f32[1,40,2,16]; v=f32[1,40,2,16]; g=f32[1,40,2,16]:uniform(-0.3,0)
@helion.kernel
def gated_linear_attention(q, k, v, g):
    """Gates for each key channel: sums of log gates within a chunk by a scan."""
    b, t, h, d = q.shape
    d = hl.specialize(d)
    out = torch.empty_like(v)
    for pid in hl.grid(b * h):
        i = pid // h
        j = pid % h
        state = hl.zeros([d, d], dtype=torch.float32)
        for tile_t in hl.tile(t, block_size=16):
            gs = hl.cumsum(g[i, tile_t, j, :], dim=0)
            total = g[i, tile_t, j, :].sum(0)
            qs = q[i, tile_t, j, :] * torch.exp(gs)
            ks = k[i, tile_t, j, :] * torch.exp(-gs)
            vs = v[i, tile_t, j, :]
            s = hl.dot(qs, ks.T)
            lower = hl.arange(16)[:, None] >= hl.arange(16)[None, :]
            s = torch.where(lower, s, torch.zeros_like(s))
            out[i, tile_t, j, :] = hl.dot(s, vs, acc=hl.dot(qs, state))
            after = k[i, tile_t, j, :] * torch.exp(total[None, :] - gs)
            state = state * torch.exp(total)[:, None] + hl.dot(after.T, vs)
    return out


def gated_linear_attention_reference(q, k, v, g):
    s = torch.zeros(q.size(0), q.size(2), 16, 16)
    outs = []
    for i in range(q.size(1)):
        s = s * torch.exp(g[:, i])[..., None] + k[:, i][..., None] * v[:, i][..., None, :]
        outs.append(torch.einsum("bhkv,bhk->bhv", s, q[:, i]))
    return torch.stack(outs, 1)
