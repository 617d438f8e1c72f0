import time

import pytest

from perihelion.worker.errors import JobError
from perihelion.worker.timing import DeviceClock, Policy, Undisturbed, time_call


class FakeClock:
    """Runs no kernel: each call takes what the list says, then its last value. reasons: one for each batch, then none."""

    def __init__(self, nanos, reasons=()):
        self.nanos = nanos
        self.reasons = list(reasons)
        self.taken = 0
        self.cold = []

    def batch(self, calls, before=None, cold=True):
        result = []
        for ahead, call in zip(before or [None] * len(calls), calls):
            if ahead:
                ahead()
            call()
            result.append(self.nanos[min(self.taken, len(self.nanos) - 1)])
            self.taken += 1
        self.cold.append(cold)
        return result, self.reasons.pop(0) if self.reasons else 0


def run(clock, incumbent=None, policy=None, **options):
    calls = []
    timing = time_call(clock, lambda: calls.append(1), Policy(**(policy or {})), incumbent, **options)
    return timing, len(calls)


def test_the_screen_ends_what_is_far_behind():
    timing, calls = run(FakeClock([1e6]), incumbent=1e5)
    assert (timing.level, len(timing.samples), calls) == (0, 4, 5)
    assert run(FakeClock([1e6]), incumbent=5e5)[0].level == 1
    assert run(FakeClock([1e6]))[0].level == 1


def test_a_first_call_that_is_far_behind_ends_it_before_the_screen():
    timing, calls = run(FakeClock([1e6]), incumbent=1e5, first_ns=1e6)
    assert (timing.level, timing.samples, calls) == (0, [1e6], 0)
    # What is only a little beyond the limit may have paid for what was in no cache.
    assert run(FakeClock([2.5e5]), incumbent=1e5, first_ns=3.9e5)[0].level == 1


def test_the_screen_is_short_for_long_calls():
    assert len(run(FakeClock([4e6]), incumbent=1e6, first_ns=3e6)[0].samples) == 2 + 1
    assert len(run(FakeClock([4e7]), incumbent=1e6, first_ns=2e6)[0].samples) == 4
    assert len(run(FakeClock([4e7]), incumbent=1e7, first_ns=3e7)[0].samples) == 1


def test_what_is_behind_gets_a_quarter_of_the_time():
    assert len(run(FakeClock([2e6]), incumbent=1.9e6)[0].samples) == 15
    assert len(run(FakeClock([2e6]), incumbent=1e6)[0].samples) == 4
    assert len(run(FakeClock([1e4]), incumbent=0.5e4)[0].samples) == 50


def test_ranking_spends_its_time():
    timing, _ = run(FakeClock([1e6]), policy={"rank_millis": 30})
    assert len(timing.samples) == 30 + 1 or len(timing.samples) == 30


def test_ranking_respects_both_bounds():
    assert len(run(FakeClock([1e9]))[0].samples) == 15
    assert len(run(FakeClock([1e3]))[0].samples) == 200


@pytest.mark.parametrize(
    ("incumbent", "spare_millis", "expected"),
    [(None, 0, 30), (None, 100, 70), (7e5, 100, 47), (None, 5000, 1000), (1e5, 100, 4)],
    ids=["none", "added", "also for what is behind", "no more than 1000 samples", "not for what is far behind"],
)
def test_spare_time_is_that_of_the_wall(incumbent, spare_millis, expected):
    clock = FakeClock([1e6])
    # A sample takes 2.5 ms with its flush.
    timing, _ = run(clock, incumbent, {"rank_millis": 30}, spare_millis=spare_millis, now=lambda: clock.taken * 2.5e-3)
    assert abs(len(timing.samples) - expected) <= 1


def test_median_and_spread():
    timing, _ = run(FakeClock([0] * 5 + [10, 12, 14, 16, 100]), policy={"min_calls": 5, "max_calls": 5})
    assert (timing.latency, timing.spread) == (14, 2)


