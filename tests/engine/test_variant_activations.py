"""Figures that are right with another activation function, or with another setting of it."""

import math

import pytest

from engine import ScenarioError, Session, compare, parse_scenario, read
from engine.check.audit import audit

SMALL = """title = "small"
[network]
inputs = ["i1"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["h"]
activation = "sigmoid"
weights = [[0.5]]
[[network.layer]]
nodes = ["out"]
activation = { name = "leaky_relu", slope = 0.2 }
weights = [[-0.5]]
[[example]]
inputs = [1.0]
targets = [1.0]
"""
SIGMOID = 1 / (1 + math.exp(-0.5))


def figure(quantity, value, variant):
    return (
        f'[[published]]\nquantity = "{quantity}"\nvalue = "{value:.6f}"\nverdict = "variant"\nnote = "n"\n'
        f"variant = {variant}\n"
    )


@pytest.mark.parametrize(
    ("quantity", "value", "variant"),
    [
        ("y[h]", math.tanh(0.5), '{ activation = { 1 = "tanh" } }'),
        ("y[out]", 0.01 * -0.5 * SIGMOID, '{ activation = { 2 = { name = "leaky_relu", slope = 0.01 } } }'),
        ("y[out]", -0.5 * math.tanh(0.5), '{ activation = { 1 = "tanh", 2 = "identity" } }'),
        (
            "E",
            math.log(1 + math.exp(0.5 * SIGMOID)),
            '{ loss = "binary_cross_entropy", activation = { 2 = "sigmoid" } }',
        ),
        ("E", 0.0, '{ loss = "cross_entropy", activation = { 2 = "softmax" } }'),
    ],
)
def test_a_figure_may_be_of_another_function(quantity, value, variant):
    (check,) = audit(parse_scenario(SMALL + figure(quantity, value, variant), "small.toml")).figures
    assert check.verdict == "variant"


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ('{ activation = { 3 = "tanh" } }', "there is no layer 3: .* from 1 to 2"),
        ('{ activation = { out = "tanh" } }', "there is no layer out"),
        ('{ activation = "tanh" }', "is not a table"),
        ('{ activation = { 1 = "tanhh" } }', "tanh"),
        ('{ activation = { 2 = { name = "relu", corner = [0, 1] } } }', "has 2 numbers, but relu has 1 corner"),
        ('{ activation = { 1 = ["tanh", "relu"] } }', "has 2 functions, but the layer has 1 node"),
        ('{ loss = "cross_entropy" }', "cross_entropy needs softmax in the last layer, which has leaky_relu"),
    ],
)
def test_what_it_cannot_be_is_told(variant, message):
    with pytest.raises(ScenarioError, match=message):
        parse_scenario(SMALL + figure("y[h]", 0.5, variant), "small.toml")


def test_a_graph_has_no_layers():
    text = (
        'title = "g"\n[graph]\ninputs = { x = [] }\nnodes = ["E = (w * x)**2"]\nerror = "E"\nparameters = { w = 1 }\n'
    )
    with pytest.raises(ScenarioError, match="a graph has no layers"):
        parse_scenario(
            text + "[[example]]\ninputs = { x = 1 }\n" + figure("E", 0.5, '{ activation = { 1 = "tanh" } }'), "g.toml"
        )


def test_who_took_another_function_is_told_the_lines_that_say_so():
    start = Session.open(parse_scenario(SMALL, "small.toml"))
    other = Session.open(parse_scenario(SMALL.replace('"sigmoid"', '"tanh"'), "small.toml"))
    names = ("y[h]", "E", "dE/dx[h]", "dE/dw[w_i1_h]")
    found = compare(start.seek(0, start.count), {name: read(other.seek(0, other.count), name) for name in names})
    (cause,) = found.causes
    assert (cause.cause, cause.variant.told) == ("other-activation", {"activation": {"1": "tanh"}})
