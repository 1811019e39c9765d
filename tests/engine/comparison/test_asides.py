"""Causes of numbers that no row of a walk makes: slopes, parts of a sum, derivatives by inputs."""

import numpy as np
import pytest

from engine import compare
from tests.engine.comparison.numbers import arrays_of, completed
from tests.engine.graphs.files import CIRCUIT, read
from tests.networks import make, mazur, unrolled


def causes(found):
    return [(cause.cause, cause.at) for cause in found.causes]


def numbers(names, array):
    return {name: np.array(number) for name, number in zip(names, np.ravel(array), strict=True)}


SLOPES = {
    "slope-of-x": lambda x, y: x * (1 - x),
    "sign": lambda x, y: -y * (1 - y),
    "slope-of-y": lambda x, y: 1 / (1 + np.exp(-y)) * (1 - 1 / (1 + np.exp(-y))),
    "function-for-slope": lambda x, y: y,
    "slope-mistaken": lambda x, y: 1 - y,
    "slope-forgotten": lambda x, y: np.ones_like(y),
}


@pytest.mark.parametrize("cause", SLOPES)
@pytest.mark.parametrize("layer", [1, 2])
def test_slopes(cause, layer):
    session = completed(mazur())
    own = arrays_of(session)
    names = [f"dy/dx[{node}]" for node in session.scenario.network.nodes(layer)]
    wrong = SLOPES[cause](own[f"z{layer}"], own[f"a{layer}"])
    found = compare(session, numbers(names, wrong) | {"dz2": own["dz2"], "a1": own["a1"]})
    assert causes(found) == [(cause, f"dy/dx:{layer}")]
    assert found.first.quantity == names[0]
    assert "dE/dy" not in found.causes[0].words


def test_a_slope_of_outputs_where_it_cancels_with_the_loss():
    session = completed(make((3, 4, 1), "tanh", "sigmoid", "binary_cross_entropy"))
    own = arrays_of(session)
    found = compare(session, {"dy/dx[o1]": float(own["z2"][0, 0] * (1 - own["z2"][0, 0])), "dz2": own["dz2"]})
    assert causes(found) == [("slope-of-x", "dy/dx[o1]")]


def test_slopes_of_softmax():
    session = completed(make((2, 3, 3), "tanh", "softmax", "cross_entropy"))
    y = arrays_of(session)["a2"][0]
    names = [f"dy/dx[o{i}<-o{j}]" for i in (1, 2, 3) for j in (1, 2, 3)]
    right = np.diag(y) - np.outer(y, y)
    assert compare(session, numbers(names, right)).agrees
    assert causes(compare(session, numbers(names, np.diag(y * (1 - y))))) == [("diagonal-only", "dy/dx:2")]


def test_a_wrong_slope_goes_on():
    """Of whoever says the slopes too, dE/dx follows from them."""
    session = completed(mazur())
    own = arrays_of(session)
    slope = own["z1"] * (1 - own["z1"])
    wrong = numbers(["dy/dx[h1]", "dy/dx[h2]"], slope) | {"da1": own["da1"], "dz1": own["da1"] * slope}
    found = compare(session, wrong)
    assert [row.verdict for row in found.rows if row.quantity == "dE/dx[h1]"] == ["follows"]
    assert [cause.cause for cause in found.causes] == ["slope-of-x"]
    assert found.first.quantity == "dy/dx[h1]"


PARTS = ["dE/dy[h1<-o1]", "dE/dy[h1<-o2]", "dE/dy[h2<-o1]", "dE/dy[h2<-o2]"]


@pytest.mark.parametrize(
    ("cause", "part"),
    [
        ("sign", lambda w, dz, da: -w * dz),
        ("weight-forgotten", lambda w, dz, da: np.ones_like(w) * dz),
        ("slope-forgotten", lambda w, dz, da: w * da),
        ("transposed", lambda w, dz, da: w.T * dz),
    ],
)
@pytest.mark.parametrize("summed", [False, True])
def test_parts_of_a_sum(cause, part, summed):
    session = completed(mazur())
    own = arrays_of(session)
    wrong = part(own["W2"], own["dz2"].T, own["da2"].T)
    given = numbers(PARTS, wrong.T) | {"dz2": own["dz2"]}
    given |= {"da1": wrong.sum(axis=0)[np.newaxis]} if summed else {}
    found = compare(session, given)
    assert [one for one, _ in causes(found)] == [cause]
    assert found.first.quantity == PARTS[cause == "transposed"]  # of a square its diagonal stays
    if summed:
        assert {row.verdict for row in found.rows if row.quantity == "dE/dy[h1]"} == {"follows"}


def test_parts_of_a_mistake_before_them():
    session = completed(mazur())
    own = arrays_of(session)
    found = compare(session, numbers(PARTS, (own["W2"] * own["da2"].T).T))
    assert [one for one, _ in causes(found)] == ["slope-forgotten"]


