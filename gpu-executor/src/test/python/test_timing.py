import pytest

from perihelion.worker.errors import JobError
from perihelion.worker.timing import Policy, time_call


class FakeClock:
    """Runs no kernel: each call takes what the list says, then its last value."""

    def __init__(self, nanos):
        self.nanos = nanos
        self.taken = 0
        self.cold = []

    def samples(self, call, count, before=None, cold=True):
        result = []
        for _ in range(count):
            if before:
                before()
            call()
            result.append(self.nanos[min(self.taken, len(self.nanos) - 1)])
            self.taken += 1
        self.cold.append(cold)
        return result


def run(clock, incumbent=None, **policy):
    calls = []
    timing = time_call(clock, lambda: calls.append(1), Policy(**policy), incumbent)
    return timing, len(calls)


def test_the_screen_ends_what_is_far_behind():
    timing, calls = run(FakeClock([1e6]), incumbent=1e5)
    assert (timing.level, len(timing.samples), calls) == (0, 4, 5)
    assert run(FakeClock([1e6]), incumbent=5e5)[0].level == 1
    assert run(FakeClock([1e6]))[0].level == 1


def test_ranking_spends_its_time():
    timing, _ = run(FakeClock([1e6]), rank_millis=30)
    assert len(timing.samples) == 30 + 1 or len(timing.samples) == 30


def test_ranking_respects_both_bounds():
    assert len(run(FakeClock([1e9]))[0].samples) == 15
    assert len(run(FakeClock([1e3]))[0].samples) == 200


def test_median_and_spread():
    timing, _ = run(FakeClock([0] * 5 + [10, 12, 14, 16, 100]), min_calls=5, max_calls=5)
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


def test_policies_that_are_not_there_are_refused():
    with pytest.raises(JobError, match="`graph`"):
        Policy.of({"timer": "graph"})
    with pytest.raises(JobError, match="`lukewarm`"):
        Policy.of({"l2": "lukewarm"})
