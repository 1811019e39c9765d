"""The lessons show what they say they show."""

import pytest

from engine.ask.lookup import value_at
from engine.ask.whereabouts import go_to, named_place
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.walking.session import Session

STATED = {
    "google": [
        ("0:y[out]", "y[out]", "0.578"),
        ("0:E", "y[out]", "0.578"),
        ("0:dE/dy[out]", "dE/dy[out]", "−0.322"),
        ("0:dE/dx[h1]", "dE/dx[out]", "−0.0785"),
        ("0:dE/dx[h1]", "dE/dx[h3]", "−0.0131"),
        ("0:dE/dx[h1]", "dE/dx[h1]", "−0.00188"),
        ("1:E", "E", "0.0467"),
        ("1000:E", "y[out]", "0.89998"),
    ],
    "vanishing": [
        ("0:E", "y[n5]", "0.555"),
        ("0:dE/dx[n5]", "dE/dx[n5]", "−0.0851"),
        ("0:dE/dx[n4]", "dy/dx[n4]", "0.247"),
        ("0:dE/dx[n2]", "dE/dx[n2]", "−0.0000819"),
        ("0:dE/dx[n1]", "dE/dx[n1]", "−0.00000787"),
        ("200:E", "w[w5]", "1.21"),
        ("200:E", "w[w1]", "0.4003"),
    ],
    "exploding": [
        ("0:E", "y[n5]", "7.776"),
        ("0:E", "E", "0.749"),
        ("0:dE/dx[n5]", "dE/dx[n5]", "−1.224"),
        ("0:dE/dx[n4]", "dE/dx[n4]", "−7.34"),
        ("0:dE/dx[n1]", "dE/dx[n1]", "−1586"),
        ("0:end", "w+[b1]", "1.586"),
        ("1:E", "y[n5]", "2125"),
    ],
    "saturation": [
        ("0:y[h1]", "y[h1]", "0.9975"),
        ("0:y[h1]", "dy/dx[h1]", "0.0025"),
        ("0:E", "y[out]", "0.9975"),
        ("0:dE/dy[out]", "dE/dy[out]", "0.9975"),
        ("0:dE/dx[out]", "dE/dx[out]", "0.0025"),
        ("100:E", "E", "0.496"),
        ("500:E", "E", "0.0009"),
    ],
    "penalty": [
        ("0:E", "E", "0.45"),
        ("0:dE/dw[w1]", "dE/dw[w1]", "0.3"),
        ("0:w+[w1]", "w+[w1]", "2.88"),
        ("20:E", "w[w1]", "2.09"),
        ("20:E", "w[w2]", "0.77"),
        ("300:E", "w[w1]", "1.4286"),
        ("300:E", "w[w2]", "1.4286"),
        ("300:E", "y[out]", "2.857"),
        ("300:E", "E", "0.2143"),
        ("300:E", "E_penalty", "0.2041"),
    ],
    "dead-relu": [
        ("0:w+[w_in_h1]", "w+[w_in_h1]", "−0.506"),
        ("0:w+[w_in_h1]", "w+[b_h1]", "−0.714"),
        ("300:E", "E", "0.030"),
    ],
    "perceptron": [
        ("3:E", "y[out]", "0"),
        ("3:E", "t[out]", "1"),
        ("17:w+[w1]", "w+[w1]", "2"),
        ("17:w+[w1]", "w+[w2]", "1"),
        ("17:w+[w1]", "w+[b]", "−2"),
        ("23:E", "E", "0"),
    ],
    "symmetry": [("1000:E", "E", "0.338")],
    "xor": [("0:E", "E", "0.523"), ("100:E", "E", "0.49"), ("310:E", "E", "0.0198")],
}
"""By scenario: the note's place, what the number is of, and the number as the note writes it."""


def at(name, iteration):
    session = Session.open(load_scenario(name))
    return session.seek(iteration, session.count)


@pytest.mark.parametrize(
    ("name", "place", "what", "stated"), [(name, *row) for name, rows in STATED.items() for row in rows]
)
def test_a_stated_number_is_the_computed_one(name, place, what, stated):
    scenario = load_scenario(name)
    iteration, _, where = place.partition(":")
    session = Session.open(scenario).seek(int(iteration), 1)
    session = (
        session.seek(int(iteration), session.count)
        if where == "end"
        else go_to(session, *named_place(place, scenario.network))
    )
    texts = [note.text for note in scenario.notes if f"{note.iteration}:{note.at}" == place]
    assert any(stated in text for text in texts)
    _, quantity = named_place(what, scenario.network)
    decimals = len(stated.partition(".")[2])
    assert round(value_at(session, quantity), decimals) == float(stated.replace("−", "-"))


def test_what_starts_alike_stays_alike_to_the_last_digit():
    for iteration in (0, 1, 100, 1000):
        session = at("symmetry", iteration)
        for first, second in (("w1", "w3"), ("w2", "w4"), ("b1", "b2"), ("v1", "v2")):
            for kind in ("w", "dE/dw", "w+"):
                assert value_at(session, Quantity(kind, first)) == value_at(session, Quantity(kind, second))
        for kind in ("x", "y", "dE/dy", "dE/dx"):
            assert value_at(session, Quantity(kind, "h1")) == value_at(session, Quantity(kind, "h2"))


def test_xor_is_learnt_and_symmetry_is_the_same_data():
    scenario = load_scenario("xor")
    session = Session.open(scenario).fast_forward(2000, below=scenario.training.stop.error)
    assert session.iteration == 310
    outputs = session.values.need("y", 2)[:, 0]
    assert (outputs.round() == scenario.targets[:, 0]).all()
    other = load_scenario("symmetry")
    assert (other.inputs == scenario.inputs).all()
    assert (other.targets == scenario.targets).all()
    stuck = at("symmetry", 1000).values.need("y", 2)[:, 0]
    assert (stuck.round() != other.targets[:, 0]).any()
    assert stuck[3] == pytest.approx(0.669, abs=5e-4)


def test_dead_nodes_move_no_more():
    first, last = at("dead-relu", 1), at("dead-relu", 300)
    for name in ("w_in_h1", "b_h1", "w_in_h2", "b_h2"):
        assert value_at(first, Quantity("w", name)) == value_at(last, Quantity("w+", name))
    assert value_at(first, Quantity("w", "w_in_h3")) != value_at(last, Quantity("w+", "w_in_h3"))


def test_what_explodes_ends_the_walk_as_the_note_says():
    session = at("exploding", 10)
    assert session.iteration == 4
    assert session.event.quantity.subject == "n2"
    assert len(f"{at('exploding', 2).values.error:.0f}") == 30
