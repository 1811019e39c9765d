"""Every activation × loss × shape against complex step and central differences; a wrong slope makes the check fail."""

from itertools import cycle

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session
from engine.check.gradients import GradientCheck, ParameterCheck, check_gradient
from engine.check.uncertainty import uncertainties
from engine.formula.activations import ACTIVATIONS
from engine.formula.functions import SUBTRACT
from engine.formula.losses import LOSSES
from engine.formula.softmax import Softmax
from engine.formula.tree import Ref
from engine.program.across.batch import BATCH_MEAN
from engine.program.across.products import DOT, MATRIX_PRODUCT
from engine.program.graph import Graph, GraphNode
from engine.program.scenario import Scenario, Training
from tests.networks import goes_with, make

SHAPES = [(1, 1), (2, 2, 2), (3, 4, 2, 3), (1, 5, 1)]
HIDDEN = list(ACTIVATIONS)


def networks():
    """(hidden, last, loss): every hidden activation below two of the pairs, and every pair above one of them."""
    for hidden in HIDDEN:
        yield from ((hidden, "sigmoid", "half_squared_error"), (hidden, "softmax", "cross_entropy"))
    yield from ((hidden, last, loss) for hidden, (last, loss) in zip(cycle(HIDDEN), pairs(), strict=False))


def pairs():
    for last in ACTIVATIONS:
        for loss in LOSSES:
            if goes_with(last, loss):
                yield last, loss


def checked(scenario):
    return check_gradient(scenario, scenario.theta, tuple(range(len(scenario.inputs))))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape)))
@pytest.mark.parametrize(("hidden", "last", "loss"), dict.fromkeys(networks()))
def test_backpropagation_agrees_with_both_methods(shape, hidden, last, loss):
    if (last, loss, shape[-1]) == ("softmax", "binary_cross_entropy", 1):
        pytest.skip("softmax of one output is 1, whose error is infinite: an event")
    for bias, reduction in (("each", "mean"), ("shared", "sum"), ("none", "mean")):
        result = checked(make(shape, hidden, last, loss, examples=2, batch=2, bias=bias, reduction=reduction))
        assert result.ok
        assert result.max_relative_error <= 1e-10
        scale = max(abs(check.analytic) for check in result.parameters)
        for check in result.parameters:
            if check.difference is not None:
                assert abs(check.analytic - check.difference) <= 1e-6 * max(scale, 1e-3)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_wrong_slope_fails(name):
    if ACTIVATIONS[name].joint:
        pytest.skip("softmax has a Jacobian; its test is below")
    scenario = make((2, 3, 2), name, "identity")
    wrong = replace(ACTIVATIONS[name], slope=lambda x, f: 1.001 * ACTIVATIONS[name].slope(x, f) + 1e-3)
    layers = (replace(scenario.network.layers[0], activation=wrong), scenario.network.layers[1])
    result = checked(replace(scenario, network=replace(scenario.network, layers=layers)))
    assert not result.ok
    assert result.max_relative_error > 1e-4


def test_a_wrong_jacobian_fails(monkeypatch):
    right = Softmax.jacobian
    monkeypatch.setattr(Softmax, "jacobian", staticmethod(lambda y: [[1.001 * d for d in row] for row in right(y)]))
    assert not checked(make((2, 3), last="softmax")).ok


@pytest.mark.parametrize("name", LOSSES)
def test_a_wrong_slope_of_the_loss_fails(name):
    last = "softmax" if LOSSES[name].shares else "sigmoid"
    scenario = make((2, 3, 2), last=last, loss=name)
    loss = LOSSES[name]
    stable = (loss.value, lambda y, t, m, f: 1.001 * LOSSES[name].slope(y, t, m, f))
    loss = replace(loss, stable=stable, fused={})
    assert not checked(replace(scenario, network=replace(scenario.network, loss=loss))).ok


@pytest.mark.parametrize("x", [-30.0, -5.0, 5.0, 30.0])
@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_a_saturated_node_keeps_the_digits_of_its_slope(name, x):
    scenario = make((1, 1), last=name, bias="none")
    scenario.theta[:], scenario.inputs[:] = x, 1.0
    result = checked(scenario)
    assert result.ok
    assert result.parameters[0].relative_error < 1e-12


def test_a_node_on_a_kink_is_not_called_wrong():
    scenario = make((1, 1, 1), "relu", "identity", bias="none")
    scenario.theta[0] = 0.0
    result = checked(scenario)
    assert [check.verdict for check in result.parameters] == ["kink", "ok"]
    assert result.ok


def test_the_worst_error_is_that_of_a_derivative_that_could_be_decided():
    kink, fine = (ParameterCheck("w", 1.0, 1.0, None, error, word) for error, word in ((0.5, "kink"), (1e-12, "ok")))
    wrong = replace(fine, relative_error=0.25, verdict="wrong")
    told = [
        (GradientCheck(of).max_relative_error, GradientCheck(of).ok) for of in ((kink,), (kink, fine), (fine, wrong))
    ]
    assert told == [(0.0, True), (1e-12, True), (0.25, False)]


