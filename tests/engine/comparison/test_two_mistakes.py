"""Two mistakes in one row, of which one is a plain factor; and no second one that only hides the first."""

import numpy as np
import pytest

from engine import compare
from engine.formula.activations import ACTIVATIONS
from tests.engine.comparison.numbers import arrays_of, completed
from tests.networks import make, mazur


def causes(found):
    return [(cause.cause, cause.at) for cause in found.causes]


def hidden(numbers, dz2, x):
    """What comes of dE/dx of the outputs, by the rules."""
    da1 = dz2 @ numbers["W2"]
    dz1 = da1 * numbers["a1"] * (1 - numbers["a1"])
    return {"dW1": dz1.T @ x, "dW2": dz2.T @ numbers["a1"]}


@pytest.mark.parametrize("given", [("dW1", "dW2"), ("dW2", "dz2"), ("dz2",)])
def test_a_slope_and_a_minus_forgotten(given):
    """delta = t − o, as it stands in many programs of one's own."""
    session = completed(mazur())
    numbers, t = arrays_of(session), session.values.targets
    dz2 = t - numbers["a2"]
    wrong = hidden(numbers, dz2, session.values.inputs) | {"dz2": dz2}
    found = compare(session, {name: wrong[name] for name in given})
    assert causes(found) == [("slope-forgotten", "dE/dx:2"), ("sign", "dE/dx:2")]


def test_a_slope_forgotten_in_every_layer_and_a_minus():
    session = completed(make((3, 4, 2), seed=3))
    numbers, t = arrays_of(session), session.values.targets
    dz2 = t - numbers["a2"]
    found = compare(session, {"dW2": dz2.T @ numbers["a1"], "dW1": (dz2 @ numbers["W2"]).T @ session.values.inputs})
    assert [cause for cause, _ in causes(found)] == ["slope-forgotten", "sign"]
    assert "(and so in dE/dx:1)" in found.causes[0].words


def test_the_losses_half_forgotten_and_the_mean_over_outputs_for_the_sum():
    session = completed(make((2, 3, 3), seed=2))
    error = float(session.values.error)
    found = compare(session, {"E": np.array(2 * error / 3)})
    assert [cause for cause, _ in causes(found)] in (["reduction"], ["loss"], ["loss", "reduction"])
    assert causes(compare(session, {"E": np.array(-2 * error)})) == [("loss", "E"), ("sign", "E")]
    assert not compare(session, {"E": round(-2 * error, 3)}).causes


def test_a_factor_that_is_two_factors():
    session = completed(make((3, 4, 2), examples=5, batch=5, reduction="sum", seed=6))
    numbers = arrays_of(session)
    assert causes(compare(session, {"dW2": -numbers["dW2"] / 5})) == [("sign", "dE/dw:2"), ("reduction", "dE/dw:2")]
    (twice,) = compare(session, {"dz2": -2 * numbers["dz2"]}).causes  # the loss's ½, or the two outputs: not to be told
    assert (twice.cause, twice.details["factor"]) == ("factor", -2.0)


def test_a_minus_that_is_added():
    """Who has −dE/dw and adds it has the right parameters."""
    session = completed(mazur())
    numbers = arrays_of(session)
    wrong = {"dz2": -numbers["dz2"], "dW2": -numbers["dW2"], "W2_new": numbers["W2_new"]}
    assert causes(compare(session, wrong)) == [("sign", "dE/dx:2"), ("sign", "w+:2")]


def test_no_second_mistake_that_only_puts_right_what_follows():
    """Twice the outputs' derivatives, and right ones before them: what the layer before was made of is not known."""
    session = completed(mazur())
    numbers = arrays_of(session)
    wrong = {"dz2": 2 * numbers["dz2"], "dW2": 2 * numbers["dW2"], "dW1": numbers["dW1"]}
    assert not compare(session, wrong).causes


@pytest.mark.parametrize("seed", range(4))
def test_two_factors_by_chance_are_none(seed):
    session = completed(make((3, 4, 2), examples=3, batch=3, seed=seed))
    random = np.random.default_rng(seed)
    for name in ("dz2", "dW2", "dW1", "da1"):
        array = arrays_of(session)[name]
        assert not compare(session, {name: array * random.uniform(-2, 2, array.shape)}).causes
        few = compare(session, {name: np.round(array * random.uniform(-2, 2, array.shape), 2).tolist()})
        assert not few.causes


@pytest.mark.parametrize(
    ("last", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy"), ("tanh", "squared_error")]
)
@pytest.mark.parametrize("shown", ["first", "second"])
def test_an_activation_that_the_loss_uses_once_more(last, loss, shown):
    """CrossEntropyLoss of what softmax made: the outputs are right, or those that the loss makes of them are shown."""
    session = completed(make((3, 4, 3), last=last, loss=loss, examples=2, batch=2, seed=5))
    numbers, t, of = arrays_of(session), session.values.targets, ACTIVATIONS[last].function
    z2, y = numbers["z2"], numbers["a2"]
    twice = np.array([of_rows(of, row) for row in y])

    def error(z):
        made = np.array([of_rows(of, of_rows(of, row)) for row in z])
        each = {
            "cross_entropy": lambda: -t * np.log(made),
            "binary_cross_entropy": lambda: -t * np.log(made) - (1 - t) * np.log(1 - made),
            "squared_error": lambda: (made - t) ** 2,
        }[loss]()
        return each.sum() / 2

    step = 1e-6
    dz2 = np.zeros_like(z2)
    for at in np.ndindex(z2.shape):
        by = np.zeros_like(z2)
        by[at] = step
        dz2[at] = (error(z2 + by) - error(z2 - by)) / (2 * step) * 2
    given = {"a2": y if shown == "first" else twice, "E": np.array(error(z2))}
    rest = {name: (array / 2).tolist() for name, array in {"dW2": np.round(dz2.T @ numbers["a1"], 7)}.items()}
    found = compare(session, given | rest)
    assert [cause.cause for cause in found.causes] == ["activation-twice"]
    assert len(found.rows) == 6 + 1 + 12


def of_rows(function, row):
    """A function of one value, or of a whole row, by its own arithmetic."""
    if function.name == "softmax":
        return np.exp(row) / np.exp(row).sum()
    return 1 / (1 + np.exp(-row)) if function.name == "sigmoid" else np.tanh(row)
