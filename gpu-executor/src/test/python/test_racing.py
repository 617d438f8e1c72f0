import numpy as np
import pytest

from perihelion.worker import racing
from perihelion.worker.errors import JobError


class Lanes:
    """Pretends to time lanes: a median, a relative spread, and a drift that all share."""

    def __init__(self, nanos, spread=0.01, drift=0.0, seed=1):
        self.nanos, self.spread, self.drift = [*nanos, nanos[0]], spread, drift
        self.random = np.random.default_rng(seed)
        self.rounds = 0
        self.orders = []
        self.clock = 0.0

    def time_rounds(self, orders):
        result = []
        for order in orders:
            self.orders.append(order)
            scale = 1 + self.drift * self.rounds
            noise = 1 + self.spread * self.random.standard_normal(len(order))
            result.append([self.nanos[lane] * scale * factor for lane, factor in zip(order, noise)])
            self.rounds += 1
            self.clock += sum(result[-1]) * 1e-9
        return result

    def race(self, seed=7, **policy):
        fields = {"min_rounds": 15, "max_rounds": 200, "budget_millis": 1e9, "eliminate": True, **policy}
        return racing.run(len(self.nanos), self.time_rounds, racing.RacePolicy.of(fields), seed, lambda: self.clock)


def winner(race):
    return race.leader()


@pytest.mark.parametrize("seed", range(5))
def test_the_faster_one_wins(seed):
    race = Lanes([100_000, 97_000, 120_000, 300_000], seed=seed).race()
    assert winner(race) == 1
    assert len(race.samples[3]) == len(race.samples[2]) == 15
    # The incumbent and its copy stay in.
    assert len(race.samples[0]) == len(race.samples[4]) == len(race.samples[1])


@pytest.mark.parametrize("seed", range(20))
def test_equal_ones_stay(seed):
    race = Lanes([100_000] * 5, spread=0.02, seed=seed).race(max_rounds=100)
    assert all(len(samples) == 100 for samples in race.samples)


@pytest.mark.parametrize("seed", range(10))
def test_what_lies_within_the_noise_stays(seed):
    # Two copies of one program that differ by 2 %, as where memory lies differently.
    lanes = Lanes([100_000, 101_000], spread=0.005, seed=seed)
    lanes.nanos[-1] = 102_000
    race = lanes.race(max_rounds=60)
    assert all(len(samples) == 60 for samples in race.samples)


@pytest.mark.parametrize("drift", [0.05, -0.004])
def test_what_all_lanes_share_does_not_matter(drift):
    race = Lanes([100_000, 100_000, 95_000, 100_000], spread=0.003, drift=drift).race(max_rounds=100)
    assert winner(race) == 2
    assert len(race.samples[1]) == len(race.samples[3]) == 15


def test_rounds_are_paired_and_in_changing_orders():
    lanes = Lanes([100_000] * 4)
    race = lanes.race(max_rounds=40, eliminate=False)
    assert [len(samples) for samples in race.samples] == [40] * 5
    assert all(sorted(order) == [0, 1, 2, 3, 4] for order in lanes.orders)
    assert len({tuple(order) for order in lanes.orders}) > 20
    again = Lanes([100_000] * 4)
    again.race(max_rounds=40, eliminate=False)
    assert again.orders == lanes.orders


def test_the_budget_ends_it_but_not_before_the_least_rounds():
    # A round takes 0.3 ms.
    assert 30 <= Lanes([100_000] * 2).race(budget_millis=9, eliminate=False).samples[0].__len__() <= 60
    assert len(Lanes([100_000] * 2).race(budget_millis=0, eliminate=False).samples[0]) == 15


def test_a_race_alone_ends_when_it_may():
    assert len(Lanes([100_000]).race().samples[0]) == 15


def test_an_incumbent_that_is_beaten_ends_the_race():
    race = Lanes([100_000, 50_000]).race()
    assert winner(race) == 1 and len(race.samples[1]) == 15


def test_impossible_races_are_refused():
    with pytest.raises(JobError, match="0 to 5 rounds"):
        racing.RacePolicy.of({"min_rounds": 0, "max_rounds": 5, "budget_millis": 1, "eliminate": True})
