"""Runs a notebook on a store and writes its outputs into the file: ``python notebooks/execute.py --store DIR [NOTEBOOK]``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def execute(notebook: Path, store: str | None, sweep: str = "all", timeout_s: int = 300) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh run in its own folder.

    ``store`` is a folder, absolute or relative to the notebook's; None leaves the choice to the notebook.
    Raises nbclient's CellExecutionError where a cell fails, CellTimeoutError where one runs longer than ``timeout_s``.
    """
    document = nbformat.read(notebook, as_version=4)
    environment = dict(os.environ, PERIHELION_SWEEP=sweep, PYTHONDONTWRITEBYTECODE="1")
    environment.pop("PERIHELION_STORE", None)
    if store is not None:
        environment["PERIHELION_STORE"] = store
    client = NotebookClient(
        document,
        timeout=timeout_s,
        resources={"metadata": {"path": str(notebook.parent)}},
        # Times of execution would make every run a difference, and so would the kernel's own warnings in a cell's output.
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
    )
    return client.execute(env=environment)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", nargs="?", type=Path, default=HERE / "search.ipynb")
    parser.add_argument("--store", help="absolute, or relative to the notebook's folder; default: the notebook's own choice")
    parser.add_argument("--sweep", default="all")
    options = parser.parse_args(arguments)
    document = execute(options.notebook.resolve(), options.store, options.sweep)
    document.metadata["language_info"] = {"name": "python"}
    nbformat.write(document, options.notebook)
    return 0


if __name__ == "__main__":
    sys.exit(main())