def test_some_parameters_may_be_checked_alone():
    scenario = make()
    some = check_gradient(scenario, scenario.theta, (0,), {"w1_2_1", "b2_2"})
    assert some.parameters == tuple(check for check in checked(scenario).parameters if check.name in ("w1_2_1", "b2_2"))
    assert [check.name for check in some.parameters] == ["w1_2_1", "b2_2"]


def test_a_difference_across_a_kink_is_left_out():
    scenario = make((1, 1, 1), "relu", "identity", bias="none")
    scenario.theta[0], scenario.inputs[:] = 1e-6, 1.0
    assert checked(scenario).parameters[0].difference is None
    two = make((1, 2, 1), "relu", "identity", bias="none")
    two.theta[:2], two.inputs[:] = (1e-6, 0.5), 1.0  # one of two nodes is near its kink
    assert [check.difference is None for check in checked(two).parameters] == [True, False, False, False]


def test_gradients_are_of_the_simultaneous_order():
    plain, immediate = make(seed=3), make(seed=3, immediate=True)
    assert [c.analytic for c in checked(plain).parameters] == [c.analytic for c in checked(immediate).parameters]


def test_a_batch_that_leaves_the_finite_numbers_has_no_check():
    with pytest.raises(ArithmeticError, match="became"):
        checked(make((1, 1), last="softmax", loss="binary_cross_entropy"))


def test_what_cancels_is_judged_by_the_terms_that_cancel():
    """The outputs of softmax sum to 1 whatever the weights: every derivative of their sum is 0 but for rounding."""
    result = checked(make((2, 3), last="softmax", loss="output"))
    assert result.ok
    assert all(abs(check.analytic) < 1e-15 for check in result.parameters)


def test_reference_on_a_made_case():
    """One sigmoid node by hand: dE/dw = (y − t)·y·(1 − y)·input."""
    scenario = make((1, 1), bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = 0.3, 0.5, 1.0
    y = 1 / (1 + np.exp(-0.15))
    assert checked(scenario).parameters[0].analytic == pytest.approx((y - 1) * y * (1 - y) * 0.5, rel=1e-14)


def test_a_derivative_too_small_for_the_complex_step_is_not_wrong():
    scenario = make((1, 1, 1), last="identity", bias="none")
    scenario.theta[:], scenario.inputs[:] = (-700.0, 1.0), 1.0  # the slope of the sigmoid is 1e-304 there
    assert checked(scenario).ok


@pytest.mark.parametrize("third", [1 / 3, 0.333333333333])
def test_targets_that_sum_to_1_as_nearly_as_they_are_written(third):
    """At the least error all derivatives are 0, whatever is missing to 1: Σt·y − t."""
    scenario = make((2, 3), last="softmax", loss="cross_entropy")
    scenario.theta[:], scenario.targets[:] = 0.0, third
    assert checked(scenario).ok
    assert max(abs(check.analytic) for check in checked(scenario).parameters) < 1e-16


def graph_scenario(batch=3):
    """h = relu(W·u) less its mean over the batch; v is used twice; the error is a sum of two terms."""
    shapes = {"u": (2,), "W": (3, 2), "v": (3,), "h": (3,), "E1": (), "E2": ()}
    h, v = Ref("h"), Ref("v")
    nodes = (
        GraphNode("h", ACTIVATIONS["relu"].function(MATRIX_PRODUCT(Ref("W"), Ref("u"))), ""),
        GraphNode("E1", DOT(v, SUBTRACT(h, BATCH_MEAN(h))), ""),
        GraphNode("E2", DOT(v, ACTIVATIONS["tanh"].function(h)), ""),
    )
    graph = Graph({"u": (2,)}, {}, {}, {"W": (3, 2), "v": (3,)}, nodes, shapes, ("E1", "E2"))
    random = np.random.default_rng(0)
    return Scenario(
        "graph", "", graph, random.normal(size=9), Training(batch=batch), random.normal(size=(batch, 2)), None
    )


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_graph_of_formulas_is_checked_too(reduction):
    scenario = graph_scenario()
    result = checked(replace(scenario, training=replace(scenario.training, reduction=reduction)))
    assert [check.name for check in result.parameters] == list(scenario.network.parameter_names)
    assert len(result.inputs) == scenario.inputs.size
    assert {check.verdict for check in result.all} == {"ok"}
    for check in result.parameters:
        assert check.difference == pytest.approx(check.analytic, rel=1e-6, abs=1e-8)


def test_a_kink_inside_a_formula_is_named():
    scenario = graph_scenario()
    scenario.theta[:2] = 0.0  # the first of h stands on its kink, in every example
    verdicts = [check.verdict for check in checked(scenario).parameters]
    assert verdicts == ["kink"] * 2 + ["ok"] * 7


def test_what_rounding_does_is_measured_in_a_graph():
    session = Session.open(graph_scenario())
    found = uncertainties(session.seek(0, session.count))
    assert {("E", ""), ("dE/dw", "W"), ("dE/dy", "u")} <= {
        (kind, of if isinstance(of, str) else "") for kind, of in found
    }
    assert all(0 <= most < 1e-9 for most in found.values())
