import os, a.b.c as abc
from . import x
from ...pkg.mod import (y as z, w,)
from m import *

a = b = 1, 2
a.b[c], *d = e
count: int = 3
flag: "bool"
n += 1; m //= 2; k **= 3; t @= u
del a, b[0]
assert x, "message"
global_ = 1

@decorate
@helion.kernel(config=helion.Config(block_sizes=[32]), static_shapes=True)
def kernel(x: torch.Tensor, /, y=1, *args: int, z, q: int = 2, **kw) -> torch.Tensor:
    """Doc."""
    for tile in hl.tile(x.size(0)):
        if tile.begin > 0: continue
        elif y:
            break
        else: pass
    else:
        raise ValueError("bad") from error
    while (k := next()) is not None: k()
    return x, *args

class C(Base, metaclass=Meta):
    global g
    def method(self): return

    async def later(self):
        async with a as b, c: await d
        async for i in it: yield i
try:
    pass
except E as e:
    def inner(): pass
except (A, B): pass
else: pass
finally:
    pass

with (open(f) as (p, q), other): pass
with (yield_) as r.s: pass
type Alias[T: int, *Ts, **P] = list[T]
def generic[T](x: T, *, key=lambda a, /, *b, c=1, **d: a): ...
try: a
except* E: b
