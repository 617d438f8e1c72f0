import enum
import types

import pytest
import torch

from perihelion.worker import inputs
from perihelion.worker.errors import JobError


def tensor(dtype="float32", shape=(8, 4), strides=None, **fill):
    return {
        "name": "x",
        "kind": "tensor",
        "dtype": dtype,
        "shape": list(shape),
        "strides": strides,
        "fill": {"kind": "normal", **fill},
    }


def build(spec, device="cpu", seed=0):
    return inputs.build([spec], device, seed)[0]


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2", "int8", "int64", "bool"]
)
@pytest.mark.parametrize("kind", ["normal", "uniform", "randint", "zeros", "ones", "arange"])
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_every_dtype_and_fill(dtype, kind, device):
    made = build(tensor(dtype, kind=kind), device)
    assert (made.dtype, tuple(made.shape), made.device.type) == (getattr(torch, dtype), (8, 4), device)


def test_the_seed_decides():
    assert torch.equal(build(tensor(), seed=1), build(tensor(), seed=1))
    assert not torch.equal(build(tensor(), seed=1), build(tensor(), seed=2))


def test_arguments_differ_and_do_not_disturb_one_another():
    first, second = inputs.build([tensor(), tensor()], "cpu", 5)
    assert not torch.equal(first, second)
    assert torch.equal(inputs.build([tensor(shape=(3,)), tensor()], "cpu", 5)[1], second)


def test_values_follow_the_fill():
    normal = build(tensor(shape=(100_000,)))
    assert abs(float(normal.mean())) < 0.02 and abs(float(normal.std()) - 1) < 0.02
    uniform = build(tensor(shape=(10_000,), kind="uniform", low=2, high=3))
    assert 2 <= float(uniform.min()) < 2.01 and 2.99 < float(uniform.max()) <= 3
    integers = build(tensor("int32", (10_000,), kind="randint", low=-3, high=4))
    assert (int(integers.min()), int(integers.max())) == (-3, 3)


@pytest.mark.parametrize("strides", [[1, 8], [16, 2], [0, 1]])
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_strides(strides, device):
    made = build(tensor(strides=strides), device)
    assert (list(made.stride()), list(made.shape)) == (strides, [8, 4])


def test_other_kinds():
    specs = [
        {"name": "a", "kind": "int", "value": 3},
        {"name": "b", "kind": "none"},
        {"name": "c", "kind": "dtype", "value": "bfloat16"},
        {"name": "d", "kind": "tuple", "items": [{"kind": "float", "value": 2}, tensor()]},
        {"name": "e", "kind": "function", "value": "gelu"},
    ]
    a, b, c, d, e = inputs.build(specs, "meta")
    assert (a, b, c, d[0], e.__name__) == (3, None, torch.bfloat16, 2.0, "gelu")
    with pytest.raises(RuntimeError, match="`gelu`"):
        e(1)
    assert inputs.build(specs[4:], "cpu", 0, {"gelu": abs}.get)[0] is abs


def test_description_is_the_inverse():
    values = [torch.randn(4, 6).t(), torch.tensor([3, 7]), 2, True, 0.5, "s", None, torch.float16, [1, (2,)], abs]
    names = [f"n{i}" for i in range(len(values))]
    specs = inputs.describe(names, values)
    again = inputs.build(specs, "cpu", 0, {"abs": abs}.get)
    assert again[2:] == values[2:]
    assert again[0].stride() == values[0].stride()
    assert again[1].tolist() == [3, 7]


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool])
def test_whole_numbers_keep_their_elements_and_strides(dtype):
    value = torch.arange(24).remainder(7).to(dtype).view(4, 6).t()
    again = inputs.build(inputs.describe(["x"], [value]), "cpu", 5)[0]
    assert torch.equal(again, value)
    assert again.stride() == value.stride()
    expanded = torch.tensor([[3], [4]]).expand(2, 5)
    assert torch.equal(inputs.build(inputs.describe(["x"], [expanded]), "cpu")[0], expanded)


def test_whole_numbers_that_are_too_many_keep_their_range():
    generator = torch.Generator().manual_seed(0)
    value = torch.randint(5, 1 << 40, (100_000,), generator=generator)
    (spec,) = inputs.describe(["x"], [value])
    assert spec["fill"] == {"kind": "randint", "low": int(value.min()), "high": int(value.max()) + 1}


def test_floats_keep_what_a_kernel_may_rely_on():
    values = [torch.rand(100) + 0.5, torch.zeros(4), torch.ones(4), torch.full((4,), 0.25), torch.randn(100)]
    above, zeros, ones, same, normal = inputs.build(inputs.describe("abcde", values), "cpu", 1)
    assert 0.5 <= float(above.min()) < float(above.max()) <= 1.5
    assert zeros.tolist() == [0.0] * 4 and ones.tolist() == [1.0] * 4
    assert torch.allclose(same, values[3], rtol=2e-3)
    assert float(normal.min()) < 0


def test_data_of_another_length_is_refused():
    (spec,) = inputs.describe(["x"], [torch.arange(5)])
    with pytest.raises(JobError, match="6 elements"):
        inputs.build([{**spec, "shape": [6]}], "cpu")


def test_wrong_forms_are_named():
    with pytest.raises(JobError, match="float17"):
        build(tensor("float17"))
    with pytest.raises(JobError, match="unknown fill"):
        build(tensor(kind="prime"))
    with pytest.raises(JobError, match="not an argument"):
        build({"name": "x", "kind": "tensorr"})


def test_a_function_that_is_not_at_hand_has_what_it_saw():
    spec = {"name": "f", "kind": "function", "value": "make(2)", "named": "inner", "seen": {"bias": tensor(shape=(3,))}}
    made = build(spec, "meta")
    assert (made.__name__, made.__code__.co_freevars) == ("inner", ("bias",))
    assert tuple(made.__closure__[0].cell_contents.shape) == (3,)


def test_arguments_go_by_name_where_the_function_has_their_names():
    specs = [{"name": "x"}, {"name": "z"}]
    assert inputs.bound(lambda x, y=1, z=2: (x, y, z), specs, [5, 7])() == (5, 1, 7)
    assert inputs.bound(lambda a, b: (a, b), specs, [5, 7])() == (5, 7)
    assert inputs.bound(max, specs, [5, 7])() == 7


def test_values_of_the_file_go_by_their_names():
    module = types.SimpleNamespace(gelu=abs, Mode=enum.Enum("Mode", "A B"))
    found = inputs.describe(["f", "m"], [abs, module.Mode.B], module)
    assert [spec["value"] for spec in found] == ["gelu", "Mode.B"]
    with pytest.raises(JobError, match="no name in the file"):
        inputs.describe(["f"], [lambda x: x], module)


def test_placeholders_leave_the_checks_of_what_they_stand_for_to_others():
    function = inputs.build([{"kind": "function", "value": "scaled(2)", "seen": {"bias": {"kind": "int", "value": 3}}}], "meta")[0]
    names, cells = function.__code__.co_freevars, function.__closure__
    assert cells[names.index("bias")].cell_contents == 3
    assert not cells[names.index("scale")].cell_contents != 2.0
    assert not function.value != "relu"
    assert not function != 2
    with pytest.raises(RuntimeError, match="not available"):
        function(1)
