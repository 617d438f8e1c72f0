"""Times calls in levels. Durations are in nanoseconds; see docs/measuring.md."""

import statistics
import time
from dataclasses import dataclass

from perihelion.worker.errors import JobError

_BATCH = 50
LEAST_FLUSH_BYTES = 256 << 20


@dataclass(frozen=True)
class Policy:
    """The fields of the Java record MeasurePolicy, as they come in a request."""

    timer: str = "events"
    l2: str = "cold"
    screen_calls: int = 4
    screen_ratio: float = 3.0
    rank_millis: float = 20.0
    min_calls: int = 15
    max_calls: int = 200
    run_timeout_millis: float = 10_000.0

    @classmethod
    def of(cls, fields):
        """From a request; raises JobError for what this worker cannot do."""
        policy = cls(**fields)
        if policy.timer != "events":
            raise JobError("infrastructure", f"The timer `{policy.timer}` is unknown; there is `events`.")
        if policy.l2 not in ("cold", "warm"):
            raise JobError("infrastructure", f"The L2 setting `{policy.l2}` is unknown; there are `cold` and `warm`.")
        return policy


@dataclass(frozen=True)
class Timing:
    """samples: of the level that decided, in order, in ns; level: 0 where the screen ended it, else 1."""

    samples: list
    level: int

    @property
    def latency(self):
        """The median, ns."""
        return statistics.median(self.samples)

    @property
    def spread(self):
        """The median absolute deviation, ns."""
        middle = self.latency
        return statistics.median(abs(sample - middle) for sample in self.samples)


class DeviceClock:
    """Times single calls with pairs of device events, without waiting for the device between calls.

    Before each start event the L2 cache is overwritten (where the policy says cold), outside the timed region. The
    overwriting also keeps the device busy while the host prepares the launch, so that the host's own time is hidden.
    """

    def __init__(self, torch, l2_bytes):
        self._cuda = torch.cuda
        self._flush = torch.empty(max(LEAST_FLUSH_BYTES, 2 * l2_bytes), dtype=torch.int8, device="cuda")
        self._events = []

    def synchronize(self):
        """Waits for the device; a kernel's fault appears here."""
        self._cuda.synchronize()

    def samples(self, call, count, before=None, cold=True):
        """Nanoseconds of `count` calls; `before` runs ahead of each, outside the timed region."""
        while len(self._events) < count:
            self._events.append((self._cuda.Event(enable_timing=True), self._cuda.Event(enable_timing=True)))
        pairs = self._events[:count]
        for start, end in pairs:
            if before is not None:
                before()
            if cold:
                self._flush.zero_()
            start.record()
            call()
            end.record()
        self.synchronize()
        return [start.elapsed_time(end) * 1e6 for start, end in pairs]


def time_call(clock, call, policy, incumbent_ns=None, before=None, now=time.monotonic):
    """Times a call: one warm-up, the screen, then ranking until `rank_millis` of kernel time or `max_calls`.

    Raises JobError (run_timeout) between batches once the policy's limit has passed; the owner of the process holds
    the hard limit.
    """
    deadline = now() + policy.run_timeout_millis / 1e3
    cold = policy.l2 == "cold"

    def take(count):
        if now() > deadline:
            raise JobError("run_timeout", f"Timing took longer than {policy.run_timeout_millis:.0f} ms.")
        return clock.samples(call, count, before, cold)

    # A flushed call that nobody times: caches of instructions and of the driver are warm afterwards.
    take(1)
    screen = take(policy.screen_calls) if policy.screen_calls > 0 else []
    if screen and incumbent_ns is not None and statistics.median(screen) > policy.screen_ratio * incumbent_ns:
        return Timing(screen, 0)
    samples = []
    budget = policy.rank_millis * 1e6
    typical = statistics.median(screen) if screen else budget / max(1, policy.min_calls)
    while len(samples) < policy.max_calls:
        spent = sum(samples)
        if len(samples) >= policy.min_calls and spent >= budget:
            break
        wanted = max(policy.min_calls - len(samples), int((budget - spent) / max(typical, 1.0)) + 1)
        samples += take(max(1, min(wanted, policy.max_calls - len(samples), _BATCH)))
        typical = statistics.median(samples)
    return Timing(samples, 1)
