import io
import struct

import pytest

from perihelion.worker import frames


def roundtrip(data):
    return frames.FrameStream(io.BytesIO(data), io.BytesIO()).read()


def test_a_frame_survives():
    header = {"op": "x", "text": "ä\n", "list": [1, 2.5, None]}
    assert roundtrip(frames.encode(header, b"\0\1payload")) == (header, b"\0\1payload")


def test_the_end_of_the_stream_is_none():
    assert roundtrip(b"") is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello world, this is print", "magic"),
        (frames.encode({"a": 1}, b"xyz")[:-1], "ended 1 bytes"),
        (frames.encode({"a": 1})[:7], "ended 5 bytes"),
        (struct.pack(">4sII", b"PHW1", 0xFFFFFFFF, 0), "too large"),
        (struct.pack(">4sII", b"PHW1", 2, 0) + b"[]", "not a JSON object"),
        (struct.pack(">4sII", b"PHW1", 2, 0) + b"{]", "not JSON"),
    ],
)
def test_rubbish_is_named(data, message):
    with pytest.raises(frames.ProtocolError, match=message):
        roundtrip(data)


def test_not_a_number_cannot_be_sent_as_json():
    with pytest.raises(ValueError):
        frames.encode({"x": float("nan")})
