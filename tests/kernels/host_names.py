"""Constants under conditions, tensors whose lengths only the launch knows, functions in functions."""

import torch
import helion as hn
from helion import kernel, Config
from helion import language as L
import helion.language as hl
import functools, math, operator
from functools import partial, lru_cache, reduce
import contextlib
import warnings
import logging
from typing import Any  # noqa: F401

logger = logging.getLogger(__name__)
warnings.filterwarnings("ignore")
_DEV = torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")

if torch.version.hip is not None:
    WIDTH = 64
    NAME = "hip"
else:
    WIDTH = 32
    NAME = "cuda"

USE_FAST = False
if USE_FAST:
    FACTOR = 2.0
else:
    FACTOR = 3.0

COUNT = 0
COUNT += 2


@lru_cache(maxsize=None)
def cached(n):
    return n * 2


@contextlib.contextmanager
def ctx():
    yield


def div_up(a, b):
    return (a + b - 1) // b


def pad_to(x, mult):
    n = x.size(-1)
    p = (mult - n % mult) % mult
    if p:
        x = torch.nn.functional.pad(x, (0, p))
    return x


# inputs: x=f32[5,21]
@kernel
def conditional_constants(x):
    out = torch.empty_like(x)
    w = WIDTH
    for i, j in L.tile(out.shape):
        out[i, j] = x[i, j] * w + FACTOR + COUNT
    return out


def conditional_constants_reference(x):
    return x * 32 + 3 + 2


# inputs: x=f32[5,21]
@hn.kernel(config=Config(block_sizes=[4, 8]), use_default_config=True)
def padded(x):
    n = x.size(-1)
    p = pad_to(x, 8)
    rows = div_up(x.size(0), 2)
    c = cached(3)
    out = torch.zeros(p.shape, dtype=p.dtype, device=p.device)
    for i, j in hl.tile([p.size(0), p.size(1)]):
        out[i, j] = p[i, j] * rows + c
    return out[:, :n]


def padded_reference(x):
    return x * 3 + 6


# inputs: x=f32[4,30]; mask=bool[30]
@hn.kernel
def compacted(x, mask):
    idx = mask.nonzero(as_tuple=True)[0]
    k = idx.numel()
    sel = x[:, mask]
    flat = torch.nonzero(mask).flatten()
    out = torch.empty([x.size(0), k], dtype=x.dtype, device=x.device)
    out2 = torch.empty_like(out)
    for i, j in hl.tile([x.size(0), k]):
        p = idx[j]
        out[i, j] = x[i, p] + flat[j]
        out2[i, j] = sel[i, j]
    return out, out2


def compacted_reference(x, mask):
    f = torch.nonzero(mask).flatten()
    return x[:, mask] + f, x[:, mask]


# inputs: x=f32[4,30]; lengths=i64[4]:randint(1,30)
@hn.kernel
def trimmed(x, lengths):
    longest = lengths.max().item()
    y = x[:, :longest]
    z = x[1:]
    tail = x[..., -3:]
    out = torch.zeros_like(y)
    out2 = torch.zeros_like(z)
    for i, j in hl.tile([y.size(0), y.size(1)]):
        out[i, j] = y[i, j] * 2

    return out, z, tail


def trimmed_reference(x, lengths):
    n = int(lengths.max())
    return x[:, :n] * 2, x[1:], x[..., -3:]


# inputs: x=f32[40]; n=3
@hn.kernel
def nested_helpers(x, n: int):
    def outer(v, k=2):
        def inner(u):
            return u * k
        return inner(v) + n
    total = sum(cached(i) for i in range(4))
    pairs = list(zip(range(3), "abc"))
    mapping = {name: i for i, name in pairs}
    best = max(mapping.values())
    joined = "-".join(k for k, _ in [("a", 1), ("b", 2)])
    assert joined == "a-b"
    ops = {"add": operator.add, "mul": operator.mul}
    f = partial(outer, k=3)
    chosen = functools.reduce(lambda a, b: a * b, [1, 2, 3], 1)
    out = torch.empty_like(x)
    for t in hl.tile(x.shape[0]):
        out[t] = f(x[t]) + total + best + chosen + ops["add"](1, 2)
    return out


def nested_helpers_reference(x, n):
    return x * 3 + n + 12 + 2 + 6 + 3


# inputs: x=f32[6,10]; y=f32[10,7]
@hn.kernel
def after(x, y):
    with contextlib.suppress(ValueError):
        m, k = x.shape
    _, n = y.shape
    out = x.new_empty(m, n)
    if x.dtype == torch.float16 and y.dtype == torch.float16:
        acc_dtype = torch.float16
    elif x.dtype.is_floating_point:
        acc_dtype = torch.float32
    else:
        raise TypeError(f"bad {x.dtype}")
    for tm, tn in hl.tile([m, n]):
        acc = hl.zeros([tm, tn], dtype=acc_dtype)
        for tk in hl.tile(k):
            acc += torch.matmul(x[tm, tk], y[tk, tn])
        out[tm, tn] = acc
    total = out.sum()
    for _ in range(2):
        total = total + 1
    if total.item() == -1:
        logger.warning("odd")
        return None
    res = {"out": out, "total": total}
    del total
    return res


def after_reference(x, y):
    return {"out": x @ y, "total": (x @ y).sum() + 2}
