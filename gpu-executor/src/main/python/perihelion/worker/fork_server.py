"""Forks workers from a process that has imported all they need: an import takes seconds, a fork hundredths of one.

A fork_client connects, and sends its stdin, stdout and stderr with the folder for temporary files; the fork becomes the worker at
the other end of these streams, in a process group of its own, and ends when the client does. This process answers with
the fork's wait status when that has ended.

This process never touches the GPU: a CUDA context does not survive a fork. Nor may it have other threads, as a fork copies only
the thread that asks for it, with all locks as they are. Where either is not so it forks nothing, and the client ends with REFUSED.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import traceback

REFUSED = 75

_MOST_BYTES = 1 << 16


def prepare():
    """To be called before anything large is imported: no library is to start threads in this process."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")


class ForkServer:
    """source: the file descriptor whose end means that the owner is gone; work: what a fork does, gives its exit status."""

    def __init__(self, source, path, work):
        self._source = source
        self._work = work
        self._clients = {}
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Connections wait here while this process still imports. A socket's name may have no more than 107 bytes, so it is
        # made from within its folder.
        before = os.getcwd()
        os.chdir(os.path.dirname(path))
        self._listener.bind("socket.new")
        self._listener.listen(8)
        os.rename("socket.new", os.path.basename(path))
        os.chdir(before)

    def serve(self):
        """Serves until the owner is gone."""
        gc.collect()
        gc.freeze()
        ended, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(ended, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        while True:
            ready = select.select([self._source, self._listener, ended], [], [])[0]
            if ended in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(ended, 1 << 10)
                self._reap()
            if self._source in ready and not os.read(self._source, 1 << 10):
                return
            if self._listener in ready:
                self._answer(self._listener.accept()[0])

    def _answer(self, client):
        try:
            text, streams = socket.recv_fds(client, _MOST_BYTES, 3)[:2]
        except OSError:
            client.close()
            return
        try:
            if len(streams) == 3 and may_fork():
                folder = json.loads(text)["folder"]
                pid = os.fork()
                if pid == 0:
                    self._become_worker(client, streams, folder)
                self._clients[pid] = client
                return
            client.close()
        finally:
            for stream in streams:
                os.close(stream)

    def _become_worker(self, client, streams, folder):
        status = 70
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in self._clients.values():
                other.close()
            self._listener.close()
            os.close(self._source)
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            os.environ["TMPDIR"] = tempfile.tempdir = folder
            # The owner looks for such names, to end the groups that belong to a worker.
            os.mkdir(os.path.join(folder, f"child-{os.getpid()}"), 0o700)
            threading.Thread(target=_end_with, args=(client,), name="client-watch", daemon=True).start()
            status = self._work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _reap(self):
        while self._clients:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            client = self._clients.pop(pid, None)
            if client is not None:
                with contextlib.suppress(OSError):
                    client.sendall(str(status).encode())
                client.close()


def may_fork():
    """Whether a fork of this process works: it is alone, and no CUDA context is there. Says why not."""
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else threading.active_count()
    torch = sys.modules.get("torch")
    initialised = torch is not None and torch.cuda.is_initialized()
    if threads > 1 or initialised:
        print(f"No fork: {threads} threads, CUDA {'' if initialised else 'not '}initialised.", file=sys.stderr)
        return False
    return True


def _end_with(client):
    """Kills the whole process group once the client has gone, also while a job hangs."""
    with contextlib.suppress(OSError):
        client.recv(1)
    os.killpg(0, signal.SIGKILL)
