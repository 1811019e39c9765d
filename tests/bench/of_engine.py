"""The engine: iterations, memory, going anywhere, single steps."""

import math
import random
import resource
import statistics

from engine import Session, load_scenario
from engine.files import parse_scenario
from engine.files.beginning import beginning
from engine.walking.timeline import Timeline
from tests.bench.measure import cpu, in_turn, line
from tests.bench.plain_loop import iterate

WIDE = (16, 64, 64, 10)
MANY = 1_000_000
REPLAYED = 1024
"""Iterations from one checkpoint of the wide network to the next, a million iterations on."""


def wide():
    """The wide network, as `gradstep new` writes it."""
    return parse_scenario(beginning(WIDE, "sigmoid", "half_squared_error"), "wide")


def lists_of(scenario):
    """The network as the plain loop takes it: what it changes, it changes here."""
    network, theta = scenario.network, scenario.theta
    return [
        (network.weights(theta, number).tolist(), network.biases(theta, number).tolist())
        for number in range(1, network.depth + 1)
    ]


def memory():
    """A million iterations are recorded; what the process grew by, at its largest."""
    before = _peak()
    session = Session.open(load_scenario("mazur"))
    session.timeline.extend(MANY)
    line("memory of 1,000,000 recorded iterations of mazur", f"{_peak() - before:.0f} MB", "≤ 64 MB")
    return session


def iterations():
    """10,000 iterations of mazur, and the same in plain Python, whose errors have to be the same."""
    scenario = load_scenario("mazur")

    def plain():
        return iterate(lists_of(scenario), scenario.inputs[0].tolist(), scenario.targets[0].tolist(), 0.5, 10_000)

    def ours():
        return Timeline(scenario).errors(10_000)

    for mine, theirs in zip(ours(), plain(), strict=True):
        assert math.isclose(mine, theirs, rel_tol=1e-9)
    fast, slow = in_turn(ours, plain)
    line("10,000 iterations of mazur : a plain loop over lists", f"{fast / slow:.2f}", "≤ 0.25")


def steps():
    """One step in the engine alone, on the longest of iterations."""
    for name, scenario in (("mazur", load_scenario("mazur")), ("16-64-64-10", wide())):
        place = Session.open(scenario).seek(100, 1)
        there = [place := place.forward() for _ in range(100)]
        back = [session.back() for session in there]
        assert len(back) == 100
        start = Session.open(scenario).seek(100, 1)
        forward, backward = [], []
        for _ in range(100):
            forward.append(cpu(start.forward))
            start = start.forward()
        for _ in range(100):
            backward.append(cpu(start.back))
            start = start.back()
        for which, times in (("forward", forward), ("back", backward)):
            line(f"a step {which} in the engine, {name}", f"{statistics.median(times) * 1e3:.2f} ms", "")


def seeks(far):
    """From iteration 1,000,000 of mazur anywhere; of the wide network the longest replay that this can take."""
    rng = random.Random(1)
    times = [cpu(lambda: far.seek(rng.randrange(MANY), 9)) for _ in range(60)]
    line("seek from iteration 1,000,000 of mazur, the longest of 60", f"{max(times) * 1e3:.1f} ms", "one step's")
    # so far would take minutes to walk: with room for two checkpoints, they are soon as far apart as they are there
    scenario = wide()
    session = Session.open(scenario, timeline=Timeline(scenario, budget=1))
    session.timeline.extend(2 * REPLAYED)
    seconds = cpu(lambda: session.seek(REPLAYED - 1, 9))
    line("seek from iteration 1,000,000 of 16-64-64-10, the longest", f"{seconds * 1e3:.0f} ms", "≤ 250 ms")


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
