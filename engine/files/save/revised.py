"""The author's file with other numbers: comments, order, names and notes stay as they were written."""

import tomllib
from collections.abc import MutableSequence, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from engine.files.problems import ScenarioError
from engine.files.read import parse_scenario
from engine.files.save.alike import same_array, same_examples
from engine.files.save.graphs import graph_examples, revise_graph, revise_graph_examples
from engine.files.save.listed import examples, in_file, item, number_matrix, numbers, revise_number
from engine.files.save.sections import replaced, sections, without
from engine.files.save.where import SaveError
from engine.program.scenario import Scenario

DROPPED = ("published", "resume")
"""Tables that a saved walk does not have, or has anew."""


def revised(scenario: Scenario, folder: Path) -> str:
    """The text of the scenario's file with its present numbers, up to `[resume]`.

    A number that has not changed is not touched. Weights that are drawn or in a table of their own are listed where
    they have changed; those in a table, and examples in one, also where the new file is in another folder: a scenario
    may only read files beside it.

    Args:
        scenario: with the text of its file.
        folder: where the new file will be.

    Raises:
        Exception: of any kind, where the text is written in a way that tomlkit can't keep.
    """
    try:
        before = parse_scenario(scenario.text, scenario.name, scenario.path)
    except ScenarioError:  # a table of numbers is gone: what is read of it now must be listed
        before = None
    stays = beside(scenario, folder)
    pieces = without(sections(scenario.text), DROPPED)
    in_place = stays or "csv" not in tomllib.loads(scenario.text).get("data", {})
    if not (in_place and before is not None and same_examples(before, scenario)):
        _check_listed(scenario)
        graph = scenario.graph
        listed = examples(scenario) if graph is None else graph_examples(scenario, graph)
        pieces = replaced(pieces, "data", f"{listed}\n")
    document = tomlkit.parse("".join(piece.text for piece in pieces))
    for name in DROPPED:  # written as plain keys
        document.pop(name, None)
    if scenario.graph is not None:
        revise_graph(document["graph"], scenario, before, stays=stays)
    else:
        _revise_file(document["network"], scenario, before, stays=stays)
        for number, layer in enumerate(document["network"]["layer"], 1):
            if scenario.layered.owns(number):
                _revise_layer(layer, number, scenario, before, stays=stays)
    _revise_learning_rate(document, scenario, before)
    _revise_penalty(document, scenario)
    if scenario.graph is not None:
        revise_graph_examples(document.get("example", ()), scenario, scenario.graph)
    elif "data" not in document:
        _revise_examples(document["example"], scenario)
    return document.as_string().rstrip() + "\n"


def beside(scenario: Scenario, folder: Path) -> bool:
    """Whether this is the folder of the scenario's file, where its tables of numbers are."""
    return scenario.path is not None and scenario.path.parent.resolve() == folder.resolve()


def _check_listed(scenario: Scenario) -> None:
    """Raises SaveError where the examples must be listed, and a list can't say all that is known of them."""
    standardized = scenario.preparation is not None and scenario.preparation.means is not None
    if scenario.test is not None or standardized:
        said = "test" if scenario.test is not None else "standardize"
        raise SaveError(f"It can't be saved: its examples must be listed, and {said} is of those that [data] gives")


def _revise_file(network: Any, scenario: Scenario, before: Scenario | None, *, stays: bool) -> None:
    """Leaves the weights in the file of all layers, or lists those of every layer that it gave."""
    if "weights" not in network or (stays and before is not None and same_array(before.theta, scenario.theta)):
        return
    del network["weights"]
    for number, layer in enumerate(network["layer"], 1):
        if scenario.layered.owns(number):
            layer.setdefault("weights", tomlkit.inline_table())
            if "bias" not in layer and len(scenario.layered.biases(scenario.theta, number)):
                layer["bias"] = tomlkit.inline_table()


def _revise_layer(layer: Any, number: int, scenario: Scenario, before: Scenario | None, *, stays: bool) -> None:
    network = scenario.layered
    weights, biases = network.weights(scenario.theta, number), network.biases(scenario.theta, number)
    rows = weights.T if layer.get("weights_by") == "source" else weights
    given = layer.get("weights")
    if given is None:  # the file of all layers still gives them
        return
    if isinstance(given, list):
        for row, values in zip(given, rows.tolist(), strict=True):
            _revise_numbers(row, values)
    else:
        same = before is not None and same_array(before.layered.weights(before.theta, number), weights)
        if not same or not given or (in_file(given) and not stays):
            layer["weights"] = item(number_matrix(rows))
    if isinstance(layer.get("bias"), list):
        _revise_numbers(layer["bias"], biases.tolist())
    elif isinstance(given := layer.get("bias"), dict):
        same = before is not None and same_array(before.layered.biases(before.theta, number), biases)
        if not same or not given or not stays:
            layer["bias"] = item(numbers(biases.tolist()))
    elif "bias" in layer:
        revise_number(layer, "bias", float(biases[0]))


def _revise_learning_rate(document: Any, scenario: Scenario, before: Scenario | None) -> None:
    rate = scenario.training.learning_rate
    if before is not None and before.training.learning_rate == rate:
        return
    revise_number(document.setdefault("training", tomlkit.table()), "learning_rate", rate)


def _revise_penalty(document: Any, scenario: Scenario) -> None:
    penalty = scenario.training.penalty
    if penalty is not None:
        table = document["training"]["penalty"]
        for name in ("l2", "l1"):
            if name in table or getattr(penalty, name):
                revise_number(table, name, getattr(penalty, name))


def _revise_examples(listed: Sequence[Any], scenario: Scenario) -> None:
    for example, inputs in zip(listed, scenario.raw_inputs.tolist(), strict=True):
        _revise_numbers(example["inputs"], inputs)
    if scenario.targets is not None:
        for example, targets in zip(listed, scenario.targets.tolist(), strict=True):
            _revise_numbers(example["targets"], targets)


def _revise_numbers(row: MutableSequence[Any], values: Sequence[float]) -> None:
    for i, value in enumerate(values):
        revise_number(row, i, value)
