# kernel: assembly
# arg x: f32[37]
# arg y: f32[37]
# config: default
import torch

import helion
import helion.language as hl


@helion.kernel
def assembly(x, y):
    out = torch.empty_like(x)
    other = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        a = x[tile]
        out[tile] = hl.inline_asm_elementwise(
            "add.f32 $0, $1, $2;", "=f,f,f", [a, y[tile]], dtype=torch.float32, is_pure=True, pack=1
        )
        low, high = hl.inline_asm_elementwise(
            """
            mov.b32 $0, $2;
            mov.b32 $1, $2;
            """,
            "=r,=r,r",
            [a.view(torch.int32)],
            dtype=(torch.int32, torch.int32),
            is_pure=True,
            pack=1,
        )
        other[tile] = (low + high).to(torch.float32)
        hl.device_print("value", a)
        print("index", tile.begin)
    return out, other
