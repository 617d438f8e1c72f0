"""Times a host function as a CUDA graph of several calls over copies of its inputs."""

import math

import torch

from perihelion.worker.device import CannotCapture

_MOST_CALLS = 256
# Device time of one replay: long enough that its own start does not show.
_REPLAY_NANOS = 1e6


class Graph:
    """A captured graph. calls: how many calls a replay makes; each uses the next copy of the inputs."""

    def __init__(self, device, clock, kernel, bind, arguments, cold, typical_ns):
        """bind: gives for some arguments the function to call. Raises CannotCapture."""
        copies = _copies(arguments, device.l2_bytes) if cold else 1
        self.calls = max(copies, min(_MOST_CALLS, math.ceil(_REPLAY_NANOS / max(typical_ns, 1.0))))
        # Whole turns, so that every copy is used equally often.
        self.calls = math.ceil(self.calls / copies) * copies
        self._inputs = [arguments] + [arguments.copy() for _ in range(copies - 1)]
        bound = [bind(inputs) for inputs in self._inputs]
        launches = kernel.launches
        self.replay = device.capture([bound[index % copies] for index in range(self.calls)])
        if kernel.launches - launches != self.calls:
            raise CannotCapture(f"{kernel.launches - launches} kernels were captured in {self.calls} calls.")
        self._clock = clock
        # The first replay uploads the graph.
        self._clock.batch([self.replay], cold=False)

    def batch(self, count):
        """Means over the calls of each of `count` replays, ns, and for what reasons the device was slowed down."""
        samples, reasons = self._clock.batch([self.replay] * count, cold=False)
        return [sample / self.calls for sample in samples], reasons


def _copies(arguments, l2_bytes):
    """How many sets of inputs it takes until none is in the L2 cache when its turn comes again."""
    size = sum(tensor.numel() * tensor.element_size() for tensor in arguments.tensors())
    wanted = math.inf if size == 0 else max(2, math.ceil(2 * l2_bytes / size) + 1)
    if wanted > _MOST_CALLS:
        reason = f"The inputs, {size} bytes, are too small to keep the L2 cache cold by taking turns among copies."
        raise CannotCapture(reason)
    return wanted


def graph_of(device, clock, kernel, host, arguments, policy, changed, typical_ns):
    """(Graph, None), or None and why there is none. typical_ns: of one call."""
    if changed:
        return None, "The kernel changes its arguments, which cannot be restored within a graph."

    def bind(inputs):
        return inputs.bound(host, _launcher=kernel)

    try:
        return Graph(device, clock, kernel, bind, arguments, policy.cold, typical_ns), None
    except CannotCapture as error:
        return None, str(error)
    except torch.OutOfMemoryError:
        device.forget_memory()
        return None, "There is no device memory for copies of the inputs."


def grouped(*parts):
    """For timing.time_call: a function that turns the time of a call into (batch, calls, reason). parts: as of graph_of."""

    def make(typical_ns):
        graph, reason = graph_of(*parts, typical_ns)
        return (None, 0, reason) if graph is None else (graph.batch, graph.calls, None)

    return make
