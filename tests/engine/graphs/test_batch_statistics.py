"""Where the examples of a batch meet, calculations and parts of derivatives add up to the walk's numbers."""

import pytest

from engine.ask.lookup import value_at
from engine.check.marks import figures_here, go_to_figure
from engine.explain.terms import explain
from engine.formula.quantity import Quantity
from engine.program.graph import operands_of
from engine.walking.session import Session
from tests.engine.graphs.files import CIRCUIT, read

NORMALIZED = """
title = "Batch normalization, of vectors, with a statistic within a formula"
[graph]
inputs = { x = [2] }
targets = { t = [2] }
constants = { k = 0.5 }
nodes = [
  "z = w * x", "m = batch_mean(z)", "v = batch_var(z)", "n = (z - m) / sqrt(v + 0.1)", "c = z - batch_mean(z * z)",
  "d = -batch_mean(n) * c + k * v", "y = g * n + d", "E = half_squared_error(y, t)",
  "R = w**2", "P = batch_mean(d) @ m",
]
error = ["E", "R", "P"]
parameters = { w = 0.7, g = [1.3, -0.4] }
[training]
batch = "all"
reduction = "REDUCTION"
[[example]]
inputs = { x = [1, 2] }
targets = { t = [1, 0] }
[[example]]
inputs = { x = [2.5, -1] }
targets = { t = [0, 0.3] }
[[example]]
inputs = { x = [-0.7, 0.1] }
targets = { t = [1, 1] }
"""


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_parts_of_every_number_add_up_to_it(reduction):
    session = Session.open(read(NORMALIZED.replace("REDUCTION", reduction)))
    session = session.seek(0, session.count)
    for row in session.timeline.steps.rows:
        for name in row.items if row.quantity != "w+" and row.node else ():
            for example in range(3):
                found = explain(session, Quantity(row.quantity, name), example)
                total = sum(part.value for part in found.parts) / found.divisor
                assert total == pytest.approx(found.value, rel=1e-12, abs=1e-15), (row.quantity, name, example)


def test_a_local_derivative_is_that_of_the_parameters_before_the_update():
    session = Session.open(read(NORMALIZED.replace("REDUCTION", "mean")))
    local = Quantity("dy/dy", "z.1", "x.1")
    assert value_at(session.seek(0, session.count), local) == value_at(session.seek(0, 3), local) == 0.7


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_what_comes_back_through_each_node_adds_up(reduction):
    session = Session.open(read(NORMALIZED.replace("REDUCTION", reduction)))
    session = session.seek(0, session.count)
    graph = session.scenario.graph
    for value in (*graph.input_shapes, *graph.parameter_shapes, *(node.name for node in graph.graph_nodes)):
        kind = "dE/dw" if value in graph.parameter_shapes else "dE/dy"
        uses = [node.name for node in graph.graph_nodes if value in operands_of(node.formula)]
        for element in graph.elements(value) if value not in graph.errors else ():
            for example in range(3):
                parts = [value_at(session, Quantity(kind, element, use), example) for use in uses]
                whole = value_at(session, Quantity(kind, element), example)
                assert sum(parts) == pytest.approx(whole, rel=1e-12, abs=1e-15), (element, example)


def test_a_graphs_figures_are_marked_where_they_are_computed():
    figures = "".join(
        f'[[published]]\nquantity = "{quantity}"\nvalue = "{value}"\niteration = 0\n'
        for quantity, value in (("y[q]", "3"), ("dy/dy[f<-q]", "-4.1"), ("dE/dy[x]", "-4.0"), ("E", "-12"))
    )
    session = Session.open(read(CIRCUIT + figures))
    assert figures_here(session.seek(0, 1)) == {}
    end = {str(quantity): mark.verdict for quantity, mark in figures_here(session.seek(0, session.count)).items()}
    assert end == {"y[q]": "match", "dy/dy[f<-q]": "mismatch", "dE/dy[x]": "match", "E": "match"}
    rows = [go_to_figure(session, figure).row for figure in session.scenario.published]
    assert [(row.quantity, row.node) for row in rows] == [("y", "q"), ("E", "f"), ("dE/dy", "x"), ("E", "f")]
