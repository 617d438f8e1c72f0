"""Temporary folders and who removes them."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from perihelion.worker import folders

PACKAGES = Path(folders.__file__).resolve().parents[2]
PROGRAM = """
import sys, time
from perihelion.worker import folders
print(folders.make("perihelion-test-"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def owner(place):
    """Another process that has made a folder here, and the folder's path."""
    environment = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(PACKAGES)}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    return process, process.stdout.readline().strip()


def test_an_ordinary_end_leaves_nothing(place):
    process, path = owner(place)
    assert os.path.isdir(path)
    process.communicate(timeout=20)
    assert process.returncode == 0 and not os.path.exists(path)


def test_what_a_killed_process_leaves_is_removed_by_the_next(place):
    process, left = owner(place)
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    assert os.path.isdir(left)
    own = folders.make("perihelion-test-")
    assert not os.path.exists(left) and os.path.isdir(own)
    folders.remove(own)
    assert not os.path.exists(own)


def test_what_is_in_use_stays(place):
    process, used = owner(place)
    own = folders.make("perihelion-test-")
    again = folders.make("perihelion-test-")
    others = place / "perihelion-test-without-lock"
    others.mkdir()
    folders.sweep(str(place), "perihelion-test-")
    assert os.path.isdir(used) and os.path.isdir(own) and os.path.isdir(again) and others.is_dir()
    process.communicate(timeout=20)
    folders.remove(own)
    folders.remove(again)


def test_a_fork_that_ends_leaves_its_parents_folder(place):
    own = folders.make("perihelion-test-")
    program = "import os, sys; from perihelion.worker import folders; p = folders.make('perihelion-test-')\n"
    program += "if os.fork() == 0: sys.exit(0)\n"
    program += "os.wait(); assert os.path.isdir(p); print(p)"
    environment = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(PACKAGES)}
    path = subprocess.run([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=20)
    assert not os.path.exists(path.stdout.strip())
    folders.clear(own)
    assert os.listdir(own) == ["lock"]
    folders.remove(own)
