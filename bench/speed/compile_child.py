"""Compiles programs with the product's compile worker; needs no GPU. Answers lack the binary, which goes to a file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import product  # noqa: F401  (the path)
from perihelion.worker import compile_worker
from perihelion.worker.errors import JobError
from pool import serve


def handle(request, tell):
    """Compiles one program."""
    tell("compiling")
    try:
        header, binary = compile_worker.compile_job(request)
    except JobError as error:
        return {"outcome": error.outcome, "reason": error.reason, "fatal": error.fatal}
    Path(request["binary"]).write_bytes(binary)
    return header


if __name__ == "__main__":
    serve(handle)
