"""A scenario with other numbers, by name: the one place that knows what can be changed, and how.

Names are a parameter's (`w5`), an input node's or an output's for its target (`i1`, `o1`: of the first example;
`i1@2`: of the second), `learning_rate`, or a penalty's `l2` and `l1`. `--set`, edits and their branches all come here.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from engine.formula.arithmetic import locked
from engine.formula.similar import most_similar
from engine.program.graph import Graph, value_name
from engine.program.graph_quantity import one_of
from engine.program.scenario import Scenario
from engine.program.tokens import typed_number

RATE: Literal["learning_rate"] = "learning_rate"
STRENGTHS = ("l2", "l1")
"""The λ of a penalty, by the names of its settings."""


class ChangeError(ValueError):
    """A change that can't be made; the message says why."""


class Spot(NamedTuple):
    """Where in a scenario a number stands: in which of its arrays, or which setting of training it is."""

    name: str
    part: Literal["theta", "inputs", "targets", "learning_rate", "penalty"]
    at: tuple[int, ...] = ()


def changed(scenario: Scenario, changes: Iterable[str]) -> Scenario:
    """The scenario with these changes made one after the other.

    Args:
        scenario: what is changed.
        changes: each `NAME=VALUE`.

    Raises:
        ChangeError: a name is not known, or a value is not possible there.
    """
    return with_values(scenario, read_changes(scenario, changes))


def read_changes(scenario: Scenario, changes: Iterable[str]) -> dict[str, float]:
    """The values by name of some `NAME=VALUE`; of one name the last. Raises ChangeError."""
    values: dict[str, float] = {}
    for change in changes:
        name, sign, text = change.rpartition("=")  # a name may hold =, a number never does
        if not sign:
            like = (*scenario.network.parameter_names, *scenario.network.inputs)[0]
            raise ChangeError(f"{change}: write NAME=VALUE, like {like}=0.5")
        values[spot_of(scenario, name.strip()).name] = _number(change, text)
    return values


def with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """The scenario with other numbers, all of them changed at once.

    Raises:
        ChangeError: as of `changed`.
    """
    spots = [(spot_of(scenario, name), value) for name, value in values.items()]
    for part in {spot.part for spot, _ in spots} & {"theta", "inputs", "targets"}:
        array = getattr(scenario, part).copy()
        for spot, value in spots:
            if spot.part == part:
                array[spot.at] = value
        if part == "inputs" and scenario.preparation is not None:
            rows = sorted({spot.at[0] for spot, _ in spots if spot.part == part})
            array[rows] = scenario.preparation.renewed(array[rows])
        fields: dict[str, Any] = {part: locked(array)}
        scenario = replace(scenario, **fields)
    for spot, value in spots:
        if not math.isfinite(value):
            raise ChangeError(f"{spot.name}: {value} is not a finite number")
        if spot.part == RATE:
            if value <= 0:
                raise ChangeError(f"{spot.name}: a learning rate is above 0")
            scenario = replace(scenario, training=replace(scenario.training, learning_rate=value, schedule=None))
        if spot.part == "penalty":
            scenario = _with_strength(scenario, spot.name, value)
        if spot.part == "targets" and scenario.targets is not None:
            problem = scenario.network.target_problem(scenario.targets[spot.at[0]].tolist())
            if problem is not None:
                raise ChangeError(f"{spot.name}: {problem[0]}: {problem[1]}")
    if scenario.graph is None and any(spot.part == "targets" for spot, _ in spots):
        scenario = replace(scenario, network=scenario.layered.taking(scenario.targets))
    return scenario


def _with_strength(scenario: Scenario, name: str, value: float) -> Scenario:
    """The scenario with another λ of its penalty."""
    if value < 0:
        raise ChangeError(f"{name}: λ of a penalty is at least 0")
    assert scenario.training.penalty is not None
    penalty = replace(scenario.training.penalty, **{name: value})
    return replace(scenario, training=replace(scenario.training, penalty=penalty))


def value_of(scenario: Scenario, spot: Spot) -> float:
    """The number that stands there where its walk begins."""
    if spot.part == RATE:
        return scenario.training.rate(scenario.first_iteration)
    if spot.part == "penalty":
        return float(getattr(scenario.training.penalty, spot.name))
    return float(getattr(scenario, spot.part)[spot.at])


def spot_of(scenario: Scenario, name: str) -> Spot:
    """Where the number of this name stands.

    Raises:
        ChangeError: there is none, or it can't be changed.
    """
    network = scenario.network
    if name in network.parameter_index:
        return Spot(name, "theta", (network.parameter_index[name],))
    if name in network.node_index or name in network.targets:
        return _of_node(scenario, name, 1)
    if name in (RATE, "α"):
        return Spot(RATE, RATE)
    if name in STRENGTHS:
        if scenario.training.penalty is None:
            raise ChangeError(f"{name}: there is no penalty: [training] gives none, like penalty = {{ {name} = 0.01 }}")
        return Spot(name, "penalty")
    node, sign, number = name.rpartition("@")
    if sign and (node in network.node_index or node in network.targets):
        count = len(scenario.inputs)
        if not (number.isascii() and number.isdigit() and len(number) < 20 and 1 <= int(number) <= count):
            raise ChangeError(f"{name}: there is no example {number}: they are numbered from 1 to {count:,}")
        return _of_node(scenario, node, int(number))
    if isinstance(network, Graph) and (why_not := _of_graph(network, name)):
        raise ChangeError(f"{name}: {why_not}")
    known = [*network.parameter_names, *network.inputs, *network.targets, RATE]
    near = most_similar(name, known)
    remedy = f"is {near} meant?" if near else f"there are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}"
    raise ChangeError(f"{name}: there is no parameter, input or {network.target_is} of this name: {remedy}")


def _of_graph(graph: Graph, name: str) -> str:
    """Why a number of a graph's own names can't be changed, if it is one."""
    value = value_name(name)
    if value in graph.constants:
        return "it is a constant of the scenario's file"
    return one_of(name, graph) if name in graph.shapes else ""


def _of_node(scenario: Scenario, node: str, example: int) -> Spot:
    network = scenario.network
    name = node if len(scenario.inputs) == 1 else f"{node}@{example}"
    if network.is_input(node):
        if scenario.preparation is not None and (feature := scenario.preparation.feature(node)) is not None:
            raise ChangeError(f"{node}: it is made of other inputs, as {feature.text}: change these")
        return Spot(name, "inputs", (example - 1, network.inputs.index(node)))
    if node not in network.targets:
        raise ChangeError(f"{node}: it is computed; parameters, inputs, {network.targets_are} and {RATE} can be set")
    if scenario.targets is None:
        raise ChangeError(f"{node}: there are no targets with the loss {scenario.layered.loss.name}")
    return Spot(name, "targets", (example - 1, network.targets.index(node)))


def _number(change: str, text: str) -> float:
    value = typed_number(text)
    if value is None:
        raise ChangeError(
            f"{change}: {text.strip() or 'nothing'} is not a finite number"
            + (": write it without _" if "_" in text else "")
        )
    return value
