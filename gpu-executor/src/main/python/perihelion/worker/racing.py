"""Races: lanes timed in turns, and those that are clearly slower than the best leave. Knows nothing of any device."""

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from perihelion.worker.errors import JobError

_RESAMPLES = 1000
# Chance of taking an equal lane for a slower one at one look. There are many looks and lanes.
_ERROR = 0.005
# A look at who leaves costs host time while the device waits.
_ROUNDS_BETWEEN_LOOKS = 10
_BATCH_CALLS = 60


@dataclass(frozen=True)
class RacePolicy:
    """The fields of the Java record RacePolicy, as they come in a request."""

    min_rounds: int
    max_rounds: int
    budget_millis: float
    eliminate: bool = True

    @classmethod
    def of(cls, fields):
        """From a request; raises JobError for a race that cannot be run."""
        policy = cls(**fields)
        if policy.min_rounds < 1 or policy.max_rounds < policy.min_rounds:
            reason = f"A race cannot have {policy.min_rounds} to {policy.max_rounds} rounds."
            raise JobError("infrastructure", reason)
        return policy


def interval(ratios, generator, error=_ERROR):
    """(lower, upper) of the median of paired ratios, by bootstrap: each bound is wrong with the chance `error`."""
    ratios = np.asarray(ratios, float)
    picks = generator.integers(0, len(ratios), (_RESAMPLES, len(ratios)))
    medians = np.median(ratios[picks], axis=1)
    lower, upper = np.quantile(medians, [error, 1 - error])
    return float(lower), float(upper)


def noise(original, control, generator):
    """By how much two copies of one program seem to differ: the larger of their median ratio's distance from 1 and half
    of its interval."""
    ratios = _ratios(control, original)
    lower, upper = interval(ratios, generator)
    return max(abs(float(np.median(ratios)) - 1), (upper - lower) / 2)


def _ratios(lane, other):
    count = min(len(lane), len(other))
    return np.asarray(lane[:count], float) / np.asarray(other[:count], float)


class Race:
    """Who is still in. Lane 0 is the incumbent and the last one its second copy, the control: these two stay to the end,
    because what they differ by is what the race cannot tell apart."""

    def __init__(self, lanes, seed):
        self.samples = [[] for _ in range(lanes)]
        self.active = list(range(lanes))
        self._control = lanes - 1
        self._generator = default_rng(seed)

    def order(self):
        """The lanes still in, in the order of the next round."""
        return [int(lane) for lane in self._generator.permutation(self.active)]

    def add(self, order, nanos):
        """Takes a round's samples, in the same order."""
        for lane, sample in zip(order, nanos):
            self.samples[lane].append(sample)

    def leader(self):
        """The lane with the smallest median; the control does not count, it is no program of its own."""
        entrants = [lane for lane in self.active if lane != self._control] or self.active
        return min(entrants, key=lambda lane: float(np.median(self.samples[lane])))

    def eliminate(self):
        """Takes out the lanes that are slower than the leader by more than the noise. Returns them."""
        leader = self.leader()
        out = [lane for lane in self.active if lane not in (leader, 0, self._control) and self._slower(lane, leader)]
        self.active = [lane for lane in self.active if lane not in out]
        return out

    def decided(self):
        """Whether all that is left is the leader, the incumbent and the control, and the incumbent is no rival."""
        leader = self.leader()
        rivals = [lane for lane in self.active if lane not in (leader, self._control)]
        return all(self._slower(lane, leader) for lane in rivals)

    def _slower(self, lane, leader):
        lower, _ = interval(_ratios(self.samples[lane], self.samples[leader]), self._generator)
        return lower > 1 + noise(self.samples[0], self.samples[self._control], self._generator)


def run(lanes, time_rounds, policy, seed, now=time.monotonic):
    """Runs a race of `lanes` lanes, the control among them, and returns the Race.

    time_rounds: gives, for a list of orders (each a list of lanes), the nanoseconds of each round in these orders.
    """
    race = Race(lanes, seed)
    deadline = now() + policy.budget_millis / 1e3
    rounds = looked = 0
    while rounds < policy.max_rounds:
        if rounds >= policy.min_rounds:
            if now() >= deadline:
                break
            if policy.eliminate and rounds - looked >= min(_ROUNDS_BETWEEN_LOOKS, rounds):
                looked = rounds
                race.eliminate()
                if race.decided():
                    break
        wanted = max(1, math.floor(_BATCH_CALLS / len(race.active)))
        to_look = policy.min_rounds - rounds if rounds < policy.min_rounds else _ROUNDS_BETWEEN_LOOKS
        count = max(1, min(wanted, to_look, policy.max_rounds - rounds))
        orders = [race.order() for _ in range(count)]
        for order, nanos in zip(orders, time_rounds(orders)):
            race.add(order, nanos)
        rounds += count
    return race
