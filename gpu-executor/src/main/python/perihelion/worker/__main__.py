"""`python -m perihelion.worker compile|gpu|interpret [options]`: serves requests until stdin ends."""

import argparse
import os
import platform
import signal
import sys
import tempfile
import threading
import time
import traceback

from perihelion.worker import frames
from perihelion.worker.errors import JobError, deepest, describe

_PARENT_CHECK_SECONDS = 1.0


def _end_with_parent():
    """Kills the whole process group once the parent is gone, also while a job hangs."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(_PARENT_CHECK_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def _load(kind, device):
    """(handlers, what the hello says, clean-up) of a worker kind."""
    if kind == "interpret":
        from perihelion.worker import interpret_worker as worker

        return worker.HANDLERS, {**worker.versions(), "device": None}, lambda: None
    from perihelion.worker import gpu_worker as worker

    gpu = worker.open_worker(device)
    return gpu.handlers(), {**worker.versions(), "device": gpu.describe_device()}, gpu.close


def _teller(stream, identity):
    """What a handler calls as its work goes on: the phase's name, and more of it by keyword."""
    return lambda phase, **more: stream.write({"id": identity, "phase": phase, **more})


def serve(stream, handlers):
    """Answers requests until the stream ends or a job has spoilt the process. Returns the exit status."""
    while True:
        message = stream.read()
        if message is None:
            return 0
        header, payload = message
        answer = {"id": header.get("id")}
        started = time.perf_counter()
        try:
            handler = handlers.get(header.get("op"))
            if handler is None:
                raise JobError("infrastructure", f"This worker has no operation `{header.get('op')}`.")
            header["payload"] = payload
            header["tell"] = _teller(stream, header.get("id"))
            result, body = handler(header)
            answer.update(result)
        except JobError as error:
            answer.update(error.facts, outcome=error.outcome, reason=error.reason, fatal=error.fatal)
            body = b""
        except Exception as error:
            traceback.print_exc()
            answer.update(outcome="infrastructure", reason=f"The worker failed: {describe(deepest(error))}")
            body = b""
        answer["worker_ms"] = (time.perf_counter() - started) * 1e3
        stream.write(answer, body)
        if answer.get("fatal"):
            return 4


def _advice(error):
    """Why the worker cannot start, and what to do."""
    cause = error if isinstance(error, JobError) else deepest(error)
    if isinstance(cause, ModuleNotFoundError):
        return (
            f"The worker cannot start: the Python `{sys.executable}` has no package `{cause.name}`. Install it there, or name "
            "another interpreter in PERIHELION_PYTHON."
        )
    return f"The worker cannot start: {cause.reason if isinstance(cause, JobError) else describe(cause)}"


def _serve_compilations(hello, options):
    # Before torch is imported: its libraries must not start threads in a process that forks.
    for library in ("OMP", "MKL", "OPENBLAS"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    source, sink = frames.take_over_descriptors()
    try:
        from perihelion.worker import compile_server
    except Exception as error:
        traceback.print_exc()
        os.write(sink, frames.encode({**hello, "error": _advice(error)}))
        return 3
    compile_server.main(source, sink, hello, options.children, options.memory_mib)
    return 0


def main():
    """Starts a worker; exit status 3 where it cannot start, 4 after a job that spoilt it."""
    parser = argparse.ArgumentParser(prog="perihelion.worker", description="Serves compile or measure requests.")
    parser.add_argument("kind", choices=["compile", "gpu", "interpret"])
    parser.add_argument("--device", type=int, default=0, help="number of the GPU among the visible ones")
    parser.add_argument("--fork-server", metavar="SOCKET", help="forks such workers for those who connect; takes no device")
    parser.add_argument("--children", type=int, default=1, help="how many compilations run at once")
    parser.add_argument("--memory-mib", type=int, default=8192, help="host memory for one compilation")
    options = parser.parse_args()
    if os.getpgid(0) != os.getpid():
        os.setsid()
    if options.kind == "compile":
        return _serve_compilations(_hello(), options)
    if options.fork_server:
        return _serve_forks(options)
    return _serve_jobs(options)


def _hello():
    return {"op": "hello", "protocol": frames.PROTOCOL, "pid": os.getpid(), "python": platform.python_version()}


def _serve_forks(options):
    from perihelion.worker import fork_server

    fork_server.prepare()
    source, _sink = frames.take_over_descriptors()
    server = fork_server.ForkServer(source, os.path.join(tempfile.gettempdir(), options.fork_server), lambda: _serve_jobs(options))
    if options.kind == "gpu":
        # Takes seconds, touches no GPU.
        import perihelion.worker.gpu_worker  # noqa: F401
    server.serve()
    return 0


def _serve_jobs(options):
    hello = _hello()
    stream = frames.take_over_stdio()
    _end_with_parent()
    if options.kind == "interpret":
        os.environ["TRITON_INTERPRET"] = "1"
    try:
        handlers, facts, clean_up = _load(options.kind, options.device)
    except Exception as error:
        traceback.print_exc()
        stream.write({**hello, "error": _advice(error)})
        return 3
    try:
        stream.write({**hello, **facts})
        return serve(stream, handlers)
    finally:
        clean_up()


def run():
    """main() as a whole process."""
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A spoilt CUDA context can hang in the interpreter's ordinary end.
    if status == 4:
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    run()
