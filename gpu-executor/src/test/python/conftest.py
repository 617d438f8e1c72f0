"""Puts the package on the path and gives the hand-written modules that the Java tests use too."""

import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(_ROOT / "src" / "main" / "python"), str(_ROOT / "src" / "test" / "python")]
_MODULES = _ROOT / "src" / "test" / "resources" / "modules"


@pytest.fixture
def softmax_text():
    return (_MODULES / "softmax.py").read_text()


@pytest.fixture
def vector_add_text():
    return (_MODULES / "vector_add.py").read_text()
