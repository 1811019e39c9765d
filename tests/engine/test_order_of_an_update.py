"""Penalty, clip, coupled decay, memory: in this order, as 20 steps of PyTorch have them (`tests/record`)."""

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from engine import parse_scenario
from engine.walking.fast.array_run import array_run
from engine.walking.timeline import Timeline
from tests.engine.walks import walked

RECORDS = Path(__file__).parent.parent / "record"
GIVEN = json.loads((RECORDS / "penalized.json").read_text())
RECORD = json.loads((RECORDS / "order_pytorch.json").read_text())
WITHIN = 1e-13
"""Relative to the largest number of a parameter on its way."""


def scenario(run):
    """The file that says the same."""
    settings = ", ".join(f"{key} = {value}" for key, value in run["settings"].items())
    examples = "".join(
        f"[[example]]\ninputs = {inputs}\ntargets = {targets}\n"
        for inputs, targets in zip(GIVEN["inputs"], GIVEN["targets"], strict=True)
    )
    return parse_scenario(
        f"""title = "recorded"
[network]
inputs = ["i1", "i2"]
loss = "half_squared_error"
[[network.layer]]
units = 3
activation = "sigmoid"
weights = {GIVEN["W1"]}
bias = {GIVEN["b1"]}
[[network.layer]]
units = 2
activation = "sigmoid"
weights = {GIVEN["W2"]}
bias = {GIVEN["b2"]}
[training]
learning_rate = {RECORD["learning_rate"]}
batch = {GIVEN["batch"]}
optimizer = {{ name = "{run["name"]}", as = "pytorch", {settings} }}
penalty = {{ l2 = {RECORD["l2"]} }}
clip = {{ norm = {RECORD["norm"]}, epsilon = 1e-6 }}
{examples}""",
        "recorded.toml",
    )


def stepped(own):
    return np.array([values.theta for values in walked(own, 20)])


def apart(ours, theirs):
    """By how much of the largest number of a parameter on its way."""
    return (np.abs(ours - theirs).max(axis=0) / np.abs(theirs).max(axis=0)).max()


@pytest.mark.parametrize("run", RECORD["runs"], ids=lambda run: run["name"])
def test_it_steps_as_pytorch_does(run):
    own, theirs = scenario(run), np.array(run["w"])
    assert len(theirs) == 20
    assert min(run["norms"]) < RECORD["norm"] < max(run["norms"]), "some steps are clipped, and some are not"
    ours = stepped(own)
    assert apart(ours, theirs) <= WITHIN
    timeline = Timeline(own)
    timeline.extend(20)
    assert np.array_equal(timeline.start(20).theta, ours[-1])
    packed = np.concatenate((own.theta, own.training.optimizer.first_state(0.05, len(own.theta)).ravel()))
    on_arrays, reached = array_run(own)(packed, 0, 20, -1.0, [])
    assert reached == 20
    assert np.array_equal(on_arrays[: len(own.theta)], ours[-1])


@pytest.mark.parametrize("run", RECORD["runs"], ids=lambda run: run["name"])
def test_without_any_of_them_it_would_be_seen(run):
    own, theirs = scenario(run), np.array(run["w"])
    training = own.training
    turned = replace(training.optimizer, coupled=not training.optimizer.coupled)
    for other in (
        replace(training, penalty=None),
        replace(training, clip=None),
        replace(training, clip=replace(training.clip, epsilon=0.0)),
        replace(training, optimizer=replace(training.optimizer, weight_decay=0.0)),
        replace(training, optimizer=turned),
    ):
        assert apart(stepped(replace(own, training=other)), theirs) > 1e-9
