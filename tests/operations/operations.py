"""Kernels that use every operation of the table, and what torch says of their results.

`generate TABLE FOLDER` reads the table (JSON) and writes one kernel file for each dtype with the operations that torch
accepts; the module that the compiler makes of `NAME.py` belongs in `NAME.triton.py`. `check FOLDER` runs the modules
under Triton's interpreter and prints a line for each operation that differs from torch.
"""

import importlib.util
import json
import pathlib
import sys

import torch

TYPES = ["float32", "float16", "float64", "int32", "int64", "bool", "uint8"]
FUNCTIONAL = torch.nn.functional
# Calls that are no plain rows. Names a, b, c are tensors of the dtype, m is a bool tensor.
EXTRAS = [
    "a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "-a", "abs(a)", "a < b", "a == b", "a & b", "a | b", "a ^ b", "~a",
    "a + 1", "2 - a", "a * 2.5", "a / 3", "1 / b", "a // 3", "a % 3", "a // -3.5", "a % -3", "a == 1", "a > 0.5",
    "a**2", "a**3", "a**4", "a**0.5", "a**-1", "a**-2", "a**2.5", "2**a", "torch.pow(a, 0)", "a.pow(b)",
    "a << 2", "a >> 1", "a >> b.abs()", "a.add(b, alpha=2)", "torch.rsub(a, 3)", "torch.sub(a, b, alpha=2)",
    "a.clamp(-1, 2)", "torch.clamp(a, min=b)", "a.clamp(max=0.5)", "torch.clip(a, b, c)", "a.clamp_min(1)", "a.clamp_max(1)",
    "torch.where(m, a, b)", "torch.where(m, a, 1.5)", "torch.where(m, 1, a)", "a.where(m, b)", "a.masked_fill(m, 2)",
    "torch.div(a, b, rounding_mode='floor')", "torch.div(a, b, rounding_mode='trunc')", "torch.float_power(a, 2)",
    "torch.nan_to_num(a)", "torch.nan_to_num(a, 1.0, 2.0, -2.0)", "torch.round(a, decimals=2)", "torch.round(a, decimals=-1)",
    "torch.logit(a, 0.01)", "FUNCTIONAL.gelu(a, approximate='tanh')", "FUNCTIONAL.elu(a, 0.5)", "FUNCTIONAL.softplus(a, 2.0, 5.0)",
    "FUNCTIONAL.leaky_relu(a, 0.2)", "FUNCTIONAL.hardtanh(a, -2.0, 0.5)", "FUNCTIONAL.celu(a, alpha=2.0)", "FUNCTIONAL.threshold(a, 0.5, 3.0)",
    "torch.lerp(a, b, 0.3)", "torch.addcmul(a, b, c, value=2)", "torch.addcdiv(a, b, c, value=0.5)", "torch.isreal(a)",
    "a.type_as(m)", "a.float()", "a.to(torch.int32)", "torch.logical_not(a)", "torch.special.expit(a)", "torch.arctan2(a, b)",
    "torch.maximum(a, b.to(torch.float32))", "a + b.to(torch.int64)", "a * m", "m + m", "a.eq(b).logical_or(m)", "torch.fix(a)", "torch.positive(a)",
]
# Undefined in Python, C or torch for some of the operands below.
SKIPPED = {
    ("uint8", "2 - a"), ("uint8", "-a"), ("uint8", "a // -3.5"), ("bool", "a.add(b, alpha=2)"),
    # torch on the CPU is less exact than on devices.
    ("float16", "torch.ldexp(a, b)"), ("float16", "a**0.5"), ("int32", "FUNCTIONAL.softsign(a)"), ("uint8", "FUNCTIONAL.softsign(a)"),
    # torch makes a float32 of an integer beyond its range as it likes.
    ("float32", "a.to(torch.int32)"), ("float16", "a.to(torch.int32)"), ("float64", "a.to(torch.int32)"),
}
# Units in the last place beyond which a result differs from torch's, which is computed in float64 to judge both.
ULPS = {"float32": 6, "float64": 6, "float16": 1.01}
# Where terms cancel out: units of 1 for results below 1.
LOOSE = ["digamma(", "lgamma(", "logaddexp", "gelu(", "ndtr(", "lerp(", "addcmul("]
# Where intermediate results overflow depends on how a compiler fuses products and sums.
OVERFLOWS = ["addcmul(", "alpha=", "gelu("]


def numbers(dtype):
    """Special and random numbers."""
    generator = torch.Generator().manual_seed(7)
    if dtype == torch.bool:
        return torch.tensor([True, False])
    if not dtype.is_floating_point:
        low = 0 if dtype == torch.uint8 else -40
        special = [0, 1, 2, 3, 7, 100, 255] if low == 0 else [0, 1, -1, 2, -2, 3, -7, 31, 100, -2147483647, 2147483647]
        return torch.cat([torch.tensor(special), torch.randint(low, 40, (20,), generator=generator)]).to(dtype)
    info = torch.finfo(dtype)
    special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, -2.0, 2.5, 3.0, -3.0, 10.0, -30.0, 80.0, 1e-3, -1e-3, 1e-6]
    special += [info.tiny, -info.tiny, info.max, -info.max, info.eps, float("inf"), float("-inf"), float("nan"), 19.0, 25.0, 1000.25]
    return torch.cat([torch.tensor(special, dtype=torch.float64), torch.randn(20, generator=generator, dtype=torch.float64) * 3]).to(dtype)


