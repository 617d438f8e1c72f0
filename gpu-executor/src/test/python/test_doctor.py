"""The doctor's facts: without torch and Triton, with a fake management library, and a real compile."""

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from perihelion.worker import doctor, doctor_gpus

PACKAGE = Path(doctor.__file__).resolve().parents[2]


class FakeLibrary:
    """libnvidia-ml with two GPUs, of which the second answers next to nothing."""

    def __init__(self, **numbers):
        self._numbers = {
            "nvmlSystemGetCudaDriverVersion_v2": 13000, "nvmlDeviceGetCount_v2": 2, "nvmlDeviceGetComputeMode": 3,
            "nvmlDeviceGetPersistenceMode": 1, "nvmlDeviceGetClockInfo": 345, "nvmlDeviceGetMaxClockInfo": 1980,
            "nvmlDeviceGetTemperature": 31, "nvmlDeviceGetTotalEccErrors": 2,
            "nvmlDeviceGetCurrentClocksThrottleReasons": 4, **numbers,
        }
        self._texts = {
            "nvmlSystemGetDriverVersion": b"580.1", "nvmlDeviceGetName": b"Test GPU", "nvmlDeviceGetUUID": b"GPU-no-such-uuid",
        }

    def __getattr__(self, name):
        if name in ("nvmlInit_v2", "nvmlShutdown"):
            return lambda: 0
        if name == "nvmlDeviceGetHandleByIndex_v2":
            return self._handle
        if name == "nvmlDeviceGetCudaComputeCapability":
            return lambda handle, major, minor: self._pair(handle, major, minor, 9, 0)
        if name == "nvmlDeviceGetMemoryInfo":
            return self._memory
        if name == "nvmlDeviceGetComputeRunningProcesses_v3":
            return self._processes
        if name in self._texts:
            return lambda *arguments: self._text(name, *arguments)
        if name in self._numbers:
            return lambda *arguments: self._number(name, *arguments)
        raise AttributeError(name)

    @staticmethod
    def _refuses(arguments):
        return bool(arguments) and isinstance(arguments[0], ctypes.c_void_p) and arguments[0].value == 2

    def _handle(self, index, handle):
        handle._obj.value = index.value + 1
        return 0

    def _pair(self, handle, first, second, *values):
        if handle.value == 2:
            return 3
        first._obj.value, second._obj.value = values
        return 0

    def _number(self, name, *arguments):
        if self._refuses(arguments):
            return 3
        arguments[-1]._obj.value = self._numbers[name]
        return 0

    def _text(self, name, *arguments):
        if self._refuses(arguments):
            return 3
        arguments[-2].value = self._texts[name]
        return 0

    def _memory(self, handle, memory):
        if handle.value == 2:
            return 3
        memory._obj.total, memory._obj.free, memory._obj.used = 80 << 30, 79 << 30, 1 << 30
        return 0

    def _processes(self, handle, count, room):
        if handle.value == 2:
            return 3
        room[0].pid, room[0].memory = 4711, 1 << 30
        room[1].pid, room[1].memory = 4712, 2**64 - 1
        count._obj.value = 2
        return 0


def test_a_gpu_is_described():
    facts = doctor_gpus.describe(FakeLibrary())
    assert (facts["driver"], facts["cuda"], facts["error"]) == ("580.1", "13.0", None)
    gpu = facts["gpus"][0]
    assert (gpu["name"], gpu["target"], gpu["compute_mode"]) == ("Test GPU", "cuda:90", "exclusive_process")
    assert gpu["memory_free_bytes"] == 79 << 30
    assert gpu["persistence"] is True and gpu["uncorrected_errors"] == 2 and gpu["throttle_reasons"] == 4
    assert gpu["processes"] == [{"pid": 4711, "memory_bytes": 1 << 30}, {"pid": 4712, "memory_bytes": None}]
    # The fake library has no such calls.
    assert gpu["mig"] is None and gpu["utilization_percent"] is None
    assert gpu["held_by"] is None


def test_a_gpu_that_answers_nothing_has_null_values():
    gpu = doctor_gpus.describe(FakeLibrary())["gpus"][1]
    assert gpu.pop("index") == 1
    assert set(gpu.values()) == {None}


def test_a_library_that_does_not_start_or_count_is_told():
    class Broken:
        def nvmlInit_v2(self):
            return 9

    assert "does not start" in doctor_gpus.describe(Broken())["error"]

    class Old:
        def nvmlInit_v2(self):
            return 0

    facts = doctor_gpus.describe(Old())
    assert facts["gpus"] == [] and "cannot be read" in facts["error"]


def test_the_holder_of_a_gpu_is_found(tmp_path):
    path = tmp_path / "perihelion-gpu-GPU-1.lock"
    assert doctor_gpus._holder("GPU-1", tmp_path) is None
    path.write_text("4711")
    assert doctor_gpus._holder("GPU-1", tmp_path) is None
    code = (
        "import fcntl, os, sys; handle = os.open(sys.argv[1], os.O_RDWR); fcntl.flock(handle, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline().strip() == "held"
        assert doctor_gpus._holder("GPU-1", tmp_path) == 4711
    finally:
        holder.communicate("", timeout=30)
    assert doctor_gpus._holder("GPU-1", tmp_path) is None


def test_pinned_requirements_are_read():
    assert doctor.required(["numpy", "triton==3.6.0; platform_system == 'Linux'"], "triton") == "3.6.0"
    assert doctor.required(["triton (==3.6.0) ; extra"], "triton") == "3.6.0"
    assert doctor.required(["triton>=3"], "triton") is None
    assert doctor.required(["triton-extras==1"], "triton") is None


def test_an_assembler_tells_version_and_architectures(tmp_path):
    path = tmp_path / "ptxas"
    path.write_text("#!/bin/sh\ncase $1 in --version) echo 'Cuda tools, release 12.8, V12.8.9';; *) echo \"'sm_90','sm_\n100a'\";; esac\n")
    path.chmod(0o755)
    facts = doctor.tool(str(path))
    assert (facts["version"], facts["architectures"], facts["error"]) == ("12.8", [90, 100], None)
    assert doctor.tool(str(tmp_path / "none"))["error"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("raise ImportError('no such symbol')", "no such symbol"), ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "signal 11")],
)
def test_a_package_that_breaks_costs_only_its_own_answer(tmp_path, monkeypatch, text, expected):
    (tmp_path / "pyarrow.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    facts = doctor.ask("import", "pyarrow", seconds=60)
    # The module's folder comes first, and holds no pyarrow; the broken one comes before the installed one.
    assert expected in facts["error"]


def test_an_answer_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    (tmp_path / "pyarrow.py").write_text("import time; time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "no answer within 2 s" in doctor.ask("import", "pyarrow", seconds=2)["error"]


def test_it_works_without_any_package():
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE)}
    # -S: no installed packages.
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import sys; from perihelion.worker import doctor; sys.exit(doctor.main(['cuda:90']))"],
        env=environment, capture_output=True, text=True, timeout=250, check=True,
    )
    facts = json.loads(done.stdout.splitlines()[-1])
    assert facts["python"]["version"].startswith("3.")
    assert set(facts["packages"]) == {"torch", "triton", "numpy", "pyarrow", "helion"}


def test_a_tiny_kernel_is_compiled():
    pytest.importorskip("triton")
    facts = doctor.ask("compile", "cuda:90", seconds=240)
    assert facts["error"] is None and facts["seconds"] > 0
    assert doctor.ask("compile", "cuda:no", seconds=240)["error"]
