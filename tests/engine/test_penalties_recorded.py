"""Penalties as packages have them, held against 20 steps that each of them gave (`tests/record`)."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import parse_scenario
from engine.program.optimizers import Momentum
from engine.walking.timeline import Timeline
from tests.engine.walks import walked

RECORDS = Path(__file__).parent.parent / "record"
GIVEN = json.loads((RECORDS / "penalized.json").read_text())
NAMES = ("scikit-learn", "keras", "pytorch")
RUNS = [(name, run) for name in NAMES for run in json.loads((RECORDS / f"penalties_{name}.json").read_text())["runs"]]
WITHIN = 1e-14
"""Relative to the largest number of a parameter on its way."""


def scenario(run):
    """The file that says the same."""
    first, stop = run["outputs"]
    chosen = slice(first, stop)
    penalty = ", ".join(f"{key} = {json.dumps(value)}" for key, value in run["penalty"].items())
    examples = "".join(
        f"[[example]]\ninputs = {inputs}\ntargets = {targets[chosen]}\n"
        for inputs, targets in zip(GIVEN["inputs"], GIVEN["targets"], strict=True)
    )
    momentum = run.get("momentum")
    optimizer = f'{{ name = "{Momentum.name}", momentum = {momentum} }}' if momentum else '"sgd"'
    return parse_scenario(
        f"""title = "recorded"
[network]
inputs = ["i1", "i2"]
loss = "{run["loss"]}"
[[network.layer]]
units = 3
activation = "sigmoid"
weights = {GIVEN["W1"]}
bias = {GIVEN["b1"]}
[[network.layer]]
units = {stop - first}
activation = "{run["last"]}"
weights = {GIVEN["W2"][chosen]}
bias = {GIVEN["b2"][chosen]}
[training]
learning_rate = {GIVEN["learning_rate"]}
batch = {GIVEN["batch"]}
optimizer = {optimizer}
penalty = {{ {penalty} }}
{examples}""",
        "recorded.toml",
    )


@pytest.mark.parametrize(("package", "run"), RUNS, ids=lambda one: one if isinstance(one, str) else str(one["penalty"]))
def test_it_steps_as_the_package_does(package, run):
    own, theirs = scenario(run), np.array(run["w"])
    ours = np.array([values.theta for values in walked(own, len(theirs))])
    assert len(theirs) == 20
    largest = np.abs(theirs).max(axis=0)
    assert (np.abs(ours - theirs).max(axis=0) <= WITHIN * largest).all()
    timeline = Timeline(own)
    timeline.extend(20)
    assert np.array_equal(timeline.start(20).theta, ours[-1])
