"""Puts the product's Python package on the path, in this process and in those it starts."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gpu-executor" / "src" / "main" / "python"

if str(PACKAGE) not in sys.path:
    sys.path.append(str(PACKAGE))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PACKAGE), os.environ.get("PYTHONPATH")]))
