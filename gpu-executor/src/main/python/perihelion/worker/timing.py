"""Times calls in levels. Durations are in nanoseconds; see docs/measuring.md."""

import gc
import math
import statistics
import time
from contextlib import nullcontext
from dataclasses import dataclass, field

from perihelion.worker.errors import JobError

_BATCH = 50
# What a screen may cost, device time.
_SCREEN_NANOS = 10e6
# A first call is the only one where it is this much behind: it also pays for what was never in a cache.
_FIRST_CALL_MARGIN_NANOS = 100e3
# From here on a configuration is no candidate for the best; a quarter of the time tells enough of it.
_BEHIND_RATIO = 1.3
_BEHIND_SHARE = 0.25
_LEAST_CALLS_BEHIND = 4
# More than these say nothing new, and each is stored.
_MOST_SAMPLES = 1000
_LARGEST_LEAD_NANOS = 1e6
# After a flush the memory is still busy with writing back. A kernel that starts into that takes 2 to 4 us longer than one
# that starts a moment later; without a least wait it would depend on the host's speed which of the two is measured.
_LEAST_LEAD_NANOS = 10e3
_MAX_REPEATS = 3
_PAUSE_SECONDS = 0.05


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
        if policy.timer not in ("events", "graph"):
            reason = f"The timer `{policy.timer}` is unknown; there are `events` and `graph`."
            raise JobError("infrastructure", reason)
        if policy.l2 not in ("cold", "warm"):
            raise JobError("infrastructure", f"The L2 setting `{policy.l2}` is unknown; there are `cold` and `warm`.")
        return policy

    @property
    def cold(self):
        """Whether the L2 cache is overwritten before each timed call."""
        return self.l2 == "cold"


@dataclass(frozen=True)
class Timing:
    """samples: of the level that decided, in order, in ns; level: 0 where the screen ended it, else 1; facts: how they
    were taken, for the answer's `device`."""

    samples: list
    level: int
    facts: dict = field(default_factory=dict)

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

    Before each start event the L2 cache is overwritten (where the policy says cold), outside the timed region. The device is
    kept busy from then on for longer than the host needs to get the call to it, so that the host's time is not in the sample:
    by the overwriting, and by a kernel that only waits where that is too short.
    """

    def __init__(self, device):
        self._device = device
        self._events = []
        # The host's time for one call, from the one before; the first guess is a slow one.
        self._host_ns = 50e3

    def batch(self, calls, before=None, cold=True):
        """Nanoseconds of each of the calls, and for what disturbing reasons the device was slowed down meanwhile (0: none).

        before: for each call what runs ahead of it, outside the timed region, or None.
        """
        device = self._device
        while len(self._events) < len(calls):
            self._events.append((device.event(), device.event()))
        pairs = self._events[: len(calls)]
        lead = 1.5 * self._host_ns + 5e3 - (device.flush_ns if cold else 0.0)
        lead = min(max(lead, _LEAST_LEAD_NANOS if cold else 0.0), _LARGEST_LEAD_NANOS)
        host = []
        # A collection within a call would be longer than any lead.
        collecting = gc.isenabled()
        gc.disable()
        try:
            for ahead, call, (start, end) in zip(before or [None] * len(calls), calls, pairs):
                if ahead is not None:
                    ahead()
                if cold:
                    device.flush()
                begun = time.perf_counter_ns()
                if lead:
                    device.delay(lead)
                start.record()
                call()
                end.record()
                host.append(time.perf_counter_ns() - begun)
            # Asked while the device still works: it answers for the load, and costs no time.
            reasons = device.nvml.disturbance()
            device.synchronize()
        finally:
            if collecting:
                gc.enable()
        self._host_ns = statistics.median(host)
        return [start.elapsed_time(end) * 1e6 for start, end in pairs], reasons


class Undisturbed:
    """Takes batches of samples anew while the device was throttled; gives up after a few pauses, and then says so."""

    def __init__(self, sleep=time.sleep):
        self._sleep = sleep
        self._repeats = 0
        self._thrown_away = 0
        self._kept = 0

    def take(self, batch):
        """The samples of a batch, a function that gives (samples, reasons)."""
        while True:
            samples, reasons = batch()
            if not reasons:
                return samples
            if self._repeats >= _MAX_REPEATS:
                self._kept += len(samples)
                return samples
            self._repeats += 1
            self._thrown_away += len(samples)
            self._sleep(_PAUSE_SECONDS)

    def facts(self):
        """Counts of samples for the answer's `device`: thrown away, and kept though they were throttled."""
        return {"throttled_samples": self._thrown_away, "throttled_kept": self._kept}


