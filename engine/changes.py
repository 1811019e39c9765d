"""A scenario with other starting numbers: `w5=0.41`, `i1=0.2`, `i1@2=0.2` (second example), `learning_rate=1`."""

import math
from collections.abc import Iterable
from dataclasses import replace

from engine.arithmetic import locked
from engine.scenario import Scenario
from engine.similar import most_similar

RATE = "learning_rate"


class ChangeError(ValueError):
    """A change that can't be made; the message says why."""


def changed(scenario: Scenario, changes: Iterable[str]) -> Scenario:
    """The scenario with these changes made one after the other.

    Args:
        scenario: what is changed.
        changes: each `NAME=VALUE`. NAME is a parameter, an input (of the first example; `NAME@2` of the second), or
            `learning_rate`.

    Raises:
        ChangeError: a name is not known, or a value is no finite number.
    """
    for change in changes:
        name, sign, text = change.rpartition("=")  # a name may hold =, a number never does
        if not sign:
            raise ChangeError(f"{change}: write NAME=VALUE, like {scenario.network.parameter_names[0]}=0.5")
        scenario = _with(scenario, name.strip(), _number(change, text))
    return scenario


def _number(change: str, text: str) -> float:
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ChangeError(f"{change}: {text.strip() or 'nothing'} is not a finite number")
    return value


def _with(scenario: Scenario, name: str, value: float) -> Scenario:
    network = scenario.network
    if name in network.parameter_index:
        theta = scenario.theta.copy()
        theta[network.parameter_index[name]] = value
        return replace(scenario, theta=locked(theta))
    if name in network.node_index:
        return _with_input(scenario, name, 1, value)
    if name in (RATE, "α"):
        if value <= 0:
            raise ChangeError(f"{name}: a learning rate is above 0")
        return replace(scenario, training=replace(scenario.training, learning_rate=value))
    node, sign, number = name.rpartition("@")
    if sign and node in network.node_index:
        count = len(scenario.inputs)
        if not (number.isascii() and number.isdigit() and len(number) < 20 and 1 <= int(number) <= count):
            raise ChangeError(f"{name}: there is no example {number}: they are numbered from 1 to {count:,}")
        return _with_input(scenario, node, int(number), value)
    known = [*network.parameter_names, *network.inputs, RATE]
    near = most_similar(name, known)
    remedy = f"is {near} meant?" if near else f"there are {', '.join(known[:8])}{', …' if len(known) > 8 else ''}"
    raise ChangeError(f"{name}: there is no parameter or input of this name: {remedy}")


def _with_input(scenario: Scenario, name: str, example: int, value: float) -> Scenario:
    if not scenario.network.is_input(name):
        raise ChangeError(f"{name}: it is computed; parameters, inputs and {RATE} can be set")
    inputs = scenario.inputs.copy()
    inputs[example - 1, scenario.network.inputs.index(name)] = value
    return replace(scenario, inputs=locked(inputs))
