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


def test_every_changed_bit_is_seen():
    one = torch.tensor([1.0, float("nan"), 3.0])
    assert not check.differs(one, one.clone())
    assert check.differs(one, one + 1e-7)
    for dtype in (torch.float8_e4m3fn, torch.bfloat16, torch.int64, torch.bool, torch.complex64):
        full = torch.ones(7, 5).to(dtype)
        other = full.clone()
        assert not check.differs(full, other) and not check.differs(full.t(), other.t())
        other[6, 4] = 0
        assert check.differs(full, other) and check.differs(full.t(), other.t())
        assert check.differs(full[1:], other[1:]) and not check.differs(full[:6], other[:6])
    assert check.differs(torch.tensor(1), torch.tensor(2)) and not check.differs(torch.ones(0), torch.ones(0))


def test_tolerances_grow_with_the_root_of_the_reduction():
    rtol, atol = check.TOLERANCES["bfloat16"]
    for length, growth in ((1024, 1), (4096, 2), (256, 0.5), (1, 0.5), (1 << 30, 4)):
        assert check.tolerance(torch.bfloat16, [], True, length) == pytest.approx((rtol * growth, atol * growth))
    assert check.tolerance(torch.float8_e5m2, [], True, 4096) == check.TOLERANCES["float8_e5m2"]


def in_two_steps(got, expected, allowance=(1e-2, 1e-2)):
    comparison = check.Comparison(got, check.Side(expected), allowance, "Result 0")
    worst = None if comparison.worst is None else check.fetch([comparison.worst])[0]
    return comparison.result(worst)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.float8_e5m2])
def test_two_steps_say_what_one_does(dtype, monkeypatch):
    monkeypatch.setattr(check, "_CHUNK", 1000)
    expected = torch.randn(50, 67, dtype=torch.float32)
    got = (expected + 1e-3 * torch.randn(50, 67)).to(dtype)
    allowance = (0.3, 0.3) if dtype == torch.float8_e5m2 else (1e-2, 1e-2)
    quick, careful = in_two_steps(got, expected, allowance), check.compare(got, expected, allowance, "Result 0")
    assert quick.reason is None and careful.reason is None
    assert quick.max_error == pytest.approx(careful.max_error, rel=1e-5)
    got[49, 66] = float("nan")
    assert "the worst is at [49, 66]: nan" in in_two_steps(got, expected, allowance).reason
    got[49, 66] = 1000.0
    assert in_two_steps(got, expected, allowance) == check.compare(got, expected, allowance, "Result 0")


@pytest.mark.parametrize(
    ("got", "expected", "right"),
    [
        (torch.tensor([1.0, float("inf")]), torch.tensor([1.0, float("inf")]), True),
        (torch.tensor([1.0, float("-inf")]), torch.tensor([1.0, 2.0]), False),
        (torch.tensor([1, 2]), torch.tensor([1, 2]), True),
        (torch.tensor([1, 2]), torch.tensor([1, 3]), False),
        (torch.tensor([1, 2]), torch.tensor([1.0, 2.0]), True),
        (torch.tensor([1j, 2]), torch.tensor([1j, 2.5]), False),
        (torch.ones(2), torch.ones(3), False),
        (torch.ones(0), torch.ones(0), True),
        (torch.tensor([float("inf")]).half(), torch.tensor([1e6]), True),
    ],
)
def test_two_steps_take_care_of_what_is_rare(got, expected, right):
    assert (in_two_steps(got, expected).reason is None) == right


def test_numbers_come_over_together():
    found = check.fetch([torch.tensor(True), torch.tensor(0.5), torch.tensor(float("nan"), dtype=torch.float64)])
    assert found[:2] == [1.0, 0.5] and found[2] != found[2] and check.fetch([]) == []