def test_before_runs_ahead_of_every_call():
    order = []
    time_call(FakeClock([1e9]), lambda: order.append("call"), Policy(), None, lambda: order.append("before"))
    assert order[:4] == ["before", "call", "before", "call"] and order.count("before") == order.count("call")


def test_the_cheap_limit():
    ticks = iter(range(0, 100, 6))
    with pytest.raises(JobError) as failure:
        time_call(FakeClock([1e6]), lambda: None, Policy(run_timeout_millis=10_000), now=lambda: next(ticks))
    assert failure.value.outcome == "run_timeout"


def test_throttled_batches_are_thrown_away_until_patience_ends():
    pauses = []
    timing, calls = run(FakeClock([1e6], [0, 8, 8, 0]), undisturbed=Undisturbed(pauses.append))
    assert timing.facts["throttled_samples"] == 4 + 4 and timing.facts["throttled_kept"] == 0
    assert pauses == [0.05, 0.05]
    timing, _ = run(FakeClock([1e6], [8] * 100), undisturbed=Undisturbed(pauses.append))
    assert timing.facts["throttled_samples"] == 1 * 3 and timing.facts["throttled_kept"] >= 1 + 4 + 20


def test_grouped_samples_are_means_of_several_calls():
    counts = []

    def grouped(typical):
        assert typical == 1e5
        return lambda count: (counts.append(count), ([1e5] * count, 0))[1], 10, None

    timing, calls = run(FakeClock([1e5]), policy={"timer": "graph", "min_calls": 2}, grouped=grouped)
    # 20 ms of ten calls of 0.1 ms each.
    assert len(timing.samples) == sum(counts) == 20 and calls == 5
    assert timing.facts["timer"] == "graph" and timing.facts["calls_per_sample"] == 10


def test_without_a_graph_the_events_stay():
    timing, _ = run(FakeClock([1e6]), policy={"timer": "graph"}, grouped=lambda typical: (None, 0, "It is Monday."))
    assert (timing.facts["timer"], timing.facts["fallback"]) == ("events", "It is Monday.")
    assert timing.level == 1


def test_policies_that_are_not_there_are_refused():
    assert Policy.of({"timer": "graph"}).timer == "graph"
    with pytest.raises(JobError, match="`sundial`"):
        Policy.of({"timer": "sundial"})
    with pytest.raises(JobError, match="`lukewarm`"):
        Policy.of({"l2": "lukewarm"})


class Device:
    """What a DeviceClock asks for; notes the waits."""

    flush_ns = 40e3

    def __init__(self):
        self.log = []
        self.nvml = self

    def event(self):
        return self

    def record(self):
        self.log.append("event")

    def elapsed_time(self, _later):
        return 1.0

    def flush(self):
        self.log.append("flush")

    def delay(self, nanos):
        self.log.append(nanos)

    def synchronize(self):
        self.log.append("wait")

    def disturbance(self):
        return 0


def test_the_device_is_busy_for_longer_than_the_host_needs():
    device = Device()
    clock = DeviceClock(device)
    slow = lambda: time.sleep(2e-4)  # noqa: E731
    assert clock.batch([slow] * 3, cold=True) == ([1e6] * 3, 0)
    device.log.clear()
    clock.batch([slow], cold=True)
    flush, delay, start, end, wait = device.log
    assert (flush, start, end, wait) == ("flush", "event", "event", "wait")
    assert 1.5 * 2e5 - 40e3 < delay <= 1e6
    device.log.clear()
    # Warm there is no flush, and the waiting kernel does it all.
    clock.batch([lambda: None] * 2, cold=False)
    assert "flush" not in device.log and device.log[0] > 1.5 * 2e5
    for _ in range(2):
        device.log.clear()
        clock.batch([lambda: None] * 9, cold=True)
    # A quick host function needs no more than the flush; what comes then is the moment for the flush to end.
    assert device.log[:4] == ["flush", 10e3, "event", "event"]
