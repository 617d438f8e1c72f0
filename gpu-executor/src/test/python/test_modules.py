"""The text of generated modules as the GPU worker loads it."""

import traceback

import pytest

from perihelion.worker import modules
from perihelion.worker.errors import JobError

TEXT = '''import triton


@triton.jit
def _helper(a, b: tl.constexpr = 3):
    return nothing_like_it(a)


@triton.jit
def _kernel(x, out, SIZE: tl.constexpr):
    y = _helper(x)

    for i in tl.range(0, 4):
        z = y


def _launch(kernel, grid, *args, **options):
    kernel[grid](*args, **options)


def host(x, *, _launcher=_launch):
    raise ValueError("line 22")
'''.replace("tl.constexpr", "object")


def test_bodies_of_kernels_are_left_out_and_lines_stay():
    short = modules.without_bodies(TEXT)
    assert "nothing_like_it" not in short and "tl.range" not in short
    assert short.count("\n") == TEXT.count("\n")
    for line, text in enumerate(TEXT.splitlines()):
        if text.startswith(("def", "@", "import", "    raise", "    kernel[")):
            assert short.splitlines()[line] == text


def test_a_hosted_module_knows_its_kernels_and_its_lines():
    with modules.hosted(TEXT, "host") as host:
        kernel = host.__globals__["_kernel"]
        assert kernel.arg_names == ["x", "out", "SIZE"]
        assert host.__globals__["_helper"].defaults == {"b": 3}
        with pytest.raises(ValueError, match="line 22") as raised:
            host(1)
        assert traceback.extract_tb(raised.value.__traceback__)[-1].lineno == 22


@pytest.mark.parametrize(
    "text",
    [
        "@triton.jit\ndef k(\n    x,\n):\n    y = x\n",
        "@triton.jit(do_not_specialize=['x'])\ndef k(x):\n    y = x\n",
        "def host(x):\n    return x\n",
    ],
)
def test_other_text_is_left_alone(text):
    assert modules.without_bodies(text) == text


def test_a_kernel_at_the_end_of_the_text():
    assert modules.without_bodies("@triton.jit\ndef k(x):\n    y = x") == "@triton.jit\ndef k(x):\n    pass\n    y = x"
    with pytest.raises(JobError, match="no function `host`"), modules.hosted("@triton.jit\ndef k(x):\n    y = x\n", "host"):
        pass


def test_a_string_over_several_lines_is_no_end_of_a_body():
    text = TEXT.replace("    y = _helper(x)\n", '    y = _asm("""\nmov $0, $1;\n""", x)\n')
    with modules.hosted(text, "host") as host:
        assert host.__globals__["_kernel"].arg_names == ["x", "out", "SIZE"]
