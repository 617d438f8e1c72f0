"""The command line's VALUEs, and kernel files with inputs."""

import kernel_cases
import pytest
import values


@pytest.mark.parametrize(
    "text, expected",
    [
        ("3", {"kind": "int", "value": 3}),
        ("-1e-5", {"kind": "float", "value": -1e-5}),
        ("true", {"kind": "bool", "value": True}),
        ("none", {"kind": "none"}),
        ('"me,an"', {"kind": "str", "value": "me,an"}),
        ("torch.f16", {"kind": "dtype", "value": "float16"}),
        ("@gelu", {"kind": "function", "value": "gelu"}),
        ("-inf", {"kind": "float", "value": float("-inf")}),
        (
            "f32[128,64]:strides(1,128)",
            {
                "kind": "tensor", "dtype": "float32", "shape": [128, 64], "strides": [1, 128],
                "fill": {"kind": "normal"},
            },
        ),
        (
            "i64[7]:randint(0,9)",
            {
                "kind": "tensor", "dtype": "int64", "shape": [7], "strides": None,
                "fill": {"kind": "randint", "low": 0, "high": 9},
            },
        ),
        (
            "bf16[]:uniform(-1,0.5)",
            {
                "kind": "tensor", "dtype": "bfloat16", "shape": [], "strides": None,
                "fill": {"kind": "uniform", "low": -1.0, "high": 0.5},
            },
        ),
    ],
)
def test_values(text, expected):
    assert values.value(text) == expected


def test_nested_values():
    spec = values.value('[f32[2,3], (1,"a)b")]')
    assert [item["kind"] for item in spec["items"]] == ["tensor", "tuple"]
    assert [item["value"] for item in spec["items"][1]["items"]] == [1, "a)b"]


def test_what_is_no_value_is_an_error():
    for text in ("f33[2]", "nonsense", "torch.f33"):
        with pytest.raises(ValueError):
            values.value(text)


def test_inputs_stand_above_their_kernel(tmp_path):
    file = tmp_path / "k.py"
    file.write_text(
        "# inputs: x=f32[3]; by=2\n# full: x=f32[4096]; by=2\n@kernel\ndef one(x, by):\n    pass\n\n"
        "def one_reference(x, by):\n    pass\n"
    )
    small, full = kernel_cases.read([tmp_path])
    assert (small.kernel, small.inputs, small.size) == ("one", {"x": "f32[3]", "by": "2"}, "small")
    assert (full.inputs["x"], full.size) == ("f32[4096]", "full")
