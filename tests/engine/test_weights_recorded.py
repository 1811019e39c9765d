"""Weights of classes and examples as PyTorch has them, held against 20 steps that it gave (`tests/record`)."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import parse_scenario
from tests.engine.walks import walked

RECORD = json.loads((Path(__file__).parent.parent / "record" / "weights_of_examples_pytorch.json").read_text())
WITHIN = 1e-14
"""Relative to the largest number of a parameter on its way."""


def scenario(run):
    loss = ", ".join(f"{key} = {json.dumps(value)}" for key, value in run["loss"].items())
    given = zip(RECORD["inputs"], run["targets"], run.get("weights", [1.0] * 4), strict=True)
    examples = "".join(f"[[example]]\ninputs = {x}\ntargets = {t}\nweight = {w}\n" for x, t, w in given)
    activation = "softmax" if run["loss"]["name"] == "cross_entropy" else "sigmoid"
    return parse_scenario(
        f"""title = "recorded"
[network]
inputs = ["a", "b", "c"]
loss = {{ {loss} }}
[[network.layer]]
units = 3
activation = "{activation}"
weights = {RECORD["weights"]}
bias = {RECORD["biases"]}
[training]
learning_rate = {RECORD["rate"]}
batch = {RECORD["batch"]}
reduction = "{run["reduction"]}"
{examples}""",
        "recorded.toml",
    )


@pytest.mark.parametrize("run", RECORD["runs"])
def test_it_steps_as_pytorch_does(run):
    done = walked(scenario(run), len(run["steps"]))
    assert [values.error for values in done] == pytest.approx(run["errors"], rel=1e-13)
    ours, theirs = np.array([values.theta for values in done]), np.array(run["steps"])
    assert np.max(np.abs(ours - theirs) / np.abs(theirs).max(axis=0)) < WITHIN
