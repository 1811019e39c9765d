"""The activations of a layer: by name, with settings, or one for each node."""

from typing import Any

from msgspec.structs import asdict

from engine.files.part import Part
from engine.files.problems import Problems, plural
from engine.files.rule_parts import ActivationPart, OneActivation
from engine.formula.activation import Activation
from engine.formula.activations import ACTIVATIONS, activation


def name_of(part: OneActivation) -> str:
    """Which one it is."""
    return part if isinstance(part, str) else str(part.__struct_config__.tag)


def options_of(part: OneActivation) -> dict[str, Any]:
    """Its settings, as far as the file has them."""
    given = asdict(part) if isinstance(part, Part) else {}
    return {name: value for name, value in given.items() if value is not None}


def activation_of(part: ActivationPart) -> Activation | tuple[Activation, ...]:
    """The function of all nodes of a layer, or of each."""
    if not isinstance(part, list):
        return activation(name_of(part), options_of(part))
    each = tuple(activation(name_of(one), options_of(one)) for one in part)
    return each[0] if len(set(map(id, each))) == 1 else each


def check_settings(part: ActivationPart, where: str, nodes: int | None, problems: Problems) -> bool:
    """Whether there are as many functions as nodes, and as many choices as corners; notes what is not so."""
    before = len(problems.found)
    listed = isinstance(part, list)
    each = part if isinstance(part, list) else [part]
    for number, one in enumerate(each, 1):
        name, of = name_of(one), f"{where}[{number}]" if listed else where
        if listed and ACTIVATIONS[name].joint:
            message = f"{name} is of a whole layer: it cannot be that of one node among others"
            problems.add(of, message, f'give the layer activation = "{name}", or take another here')
        corners, corner = len(ACTIVATIONS[name].corners), options_of(one).get("corner")
        if isinstance(corner, list) and len(corner) != corners:
            message = f"has {plural(len(corner), 'number')}, but {name} has {plural(corners, 'corner')}"
            problems.add(f"{of}.corner", message, "give one number for each, or one for all")
    if listed and nodes is not None and len(each) != nodes:
        message = f"has {plural(len(each), 'function')}, but the layer has {plural(nodes, 'node')}"
        problems.add(where, message, "give one for each node, or one for all of them")
    return len(problems.found) == before
