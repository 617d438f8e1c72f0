import pytest
import torch
import triton.language as tl
from triton.runtime import interpreter

from perihelion.worker import interpreted_float8

interpreted_float8.install()


@pytest.mark.parametrize(("narrow", "dtype"), [(tl.float8e4nv, torch.float8_e4m3fn), (tl.float8e5, torch.float8_e5m2)])
def test_numbers_round_as_torch_rounds_them(narrow, dtype):
    values = torch.cat([torch.tensor([-127.0, 200.0, 3.9, 0.0, 1e-3]), torch.randn(1000) * 20])
    bits = interpreter._convert_float(values.numpy(), tl.float32, narrow, None)
    assert torch.equal(torch.from_numpy(bits).view(dtype).float(), values.to(dtype).float())


def test_too_large_numbers_become_the_largest_and_nan_stays():
    values = torch.tensor([1e4, -1e4, float("inf"), float("nan")]).numpy()
    bits = torch.from_numpy(interpreter._convert_float(values, tl.float32, tl.float8e4nv, None))
    assert bits.view(torch.float8_e4m3fn).float().tolist()[:3] == [448, -448, 448]
    assert bits.view(torch.float8_e4m3fn).float().isnan().tolist() == [False, False, False, True]


@pytest.mark.parametrize("wide", [tl.float16, tl.float32])
def test_every_number_is_widened(wide):
    bits = torch.arange(256).to(torch.uint8)
    made = interpreter._convert_float(bits.numpy(), tl.float8e5, wide, None)
    got = torch.from_numpy(made.view({tl.float16: "float16", tl.float32: "float32"}[wide])).float()
    assert torch.equal(got.nan_to_num(7), bits.view(torch.float8_e5m2).float().nan_to_num(7))
