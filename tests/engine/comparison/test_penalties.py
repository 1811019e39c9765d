"""A penalty that somebody added to E, to its derivatives, or to both; or what they took of the scenario's own."""

import numpy as np
import pytest

from engine import Session, compare
from engine.comparison.compared import read_file
from engine.program.penalty import Penalty
from tests.engine.comparison.numbers import arrays_of, completed
from tests.networks import make

SIZE = 0.01
WEIGHTS, BIASES = ("W1", "W2"), ("b1", "b2")
OF_WEIGHTS = (*range(6), *range(9, 15))
"""Where the weights of a 2-3-2 network stand in θ."""


def scenario(**training):
    return make((2, 3, 2), examples=4, batch=4, seed=3, **training)


def with_penalty(session, form, *, error=True, derivative=True, biases=False, divided=1):
    """E, its derivatives and the new parameters, as a program with a penalty has them."""
    own = arrays_of(session)
    names = (*WEIGHTS, *(BIASES if biases else ()))
    sizes = [(own[name] ** 2).sum() / 2 if form == "L2" else np.abs(own[name]).sum() for name in names]
    found = {"loss": np.array(session.values.error + error * SIZE / divided * sum(sizes))}
    for name in (*WEIGHTS, *BIASES):
        towards = own[name] if form == "L2" else np.sign(own[name])
        found[f"d{name}"] = own[f"d{name}"] + derivative * (name in names) * SIZE / divided * towards
    return found


@pytest.mark.parametrize("form", ["L2", "L1"])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    ("error", "derivative", "at"), [(True, False, "E"), (False, True, "dE/dw:2"), (True, True, "setting")]
)
def test_in_the_error_or_its_derivatives_or_both(form, biases, reduction, error, derivative, at):
    session = completed(scenario(reduction=reduction))
    found = compare(session, with_penalty(session, form, error=error, derivative=derivative, biases=biases))
    assert [(cause.cause, cause.at) for cause in found.causes] == [("penalty", at)]
    assert found.causes[0].details == {"lambda": SIZE} | ({"norm": "L1"} if form == "L1" else {})


@pytest.mark.parametrize("form", ["L2", "L1"])
def test_of_the_error_alone(form):
    session = completed(scenario())
    loss = float(with_penalty(session, form)["loss"])
    for numbers in ({"E": np.array(loss)}, {"E": round(loss, 9)}):
        (cause,) = compare(Session.open(session.scenario), numbers).causes
        assert (cause.cause, cause.details["lambda"]) == ("penalty", SIZE)
    assert not compare(Session.open(session.scenario), {"E": round(loss, 3)}).causes  # too few digits to tell


def test_no_round_size_is_no_penalty():
    session = completed(scenario())
    size = sum((arrays_of(session)[name] ** 2).sum() for name in WEIGHTS)
    assert not compare(session, {"E": np.array(session.values.error + 0.0123456 * size)}).causes


def test_divided_by_the_number_of_examples():
    session = completed(scenario())
    wrong = with_penalty(session, "L2", divided=4)
    found = compare(session, wrong)
    assert [(cause.cause, cause.at, dict(cause.details)) for cause in found.causes] == [
        ("penalty", "setting", {"lambda": SIZE})
    ]
    assert "0.01/2/4·Σw²" in found.causes[0].words


def test_the_size_is_round_where_digits_leave_it_open(tmp_path):
    session = completed(scenario())
    wrong = with_penalty(session, "L2", error=False)
    text = "\n".join(f"{name} = {np.array2string(array, precision=6)}" for name, array in wrong.items())
    path = tmp_path / "numbers.txt"
    path.write_text(text.replace("loss", "E"))
    assert read_file(path).entries
    (cause,) = compare(session, path).causes
    assert (cause.cause, dict(cause.details)) == ("penalty", {"lambda": SIZE})


@pytest.mark.parametrize(
    ("of_error", "of_weights", "of_biases", "at"),
    [(0, 1, 0, "E"), (1, 0, 0, "dE/dw:2"), (0, 0, 0, "setting"), (1, 1, 1, "dE/dw:2"), (1, 3, 0, "dE/dw:2")],
    ids=["E without it", "derivatives without it", "neither has it", "biases have it, too", "another λ"],
)
def test_the_scenario_has_a_penalty(of_error, of_weights, of_biases, at):
    """What somebody took of it: so many times its part in E, in the derivatives by weights and by biases."""
    session = completed(scenario(penalty=Penalty(l2=SIZE, of=OF_WEIGHTS)))
    own = arrays_of(session)
    found = {"loss": np.array(session.values.error + (of_error - 1) * session.values.penalty)}
    for name in (*WEIGHTS, *BIASES):
        part = SIZE * own[name] * (of_weights - 1 if name in WEIGHTS else of_biases)
        found[f"d{name}"] = own[f"d{name}"] + part
    (cause,) = compare(session, found).causes
    assert (cause.cause, cause.at) == ("penalty", at)
