import pytest
import torch

from perihelion.worker import check


def result(got, expected, inputs=(), dot=False):
    return check.compare_all([got], [expected], inputs, dot)


def test_rounding_is_allowed_and_a_wrong_value_is_not():
    exact = torch.randn(64, 64, dtype=torch.float64)
    half = exact.half()
    assert result(half, exact).reason is None
    assert 0 < result(half, exact).max_error < 0.2
    half[3, 5] += 0.5
    found = result(half, exact)
    assert found.max_error > 1
    assert "1 of 4096 elements differ; the worst is at [3, 5]" in found.reason


def test_the_error_is_a_fraction_of_what_is_allowed():
    expected = torch.ones(4)
    rtol, atol = check.TOLERANCES["float32"]
    got = expected + (rtol + atol) / 2
    assert result(got, expected).max_error == pytest.approx(0.5, rel=0.01)


def test_the_allowance_scales_with_the_reference():
    expected = torch.full((10,), 1000.0)
    expected[0] = 0
    got = expected.clone()
    got[0] = 0.05
    assert result(got, expected).reason is None
    assert result(got / 1000, expected / 1000).reason is None
    got[0] = 0.5
    assert result(got, expected).reason is not None


def test_the_coarsest_dtype_decides():
    expected = torch.randn(1000)
    got = expected * (1 + 1e-2)
    assert result(got, expected).reason is not None
    assert result(got, expected, [torch.bfloat16]).reason is None
    assert check.tolerance(torch.float32, [torch.float32], True) == check.TOLERANCES["tf32"]
    assert check.tolerance(torch.float32, [torch.float8_e4m3fn], False) == check.TOLERANCES["float16"]
    assert check.tolerance(torch.float8_e4m3fn, [torch.float16], False) == check.TOLERANCES["float8_e4m3"]


@pytest.mark.parametrize(
    ("got", "expected", "right"),
    [
        ([1.0, float("nan")], [1.0, float("nan")], True),
        ([1.0, float("inf")], [1.0, float("inf")], True),
        ([1.0, float("-inf")], [1.0, float("inf")], False),
        ([1.0, float("nan")], [1.0, 2.0], False),
        ([1.0, 2.0], [1.0, float("nan")], False),
        ([float("inf"), 2.0], [float("nan"), 2.0], False),
    ],
)
def test_patterns_of_nan_and_infinity_must_agree(got, expected, right):
    assert (result(torch.tensor(got), torch.tensor(expected)).reason is None) == right


def test_a_half_result_may_overflow_where_the_reference_does_not():
    assert result(torch.tensor([float("inf")]).half(), torch.tensor([1e6])).reason is None


def test_integers_are_exact():
    assert result(torch.tensor([1, 2]), torch.tensor([1, 2])).reason is None
    assert "got" not in (result(torch.tensor([1, 2]), torch.tensor([1, 3])).reason or "got")
    assert result(torch.tensor([True]), torch.tensor([False])).reason


def test_shape_and_count():
    assert "shape" in result(torch.ones(2), torch.ones(3)).reason
    assert "2 results" in check.compare_all([torch.ones(1)] * 2, [torch.ones(1)]).reason
    assert result(torch.ones(0), torch.ones(0)).max_error == 0


def test_tensors_come_out_of_any_nesting():
    a, b = torch.ones(1), torch.zeros(1)
    assert [float(t) for t in check.tensors_in({"b": (a, None), "a": [b, 3]})] == [0, 3, 1]


def test_same_sees_one_changed_bit_but_not_nan():
    one = torch.tensor([1.0, float("nan")])
    assert check.same(one, one.clone())
    assert not check.same(one, one + 1e-7)
    assert check.same(one.to(torch.float8_e4m3fn), one.to(torch.float8_e4m3fn))
