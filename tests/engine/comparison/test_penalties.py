"""A penalty that somebody added to E, to its derivatives, or to both; or what they took of the scenario's own."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session, compare
from engine.comparison.compared import read_file
from engine.program.optimizers import Momentum
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


@pytest.mark.parametrize("kind", ["l2", "l1"])
@pytest.mark.parametrize("times", [3.0, 0.5, 1.7])
def test_another_strength_of_the_scenarios_own(kind, times):
    """In E, in the derivatives, or in both: it is found from whichever has digits enough."""
    own = Penalty(**{kind: SIZE}, of=OF_WEIGHTS)
    session = completed(scenario(penalty=own))
    other = completed(scenario(penalty=replace(own, **{kind: SIZE * times})))
    arrays, error = arrays_of(other), float(other.values.error)
    derivatives = {name: arrays[name] for name in ("dW1", "db1", "dW2", "db2")}
    for numbers in (
        {"loss": np.array(error)} | derivatives,
        {"loss": np.array(error)},
        {"E": round(error, 9)},
        {"E": round(error, 4)} | derivatives,
        derivatives,
    ):
        (cause,) = compare(session, numbers).causes
        assert (cause.cause, cause.details["lambda"]) == ("penalty", pytest.approx(SIZE * times, rel=1e-9))
        assert cause.words.endswith(f"λ of the penalty is {SIZE * times:g}; it should be 0.01")
    assert not compare(session, {"E": round(error, 3)}).causes


@pytest.mark.parametrize("kind", ["l2", "l1"])
def test_a_strength_that_was_there_from_the_start(kind):
    """Some iterations on, no number says it by itself: those that people choose are tried."""
    own, other = (Penalty(**{kind: size}, of=OF_WEIGHTS) for size in (SIZE, 0.05))
    wrong = completed(scenario(penalty=other), 3)
    for training in ({"penalty": own}, {}):
        session = completed(scenario(**training), 3)
        (cause,) = compare(session, {name: arrays_of(wrong)[name] for name in ("W1_new", "W2_new")}).causes
        assert (cause.cause, cause.at, cause.details["lambda"]) == ("penalty", "setting", 0.05)


@pytest.mark.parametrize("coupled", [True, False])
def test_a_decay_where_there_is_none(coupled):
    session = completed(scenario(optimizer=Momentum()), 3)
    wrong = completed(scenario(optimizer=Momentum(weight_decay=0.1, coupled=coupled)), 3)
    (cause,) = compare(session, {name: arrays_of(wrong)[name] for name in ("W1_new", "W2_new")}).causes
    form = "weight_decay = 0.1" if coupled else "weight_decay = 0.1, decoupled"
    assert (cause.cause, dict(cause.details)) == ("optimizer", {"form": form})
