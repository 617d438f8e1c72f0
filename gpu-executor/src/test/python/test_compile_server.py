"""The compile server as its owner meets it: a process, spoken to in frames."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perihelion.worker import compile_worker, frames, process_groups
from perihelion.worker.capture import NEEDS_DEVICE, capture
from perihelion.worker.errors import JobError

PACKAGE = Path(compile_worker.__file__).parents[2]
TENSOR = {"name": "x", "kind": "tensor", "dtype": "float16", "shape": [64, 2560], "strides": None}


class Server:
    def __init__(self, folder, *options):
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "TMPDIR": str(folder)}
        command = [sys.executable, "-u", "-m", "perihelion.worker", "compile", *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.stream = frames.FrameStream(self.process.stdout, self.process.stdin)
        self.hello = self.stream.read()[0]

    def ask(self, identity, text, **more):
        job = {"op": "compile", "id": identity, "module": text, "kernel": "softmax", "arguments": [TENSOR], "target": "cuda:90"}
        self.stream.write({**job, **more})

    def children(self):
        return [entry.pid for entry in process_groups.entries() if entry.parent == self.process.pid]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = Server(tmp_path_factory.mktemp("server"), "--children", "2")
    yield found
    found.process.stdin.close()
    assert found.process.wait(30) == 0


def test_it_forks_without_threads_and_answers_as_jobs_end(server, softmax_text):
    server.ask("slow", "import time\ntime.sleep(5)\n" + softmax_text)
    server.ask("quick", softmax_text)
    server.ask("waits", softmax_text.replace("BLOCK=4096", "BLOCK=8192"))
    answers = [server.stream.read() for _ in range(3)]
    assert {header["outcome"] for header, _binary in answers} == {"compiled"}
    assert all(binary[:4] == b"\x7fELF" for _header, binary in answers)
    order = [header["id"] for header, _binary in answers]
    assert order.index("quick") < order.index("waits")
    assert len(os.listdir(f"/proc/{server.process.pid}/task")) == 1
    assert 1 <= len(server.children()) <= 2
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, server.process.pid) == own
    assert all(os.getpriority(os.PRIO_PROCESS, child) > own for child in server.children())


def test_children_are_used_again(server, softmax_text):
    server.ask("first", softmax_text)
    server.stream.read()
    before = server.children()
    for number in range(3):
        server.ask(str(number), softmax_text)
        server.stream.read()
    assert server.children() == before


def test_an_unknown_operation_is_refused(server):
    server.stream.write({"op": "dance", "id": "x"})
    assert server.stream.read()[0] == {
        "id": "x", "outcome": "infrastructure", "reason": "The compile worker has no operation `dance`.", "worker_ms": 0.0
    }


def test_no_work_is_done_for_a_call_that_was_given_up(server, softmax_text):
    server.ask("given up", "import time\ntime.sleep(300)\n" + softmax_text)
    server.stream.write({"op": "cancel", "id": "given up"})
    server.ask("next", softmax_text)
    assert server.stream.read()[0]["id"] == "next"


def test_messages_of_the_compiler_are_found_for_the_right_job(server, softmax_text):
    # MLIR says why on stderr only; the other job writes there at the same time.
    noise = "import sys, time\nprint('error: not mine', file=sys.stderr, flush=True)\ntime.sleep(1)\n"
    server.ask("noise", noise + softmax_text)
    server.ask("crash", "import os, sys\nprint('error: mine', file=sys.stderr, flush=True)\nos.abort()\n" + softmax_text)
    answers = {header["id"]: header for header, _ in (server.stream.read(), server.stream.read())}
    assert answers["crash"]["reason"] == "The compiler crashed (SIGABRT): error: mine"
    assert answers["noise"]["outcome"] == "compiled"


def test_it_ends_all_when_its_owner_goes(tmp_path, softmax_text):
    folder = tmp_path / "perihelion-compile-test"
    folder.mkdir()
    own = Server(folder)
    own.ask("hangs", "import subprocess, time\nsubprocess.Popen(['sleep', '308'])\ntime.sleep(300)\n" + softmax_text)
    deadline = time.monotonic() + 60
    groups = []
    while not groups and time.monotonic() < deadline:
        groups = [entry.group for entry in process_groups.entries() if entry.parent in own.children()]
        time.sleep(0.05)
    assert groups
    own.process.stdin.close()
    assert own.process.wait(30) == 0
    assert not [entry for entry in process_groups.entries() if entry.group in groups]
    assert not folder.exists()


def test_a_signal_ends_it_with_its_children(tmp_path, softmax_text):
    own = Server(tmp_path)
    own.ask("hangs", "import time\ntime.sleep(300)\n" + softmax_text)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("child-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    children = own.children()
    assert len(children) == 1
    own.process.send_signal(signal.SIGTERM)
    own.process.wait(30)
    assert not [entry for entry in process_groups.entries() if entry.group in children]


HOST = "import torch\n\n\ndef host(x, *, _launcher):\n    {}\n    _launcher(None, (1,), x)\n"


def captured(line):
    scope = {}
    exec(HOST.format(line), scope)
    return capture(scope["host"], [{**TENSOR, "shape": [8, 16]}])


@pytest.mark.parametrize(
    "line",
    [
        "x[0, 0].item()",
        "x = x[x > 0]",
        "x = torch.nonzero(x)",
        "x = x.new_empty(int((x > 0).sum()))",
        "if bool((x > 0).any()): x = x + 1",
        "x = torch.unique(x.float())",
        "x = x.new_empty(x.flatten()[:4].long().abs().tolist())",
        "x = x.repeat_interleave((x[:, 0] > 0).long(), 0)",
    ],
)
def test_questions_about_values_are_answered_on_the_cpu(line):
    launch, ran_on = captured(line)
    assert ran_on == "cpu" and launch.args[0].device.type == "cpu"


def test_shapes_alone_need_no_values():
    launch, ran_on = captured("x = x.new_empty(x.size(0) * 2, x.stride(0))")
    assert ran_on == "meta" and launch.args[0].shape == (16, 16)


@pytest.mark.parametrize(
    "line", ["torch.cuda.get_device_properties(x.device)", "assert x.is_cuda, 'x must be on a CUDA device'", "x = x.cuda()"]
)
def test_what_only_a_device_can_answer_is_said_to_need_it(line):
    with pytest.raises(JobError) as found:
        captured(line)
    assert found.value.outcome == "compile_error" and found.value.reason.startswith(NEEDS_DEVICE)


@pytest.mark.parametrize("line", ["x = device_of(x)", "raise ValueError('no such luck')", "x = x @ x"])
def test_mistakes_do_not_become_right_on_a_device(line):
    with pytest.raises(JobError, match="The host function failed"):
        captured(line)


def test_a_worker_with_a_device_compiles_with_its_tensors(softmax_text):
    text = softmax_text.replace("    out =", "    assert x.device.type == 'cpu' and x[0, 0].item() != 0\n    out =")
    request = {"module": text, "kernel": "softmax", "arguments": [TENSOR], "target": "cuda:90", "seed": 3}
    header, binary = compile_worker.compile_on_device(request, "cpu")
    assert header["host_ran_on"] == "cpu" and binary[:4] == b"\x7fELF"
    request["module"] = softmax_text.replace("    out =", "    raise ValueError('no such luck')\n    out =")
    with pytest.raises(JobError, match="failed on the device: ValueError: no such luck"):
        compile_worker.compile_on_device(request, "cpu")


def test_settings_are_as_before_after_a_compilation(softmax_text):
    names = ("TRITON_CACHE_DIR", "TRITON_DISABLE_LINE_INFO", "TRITON_STORE_BINARY_ONLY")
    before = [os.environ.get(name) for name in names]
    compile_worker.compile_job({"module": softmax_text, "kernel": "softmax", "arguments": [TENSOR], "target": "cuda:90"})
    assert [os.environ.get(name) for name in names] == before
    cache = compile_worker._cache()
    assert os.listdir(cache) == ["lock"]
    compile_worker.remove_cache()
    assert not os.path.exists(cache)


def test_frames_come_out_of_bytes_as_they_come():
    parser = frames.FrameParser()
    data = frames.encode({"id": "a"}, b"xyz") + frames.encode({"id": "b"})
    found = []
    for byte in data:
        parser.feed(bytes([byte]))
        while (frame := parser.next()) is not None:
            found.append(frame)
    assert found == [({"id": "a"}, b"xyz"), ({"id": "b"}, b"")]
    parser.feed(b"not a frame.")
    with pytest.raises(frames.ProtocolError):
        parser.next()
