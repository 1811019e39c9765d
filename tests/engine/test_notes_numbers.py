"""Numbers that the notes of a lesson state are those of the walk."""

import pytest

from engine.files import load_scenario
from engine.lookup import value_at
from engine.place import go_to, named_place
from engine.session import Session

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
}
"""By scenario: where the note is, of what the number is, and the number as the note writes it."""


@pytest.mark.parametrize(
    ("name", "at", "what", "stated"), [(name, *row) for name, rows in STATED.items() for row in rows]
)
def test_a_stated_number_is_the_computed_one(name, at, what, stated):
    scenario = load_scenario(name)
    session = go_to(Session.open(scenario), *named_place(at, scenario.network))
    texts = [note.text for note in scenario.notes if f"{note.iteration}:{note.at}" == at]
    assert any(stated in text.replace("\n", " ") for text in texts)
    _, quantity = named_place(what, scenario.network)
    value = value_at(session, quantity)
    digits = len(stated.lstrip("−").replace(".", "").lstrip("0"))
    assert float(f"{value:.{digits - 1}e}") == float(stated.replace("−", "-"))
