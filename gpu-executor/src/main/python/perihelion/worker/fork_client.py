"""`python -S -m perihelion.worker.fork_client KIND --socket PATH --server PID`: stands for a worker that a fork_server forks.

Imports next to nothing, so that it starts at once. Gives its stdin, stdout and stderr away, ends as the worker does (a
signal's number is added to 128, as Java does), and takes the worker with it when it is killed. Exit status 75 where the server is
gone or forks nothing; the owner then starts a worker in the ordinary way.
"""

import json
import os
import select
import socket
import sys
import tempfile
import time

_REFUSED = 75
_PARENT_CHECK_SECONDS = 1.0
_CONNECT_SECONDS = 0.005


def main(path, server):
    """Runs until the worker has ended; returns the exit status."""
    parent = os.getppid()
    if os.getpgid(0) != os.getpid():
        os.setsid()
    try:
        connection = _connect(path, server)
        if connection is None:
            return _REFUSED
        socket.send_fds(connection, [json.dumps({"folder": tempfile.gettempdir()}).encode()], [0, 1, 2])
        # Whoever reads the worker's streams shall see their end when it ends.
        empty = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(empty, number)
        said = b""
        while os.getppid() == parent:
            if select.select([connection], [], [], _PARENT_CHECK_SECONDS)[0]:
                part = connection.recv(64)
                if not part:
                    break
                said += part
    except OSError:
        return _REFUSED
    if not said:
        return _REFUSED
    status = int(said)
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _connect(path, server):
    """A connection, once the server listens; None where it is gone."""
    # A socket's name may have no more than 107 bytes; the server's folder may have more.
    os.chdir(os.path.dirname(path))
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(os.path.basename(path))
            return connection
        except OSError:
            connection.close()
        try:
            os.kill(server, 0)
        except OSError:
            return None
        time.sleep(_CONNECT_SECONDS)


if __name__ == "__main__":
    os._exit(main(sys.argv[3], int(sys.argv[5])))
