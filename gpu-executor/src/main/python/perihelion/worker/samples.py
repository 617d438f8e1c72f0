"""Payloads: binaries on the way in, samples as Arrow IPC streams of one record batch on the way out (Java: Samples)."""

import pyarrow as pa


def _stream(batch):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def arrow_stream(samples):
    """The column `latency_ns` (float64) in nanoseconds, in order."""
    return _stream(pa.record_batch({"latency_ns": pa.array(samples, pa.float64())}))


def race_stream(lanes):
    """The columns `round`, `lane` (int32) and `latency_ns` (float64) for lists of samples, one for each lane."""
    rows = [(place, lane, sample) for lane, own in enumerate(lanes) for place, sample in enumerate(own)]
    rounds, numbers, nanos = zip(*rows) if rows else ((), (), ())
    columns = {
        "round": pa.array(rounds, pa.int32()),
        "lane": pa.array(numbers, pa.int32()),
        "latency_ns": pa.array(nanos, pa.float64()),
    }
    return _stream(pa.record_batch(columns))


def split(payload, lengths, least):
    """The payload's binaries; empty ones for those that are not there."""
    parts, start = [], 0
    for length in lengths:
        parts.append(payload[start : start + length])
        start += length
    return parts + [b""] * (least - len(parts))
