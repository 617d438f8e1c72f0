"""The comparison of estimates and measurements: rank measures by hand-made cases, and a run over stored trials."""

import json
import lzma
import math

import estimates
import pytest


def test_ranks_share_their_mean():
    assert list(estimates.ranks([3.0, 1.0, 3.0, 9.0])) == [1.5, 0.0, 1.5, 3.0]


def test_equal_and_opposite_orders():
    assert estimates.spearman([1, 2, 3, 4], [10, 20, 30, 1000]) == pytest.approx(1)
    assert estimates.spearman([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert estimates.kendall([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert estimates.spearman([1, 1, 1], [1, 2, 3]) is None


def test_known_values_with_ties():
    # By hand: one of six pairs is a tie on the left, one of the others is turned around.
    assert estimates.kendall([1, 2, 2, 3], [1, 3, 2, 4]) == pytest.approx(5 / math.sqrt(5 * 6))
    # d = (0, 0.5, -0.5, 0): the covariance of the ranks over their deviations.
    assert estimates.spearman([1, 2, 2, 3], [1, 3, 2, 4]) == pytest.approx(4.5 / math.sqrt(4.5 * 5))


def test_a_program_that_does_not_fit_comes_last():
    assert estimates.regret([float("inf"), 2.0, 1.0], [10.0, 11.0, 15.0], 1) == pytest.approx(0.5)
    assert estimates.regret([float("inf"), 2.0, 1.0], [10.0, 11.0, 15.0], 2) == pytest.approx(0.1)
    assert estimates.regret([float("inf"), 2.0, 1.0], [10.0, 11.0, 15.0], 3) == 0


def test_the_table_has_each_task_and_the_mean(capsys):
    rows = [
        {"task": task, "device": "GPU", "latency_ns": float(i), "estimate_ns": float(i if task == "a" else -i)}
        for task in ("a", "b") for i in range(1, 6)
    ]
    table = estimates.summarize(rows)
    assert [task["spearman"] for task in table["tasks"]] == pytest.approx([1, -1])
    assert table["overall"]["spearman"] == pytest.approx(0)
    assert table["tasks"][1]["regret"]["1"] == pytest.approx(4)
    estimates.show(table)
    assert "| a | 5 | 1.00 | 1.00 | 0.0 % |" in capsys.readouterr().out


def test_rows_of_the_speed_kit_are_read(tmp_path):
    row = {
        "id": "p1", "task": "softmax bf16[4096,8192]", "kind": "random", "outcome": "timed", "config": {"num_warps": 4},
        "latency_ns": 5e4, "registers": 32, "spill_bytes": 0, "shared_bytes": 0, "threads": 128, "programs": 4096,
    }
    path = tmp_path / "rows.jsonl.xz"
    with lzma.open(path, "wt") as lines:
        for other in ({}, {"kind": "hand"}, {"outcome": "out_of_resources"}):
            lines.write(json.dumps({**row, **other}) + "\n")
    (read,) = estimates.of_speed(path)
    assert read["kernel"].endswith("softmax.py::softmax") and read["args"] == {"x": "bf16[4096,8192]"}
    assert read["target"] == "cuda:90" and read["latency_ns"] == 5e4
