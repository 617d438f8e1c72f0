"""Functions of torch and torch.nn.functional on tiles that are made of other operations."""

import torch
import torch.nn.functional as F

import helion
import helion.language as hl


# inputs: x=f32[13,48]; w=f32[48]; b=f32[48]
# inputs: x=f16[1,6]; w=f16[6]; b=f16[6]
@helion.kernel
def layers(x, w, b):
    """Normalisations and gates of rows."""
    m, n = x.size()
    layer = torch.empty_like(x)
    plain = torch.empty_like(x)
    rms = torch.empty_like(x)
    gated = torch.empty([m, n // 2], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        row = x[tile, :]
        layer[tile, :] = F.layer_norm(row, [n], w[:], b[:], 1e-5)
        plain[tile, :] = F.layer_norm(row, (n,), eps=1e-3)
        rms[tile, :] = F.rms_norm(row, [n], w[:], eps=1e-6)
        gated[tile, :] = F.glu(row)
    return layer, plain, rms, gated


def layers_reference(x, w, b):
    n = x.size(1)
    return F.layer_norm(x, [n], w, b), F.layer_norm(x, [n], eps=1e-3), F.rms_norm(x, [n], w, 1e-6), F.glu(x)


# inputs: x=f32[21,33]; y=f32[21,33]
# inputs: x=f32[1,1]; y=f32[1,1]
@helion.kernel
def losses(x, y):
    """Losses by element."""
    m, n = x.size()
    out = torch.empty([9, m, n], dtype=x.dtype, device=x.device)
    rows = torch.empty([m], dtype=x.dtype, device=x.device)
    whole = torch.zeros([2], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        a, b = x[tile, :], y[tile, :]
        p, q = torch.sigmoid(a), torch.sigmoid(b)
        out[0, tile, :] = F.mse_loss(a, b, reduction="none")
        out[1, tile, :] = F.l1_loss(a, b, reduction="none")
        out[2, tile, :] = F.smooth_l1_loss(a, b, reduction="none", beta=0.5)
        out[3, tile, :] = F.huber_loss(a, b, reduction="none", delta=0.7)
        out[4, tile, :] = F.kl_div(a, q, reduction="none")
        out[5, tile, :] = F.kl_div(a, b, reduction="none", log_target=True)
        out[6, tile, :] = F.binary_cross_entropy(p, q, reduction="none")
        out[7, tile, :] = F.binary_cross_entropy_with_logits(a, q, reduction="none")
        out[8, tile, :] = F.binary_cross_entropy_with_logits(a, q, reduction="none", pos_weight=p)
        rows[tile] = F.cosine_similarity(a, b)
        hl.atomic_add(whole, [0], F.mse_loss(a, b, reduction="sum"))
        hl.atomic_add(whole, [1], F.l1_loss(a, b) * (tile.end - tile.begin) * n)
    return out, rows, whole


def losses_reference(x, y):
    p, q = torch.sigmoid(x), torch.sigmoid(y)
    out = [
        F.mse_loss(x, y, reduction="none"), F.l1_loss(x, y, reduction="none"), F.smooth_l1_loss(x, y, reduction="none", beta=0.5),
        F.huber_loss(x, y, reduction="none", delta=0.7), F.kl_div(x, q, reduction="none"),
        F.kl_div(x, y, reduction="none", log_target=True), F.binary_cross_entropy(p, q, reduction="none"),
        F.binary_cross_entropy_with_logits(x, q, reduction="none"),
        F.binary_cross_entropy_with_logits(x, q, reduction="none", pos_weight=p),
    ]
    whole = torch.stack([F.mse_loss(x, y, reduction="sum"), F.l1_loss(x, y, reduction="sum")])
    return torch.stack(out), F.cosine_similarity(x, y), whole


# inputs: x=f32[19,24]; y=f32[24,17]; v=f32[24]
# inputs: x=f16[1,16]; y=f16[16,33]; v=f16[16]
@helion.kernel(dot_precision="ieee")
def vectors(x, y, v):
    """Products with vectors, layers of weights, and products named by letters."""
    m, k = x.size()
    n = y.size(1)
    line = torch.empty([m], dtype=x.dtype, device=x.device)
    number = torch.zeros([m], dtype=x.dtype, device=x.device)
    outer = torch.empty([m, k], dtype=x.dtype, device=x.device)
    layer = torch.empty([m, n], dtype=x.dtype, device=x.device)
    named = torch.empty([n, m], dtype=x.dtype, device=x.device)
    pointwise = torch.empty([k, m], dtype=x.dtype, device=x.device)
    sums = torch.empty([m], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        rows = x[tile, :]
        line[tile] = torch.mv(rows, v[:])
        number[tile] = number[tile] + torch.dot(v[:], v[:])
        outer[tile, :] = torch.outer(torch.mv(rows, v[:]), v[:])
        layer[tile, :] = F.linear(rows, y[:, :].T)
        named[:, tile] = torch.einsum("mk,kn->nm", rows, y[:, :])
        pointwise[:, tile] = torch.einsum("mk,k->km", rows, v[:])
        sums[tile] = torch.einsum("mk->m", rows)
    return line, number, outer, layer, named, pointwise, sums


def vectors_reference(x, y, v):
    line = torch.mv(x, v)
    return line, torch.dot(v, v).expand(x.size(0)), torch.outer(line, v), x @ y, (x @ y).T, x.T * v[:, None], x.sum(1)


# inputs: x=f32[9,12]; s=f32[12]
# inputs: x=i32[1,5]; s=i32[5]
@helion.kernel
def arranged(x, s):
    """Elements at other places, and sets of numbers."""
    m, n = x.size()
    rolled = torch.empty_like(x)
    padded = torch.empty([m, n + 3], dtype=x.dtype, device=x.device)
    steps = torch.empty([m, n - 1], dtype=x.dtype, device=x.device)
    side = torch.empty([m, 2 * n + 1], dtype=x.dtype, device=x.device)
    turned = torch.empty([n, m], dtype=x.dtype, device=x.device)
    member = torch.empty([m, n], dtype=torch.bool, device=x.device)
    place = torch.empty([m, n], dtype=torch.int64, device=x.device)
    behind = torch.empty([m, n], dtype=torch.int64, device=x.device)
    third = torch.empty([m], dtype=x.dtype, device=x.device)
    at = torch.empty([m], dtype=torch.int64, device=x.device)
    for tile in hl.tile(m):
        rows = x[tile, :]
        rolled[tile, :] = torch.roll(rows, -2, 1)
        padded[tile, :] = F.pad(rows, (1, 2), value=7)
        steps[tile, :] = torch.diff(rows)
        side[tile, :] = torch.hstack([rows, rows[:, :], rows.sum(1, keepdim=True).to(x.dtype)])
        turned[:, tile] = torch.movedim(rows, 0, 1)
        member[tile, :] = torch.isin(rows, s[:])
        line = torch.sort(s[:]).values
        place[tile, :] = torch.bucketize(rows, line)
        behind[tile, :] = torch.searchsorted(line, rows, right=True)
        third[tile], at[tile] = torch.kthvalue(rows, 3, dim=1)
    return rolled, padded, steps, side, turned, member, place, behind, third, at


def arranged_reference(x, s):
    line = torch.sort(s).values
    third = torch.sort(x, dim=1, stable=True)
    return (
        torch.roll(x, -2, 1), F.pad(x, (1, 2), value=7), torch.diff(x), torch.hstack([x, x, x.sum(1, keepdim=True).to(x.dtype)]),
        x.T, torch.isin(x, s), torch.bucketize(x, line), torch.searchsorted(line, x, right=True), third.values[:, 2],
        third.indices[:, 2],
    )


# inputs: x=f32[11,16]
# inputs: x=f32[1,4]
@helion.kernel
def squares(x):
    """Diagonals, and tensors made of numbers."""
    m, n = x.size()
    diagonal = torch.empty([n], dtype=x.dtype, device=x.device)
    matrix = torch.empty([n, n], dtype=x.dtype, device=x.device)
    trace = torch.empty([n], dtype=x.dtype, device=x.device)
    unit = torch.empty([n, n], dtype=x.dtype, device=x.device)
    even = torch.empty([n], dtype=x.dtype, device=x.device)
    means = torch.empty([m], dtype=x.dtype, device=x.device)
    angles = torch.empty_like(x)
    dropped = torch.empty_like(x)
    for tile in hl.tile(m):
        rows = x[tile, :]
        half = torch.tensor(0.5, dtype=torch.float32)
        means[tile] = torch.nanmean(torch.where(rows > half, float("nan"), rows), dim=1)
        angles[tile, :] = torch.angle(rows) + torch.linspace(0.0, 1.0, n)
        kept = F.dropout(rows, 0.25)
        right = (kept == 0) | torch.isclose(kept, rows / 0.75)
        dropped[tile, :] = torch.where(right, F.dropout(rows, 0.25, training=False), 100)
    for _ in hl.tile(1):
        line = x[0, :]
        square = torch.outer(line, line)
        diagonal[:] = torch.diagonal(square)
        matrix[:, :] = torch.diag(line)
        trace[:] = torch.trace(square).expand(n)
        unit[:, :] = torch.eye(n)
        first, second = torch.broadcast_tensors(line, line[None, :])
        even[:] = (first + second).sum(0)
    return diagonal, matrix, trace, unit, even, means, angles, dropped


def squares_reference(x):
    n = x.size(1)
    line = x[0]
    means = torch.nanmean(torch.where(x > 0.5, float("nan"), x), dim=1)
    angles = torch.angle(x) + torch.linspace(0.0, 1.0, n, device=x.device)
    trace = (line * line).sum().expand(n)
    return line * line, torch.diag(line), trace, torch.eye(n, device=x.device), 2 * line, means, angles, x


# inputs: x=f32[9,16]; v=f32[16]
# inputs: x=f32[1,4]; v=f32[4]
@helion.kernel(dot_precision="ieee")
def more_functions(x, v):
    """Builtins on tensors, shapes of other tensors, products added to something."""
    m, n = x.size()
    shaped = torch.empty_like(x)
    rounded = torch.empty_like(x)
    inner = torch.empty([m, m], dtype=x.dtype, device=x.device)
    added = torch.empty([m], dtype=x.dtype, device=x.device)
    ranked = torch.empty([n, n], dtype=x.dtype, device=x.device)
    turned = torch.empty([n, m], dtype=x.dtype, device=x.device)
    wider = torch.empty([m, n + 1], dtype=x.dtype, device=x.device)
    drawn = torch.empty([m, n], dtype=torch.bool, device=x.device)
    for tile in hl.tile(m):
        rows = x[tile, :]
        shaped[tile, :] = v[None, :].expand(rows.shape) + rows.sum(1, keepdim=True).broadcast_to(rows.shape)
        rounded[tile, :] = round(rows * 3) + pow(rows, 2) + rows.element_size() + rows.ndimension()
        inner[tile, :] = torch.inner(rows, x[:, :]).to(x.device)
        added[tile] = torch.addmv(rows.sum(1), rows, v[:], beta=2, alpha=0.5)
        turned[:, tile] = torch.flipud(rows.adjoint())
        wider[tile, :] = torch.constant_pad_nd(rows, [0, 1], 2.0)
        numbers = torch.randint(3, 9, [tile, n])
        coins = torch.bernoulli(torch.full_like(rows, 0.5))
        drawn[tile, :] = (numbers >= 3) & (numbers < 9) & ((coins == 0) | (coins == 1))
    for _ in hl.tile(1):
        line = v[:]
        ranked[:, :] = torch.addr(torch.eye(n), line, line)
    return shaped, rounded, inner, added, ranked, turned, wider, drawn


def more_functions_reference(x, v):
    rows = x.sum(1)
    return (
        v + rows[:, None], torch.round(x * 3) + x**2 + 6, x @ x.T, 2 * rows + 0.5 * torch.mv(x, v),
        torch.eye(x.size(1), device=x.device) + torch.outer(v, v), torch.flipud(x.T), F.pad(x, (0, 1), value=2.0), torch.ones_like(x, dtype=torch.bool),
    )
