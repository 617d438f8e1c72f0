"""Runs a race on a device: checks every entrant with every draw of inputs, then times them in turns."""

from contextlib import ExitStack
from dataclasses import dataclass, field

from perihelion.worker import graphs, racing
from perihelion.worker.errors import JobError
from perihelion.worker.samples import race_stream, split
from perihelion.worker.timing import Policy, Undisturbed


@dataclass
class _Lane:
    """One program in the race. index: its place among the entrants; outcome: set where it is out."""

    name: str
    index: int
    control: bool = False
    host: object = None
    kernel: object = None
    changed: list = field(default_factory=list)
    max_error: float = 0.0
    typical_ns: float = 0.0
    outcome: str | None = None
    reason: str = ""
    sampler: object = None

    def header(self):
        """Its part of the answer."""
        return {
            "name": self.name,
            "control": self.control,
            "max_error": self.max_error,
            "outcome": self.outcome,
            "reason": self.reason,
        }


class RaceJob:
    """Handles `race` requests for a GpuWorker."""

    def __init__(self, worker):
        self._worker = worker

    def run(self, request, log):
        """Raises JobError; where an entrant spoilt the device or the process, its place is the fact `entrant`."""
        worker = self._worker
        policy = Policy.of(request["policy"])
        race_policy = racing.RacePolicy.of(request["race"])
        entrants, seeds, reference = request["entrants"], request["seeds"], request["reference"]
        *binaries, baseline = split(request["payload"], request["binaries"], len(entrants) + 1)
        with log.phase("inputs"):
            draws = []
            for seed in reversed(seeds):
                arguments = worker.arguments_for(request["arguments"], seed, reference)
                draws.append((arguments, worker.expected_for(request, seed, arguments, baseline)))
        lanes = [_Lane(entrant["name"], index) for index, entrant in enumerate(entrants)]
        lanes.append(_Lane(entrants[0]["name"], 0, control=True))
        with ExitStack() as stack:
            before = {}
            for lane in lanes:
                self._enter(stack, log, request, lane, binaries[lane.index], draws, before)
                if lane.index == 0 and lane.outcome:
                    raise JobError(lane.outcome, f"The incumbent `{lane.name}` failed: {lane.reason}")
            # The first draw is the one checked last, so its inputs are as they were.
            arguments = draws[-1][0]
            running = [lane for lane in lanes if lane.outcome is None]
            undisturbed = Undisturbed()
            timer = self._samplers(log, running, arguments, policy)
            request["tell"]("timing")
            with log.phase("race"):
                rounds = self._rounds(request, running, undisturbed)
                race = racing.run(len(running), rounds, race_policy, seeds[0])
            for lane in running:
                arguments.restore(lane.changed)
            after = worker.device.nvml.state()
            worker.device.synchronize()
        if any(lane.outcome not in (None, "out_of_resources") for lane in lanes):
            worker.forget()
        own = {id(lane): samples for lane, samples in zip(running, race.samples)}
        device = {"before": before, "after": after, **timer, "l2": policy.l2, **undisturbed.facts()}
        header = {
            "outcome": "raced",
            "lanes": [lane.header() for lane in lanes],
            "rounds": max(map(len, race.samples)),
            "device": device,
        }
        return header, race_stream([own.get(id(lane), []) for lane in lanes])

    def _enter(self, stack, log, request, lane, binary, draws, state):
        """Loads an entrant and checks it with all draws; one that fails is out, one that spoils the device raises."""
        worker = self._worker
        entrant = request["entrants"][lane.index]
        request["tell"]("running", entrant=lane.index)
        try:
            loaded = worker.loaded(log, entrant["module"], request["kernel"], binary, entrant["launch"])
            lane.host, lane.kernel = stack.enter_context(loaded)
            for arguments, expected in draws:
                lane.kernel.launches = 0
                job = {**request, "module": entrant["module"]}
                found = worker.check(log, lane.host, lane.kernel, arguments, expected, job, state)
                arguments.restore(found.changed)
                lane.changed, lane.typical_ns = found.changed, found.first_ns
                lane.max_error = max(lane.max_error, found.result.max_error)
            worker.device.synchronize()
        except Exception as error:
            failure = worker.failure(error)
            if failure.fatal:
                failure.facts = {**failure.facts, "entrant": lane.index}
                raise failure from error
            lane.outcome, lane.reason = failure.outcome, failure.reason

    def _samplers(self, log, lanes, arguments, policy):
        """Gives every lane a call to time, and tells by which timer: all by the same, or ratios would mean nothing."""
        worker = self._worker
        facts = {"timer": "events"}
        if policy.timer == "graph":
            with log.phase("capture"):
                made = []
                for lane in lanes:
                    args = (worker.device, worker.clock, lane.kernel, lane.host, arguments, policy, lane.changed)
                    graph, reason = graphs.graph_of(*args, lane.typical_ns)
                    if graph is None:
                        facts["fallback"] = f"`{lane.name}`: {reason}"
                        break
                    made.append(graph)
            if len(made) == len(lanes):
                for lane, graph in zip(lanes, made):
                    lane.sampler = (graph.replay, None, False, graph.calls)
                return {"timer": "graph", "calls_per_sample": [graph.calls for graph in made]}
        for lane in lanes:
            call = arguments.bound(lane.host, _launcher=lane.kernel)
            restore = (lambda own=lane: arguments.restore(own.changed)) if lane.changed else None
            lane.sampler = (call, restore, policy.cold, 1)
        return facts

    def _rounds(self, request, lanes, undisturbed):
        clock = self._worker.clock
        cold = lanes[0].sampler[2]

        def batch(flat):
            calls = [lanes[lane].sampler[0] for lane in flat]
            befores = [lanes[lane].sampler[1] for lane in flat]
            samples, reasons = clock.batch(calls, befores if any(befores) else None, cold)
            return [sample / lanes[lane].sampler[3] for lane, sample in zip(flat, samples)], reasons

        def rounds(orders):
            request["tell"]("timing")
            flat = [lane for order in orders for lane in order]
            samples = iter(undisturbed.take(lambda: batch(flat)))
            return [[next(samples) for _ in order] for order in orders]

        return rounds
