"""Frames over stdin and stdout.

A frame is the magic `PHW1`, the header's and the payload's length in bytes (unsigned 32 bit, big endian), the header
(a JSON object in UTF-8) and the payload (bytes, may be empty). Both directions use the same form.
"""

import json
import os
import struct

MAGIC = b"PHW1"
PROTOCOL = 1
MAX_HEADER_BYTES = 64 << 20
MAX_PAYLOAD_BYTES = 1 << 30

_PREFIX = struct.Struct(">4sII")


class ProtocolError(Exception):
    """The other side sent something that is not a frame."""


def encode(header, payload=b""):
    """The bytes of one frame."""
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    return _PREFIX.pack(MAGIC, len(text), len(payload)) + text + bytes(payload)


def _lengths(prefix):
    """The lengths of header and payload that a frame's first bytes tell; raises ProtocolError."""
    magic, header_bytes, payload_bytes = _PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise ProtocolError(f"Expected a frame's magic {MAGIC!r}, got {magic!r}.")
    if header_bytes > MAX_HEADER_BYTES or payload_bytes > MAX_PAYLOAD_BYTES:
        raise ProtocolError(f"The frame is too large: {header_bytes} and {payload_bytes} bytes.")
    return header_bytes, payload_bytes


def _header(text):
    try:
        header = json.loads(text)
    except ValueError as error:
        raise ProtocolError(f"The frame's header is not JSON: {error}.") from error
    if not isinstance(header, dict):
        raise ProtocolError("The frame's header is not a JSON object.")
    return header


class FrameParser:
    """Frames out of bytes as they come, for a reader that must not block."""

    def __init__(self):
        self._buffer = bytearray()

    def feed(self, data):
        """Takes what was read."""
        self._buffer += data

    def next(self):
        """The next frame as (header, payload), or None where it is not complete; raises ProtocolError."""
        if len(self._buffer) < _PREFIX.size:
            return None
        header_bytes, payload_bytes = _lengths(self._buffer[: _PREFIX.size])
        middle = _PREFIX.size + header_bytes
        end = middle + payload_bytes
        if len(self._buffer) < end:
            return None
        frame = _header(self._buffer[_PREFIX.size : middle]), bytes(self._buffer[middle:end])
        del self._buffer[:end]
        return frame


class FrameStream:
    """Reads frames from one binary stream and writes them to another."""

    def __init__(self, source, sink):
        self._source = source
        self._sink = sink

    def read(self):
        """The next frame as (header, payload), or None at the end of the stream; raises ProtocolError."""
        prefix = self._exactly(_PREFIX.size, may_end=True)
        if prefix is None:
            return None
        header_bytes, payload_bytes = _lengths(prefix)
        return _header(self._exactly(header_bytes)), self._exactly(payload_bytes)

    def write(self, header, payload=b""):
        """Sends one frame at once."""
        self._sink.write(encode(header, payload))
        self._sink.flush()

    def _exactly(self, count, may_end=False):
        parts = []
        missing = count
        while missing:
            part = self._source.read(missing)
            if not part:
                if may_end and missing == count:
                    return None
                raise ProtocolError(f"The stream ended {missing} bytes before the end of a frame.")
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


def take_over_stdio():
    """A FrameStream over the process's real stdin and stdout; see take_over_descriptors."""
    source, sink = take_over_descriptors()
    return FrameStream(os.fdopen(source, "rb", buffering=1 << 20), os.fdopen(sink, "wb", buffering=1 << 20))


def take_over_descriptors():
    """File descriptors of the process's real stdin and stdout.

    From then on file descriptor 1 is stderr and 0 is empty, so that whatever user code or a compiler prints or reads
    cannot break a frame.
    """
    source, sink = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return source, sink
