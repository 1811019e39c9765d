"""Names that nobody lists are those that would be listed, in whatever way they are asked for."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Session
from engine.ask.lookup import value_at
from engine.ask.whereabouts import go_to
from engine.files import ScenarioError, parse_scenario
from engine.formula.quantity import Quantity
from engine.program import names
from engine.program.names import (
    ElementNames,
    Joined,
    Pairs,
    Part,
    are_apart,
    joined,
    places_of,
    text_of,
    widest,
    without,
)

NODES = st.lists(st.text("ab_1", min_size=1, max_size=4), min_size=1, max_size=4, unique=True)
SHAPE = st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple)


def listed(pairs):
    return tuple(name for row in pairs for name in row)


def same(made, expected):
    """What is made has these names, each in its place, and no other."""
    assert tuple(made) == tuple(made[at] for at in range(len(made))) == expected
    places = places_of(made)
    assert len(places) == len(expected)
    assert tuple(places) == expected
    for at, name in enumerate(expected):
        assert made.place(name) == made.index(name) == places[name] == places.get(name) == at
        assert name in made
        assert name in places
    for other in ("", "w_", "w__", "w", "A", "A.0", "A.01", "A.1.1.1.1", f"{expected[0]}_", f"{expected[0]}.1", None):
        assert (other in made) == (other in expected)
        assert places.get(other) == (expected.index(other) if other in expected else None)
        if other not in expected:
            with pytest.raises(ValueError, match="there is no"):
                made.index(other)
    assert [made[-1], made[len(made) - 1]] == [expected[-1]] * 2
    for beyond in (len(made), -len(made) - 1):
        with pytest.raises(IndexError):
            made[beyond]
    assert widest(made, len) >= max(map(len, expected))
    assert text_of(made, ", ") == text_of(expected, ", ") == ", ".join(expected)


@given(NODES, NODES)
def test_weights_are_named_by_their_ends(sources, targets):
    pairs = Pairs(tuple(sources), tuple(targets))
    rows = tuple(tuple(f"w_{source}_{target}" for source in sources) for target in targets)
    assert (len(pairs), tuple(pairs)) == (len(rows), rows)
    assert [pairs[at] for at in range(-len(rows), len(rows))] == [*rows, *rows]
    expected = listed(rows)
    assert tuple(pairs.flat) == expected
    assert widest(pairs.flat, len) == max(map(len, expected))
    if len(set(expected)) == len(expected):
        same(pairs.flat, expected)
    assert (pairs, pairs.flat) == (twin := Pairs(tuple(sources), tuple(targets)), twin.flat)
    assert hash(pairs.flat) == hash(twin.flat)
    assert pairs != Pairs((*sources, "other"), tuple(targets))


@given(SHAPE)
def test_elements_are_named_by_their_places(shape):
    expected = tuple(".".join(("A", *map(str, at))) for at in product(*(range(1, size + 1) for size in shape)))
    same(ElementNames("A", shape), expected)
    assert widest(ElementNames("A", shape), len) == max(map(len, expected))


@given(st.data(), SHAPE)
def test_parts_and_what_is_joined(data, shape):
    elements = ElementNames("A", shape)
    expected = tuple(elements)
    whole, behind = Joined([("x", "y"), elements, ("z",)]), ("x", "y", *expected, "z")
    same(whole, behind)
    start, stop = (data.draw(st.integers(-len(behind), len(behind))) for _ in range(2))
    step = data.draw(st.sampled_from([1, 2, -1]))
    part = behind[start:stop:step]
    if part:
        same(whole[start:stop:step], part)
    else:
        assert tuple(whole[start:stop:step]) == ()
    gone = data.draw(st.sets(st.integers(5, 5 + len(behind))))
    kept = tuple(name for at, name in enumerate(behind, 5) if at not in gone)
    assert tuple(without(behind, gone, 5)) == kept == tuple(without(whole, gone, 5))
    if kept:
        same(without(whole, gone, 5), kept) if gone & set(range(5, 5 + len(behind))) else None
    assert joined([("x",), ("y",)]) == ("x", "y")
    assert isinstance(whole[1:], Part)


@given(st.lists(NODES, min_size=2, max_size=4), st.lists(st.text("ab_1w", max_size=7), max_size=4))
def test_names_that_are_apart_for_certain_are_no_two_alike(columns, others):
    nodes = [tuple(f"{name}{number}" for name in names) for number, names in enumerate(columns)]
    made = [Pairs(sources, targets) for sources, targets in zip(nodes, nodes[1:], strict=False)]
    if are_apart(made, others):
        every = [name for pairs in made for name in listed(pairs)]
        assert len(set(every)) == len(every)
        assert not set(every) & set(others)


def test_usual_names_are_apart():
    hidden = [tuple(f"h{layer}_{at}" for at in range(9)) for layer in (1, 2)]
    columns = [("i1", "i2"), *hidden, ("o1", "o2")]
    made = [Pairs(*ends) for ends in zip(columns, columns[1:], strict=False)]
    assert are_apart(made, ["i1", "b_1", "w_i1_o1"])
    assert not are_apart(made, ["i1", "w_i1_h1_3"])


FILE = """
title = "Some"
[network]
inputs = {inputs}
loss = "half_squared_error"
[[network.layer]]
nodes = {hidden}
activation = "sigmoid"
weights = {{ init = "uniform", low = -1, high = 1, seed = 1 }}
bias = [0.1, 0.2, 0.3]
[[network.layer]]
nodes = ["o_1", "o_2"]
activation = "tanh"
weights = {{ init = "uniform", low = -1, high = 1, seed = 1 }}
bias = 0.3
bias_names = "{bias}"
train_bias = false
[training]
frozen = ["w_i_1_h1", "w_h3_o_2"]
optimizer = "adam"
[[example]]
inputs = [0.1, 0.2]
targets = [0.3, 0.4]
"""
GIVEN = {"inputs": '["i_1", "i2"]', "hidden": '["h1", "h2", "h3"]', "bias": "shared"}


def told(text):
    """What is wrong with a file."""
    with pytest.raises(ScenarioError) as error:
        parse_scenario(text, "some")
    return str(error.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"bias": "w_i2_h3"},  # one that is made
        {"inputs": '["i", "i_h"]', "hidden": '["h_h", "h", "k"]'},  # two that are made are alike
        {"hidden": '["h1", "h1", "h3"]'},
    ],
)
def test_what_is_alike_is_told_as_of_names_that_are_listed(changed, monkeypatch):
    text = FILE.format(**GIVEN | changed)
    listed = told(text)
    monkeypatch.setattr(names, "FEW", 0)
    assert told(text) == listed


@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_a_walk_is_the_same_whether_names_are_listed_or_made(detail, monkeypatch):
    text = FILE.format(**GIVEN)
    listed = Session.open(parse_scenario(text, "some"), detail)
    monkeypatch.setattr(names, "FEW", 0)
    made = Session.open(parse_scenario(text, "some"), detail)
    assert isinstance(made.scenario.network.parameter_names, Joined)
    _same_walk(listed, made)


GRAPH = """
title = "Some"
[graph]
inputs = { x = [2] }
targets = { t = [3] }
nodes = ["h = sigmoid(W @ x + b)", "u = h * c", "E = half_squared_error(u, t)"]
error = "E"
[graph.parameters]
W = { init = "normal", shape = [3, 2], seed = 1 }
b = [0.1, 0.2, 0.3]
c = 0.5
[training]
frozen = ["W.1.2"]
optimizer = "adam"
[[example]]
inputs = { x = [0.1, 0.2] }
targets = { t = [0.3, 0.4, 0.5] }
"""


@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_a_walk_of_formulas_is_the_same_whether_elements_are_listed_or_made(detail, monkeypatch):
    listed = Session.open(parse_scenario(GRAPH, "some"), detail)
    monkeypatch.setattr(names, "FEW", 1)
    made = Session.open(parse_scenario(GRAPH, "some"), detail)
    graph = made.scenario.network
    assert isinstance(graph.elements("W"), ElementNames)
    ours, theirs = graph.value_of_element, listed.scenario.network.value_of_element
    assert [*ours.items()] == [*theirs.items()]
    assert [name in ours for name in ("W.4.1", "W", "x.3", "none")] == [False] * 4
    _same_walk(listed, made)


def _same_walk(listed, made):
    """Rows, numbers and places are equal."""
    network = listed.scenario.network
    assert tuple(made.scenario.network.parameter_names) == tuple(network.parameter_names)
    assert made.count == listed.count
    for _ in range(listed.count + 3):
        listed, made = listed.forward(), made.forward()
        assert (made.row.quantity, tuple(made.row.items)) == (listed.row.quantity, tuple(listed.row.items))
        assert (tuple(made.fresh), tuple(made.unshown)) == (tuple(listed.fresh), tuple(listed.unshown))
        assert np.array_equal(made.values.results[-1], listed.values.results[-1])
        for name in network.parameter_names:
            for kind in ("dE/dw", "w+"):
                if kind == "dE/dw" or name in listed.timeline.steps.rows[-1].items:
                    assert value_at(made, Quantity(kind, name)) == value_at(listed, Quantity(kind, name))
    for row, its_twin in zip(listed.timeline.steps.rows, made.timeline.steps.rows, strict=True):
        if row.quantity == "w+":
            at = [network.parameter_index[name] for name in row.items]
            assert [*listed.timeline.steps.trained(row)] == at == [*made.timeline.steps.trained(its_twin)]
        for name in row.items:
            quantity = Quantity(row.quantity, name)
            assert go_to(made, 1, quantity).position == go_to(listed, 1, quantity).position