def operands(dtype):
    """a, b, c and m: every pair of numbers meets in a and b."""
    one = numbers(dtype)
    a, b = torch.cartesian_prod(one, one).unbind(1)
    c = b.flip(0)
    if not dtype.is_floating_point and dtype != torch.bool:
        b = torch.where(b == 0, 5, b)
        c = torch.where(c == 0, 3, c)
    return {"a": a.contiguous(), "b": b.contiguous(), "c": c.contiguous(), "m": torch.arange(a.numel()) % 3 == 0}


def expressions(table):
    for row in table:
        names = iter("mab" if row["typing"] == "SELECT" else "abc")
        given = [next(names) for parameter in row["parameters"] if "standard" not in parameter]
        yield f"{row['module'].replace('torch.nn.functional', 'FUNCTIONAL')}.{row['name']}({', '.join(given)})"
    yield from EXTRAS


def expected(expression, values):
    """torch's result, or None where it refuses the types."""
    try:
        result = eval(expression, {"torch": torch, "FUNCTIONAL": FUNCTIONAL}, values)
    except (RuntimeError, TypeError, NotImplementedError, ZeroDivisionError):
        return None
    return None if result.dtype.is_complex else result


def accepted(table, name):
    values = operands(getattr(torch, name))
    results = {expression: expected(expression, values) for expression in expressions(table) if (name, expression) not in SKIPPED}
    return {expression: result for expression, result in results.items() if result is not None}


def generate(table, folder):
    for name in TYPES:
        results = accepted(table, name)
        count = operands(getattr(torch, name))["a"].numel()
        lines = ["import torch", "import torch.nn.functional as FUNCTIONAL", "import helion", "import helion.language as hl", "", ""]
        lines += ["@helion.kernel", f"def operations_{name}(x, y, z, w):", "    n = x.size(0)"]
        for index, result in enumerate(results.values()):
            lines.append(f"    out_{index} = torch.empty([n], dtype={result.dtype}, device=x.device)")
        lines += ["    for tile in hl.tile(n, block_size=2048):", "        a, b, c, m = x[tile], y[tile], z[tile], w[tile]"]
        for index, (expression, result) in enumerate(results.items()):
            lines += [f"        v_{index} = {expression}", f"        assert v_{index}.dtype == {result.dtype}", f"        out_{index}[tile] = v_{index}"]
        lines += ["    return [" + ", ".join(f"out_{index}" for index in range(len(results))) + "]", ""]
        (folder / f"operations_{name}.py").write_text("\n".join(lines))
        print(f"operations_{name} {name} {count}")


def load(path):
    spec = importlib.util.spec_from_file_location(path.name.split(".")[0] + "_module", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def precise(values):
    return {key: value.double() if value.is_floating_point() else value for key, value in values.items()}


def wrong(expression, got, torchs, exact):
    """Which elements differ from torch's, and are further from the exact result than torch's are by some units."""
    if not got.dtype.is_floating_point:
        return got != torchs
    name = str(got.dtype).removeprefix("torch.")
    ulps = ULPS.get(name, 6)
    info = torch.finfo(got.dtype)
    alike = (got == torchs) | (torch.isnan(got) & torch.isnan(torchs))
    least = info.eps if any(key in expression for key in LOOSE) else info.tiny
    unit = torch.maximum(exact.abs() * info.eps, torch.tensor(least, dtype=torch.float64))
    error, allowed = (got.double() - exact).abs(), (torchs.double() - exact).abs() * 2 + ulps * unit
    finite = torch.isfinite(got) & torch.isfinite(torchs) & torch.isfinite(exact)
    return ~(alike | (finite & (error <= allowed)))


def check(table, folder):
    for name in TYPES:
        values = operands(getattr(torch, name))
        results = accepted(table, name)
        module = load(folder / f"operations_{name}.triton.py")
        outputs = getattr(module, f"operations_{name}")(values["a"], values["b"], values["c"], values["m"])
        for (expression, torchs), got in zip(results.items(), outputs):
            exact = expected(expression, precise(values)).double()
            differs = wrong(expression, got, torchs, exact)
            if any(key in expression for key in ("%", "remainder", "fmod")) and values["a"].dtype.is_floating_point:
                # torch's vectorised remainders are NaN where operands are far apart.
                differs &= ~(torch.isnan(torchs) & torch.isfinite(values["a"]) & torch.isfinite(values["b"]) & (values["b"] != 0))
            if any(key in expression for key in OVERFLOWS) and values["a"].dtype.is_floating_point:
                huge = torch.finfo(values["a"].dtype).max / 4
                differs &= (values["a"].abs() < huge) & (values["b"].abs() < huge) & (values["c"].abs() < huge)
            if bool(differs.any()):
                where = int(differs.nonzero()[0])
                arguments = ", ".join(f"{key}={values[key][where].item()}" for key in "abcm")
                print(f"{name}: {expression}: {int(differs.sum())} differ; {got[where].item()}, torch {torchs[where].item()} for {arguments}")


if __name__ == "__main__":
    action, table, folder = sys.argv[1:]
    {"generate": generate, "check": check}[action](json.loads(pathlib.Path(table).read_text()), pathlib.Path(folder))
