"""A file as it is found: imports of what is not here, classes, a main function, constants of many kinds."""
from __future__ import annotations

import argparse
import dataclasses
import enum
import functools
import itertools
import math
import os
import sys
from collections import namedtuple, OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, ClassVar, Literal, NamedTuple, Optional, Tuple, Union, cast

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
from typing_extensions import TypeAlias

import helion
from helion._testing import DEVICE
from helion._testing import HALF_DTYPE
from helion._testing import run_example
from helion._testing import skipIfRefEager
from helion.runtime import get_num_sm
from helion.runtime.settings import _get_backend
from helion.autotuner import EnumFragment, IntegerFragment
import helion.language as lang
import helion.language as hl
from helion.language import constexpr, tile
import triton
import triton.language as tl
from triton.testing import do_bench

try:
    from tritonbench.utils.env_utils import is_hip
    HAS_TB = True
except ImportError:
    HAS_TB = False
    def is_hip():
        return False

if TYPE_CHECKING:
    from collections.abc import Sequence
    from helion.runtime.kernel import Kernel

if HAS_TB:
    import tritonbench

torch.manual_seed(0)
torch.set_float32_matmul_precision("high")
torch.backends.cuda.matmul.allow_tf32 = True
torch._dynamo.config.suppress_errors = True

DEBUG = bool(int(os.environ.get("MY_DEBUG", "0")))
BLOCK = int(os.environ.get("MY_BLOCK", "16"))
LOG2E = math.log2(math.e)
SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)
EPS = sys.float_info.epsilon
FACTORS = tuple(2 ** i for i in range(3))
TABLE = {"a": 1.5, "b": 2.5}
sys.stdout.write("")


class Mode(enum.Enum):
    ADD = 0
    MUL = 1


class Kind(enum.IntEnum):
    FIRST = 1
    SECOND = 2

@dataclass
class Params:
    alpha: float = 2.0
    beta: float = 0.5
    names: list = field(default_factory=list)

DEFAULTS = Params(alpha=3.0)
Pair = namedtuple("Pair", ["x", "y"])
PAIR = Pair(2, 3)
Alias: TypeAlias = "torch.Tensor"


def is_cuda() -> bool:
    return torch.cuda.is_available()


config = helion.Config(block_sizes=[32], num_warps=4)
other_configs = [helion.Config(block_sizes=[16]), helion.Config(block_sizes=[64], num_warps=8)]
my_kernel = functools.partial(helion.kernel, static_shapes=True)


# inputs: x=f32[37]
@helion.kernel(config=config)
def consts(x: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(x)
    for t in hl.tile(x.size(0)):
        out[t] = x[t] * LOG2E + SQRT_2_OVER_PI + BLOCK
    return out


def consts_reference(x):
    return x * LOG2E + SQRT_2_OVER_PI + BLOCK


# inputs: x=f32[37]
@helion.kernel(configs=other_configs, autotune_effort="quick", print_output_code=False)
def consts2(x: Tensor) -> Tensor:
    out = torch.empty_like(x)
    for t in lang.tile(x.size(0)):
        out[t] = x[t] * FACTORS[2] + TABLE["b"] + DEFAULTS.alpha + PAIR.x + Kind.SECOND + Mode.MUL.value
    return out


def consts2_reference(x):
    return x * 4 + 2.5 + 3.0 + 2 + 2 + 1


# inputs: x=f32[37]
@my_kernel()
def consts3(x: Alias, *, flag: bool = True) -> "torch.Tensor":
    out = torch.empty_like(x)
    if DEBUG:
        print("debugging", x.shape)
    for t in tile(x.size(0)):
        out[t] = x[t] * 2 if flag else x[t]
    return out


def consts3_reference(x, flag=True):
    return x * 2


# inputs: x=f32[5,17]
@helion.jit
def sm_count(x: Tensor) -> tuple[Tensor, int]:
    n = get_num_sm(x.device)
    n2 = helion.runtime.get_num_sm(x.device)
    acc = x.new_zeros([n, x.size(1)])
    for t in hl.tile(x.size(1)):
        acc[0, t] = x[0, t]
    return acc.sum(0)


def sm_count_reference(x):
    return x[0]


class MyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = consts(x)
        ctx.save_for_backward(x)
        return y
    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad * LOG2E


class Layer(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(n, device=DEVICE, dtype=HALF_DTYPE))
    def forward(self, x):
        return MyFunction.apply(x)


def check(n: int) -> None:
    x = torch.randn([n], device=DEVICE, dtype=HALF_DTYPE)
    run_example({"helion": consts}, {"torch": lambda x: x}, (x,))


def main() -> None:
    check(1024)

if __name__ == "__main__":
    main()
