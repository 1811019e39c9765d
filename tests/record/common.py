"""What the recording scripts have in common; it runs with every Python that a package needs."""

import json
from pathlib import Path

HERE = Path(__file__).parent
GIVEN = json.loads((HERE / "gradients.json").read_text())


def write(framework, versions, runs):
    """Keeps what a package gave: of each run the rule, our settings beside `as`, the rate if given, w after a step."""
    record = {"framework": framework, "versions": versions, "runs": runs}
    text = json.dumps(record, indent=1)
    (HERE / (framework + ".json")).write_text(text + "\n")
    print(framework, versions, len(runs), "runs")


POINTS = [
    *(-700.0, -40.0, -20.0, -10.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.75, -0.5, -0.1, -1e-3, -1e-9),
    *(0.0, 1e-9, 1e-3, 0.1, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 10.0, 20.0, 40.0, 700.0),
]
"""Where activations are asked: corners, what is near them, and far ends."""


def write_activations(framework, versions, runs):
    """Keeps what a package has for activations: our name, our settings, values and slopes at the points."""
    record = {"framework": framework, "versions": versions, "x": POINTS, "runs": runs}
    (HERE / ("activations_" + framework + ".json")).write_text(json.dumps(record) + "\n")
    print(framework, versions, len(runs), "runs")


PENALIZED = json.loads((HERE / "penalized.json").read_text())
"""A network of 2-3-2 nodes, sigmoids, its examples and where its training begins."""


def batches():
    """The examples of each step: two at a time, the last of an epoch alone."""
    inputs, targets, size = PENALIZED["inputs"], PENALIZED["targets"], PENALIZED["batch"]
    whole = [(inputs[at : at + size], targets[at : at + size]) for at in range(0, len(inputs), size)]
    return [whole[step % len(whole)] for step in range(PENALIZED["steps"])]


def write_penalties(framework, versions, runs):
    """Keeps what a package gave: of each run the loss, our penalty, and all parameters after each step."""
    record = {"framework": framework, "versions": versions, "runs": runs}
    (HERE / ("penalties_" + framework + ".json")).write_text(json.dumps(record) + "\n")
    print(framework, versions, len(runs), "runs")
