"""Reads a Perihelion store: Parquet files below ``trials/sweep=ID/task=ID`` and ``tasks/sweep=ID/task=ID.parquet``.

Only the files' layout and columns are known here, nothing else of Perihelion. Times keep their unit in the column's
name: ``latency_ns``, ``compile_ms``.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

#: Newest schema version that this reader knows.
SCHEMA_VERSION = 1

#: Outcomes with a latency of their own: timed on a device, and computed where there was none.
MEASURED, ESTIMATED = "measured", "estimated"


def sweeps(store: str | Path) -> list[str]:
    """The ids of all sweeps with trials in a store folder, oldest first (ids begin with their time).

    Raises FileNotFoundError where the folder holds no trials.
    """
    folder = Path(store) / "trials"
    found = sorted(path.name.removeprefix("sweep=") for path in folder.glob("sweep=*") if any(path.rglob("*.parquet")))
    if not found:
        raise FileNotFoundError(f"The store `{store}` holds no trials; run `perihelion tune` or name another store.")
    return found


def trials(store: str | Path, sweep: str = "latest") -> pd.DataFrame:
    """All trials of one sweep, in the order of their numbers within each task.

    ``sweep`` is an id, ``latest``, or ``all`` for every sweep of the store, whose tasks then stand side by side.

    Columns are those of the files, and ``sweep`` and ``task`` from the folders' names. A trial that was written twice, as
    after a driver was killed, appears once.

    Raises FileNotFoundError for a sweep that the store does not hold, ValueError for files of a newer schema.
    """
    known = sweeps(store)
    wanted = known if sweep == "all" else [known[-1] if sweep == "latest" else sweep]
    if not set(wanted) <= set(known):
        raise FileNotFoundError(f"The store `{store}` holds no sweep `{sweep}`; it holds {', '.join(known)}.")
    parts = []
    for name in wanted:
        for path in sorted((Path(store) / "trials" / f"sweep={name}").glob("task=*/*.parquet")):
            part = _read(path).to_pandas()
            part.insert(0, "sweep", name)
            part.insert(1, "task", path.parent.name.removeprefix("task="))
            parts.append(part)
    frame = pd.concat([part.dropna(axis="columns", how="all") for part in parts], ignore_index=True)
    # A column that is empty in every file is a column still.
    frame = frame.reindex(columns=parts[0].columns)
    frame = frame.drop_duplicates(["task", "trial"]).sort_values(["task", "number"], ignore_index=True)
    _check_version(frame, store)
    return frame


def tasks(store: str | Path, sweep: str) -> pd.DataFrame:
    """What was asked in one sweep, one row a task; empty where the store does not say."""
    rows = []
    for path in sorted((Path(store) / "tasks" / f"sweep={sweep}").glob("task=*.parquet")):
        row = _read(path).to_pandas()
        row.insert(0, "task", path.stem.removeprefix("task="))
        rows.append(row)
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["task"])


def best_so_far(frame: pd.DataFrame) -> pd.Series:
    """The lowest ``latency_ns`` seen up to and with each trial of one task; NaN before the first latency.

    Only trials that ended well count, so a wrong result never leads. ``frame`` is in the order of the trials.
    """
    latency = frame["latency_ns"].where(succeeded(frame)).astype(float)
    return latency.cummin().ffill()


def succeeded(frame: pd.DataFrame) -> pd.Series:
    """Which trials have a latency of their own, measured or estimated."""
    return frame["outcome"].isin([MEASURED, ESTIMATED]) & frame["latency_ns"].notna()


def default_latency(frame: pd.DataFrame) -> float:
    """``latency_ns`` of the default configuration among one task's trials; NaN where that failed."""
    latency = frame.loc[(frame["origin"] == "default") & succeeded(frame), "latency_ns"]
    return float(latency.iloc[0]) if len(latency) else float("nan")


def estimated(frame: pd.DataFrame) -> bool:
    """True where any latency of a task was computed without a device: none of them then counts as a measurement."""
    return bool((frame["outcome"] == ESTIMATED).any() or frame["device"].isna().all())


def top(frame: pd.DataFrame, count: int = 10) -> pd.DataFrame:
    """The fastest configurations of one task, with their speed against the default (2.0: half the default's time)."""
    fastest = frame[succeeded(frame)].nsmallest(count, "latency_ns")
    return pd.DataFrame(
        {
            "number": fastest["number"],
            "latency_us": (fastest["latency_ns"] / 1e3).round(3),
            "spread_us": (fastest["spread_ns"] / 1e3).round(3),
            "speedup_over_default": (default_latency(frame) / fastest["latency_ns"]).round(3),
            "registers": fastest["registers"],
            "spill_bytes": fastest["spill_bytes"],
            "config": [_short(text) for text in fastest["config"]],
        }
    ).reset_index(drop=True)


def _short(config: str) -> str:
    """A configuration in one line, keys in order."""
    return ", ".join(f"{key}={json.dumps(value, separators=(',', ':'))}" for key, value in sorted(json.loads(config).items()))


def _read(path: Path) -> pa.Table:
    """One file alone: folder names are read by the caller, whatever characters they have."""
    with pq.ParquetFile(path) as file:
        return file.read()


def _check_version(frame: pd.DataFrame, store: str | Path) -> None:
    newest = int(np.max(frame["schema_version"]))
    if newest > SCHEMA_VERSION:
        raise ValueError(f"The store `{store}` has schema version {newest}; this reader knows {SCHEMA_VERSION} and older.")
