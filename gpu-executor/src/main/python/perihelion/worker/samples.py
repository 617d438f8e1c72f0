"""Samples as an Arrow IPC stream: one record batch with the column `latency_ns` (float64)."""

import pyarrow as pa


def arrow_stream(samples):
    """The stream's bytes; samples in nanoseconds."""
    batch = pa.record_batch({"latency_ns": pa.array(samples, pa.float64())})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()
