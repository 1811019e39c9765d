"""Iterations of networks small and large against PyTorch's eager steps in double precision, on one thread.

`BENCH_TORCH` says which Python has torch, where it is not this one; without any, numpy with its BLAS stands in.
"""

import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys

from engine.formula.exact import ways_in_use
from engine.program.optimizers import Adam, Sgd
from engine.walking.timeline import Timeline
from tests.bench import numpy_steps
from tests.bench.measure import cpu, line
from tests.networks import make

RULES = {"SGD": Sgd(), "Adam": Adam()}
LOSSES = {"half_squared_error": "sigmoid", "cross_entropy": "softmax"}
ROWS = (
    ((2, 2, 2), 1, "≤ 0.05"),
    ((4, 8, 3), 1, "≤ 0.1"),
    ((4, 8, 3), 16, "≤ 0.3"),
    ((4, 8, 3), 150, "≤ 0.5"),
    ((16, 64, 64, 10), 1, "≤ 0.4"),
    ((16, 64, 64, 10), 32, "≤ 0.9"),
    ((64, 128, 10), 32, "≤ 1.0"),
    ((784, 100, 10), 32, "≤ 2.5"),
)
RATE, ROUNDS = 0.01, 7


class Torch:
    """The steps of another process."""

    def __init__(self, python):
        command = [python, "-m", "tests.bench.torch_steps"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def _answer(self):
        found = self._process.stdout.readline()
        if not found:
            raise SystemExit("the Python of BENCH_TORCH has no torch")
        return found

    def _ask(self, what):
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def opened(self, network):
        """The network's."""
        self._ask(network)
        return self

    def run(self, count):
        """The processor time of so many steps, and their errors."""
        return json.loads(self._ask(count))

    def close(self):
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait()


def iterations():
    """Each row with either rule and either loss."""
    own = importlib.util.find_spec("torch") and sys.executable
    python = os.environ.get("BENCH_TORCH") or own
    torch = Torch(python) if python else None
    other = "PyTorch" if torch else "numpy with BLAS"
    print("An iteration with sgd and adam, each with half squared error and cross entropy, computed so:")
    for way in ways_in_use():
        print(way)
    for shape, batch, target in ROWS:
        found = {}
        for rule, optimizer in RULES.items():
            for loss, last in LOSSES.items():
                found[rule, loss] = _ratio(torch, _scenario(shape, batch, last, loss, optimizer), rule, loss)
        name = "-".join(map(str, shape))
        shown = ", ".join(f"{ratio:.2f}" for ratio in found.values())
        line(f"an iteration of {name}, batch {batch} : {other}", shown, target if torch else "")
    if torch:
        torch.close()
    else:
        print("The targets are for PyTorch's steps: BENCH_TORCH may name a Python that has torch.")


def _scenario(shape, batch, last, loss, optimizer):
    return make(
        shape, "sigmoid", last, loss, examples=batch, batch=batch, scale=0.3, optimizer=optimizer, learning_rate=RATE
    )


def _ratio(torch, scenario, rule, loss):
    network, theta = scenario.network, scenario.theta
    numbers = range(1, network.depth + 1)
    layers = [(network.weights(theta, number).tolist(), network.biases(theta, number).tolist()) for number in numbers]
    told = {"layers": layers, "inputs": scenario.inputs.tolist(), "targets": scenario.targets.tolist()}
    told |= {"loss": loss, "rule": rule, "rate": RATE}
    theirs = torch.opened(told) if torch else numpy_steps.Steps(**told)
    timeline, done, ratios = Timeline(scenario), 0, []
    count = 20 if len(theta) > 50_000 else 200
    for number in range(1 + ROUNDS):
        own = cpu(lambda: timeline.extend(done + count))  # noqa: B023 (called at once)
        seconds, errors = theirs.run(count)
        if not number:  # the first are to warm up; later on Adam makes much of rounding
            for mine, other in zip(timeline.errors(10)[:10].tolist(), errors, strict=False):
                assert math.isclose(mine, other, rel_tol=1e-9), (mine, other)
        done += count
        if number:
            ratios.append(own / seconds)
    return statistics.median(ratios)
