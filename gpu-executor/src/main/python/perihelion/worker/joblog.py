"""Where one job's time went: wall time by phase, and the time the device worked."""

import time
from contextlib import contextmanager


class JobLog:
    """Notes phases while a job runs; facts() are fields of its answer.

    A phase's busy time is what lies between its first and its last operation on the device, by the device's own events; gaps
    in which the device waited for the host are in it.
    """

    def __init__(self, device):
        self._device = device
        self._wall = {}
        self._spans = []

    @contextmanager
    def phase(self, name, busy=True):
        """Notes what happens in a `with` under this name. busy: whether it uses the device."""
        begun = time.perf_counter()
        span = (self._device.event(), self._device.event()) if busy else None
        if span:
            span[0].record()
        try:
            yield
            if span:
                span[1].record()
                self._spans.append(span)
        finally:
            self._wall[name] = self._wall.get(name, 0.0) + (time.perf_counter() - begun) * 1e3

    def facts(self):
        """`phases_ms` and `busy_ms`. Call it when the device has nothing more to do; a spoilt device counts as idle."""
        busy = 0.0
        try:
            for start, end in self._spans:
                busy += start.elapsed_time(end)
        except Exception:
            busy = 0.0
        return {"phases_ms": {name: round(wall, 3) for name, wall in self._wall.items()}, "busy_ms": busy}
