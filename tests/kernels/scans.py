"""Reductions with places, running sums and products, functions of the user, sorting, gathering."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[7,33]
# inputs: x=f16[5,64]
# inputs: x=i32[4,19]:randint(-3,3)
# inputs: x=f32[3,1]
@helion.kernel
def places(x):
    m = x.size(0)
    out = torch.empty([6, m], dtype=torch.int64, device=x.device)
    values = torch.empty([4, m], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        v = x[tile, :]
        out[0, tile] = torch.argmax(v, 1)
        out[1, tile] = v.argmin(dim=-1)
        most, place = torch.max(v, dim=1)
        out[2, tile] = place
        values[0, tile] = most
        least = v.min(1)
        out[3, tile] = least.indices
        values[1, tile] = least.values
        out[4, tile] = torch.argmax(v, 1, keepdim=True).squeeze(1)
        out[5, tile] = torch.count_nonzero(v, 1)
        low, high = torch.aminmax(v, dim=1)
        values[2, tile] = low
        values[3, tile] = high
    return out, values


def places_reference(x):
    out = [x.argmax(1), x.argmin(1), x.max(1).indices, x.min(1).indices, x.argmax(1), torch.count_nonzero(x, 1)]
    # The first of several equal elements.
    first = [(x == x.amax(1, True)).to(torch.int64).argmax(1), (x == x.amin(1, True)).to(torch.int64).argmax(1)]
    for i in range(5):
        out[i] = first[i % 2 if i < 4 else 0]
    return torch.stack(out), torch.stack([x.amax(1), x.amin(1), x.amin(1), x.amax(1)])


# inputs: x=f32[5,13]
# inputs: x=f16[4,8]
@helion.kernel
def flattened_places(x):
    """Without an axis, the place counts row by row."""
    out = torch.empty([3], dtype=torch.int64, device=x.device)
    for tile in hl.tile(1):
        v = x[:, :]
        out[0] = torch.argmax(v)
        out[1] = v.argmin()
        out[2] = torch.argmax((v > 5).to(torch.int32))
    return out


def flattened_places_reference(x):
    return torch.stack([x.argmax(), x.argmin(), torch.tensor(0)])


# inputs: x=f32[70]
# inputs: x=f16[33]
@helion.kernel
def within_tiles(x):
    """Padded lanes of the last tile count for nothing, in either direction."""
    n = x.size(0)
    blocks = helion.cdiv(n, 16)
    sums = torch.empty([3, n], dtype=torch.float32, device=x.device)
    out = torch.empty([4, blocks], dtype=torch.float32, device=x.device)
    for tile in hl.tile(n, block_size=16):
        v = x[tile].to(torch.float32) + 2
        sums[0, tile] = hl.cumsum(v, 0, reverse=True)
        sums[1, tile] = torch.sort(v).values
        sums[2, tile] = v.flip(0)
        out[0, tile.id] = v.mean(0)
        out[1, tile.id] = torch.var(v, 0, unbiased=False)
        out[2, tile.id] = hl.reduce(torch.add, v, 0)
        out[3, tile.id] = torch.argmin(v, 0).to(torch.float32)
    return sums, out


def within_tiles_reference(x):
    parts = (x.float() + 2).split(16)
    sums = [torch.cat([f(part) for part in parts]) for f in (lambda v: v.flip(0).cumsum(0).flip(0), lambda v: v.sort().values, lambda v: v.flip(0))]
    out = [torch.stack([part.mean(), part.var(unbiased=False), part.sum(), part.argmin().float()]) for part in parts]
    return torch.stack(sums), torch.stack(out, 1)


# inputs: x=f32[6,29]
@helion.kernel
def nan_places(x):
    """The first NaN is the extreme element."""
    out = torch.empty([3, x.size(0)], dtype=torch.int64, device=x.device)
    values = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        v = torch.where(x[tile, :] > 1.0, float("nan"), x[tile, :])
        out[0, tile] = torch.argmax(v, 1)
        out[1, tile] = torch.argmin(v, 1)
        values[tile], out[2, tile] = torch.max(v, 1)
    return out, values


def nan_places_reference(x):
    v = torch.where(x > 1.0, float("nan"), x)
    return torch.stack([v.argmax(1), v.argmin(1), v.max(1).indices]), v.max(1).values


# inputs: x=f32[5,6,7]
# inputs: x=f16[2,3,16]
@helion.kernel
def several_axes(x):
    m = x.size(0)
    sums = torch.empty([9, m], dtype=torch.float32, device=x.device)
    numbers = torch.empty([3, m], dtype=torch.int64, device=x.device)
    for tile in hl.tile(m):
        v = x[tile, :, :]
        sums[0, tile] = v.sum((1, 2))
        sums[1, tile] = torch.mean(v, dim=[-1, 1])
        sums[2, tile] = torch.amax(v, (1, 2))
        sums[3, tile] = v.sum(dim=(1, 2), keepdim=True).squeeze(2).squeeze(1)
        sums[4, tile] = torch.var(v, (1, 2))
        sums[5, tile] = torch.std(v, dim=(1, 2), unbiased=False)
        sums[6, tile] = torch.logsumexp(v, (1, 2))
        sums[7, tile] = torch.linalg.vector_norm(v, dim=(1, 2))
        sums[8, tile] = torch.nansum(v, (1, 2))
        numbers[0, tile] = torch.count_nonzero(v > 0.5, (1, 2))
        numbers[1, tile] = torch.any(v > 1.5, dim=2).sum(1)
        numbers[2, tile] = (v > -1.5).all(2).sum(1)
    return sums, numbers


def several_axes_reference(x):
    v = x.float()
    sums = [v.sum((1, 2)), v.mean((1, 2)), v.amax((1, 2)), v.sum((1, 2)), v.var((1, 2)), v.std((1, 2), unbiased=False)]
    sums += [v.logsumexp((1, 2)), torch.linalg.vector_norm(v, dim=(1, 2)), v.nansum((1, 2))]
    numbers = [(v > 0.5).sum((1, 2)), (v > 1.5).any(2).sum(1), (v > -1.5).all(2).sum(1)]
    return torch.stack(sums), torch.stack(numbers)


# inputs: x=f32[9,300]
# inputs: x=f32[4,5]
# inputs: x=f16[4,65]
# inputs: x=f64[3,17]
@helion.kernel
def spreads(x):
    """Padded lanes are no numbers."""
    m = x.size(0)
    out = torch.empty([13, m], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        v = x[tile, :] + 3
        out[0, tile] = torch.var(v, 1)
        out[1, tile] = v.var(dim=1, unbiased=False)
        out[2, tile] = torch.std(v, -1, correction=0)
        variance, mean = torch.var_mean(v, dim=1, correction=2)
        out[3, tile] = variance
        out[4, tile] = mean
        deviation, mean = torch.std_mean(v, 1, keepdim=True)
        out[5, tile] = deviation.squeeze(1)
        out[6, tile] = torch.norm(v, dim=1)
        out[7, tile] = v.norm(p=1, dim=1)
        out[8, tile] = torch.linalg.vector_norm(v, float("inf"), 1)
        out[9, tile] = torch.norm(v, 3, 1)
        out[10, tile] = torch.logsumexp(v, 1)
        out[11, tile] = torch.prod(v * 0.25, 1)
        out[12, tile] = torch.nn.functional.normalize(v, dim=1).sum(1)
    return out


def spreads_reference(x):
    v = x.double() + 3
    return torch.stack(
        [
            v.var(1), v.var(1, unbiased=False), v.std(1, correction=0), v.var(1, correction=2), v.mean(1), v.std(1),
            v.norm(dim=1), v.abs().sum(1), v.abs().amax(1), v.norm(3, 1), v.logsumexp(1), (v * 0.25).prod(1),
            torch.nn.functional.normalize(v, dim=1).sum(1),
        ]
    )


# inputs: x=f32[5,37]
# inputs: x=f16[4,16]
# inputs: x=f32[3,1]
@helion.kernel
def running(x):
    m, n = x.size()
    out = torch.empty([6, m, n], dtype=x.dtype, device=x.device)
    numbers = torch.empty([2, m, n], dtype=torch.int64, device=x.device)
    for tile in hl.tile(m):
        v = x[tile, :]
        out[0, tile, :] = torch.cumsum(v, dim=1)
        out[1, tile, :] = hl.cumsum(v, 1, reverse=True)
        out[2, tile, :] = torch.cumprod(v, 1)
        out[3, tile, :] = torch.logcumsumexp(v, 1)
        most, place = torch.cummax(v, 1)
        out[4, tile, :] = most
        numbers[0, tile, :] = place
        out[5, tile, :] = hl.cumprod(v + 1, dim=1, reverse=True)
        numbers[1, tile, :] = (v > 0).cumsum(1)
    return out, numbers


def running_reference(x):
    v = x.double()
    reverse = v.flip(1).cumsum(1).flip(1)
    product = (x + 1).double().flip(1).cumprod(1).flip(1)
    most, place = v.cummax(1)
    out = [v.cumsum(1), reverse, v.cumprod(1), v.logcumsumexp(1), most, product]
    return torch.stack(out), torch.stack([place, (x > 0).cumsum(1)])


def add_pairs(left_value, left_flag, right_value, right_flag):
    return torch.where(right_flag > 0, right_value, left_value + right_value), torch.maximum(left_flag, right_flag)


def affine(left, right):
    a, b = left
    c, d = right
    return a * c, b * c + d


# inputs: x=f32[4,21]; flags=i32[4,21]:randint(0,2)
# inputs: x=f32[3,32]; flags=i32[3,32]:randint(0,2)
@helion.kernel
def user_scans(x, flags):
    m, n = x.size()
    out = torch.empty([6, m, n], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        v = x[tile, :]
        sums, _ = hl.associative_scan(add_pairs, (v, flags[tile, :]), dim=1)
        out[0, tile, :] = sums
        out[1, tile, :] = hl.associative_scan(torch.maximum, v, 1)
        out[2, tile, :] = hl.associative_scan(lambda a, b: a + b, v, 1, reverse=True)
        factors, sums = hl.associative_scan(affine, (v * 0.5, v), dim=1)
        out[3, tile, :] = factors
        out[4, tile, :] = sums
        _, sums = hl.associative_scan(affine, (v * 0.5, v), dim=1, reverse=True)
        out[5, tile, :] = sums
    return out


def user_scans_reference(x, flags):
    first, factors, sums = [], [], []
    total, a, b = torch.zeros(x.size(0)), None, None
    for i in range(x.size(1)):
        v = x[:, i]
        total = torch.where(flags[:, i] > 0, v, total + v) if i else v
        a, b = (v * 0.5, v) if i == 0 else (a * v * 0.5, b * v * 0.5 + v)
        first.append(total)
        factors.append(a)
        sums.append(b)
    back, b = [], None
    for i in reversed(range(x.size(1))):
        v = x[:, i]
        b = v if b is None else b * (v * 0.5) + v
        back.insert(0, b)
    columns = [torch.stack(values, 1) for values in (first, factors, sums, back)]
    return torch.stack([columns[0], x.cummax(1).values, x.flip(1).cumsum(1).flip(1), columns[1], columns[2], columns[3]])


def larger(left, right):
    keep = left[0] >= right[0]
    return torch.where(keep, left[0], right[0]), torch.where(keep, left[1], right[1])


# inputs: x=f32[6,23]
# inputs: x=f16[2,64]
@helion.kernel
def user_reductions(x):
    m = x.size(0)
    out = torch.empty([5, m], dtype=x.dtype, device=x.device)
    place = torch.empty([m], dtype=torch.int64, device=x.device)
    for tile in hl.tile(m):
        v = x[tile, :]
        out[0, tile] = hl.reduce(lambda a, b: a + b, v, dim=1)
        out[1, tile] = hl.reduce(torch.minimum, v, 1, other=float("inf"))
        out[2, tile] = hl.reduce(lambda a, b: a * b, v + 1, dim=-1, other=1.0, keep_dims=True).squeeze(1)
        index = torch.arange(v.size(1), device=x.device)[None, :]
        best, where = hl.reduce(larger, (v, index), dim=1, other=(float("-inf"), 0))
        out[3, tile] = best
        place[tile] = where
        total, squares = hl.reduce(lambda a, b, c, d: (a + c, b + d), (v, v * v), 1)
        out[4, tile] = total + squares
    return out, place


def user_reductions_reference(x):
    v = x.double()
    out = [v.sum(1), v.amin(1), (x + 1).double().prod(1), v.amax(1), v.sum(1) + (x * x).double().sum(1)]
    return torch.stack(out), v.argmax(1)


# inputs: x=f32[5,19]
# inputs: x=f16[3,16]
# inputs: x=f32[2,1]
# inputs: x=i32[4,33]:randint(-9,9)
# inputs: x=i64[3,7]:randint(-9,9)
# inputs: x=f64[3,6]
@helion.kernel
def sorted_rows(x):
    m, n = x.size()
    out = torch.empty([4, m, n], dtype=x.dtype, device=x.device)
    order = torch.empty([3, m, n], dtype=torch.int64, device=x.device)
    for tile in hl.tile(m):
        v = x[tile, :]
        up, places = torch.sort(v, stable=True)
        out[0, tile, :] = up
        order[0, tile, :] = places
        down = v.sort(dim=-1, descending=True)
        out[1, tile, :] = down.values
        order[1, tile, :] = v.argsort(-1)
        out[2, tile, :] = torch.gather(v, 1, places)
        out[3, tile, :] = torch.flip(v, [1])
        order[2, tile, :] = v.argsort(descending=True)
    return out, order


def sorted_rows_reference(x):
    up = x.sort(dim=1, stable=True)
    down = x.sort(dim=1, stable=True, descending=True)
    out = [up.values, down.values, up.values, x.flip(1)]
    return torch.stack(out), torch.stack([up.indices, up.indices, down.indices])


# inputs: x=f32[5,20]; k=1
# inputs: x=f16[3,16]; k=4
# inputs: x=f32[4,37]; k=7
@helion.kernel
def best_k(x, k: hl.constexpr):
    m = x.size(0)
    out = torch.empty([2, m, k], dtype=x.dtype, device=x.device)
    place = torch.empty([m, k], dtype=torch.int64, device=x.device)
    for tile in hl.tile(m):
        values, places = torch.topk(x[tile, :], k, dim=1)
        out[0, tile, :] = values
        place[tile, :] = places
        out[1, tile, :] = x[tile, :].topk(k, largest=False).values
    return out, place


def best_k_reference(x, k):
    order = x.sort(dim=1, descending=True, stable=True)
    low = x.topk(k, dim=1, largest=False).values
    return torch.stack([order.values[:, :k], low]), order.indices[:, :k]


# inputs: x=f32[6,20]; index=i64[6,8]:randint(0,20); columns=i32[5]:randint(0,20)
@helion.kernel
def gathered(x, index, columns):
    m = x.size(0)
    out = torch.empty([m, 8], dtype=x.dtype, device=x.device)
    selected = torch.empty([m, 5], dtype=x.dtype, device=x.device)
    lower = torch.empty([2, m, x.size(1)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m, block_size=8):
        v = x[tile, :]
        out[tile, :] = torch.gather(v, 1, index[tile, :])
        selected[tile, :] = torch.index_select(v, 1, columns[:])
        lower[0, tile, :] = torch.tril(v)
        lower[1, tile, :] = torch.triu(v, diagonal=2)
    return out, selected, lower


def gathered_reference(x, index, columns):
    return torch.gather(x, 1, index), torch.index_select(x, 1, columns), torch.stack([x.tril(), x.triu(2)])