def test_parts_of_parameters_that_are_shared():
    session = completed(make((2, 3, 2), bias="shared", examples=3, batch=3))
    start = completed(session.scenario)
    parts = [f"dE/dw[b1<-h1_{node}]" for node in (1, 2, 3)]
    derivative = start.values.need("dE/dx", 1)
    assert compare(session, numbers(parts, derivative.mean(axis=0))).agrees
    assert causes(compare(session, numbers(parts, -derivative.mean(axis=0)))) == [("sign", "dE/dw:b1")]
    assert causes(compare(session, numbers(parts, derivative.sum(axis=0)))) == [("reduction", "dE/dw:b1")]
    assert causes(compare(session, {"db1": -derivative.mean(axis=0)})) == [("sign", "dE/dw:b1")]


def test_parts_of_a_tied_weight():
    session = completed(unrolled(steps=3, hidden=1))
    network = session.scenario.network
    name, uses = next((n, network.uses(network.layer_of(network.parameter_index[n]))) for n in network.parameter_names)
    assert len(uses) == 3
    (source,) = network.places(name, uses[1])
    target = network.nodes(uses[1])[source[0]]
    part = session.values.need("dE/dx", uses[1])[0, 0] * session.values.need("y", uses[1] - 1)[0, source[1]]
    quantity = f"dE/dw[{name}<-{target}]"
    assert compare(session, {quantity: np.array(part)}).agrees
    assert causes(compare(session, {quantity: np.array(-part)})) == [("sign", quantity)]


@pytest.mark.parametrize(
    ("cause", "back"),
    [
        ("sign", lambda w, dz, da: -dz @ w),
        ("slope-forgotten", lambda w, dz, da: da @ w),
        ("weight-forgotten", lambda w, dz, da: dz @ np.ones_like(w)),
        ("transposed", lambda w, dz, da: dz @ w.T),
    ],
)
def test_derivatives_by_inputs(cause, back):
    session = completed(make((3, 3, 2), examples=2, batch=2))
    own = arrays_of(session)
    right = own["dz1"] @ own["W1"]
    assert compare(session, {"dX": right}).agrees
    found = compare(session, {"dX": back(own["W1"], own["dz1"], own["da1"]), "dz1": own["dz1"]})
    assert causes(found) == [(cause, "dE/dy:0")]


def test_derivatives_by_inputs_after_a_mistake_before():
    session = completed(make((3, 3, 2), examples=2, batch=2))
    own = arrays_of(session)
    found = compare(session, {"dX": (own["da1"] * own["z1"] * (1 - own["z1"])) @ own["W1"]})
    assert causes(found) == [("slope-of-x", "dE/dx:1")]


def test_local_derivatives_of_graphs():
    session = completed(read(CIRCUIT))
    for name, number, cause in (("dy/dy[f<-q]", 4.0, "sign"), ("dy/dy[f<-q]", 1.0, "input-forgotten")):
        found = compare(session, {name: np.array(number), "q": np.array(3.0)})
        assert causes(found) == [(cause, name)]


def test_numbers_by_chance_have_no_cause():
    session = completed(mazur())
    random = np.random.default_rng(0)
    for names in (PARTS, ["dy/dx[h1]", "dy/dx[o1]"], ["dE/dy[i1]", "dE/dy[i2]"]):
        found = compare(session, numbers(names, random.normal(size=len(names))))
        assert found.first is not None
        assert not found.causes


def test_parts_of_a_shared_bias_where_layers_are_updated_at_once():
    """Weights further on are new ones by then: what comes back is as it was at the row itself."""
    session = completed(make((2, 3, 2), bias="shared", immediate=True))
    parts = [f"dE/dw[b1<-h1_{node}]" for node in (1, 2, 3)]
    right = session.values.need("dE/dx", 1)[0]
    assert compare(session, numbers(parts, right)).agrees
    assert causes(compare(session, numbers(parts, -right))) == [("sign", "dE/dw:b1")]


def test_slopes_in_arithmetic():
    """A slope is a factor there: a mistake of its row is one of the product."""
    session = completed(mazur())
    own = arrays_of(session)
    right, slope = own["a2"][0, 0] * (1 - own["a2"][0, 0]), own["z2"][0, 0] * (1 - own["z2"][0, 0])
    name, error = "dE/dy[o1] * dy/dx[o1]", own["da2"][0, 0]
    assert compare(session, {name: np.array(error * right)}).agrees
    assert causes(compare(session, {name: np.array(error * slope)})) == [("slope-of-x", "dy/dx[o1]")]


def test_another_learning_rate_in_arithmetic():
    session = completed(mazur())
    step = float(arrays_of(session)["dW2"][0, 0])
    (cause,) = compare(session, {"learning_rate * dE/dw[w5]": np.array(0.1 * step)}).causes
    assert (cause.cause, cause.details) == ("learning-rate", {"learning_rate": 0.1})
