"""A graph of which a formula is another one, and all derivatives are those of that one, as a library has them."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine import compare, load_scenario, parse_scenario
from engine.comparison.slots import Slot, Slots
from engine.files import shipped_path
from tests.engine.comparison.numbers import completed
from tests.engine.graphs.files import read

CELL = """
title = "A cell, three times"
[graph]
inputs = ["x"]
constants = { h0 = 0.2 }
nodes = [
  { for = "k = 1..3", nodes = ["u{k} = w * x + v * h{k-1} + b", "h{k} = tanh(u{k})"] },
  "p = h3 * c / 3",
  "f = p * p + h3",
]
error = "f"
parameters = { w = 0.7, v = -0.4, b = 0.1, c = 1.5 }
[[example]]
inputs = [1.3]
"""

CHANGES = [
    ("divisor-forgotten", "p", "h3 * c / 3", "h3 * c"),
    ("sign", "f", "p * p + h3", "p * p - h3"),
    ("path-forgotten", "f", "p * p + h3", "p * p"),
    ("other-activation", "h1", "tanh(u{k})", "sigmoid(u{k})"),
    ("activation-forgotten", "h1", "tanh(u{k})", "u{k}"),
]


def numbers_of(session, names):
    slots = Slots(session.scenario, session.timeline.steps, 1)
    found = {}
    for name in names:
        role = "derivative" if name.startswith("d") else "value"
        array = slots.array(session.values, Slot(role, name.removeprefix("d")))
        found[name] = np.array(array)
    return found


@pytest.mark.parametrize(("cause", "node", "right", "wrong"), CHANGES)
@pytest.mark.parametrize(
    "given", [("dw", "dv", "dc"), ("h1", "h3", "p", "f", "dp", "dh3", "dh1", "dw", "dv", "db", "dc")]
)
def test_a_formula_that_is_another_one(cause, node, right, wrong, given):
    assert right in CELL
    theirs, ours = completed(read(CELL.replace(right, wrong))), completed(read(CELL))
    found = compare(ours, numbers_of(theirs, given))
    assert [one.cause for one in found.causes] == [cause]
    if "f" in given:  # of derivatives alone the mistake may as well be one on the way back
        assert found.causes[0].at in (f"y:{node}", f"y[{node}]")


def test_every_step_that_is_called_alike():
    theirs, ours = completed(read(CELL.replace("tanh(u{k})", "sigmoid(u{k})"))), completed(read(CELL))
    (cause,) = compare(ours, numbers_of(theirs, ("dw", "dv", "db"))).causes
    assert "(and so in h2, h3); it should be h1 = tanh(u1)" in cause.words


def test_a_loss_without_its_half():
    text = shipped_path("lstm-cell").read_text()
    theirs = parse_scenario(text.replace("half_squared_error(", "squared_error("), "theirs")
    found = compare(
        completed(load_scenario("lstm-cell")), numbers_of(completed(theirs), ("dwf", "dwi", "dwo", "dwg", "E"))
    )
    assert [(cause.cause, cause.details.get("loss")) for cause in found.causes] == [("loss", "squared_error")]


@pytest.mark.parametrize("seed", range(3))
def test_formulas_by_chance_are_none(seed):
    random = np.random.default_rng(seed)
    ours = completed(read(CELL))
    wrong = {
        name: array * random.uniform(0.5, 1.5) for name, array in numbers_of(ours, ("dw", "dv", "db", "dc")).items()
    }
    assert not compare(ours, wrong).causes
    assert not compare(ours, {name: float(f"{array:.2g}") for name, array in wrong.items()}).causes


def test_scenarios_stay_as_they_are():
    scenario = read(CELL)
    before = scenario.graph.graph_nodes
    compare(completed(scenario), {"dw": np.array(0.3), "dv": np.array(0.1)})
    assert scenario.graph.graph_nodes == before
    assert replace(scenario).graph is scenario.graph
