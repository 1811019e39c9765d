"""Whether two scenarios, or two arrays, are the same to the last bit."""

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.preparation import Preparation
from engine.program.scenario import Held, Scenario

Array = NDArray[np.float64]

PLAIN = ("title", "document", "topics", "training", "published", "notes")
"""What of a scenario Python can compare by itself."""


def same_array(one: Array | None, other: Array | None) -> bool:
    """Whether they are equal to the last bit: −0.0 is not 0.0."""
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def same_examples(one: Scenario, other: Scenario) -> bool:
    """Whether their examples are, those of the test part too."""
    return (
        same_array(one.inputs, other.inputs)
        and same_array(one.targets, other.targets)
        and same_array(one.weights, other.weights)
        and (one.test is None) == (other.test is None)
        and (one.test is None or other.test is None or _same_held(one.test, other.test))
    )


def _same_held(one: Held, other: Held) -> bool:
    same = same_array(one.inputs, other.inputs) and same_array(one.targets, other.targets)
    return same and same_array(one.weights, other.weights)


def _same_preparation(one: Preparation | None, other: Preparation | None) -> bool:
    if one is None or other is None:
        return one is other
    return (
        one.raw == other.raw
        and [(feature.name, feature.formula) for feature in one.features]
        == [(feature.name, feature.formula) for feature in other.features]
        and same_array(one.means, other.means)
        and same_array(one.deviations, other.deviations)
    )


def same(one: Scenario, other: Scenario) -> bool:
    """Whether they walk alike, with the same names, notes and symbols."""
    return (
        all(getattr(one, field) == getattr(other, field) for field in PLAIN)
        and _same_function(one.network, other.network)
        and replace(one.notation, outputs=frozenset()) == replace(other.notation, outputs=frozenset())
        and same_array(one.theta, other.theta)
        and same_examples(one, other)
        and _same_preparation(one.preparation, other.preparation)
        and _same_beginning(one, other)
    )


def _same_function(one: Network | Graph, other: Network | Graph) -> bool:
    if not isinstance(one, Graph) or not isinstance(other, Graph):
        return one == other
    return (
        all(getattr(one, field) == getattr(other, field) for field in ("errors", "shown", "shapes"))
        and all(list(getattr(one, field).items()) == list(getattr(other, field).items()) for field in SHAPES)
        and [(node.name, node.formula) for node in one.graph_nodes]
        == [(node.name, node.formula) for node in other.graph_nodes]
        and _same_arrays(one.constants, other.constants)
        and _same_arrays(one.upstream, other.upstream)
    )


SHAPES = ("input_shapes", "target_shapes", "parameter_shapes")
"""Of a graph what has an order."""


def _same_arrays(one: Mapping[str, Array | None], other: Mapping[str, Array | None]) -> bool:
    return list(one) == list(other) and all(same_array(one[name], other[name]) for name in one)


def _same_beginning(one: Scenario, other: Scenario) -> bool:
    if one.resume is None or other.resume is None:
        return one.resume is other.resume
    return one.resume.iteration == other.resume.iteration and same_array(one.resume.state, other.resume.state)
