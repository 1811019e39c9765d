"""How far another program's numbers may be from ours: measured by what moving each a little does to the rest."""

import math

import pytest

from engine import Session
from engine.check.uncertainty import PART, SMALLEST, uncertainties
from tests.networks import make


def complete(scenario):
    session = Session.open(scenario)
    return session.seek(0, session.count)


def of_one_node(x, t, loss="half_squared_error", last="sigmoid"):
    scenario = make((1, 1), last=last, loss=loss, bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = x, 1.0, t
    return complete(scenario)


def test_an_output_next_to_its_target_leaves_few_digits_of_the_difference():
    session = of_one_node(0.5, 0.5 + 1e-9, last="identity")
    off = uncertainties(session)["dE/dy", 1]
    assert 0.1 * PART < off < 2 * PART
    assert off > 1e-4 * abs(session.values.need("dE/dy", 1)[0, 0])


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy"])
def test_what_is_taken_from_outputs_is_off_by_part_of_them(loss):
    """y·(1 − y), or y − t as it is written, of a node at its end, where ours have all their digits."""
    session = of_one_node(30.0, 0.0 if loss == "half_squared_error" else 1.0, loss)
    ours = abs(session.values.need("dE/dx", 1)[0, 0])
    assert uncertainties(session)["dE/dx", 1] < 100 * PART * ours
    assert uncertainties(session, slopes_from_outputs=True)["dE/dx", 1] > 0.01 * PART > ours / 100


@pytest.mark.parametrize("x", [-720.0, -744.0])
def test_a_number_too_small_for_all_its_digits_may_be_0(x):
    session = of_one_node(x, 0.25, "binary_cross_entropy")
    found, y = uncertainties(session), session.values.need("y", 1)[0, 0]
    assert 0 < y < SMALLEST
    assert found["y", 1] == y


def test_what_may_leave_the_finite_numbers_has_no_bound():
    session = of_one_node(-709.5, 0.1, "binary_cross_entropy")
    assert math.isfinite(session.values.need("dE/dy", 1)[0, 0])
    assert uncertainties(session)["dE/dy", 1] == math.inf


def test_what_is_infinite_in_both_has_nothing_to_differ_by():
    session = of_one_node(-800.0, 0.1, "binary_cross_entropy")
    found = uncertainties(session, slopes_from_outputs=True)
    assert session.values.need("dE/dy", 1)[0, 0] == -math.inf
    assert found["dE/dy", 1] == 0.0
    assert 0 < found["dE/dx", 1] < 2 * PART


@pytest.mark.parametrize("seed", range(20))
def test_what_cancels_is_as_uncertain_as_its_terms(seed):
    """The outputs of softmax sum to 1: the derivatives of their sum are nothing but rounding."""
    session = complete(make((2, 2), last="softmax", loss="output", seed=seed))
    y = session.values.need("y", 1)[0]
    assert uncertainties(session)["dE/dx", 1] > 0.01 * PART * y[0] * y[1]
