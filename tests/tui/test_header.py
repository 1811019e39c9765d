"""The header says as much of the place as has room, the least needed words shortened first."""

import pytest

from engine.branch import edited
from engine.files import load_scenario
from engine.session import Session
from tui.panels.header import _line
from tui.view import View


@pytest.mark.parametrize(
    ("shortened", "text"),
    [
        ((), "mazur  branch 1   iteration 1,000   example 1/1   step 9/14   ◂ backward  "
             "∂E_total/∂w  error by parameter of layer 2"),
        (("what",), "mazur  branch 1   iteration 1,000   example 1/1   step 9/14   ◂ backward  ∂E/∂w of layer 2"),
        (("what", "place"), "mazur  branch 1   it. 1,000   step 9/14   ◂ backward  ∂E/∂w of layer 2"),
        (("what", "place", "phase"), "mazur  branch 1   it. 1,000   step 9/14   ◂  ∂E/∂w of layer 2"),
    ],
)  # fmt: skip
def test_what_is_shortened_first(shortened, text):
    session = edited(Session.open(load_scenario("mazur")).seek(1000, 9), {"w5": 0.5})
    view = View(session, session, 0, session.scenario.notation, 6)
    assert _line(view, **dict.fromkeys(shortened, False)).plain == text
