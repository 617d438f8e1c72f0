"""Runs the notebooks: on a small store made here, and on the committed sample where there is one."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(NOTEBOOKS))

import execute  # noqa: E402
import perihelion_store as ps  # noqa: E402

SAMPLE = NOTEBOOKS / "data" / "h200-first-light"
SWEEP = "20260101-000000-fixture"

SCHEMA = pa.schema(
    [("schema_version", pa.int32()), ("trial", pa.string()), ("number", pa.int32())]
    + [(name, pa.string()) for name in ("kernel", "target", "device", "origin", "config", "config_hash", "outcome", "reason")]
    + [("latency_ns", pa.float64()), ("spread_ns", pa.float64()), ("samples_ns", pa.list_(pa.float64()))]
    + [("level", pa.int32()), ("max_error", pa.float64())]
    + [(name, pa.int32()) for name in ("registers", "spill_bytes", "shared_bytes", "threads")]
    + [("programs", pa.int64())]
    + [(name, pa.float64()) for name in ("generate_ms", "compile_ms", "measure_ms")]
    + [(name, pa.string()) for name in ("text_sha256", "binary_sha256", "duplicate_of", "policy", "toolchain", "device_state")]
    + [(name, pa.timestamp("us", tz="UTC")) for name in ("asked_at", "finished_at")]
)

# Made up for these tests: latencies by trial number, the default first. None: the trial failed.
LATENCIES_US = [100.0, 140.0, None, 80.0, 90.0, None, 40.0, 55.0, 41.0, 200.0, 60.0, 70.0]


def row(number: int, device: str | None) -> dict:
    latency_us = LATENCIES_US[number]
    when = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=number)
    ok = latency_us is not None
    return {
        "schema_version": 1,
        "trial": f"t{number}",
        "number": number,
        "kernel": "fixture",
        "target": "cuda:90",
        "device": device,
        "origin": "default" if number == 0 else "random",
        "config": json.dumps({"num_warps": 4, "block_sizes": [2 ** (number % 6)]}),
        "config_hash": f"c{number}",
        "outcome": ("measured" if device else "estimated") if ok else "compile_error",
        "reason": "" if ok else "made to fail",
        "latency_ns": latency_us * 1e3 if ok else None,
        "spread_ns": 100.0 if ok else None,
        "samples_ns": [latency_us * 1e3] * 3 if ok else [],
        "level": 1,
        "registers": 32 + number if ok else None,
        "spill_bytes": 8 if number == 7 else 0,
        "generate_ms": 1.0,
        "compile_ms": 200.0 + number,
        "measure_ms": 30.0 if ok else None,
        "asked_at": when,
        "finished_at": when,
    }


def write_store(folder: Path, devices: dict[str, str | None]) -> Path:
    """A store with one sweep, one task for each of ``devices``, two files a task; the first trial stands in both."""
    for task, device in devices.items():
        rows = [row(number, device) for number in range(len(LATENCIES_US))]
        target = folder / "trials" / f"sweep={SWEEP}" / f"task={task}"
        target.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(rows[6:] + rows[:1], SCHEMA), target / "part-000001.parquet")
        pq.write_table(pa.Table.from_pylist(rows[:6], SCHEMA), target / "part-000002.parquet")
    return folder


def output_text(document) -> str:
    """All that the cells print or show as text."""
    texts = []
    for cell in document.cells:
        for output in cell.get("outputs", []):
            texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
            texts.append(output.get("data", {}).get("text/markdown", ""))
    return "\n".join(texts)


def pictures(document) -> int:
    return sum("image/png" in output.get("data", {}) for cell in document.cells for output in cell.get("outputs", []))


def test_trials_come_once_and_in_order(tmp_path):
    frame = ps.trials(write_store(tmp_path, {"a": "GPU"}))

    assert list(frame["number"]) == list(range(len(LATENCIES_US)))
    assert set(frame["sweep"]) == {SWEEP} and set(frame["task"]) == {"a"}
    assert not ps.estimated(frame)


def test_best_so_far_ignores_failures(tmp_path):
    frame = ps.trials(write_store(tmp_path, {"a": "GPU"}))

    assert list(ps.best_so_far(frame) / 1e3) == [100, 100, 100, 80, 80, 80, 40, 40, 40, 40, 40, 40]
    assert ps.default_latency(frame) == 100e3
    best = ps.top(frame).iloc[0]
    assert (best["number"], best["latency_us"], best["speedup_over_default"]) == (6, 40.0, 2.5)
    assert best["config"] == "block_sizes=[1], num_warps=4"


def test_estimates_are_no_measurements(tmp_path):
    frame = ps.trials(write_store(tmp_path, {"a": None}))

    assert ps.estimated(frame)
    assert list(ps.best_so_far(frame) / 1e3)[-1] == 40


def test_a_store_without_the_sweep_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no trials"):
        ps.trials(tmp_path)
    write_store(tmp_path, {"a": None})
    with pytest.raises(FileNotFoundError, match="holds no sweep `x`"):
        ps.trials(tmp_path, "x")


def test_a_newer_schema_is_refused(tmp_path):
    folder = tmp_path / "trials" / "sweep=s" / "task=t"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([row(0, None) | {"schema_version": 99}], SCHEMA), folder / "part-000001.parquet")
    with pytest.raises(ValueError, match="schema version 99"):
        ps.trials(tmp_path)


def test_the_notebook_shows_measurements_and_marks_estimates(tmp_path):
    store = write_store(tmp_path, {"on-a-device": "Fixture GPU", "without-one": None})

    document = execute.execute(NOTEBOOKS / "search.ipynb", str(store), timeout_s=180)

    text = output_text(document)
    assert f"Sweep `{SWEEP}`: 24 trials in 2 tasks." in text
    assert "**on-a-device** (measured latency)" in text
    assert "**without-one** (ESTIMATED latency, not measured)" in text
    assert "block_sizes=[1], num_warps=4" in text
    assert "made to fail" in text
    # Outcomes, one picture of the search a task, compile times.
    assert pictures(document) == 4


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="no sample store is committed")
def test_the_notebook_runs_on_the_committed_sample():
    document = execute.execute(NOTEBOOKS / "search.ipynb", None, timeout_s=180)

    frame = ps.trials(SAMPLE, "all")
    assert f"{len(frame)} trials in {frame['task'].nunique()} tasks" in output_text(document)
    assert pictures(document) == 2 + frame["task"].nunique()
