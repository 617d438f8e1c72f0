"""Random numbers, which no configuration may change."""

import torch

import helion
import helion.language as hl


def philox(seed, counter):
    """Philox 4x32-10: four words for each counter, as int64 from 0 to 2**32 - 1."""
    mask = 0xFFFFFFFF
    words = [counter.to(torch.int64), *(torch.zeros_like(counter, dtype=torch.int64) for _ in range(3))]
    low, high = seed & mask, seed >> 32 & mask
    for _ in range(10):
        b = multiplied(words[2], 0xCD9E8D57)
        a = multiplied(words[0], 0xD2511F53)
        words = [b[0] ^ words[1] ^ low, b[1], a[0] ^ words[3] ^ high, a[1]]
        low, high = low + 0x9E3779B9 & mask, high + 0xBB67AE85 & mask
    return words


def multiplied(word, factor):
    """High and low half of a product of 32 bits each."""
    mask = 0xFFFFFFFF
    low = word * (factor & 0xFFFF)
    high = word * (factor >> 16)
    total = (low >> 16) + high
    return total >> 16, ((total & 0xFFFF) << 16 | low & 0xFFFF) & mask


def signed(word):
    return torch.where(word >= 2**31, word - 2**32, word)


def uniform(word):
    x = signed(word)
    return torch.where(x < 0, -x - 1, x).float() * 4.6566127342e-10


# inputs: x=f32[13,30]; seed=12345
# inputs: x=f32[1,3]; seed=7
@helion.kernel
def seeded(x, seed: int):
    m, n = x.size()
    out = torch.empty_like(x)
    whole = torch.empty_like(x)
    words = torch.empty([m, n], dtype=torch.int32, device=x.device)
    fourth = torch.empty_like(x)
    for tile_m, tile_n in hl.tile([m, n]):
        out[tile_m, tile_n] = hl.rand([tile_m, tile_n], seed)
        words[tile_m, tile_n] = hl.randint([tile_m, tile_n], -5, 17, seed=seed)
        a, b, c, d = hl.rand4x(seed, tile_m.index[:, None] * n + tile_n.index[None, :])
        fourth[tile_m, tile_n] = d
    for tile in hl.tile(m):
        whole[tile, :] = hl.rand(shape=[tile, n], seed=seed, device=x.device)
    return out, whole, words, fourth


def seeded_reference(x, seed):
    words = philox(seed, torch.arange(x.numel()).view_as(x))
    numbers = uniform(words[0])
    return numbers, numbers, (signed(words[0]).abs() % 22 - 5).int(), uniform(words[3])


# inputs: x=f32[500,64]
@helion.kernel
def unseeded(x):
    """Only what is sure of them: bounds, and means of many."""
    m, n = x.size()
    sums = torch.zeros([4], dtype=torch.float32, device=x.device)
    outside = torch.zeros([1], dtype=torch.int32, device=x.device)
    for tile in hl.tile(m):
        value = x[tile, :]
        u = torch.rand_like(value)
        v = torch.rand([tile, n], device=x.device)
        w = torch.randn_like(value)
        k = torch.randint_like(value, 2, 10)
        hl.atomic_add(sums, [0], torch.where(tile.index < m, (u - v).sum(1), 0.0).sum(0))
        hl.atomic_add(sums, [1], w.sum())
        hl.atomic_add(sums, [2], (w * w - 1).sum())
        hl.atomic_add(sums, [3], (u * v - 0.25).sum())
        wrong = (u < 0) | (u >= 1) | (k < 2) | (k > 9) | (u == v)
        hl.atomic_add(outside, [0], wrong.to(torch.int32).sum(1).sum(0))
    # Five standard deviations of 32000 numbers.
    small = (sums.abs() < 1300).to(torch.int32)
    return small, (outside < 5).to(torch.int32)


def unseeded_reference(x):
    return torch.ones(4, dtype=torch.int32), torch.ones(1, dtype=torch.int32)
