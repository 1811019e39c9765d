"""The engine as a library: what is public has a docstring with examples that are true, and costs nothing until used."""

import doctest
import subprocess
import sys

import numpy as np
import pytest
from msgspec.structs import asdict

import engine
from engine import Session, layer_arrays, load_scenario, node_arrays, parse_scenario, read
from engine.ask.lookup import value_at
from engine.formula.quantity import Quantity
from tests.networks import make, unrolled

WITH_EXAMPLES = ("Session", "compare", "explained", "layer_arrays", "load_scenario", "node_arrays", "read", "walk")


def examples_run(object_, name):
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    (test,) = finder.find(object_, name)
    return runner.run(test)


@pytest.mark.parametrize("name", engine.__all__)
def test_what_is_public_is_documented_and_its_examples_are_true(name):
    public = getattr(engine, name)
    assert public.__doc__
    failed, attempted = examples_run(public, name)
    assert failed == 0
    assert (attempted > 0) == (name in WITH_EXAMPLES)


def test_the_packages_own_example_is_true():
    failed, attempted = examples_run(engine, "engine")
    assert (failed, attempted > 0) == (0, True)


def test_names_are_imported_when_asked_for():
    program = (
        "import sys, engine\n"
        "assert set(engine.__all__) <= set(dir(engine))\n"
        "assert not {'numpy', 'msgspec', 'engine.walking.session'} & set(sys.modules)\n"
        "from engine import *\n"
        "assert callable(load_scenario) and callable(layer_arrays)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        engine.nothing  # noqa: B018


@pytest.mark.parametrize(
    "scenario",
    [
        make((2, 3, 2), "tanh", examples=3, batch=2, bias="shared"),
        make((3, 2, 2), "relu", "softmax", "cross_entropy", immediate=True, frozen=frozenset({0, 3})),
        make((1, 2, 1), bias="none", frozen=frozenset(range(2))),
        unrolled(examples=2, batch=2),
    ],
    ids=["batch", "immediate", "a frozen layer", "unrolled in time"],
)
def test_arrays_hold_what_is_computed_number_by_number(scenario):
    network = scenario.network
    session = Session.open(scenario).seek(1, 1)
    while True:
        for number in range(network.depth + 1):
            arrays = layer_arrays(session, number)
            nodes = [(arrays.y, "y"), (arrays.d_error_d_y, "dE/dy")]
            nodes += [(arrays.x, "x"), (arrays.d_error_d_x, "dE/dx")] if number else []
            for array, kind in nodes:
                for j, name in enumerate(network.computed(number) or network.nodes(0)):
                    for example in range(len(session.values.examples)):
                        number_ = None if array is None else array[example, j]
                        assert number_ == value_at(session, Quantity(kind, name), example), (kind, name)
            if number and network.owns(number):
                names = network.layer(number).parameter_names
                for pair, kind in (
                    ((arrays.weights, arrays.biases), "w"),
                    ((arrays.d_error_d_weights, arrays.d_error_d_biases), "dE/dw"),
                    ((arrays.new_weights, arrays.new_biases), "w+"),
                ):
                    if pair[0] is None and network.tied:
                        continue  # a number by name may be the sum so far
                    expected = [value_at(session, Quantity(kind, name)) for name in names]
                    flat = [None] * len(names) if pair[0] is None else np.concatenate([p.ravel() for p in pair])
                    assert list(flat) == expected, kind
        if session.values.complete:
            break
        session = session.forward()


def test_arrays_are_read_only_and_of_layers_that_exist():
    session = Session.open(make()).seek(0, 14)
    for name, array in asdict(layer_arrays(session, 2)).items():
        assert name == "number" or not array.flags.writeable
    for number in (-1, 3):
        with pytest.raises(IndexError, match=r"0 \(the inputs\) … 2"):
            layer_arrays(session, number)


BATCH = """
title = "Matrices, a batch statistic, a constant"
[graph]
inputs = { x = [2] }
targets = ["t"]
constants = { k = [1, 2] }
nodes = ["h = tanh(W @ x + k)", "m = batch_mean(h)", "y = (h - m) @ v", "E = half_squared_error(y, t)"]
error = "E"
parameters = { W = [[0.1, 0.2], [0.3, 0.4]], v = [0.5, 0.6] }
[training]
learning_rate = 0.1
batch = "all"
frozen = ["W.1.2"]
[[example]]
inputs = { x = [1, 2] }
targets = [1]
[[example]]
inputs = { x = [0, -1] }
targets = [0]
"""


def test_a_graphs_arrays_hold_what_is_computed_number_by_number():
    session = Session.open(parse_scenario(BATCH, "batch"))
    graph = session.scenario.graph
    while True:
        for name, shape in graph.shapes.items():
            arrays, is_parameter = node_arrays(session, name), name in graph.parameter_shapes
            kinds = ("w", "dE/dw", "w+") if is_parameter else ("y", "dE/dy")
            for array, kind in zip((arrays.value, arrays.d_error_d_value, arrays.new_value), kinds, strict=False):
                for item, element in enumerate(graph.elements(name)):
                    quantity = Quantity(kind, element)
                    for example in range(2):
                        of_one = None if array is None else array if is_parameter else array[example % len(array)]
                        number = None if of_one is None else float(of_one.flat[item])
                        given_only = kind == "dE/dy" and name in ("t", "k")
                        assert number == (None if given_only else value_at(session, quantity, example)), quantity
                if array is not None:
                    assert array.shape[0 if is_parameter else 1 :] == shape
                    assert not array.flags.writeable
        if session.values.complete:
            break
        session = session.forward()
    assert node_arrays(session, "W").new_value[0, 1] == 0.2


def test_what_has_no_arrays_is_said():
    graph, layers = Session.open(parse_scenario(BATCH, "batch")), Session.open(make())
    with pytest.raises(LookupError, match="has no layers: node_arrays"):
        layer_arrays(graph, 1)
    with pytest.raises(LookupError, match="has layers: layer_arrays"):
        node_arrays(layers, "h1_1")
    with pytest.raises(KeyError, match=r"h\.1 is one element of h, which"):
        node_arrays(graph, "h.1")
    with pytest.raises(KeyError, match="no value hh: the nearest is h"):
        node_arrays(graph, "hh")
    with pytest.raises(LookupError, match="a graph has no x"):
        read(graph, "x[h.1]")


def test_a_graphs_numbers_are_read():
    session = Session.open(parse_scenario(BATCH, "batch"))
    session = session.seek(0, session.count)
    assert read(session, "dE/dy[h.1<-y] + dE/dy[h.1<-m]", 1) == pytest.approx(read(session, "dE/dy[h.1]", 1))
    assert read(session, "w[v.1] - 0.1 * dE/dw[v.1]") == read(session, "w+[v.1]")


def test_read_takes_arithmetic():
    session = Session.open(load_scenario("mazur")).seek(0, 14)
    assert read(session, "w[w5] - learning_rate * dE/dw[w5]") == read(session, "w+[w5]")
    assert read(session, "E", example=0) == session.values.error


@pytest.mark.parametrize(
    ("text", "example", "error", "say"),
    [
        ("dE/dw[w9]", 0, LookupError, "no parameter w9"),
        ("x[i1]", 0, LookupError, "is an input"),
        ("E_epoch[0]", 0, LookupError, "one place"),
        ("y[h1]", 1, LookupError, "from 0 to 0"),
        ("y[h1", 0, ValueError, "column"),
    ],
)
def test_what_can_not_be_read_is_said(text, example, error, say):
    with pytest.raises(error, match=say):
        read(Session.open(load_scenario("mazur")), text, example)
