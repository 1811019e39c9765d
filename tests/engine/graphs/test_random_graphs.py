"""200 graphs drawn at random: written as text, read back, walked; against another reverse mode and the complex step."""

import numpy as np
from hypothesis import HealthCheck, assume, given, settings

from tests.engine.graphs.files import read, walked
from tests.engine.graphs.random_graphs import Drawn, graphs
from tests.engine.graphs.tape import Array, Taped, backward


def taped(graph: Drawn, numbers: dict[str, Array]) -> dict[str, Taped]:
    values = {}
    for name, array in numbers.items():
        single = name in graph.parameters or name == "c"
        values[name] = Taped(np.broadcast_to(array, (graph.count, *array.shape)) if single else array)
    for name, function in graph.nodes:
        made = function(values)
        values[name] = Taped(made.value, [(made, lambda d: d)])  # a node that is another's value is one by itself
    return values


def close(found: Array, expected: Array, scale: float) -> bool:
    return bool(np.all(np.abs(found - expected) <= 1e-9 * scale))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs())
def test_a_graph_walks_as_its_formulas_say(graph: Drawn) -> None:
    scenario = read(graph.text)
    with np.errstate(all="ignore"):
        values = taped(graph, graph.given)
        backward(values["E"])
    assume(all(np.isfinite(taped_value.value).all() for taped_value in values.values()))
    assume(all(np.isfinite(taped_value.adjoint).all() for taped_value in values.values()))
    walk = walked(scenario)
    assert walk.event is None
    whole = scenario.graph
    assert whole is not None
    assert np.allclose(walk.error, values["E"].value.sum() / (graph.count if graph.mean else 1), rtol=1e-10, atol=1e-12)
    largest = 1 + max(float(np.abs(value.adjoint).max()) for value in values.values())
    for name, value in values.items():
        shape = whole.shapes[name]
        if name in whole.node:
            known = walk.value(name)
            assert close(known + np.zeros(value.value.shape), value.value, 1 + np.abs(value.value).max()), name
        if name in whole.node or name in graph.inputs:
            found = walk.derivative(name)
            expected = value.adjoint.sum(axis=0, keepdims=True) if len(found) < graph.count else value.adjoint
            assert close(found.reshape(len(found), *shape), expected, largest), name
        if name in graph.parameters:
            row = walk.need("dE/dw", name).reshape(shape)
            assert close(row, value.adjoint.sum(axis=0) / (graph.count if graph.mean else 1), largest), name
    _check_by_complex_step(graph, values, largest)


def _check_by_complex_step(graph: Drawn, values: dict[str, Taped], largest: float) -> None:
    """The tape itself, that it is no second mistake of the same kind: its derivatives against complex numbers."""
    if "stop(" in graph.text:  # no derivative comes back, though the value depends on it
        return
    for name in (*graph.inputs, *graph.parameters):
        array = graph.given[name]
        for at in [tuple(np.argwhere(np.ones(array.shape))[-1])] if array.size else []:
            shifted = array.astype(complex)
            shifted[at] += 1e-20j
            with np.errstate(all="ignore"):
                total = taped(graph, {**graph.given, name: shifted})["E"].value.sum()
            adjoint = values[name].adjoint
            expected = adjoint.sum(axis=0)[at] if name in graph.parameters else adjoint[at]
            assert abs(total.imag / 1e-20 - expected) <= 1e-9 * largest, name
