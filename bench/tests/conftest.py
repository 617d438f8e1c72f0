"""Puts bench/ on the path, as it is for its scripts."""

import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
for folder in (BENCH / "speed", BENCH):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