def _spend(seconds, samples, more, now):
    """Takes more samples for so long, by the clock on the wall, flushes included: others wait by that one."""
    begin, known = now(), len(samples)
    wanted = min(_BATCH, known)
    while (left := seconds - (now() - begin)) > 0:
        if len(samples) > known:
            # No batch may take longer than what is left.
            wanted = min(_BATCH, int(left / (seconds - left) * (len(samples) - known)))
        wanted = min(wanted, _MOST_SAMPLES - len(samples))
        if wanted < 1:
            return
        more(wanted)


def _no_phase(_name):
    return nullcontext()


def time_call(
    clock,
    call,
    policy,
    incumbent_ns=None,
    before=None,
    *,
    first_ns=None,
    spare_millis=0.0,
    grouped=None,
    phase=_no_phase,
    undisturbed=None,
    now=time.monotonic,
):
    """Times a call: the screen, then ranking until `rank_millis` of kernel time or `max_calls`.

    first_ns: what the first call took; without it one call is made that warms up caches of instructions and of the driver.
    spare_millis: more time for ranking, which nobody else waits for, up to 1,000 samples. grouped: gives, for the time of one call, a batch function
    of samples that are means of several calls (a graph), or None, and a reason. phase: a context manager for a name.
    Raises JobError (run_timeout) between batches once the policy's limit has passed; the owner of the process holds the
    hard limit.
    """
    deadline = now() + policy.run_timeout_millis / 1e3
    undisturbed = undisturbed or Undisturbed()
    facts = {"timer": "events", "l2": policy.l2}

    def take(count, batch=None):
        if now() > deadline:
            raise JobError("run_timeout", f"Timing took longer than {policy.run_timeout_millis:.0f} ms.")
        batch = batch or (lambda: clock.batch([call] * count, [before] * count, policy.cold))
        return undisturbed.take(batch)

    def timing(samples, level):
        return Timing(samples, level, {**facts, **undisturbed.facts()})

    limit = math.inf if incumbent_ns is None else policy.screen_ratio * incumbent_ns
    with phase("screen"):
        if first_ns is None:
            first_ns = take(1)[0]
        elif policy.screen_calls > 0 and first_ns > limit + _FIRST_CALL_MARGIN_NANOS:
            return timing([first_ns], 0)
        affordable = int(_SCREEN_NANOS / max(first_ns, 1.0))
        screen = take(min(policy.screen_calls, max(1, affordable))) if policy.screen_calls > 0 else []
        if screen and statistics.median(screen) > limit:
            return timing(screen, 0)
    budget, least, most = policy.rank_millis * 1e6, policy.min_calls, policy.max_calls
    typical = statistics.median(screen) if screen else max(first_ns, 1.0)
    if screen and incumbent_ns is not None and min(screen) > _BEHIND_RATIO * incumbent_ns:
        budget *= _BEHIND_SHARE
        least, most = max(min(least, _LEAST_CALLS_BEHIND), int(least * _BEHIND_SHARE)), max(1, int(most * _BEHIND_SHARE))
    with phase("rank"):
        batch = None
        if policy.timer == "graph":
            batch, calls, reason = grouped(typical) if grouped else (None, 0, "This is not a kernel.")
            if batch is None:
                facts["fallback"] = reason
            else:
                facts.update(timer="graph", calls_per_sample=calls)
                # A sample costs what its calls do.
                most, typical = max(least, math.ceil(most / calls)), typical * calls
        per_sample = facts.get("calls_per_sample", 1)
        samples = []

        def more(count):
            samples.extend(take(count, batch and (lambda: batch(count))))

        while len(samples) < most:
            spent = sum(samples) * per_sample
            if len(samples) >= least and spent >= budget:
                break
            wanted = max(least - len(samples), int((budget - spent) / max(typical, 1.0)) + 1)
            wanted = max(1, min(wanted, most - len(samples), _BATCH))
            more(wanted)
            typical = statistics.median(samples) * per_sample
    # Not within the other phase: the device's time in it would count twice.
    if spare_millis > 0 and budget > 0:
        with phase("spare"):
            _spend(spare_millis / 1e3, samples, more, now)
    return timing(samples, 1)
