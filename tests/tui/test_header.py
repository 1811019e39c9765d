"""The header says as much of the place as has room, the least needed words shortened first."""

import pytest
from msgspec.structs import replace

from engine.files import load_scenario
from engine.walking.branch import edited
from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import opened, press, screen_text
from tui.panels.header import _line
from tui.view.seen import View
from tui.words.batches import numbered, titled


@pytest.mark.parametrize(
    ("shortened", "text"),
    [
        ((), "mazur  branch 1   iteration 1,000   example 1/1   step 9/14   ◂ backward  "
             "∂E_total/∂w  how E changes with parameters of layer 2"),
        (("what",), "mazur  branch 1   iteration 1,000   example 1/1   step 9/14   ◂ backward  ∂E/∂w of layer 2"),
        (("what", "place"), "mazur  branch 1   it. 1,000   step 9/14   ◂ backward  ∂E/∂w of layer 2"),
        (("what", "place", "phase"), "mazur  branch 1   it. 1,000   step 9/14   ◂  ∂E/∂w of layer 2"),
    ],
)  # fmt: skip
def test_what_is_shortened_first(shortened, text):
    session = edited(Session.open(load_scenario("mazur")).seek(1000, 9), {"w5": 0.5})
    view = View(session, session, 0, session.scenario.notation, 6)
    assert _line(view, **dict.fromkeys(shortened, False)).plain == text


def test_where_no_words_are_left_to_shorten_the_name_is_cut():
    session = Session.open(load_scenario("baeldung-batches")).seek(0, 9)
    view = View(session, session, 0, session.scenario.notation, 6)
    few = {"what": False, "place": False, "phase": False}
    words = "   it. 0   batch 1–2, ex. 1   step 9/14   ◂  ∂J/∂w of layer 2"
    assert _line(view, **few).plain == f"baeldung-batches{words}"
    assert _line(view, **few, over=6).plain == f"baeld…ches{words}"
    assert _line(view, **few, over=99).plain.endswith(words)


async def test_what_a_step_computes_is_in_the_header_of_a_small_screen():
    async with opened("baeldung-batches", size=(80, 24)) as (app, pilot):
        await press(pilot, *["right"] * 9)
        assert "◂  ∂J/∂w of layer 2  " in screen_text(app)


@pytest.mark.parametrize(
    ("examples", "most", "words"),
    [
        ((0,), 4, "1"),
        ((2, 3, 4), 2, "3–5"),
        ((3, 1), 4, "4, 2"),
        ((1, 0), 4, "2, 1"),
        ((8, 1, 2, 3, 4), 4, "9, 2, 3, 4 …"),
        ((8, 1, 2, 3, 4), None, "9, 2, 3, 4, 5"),
    ],
)
def test_examples_in_words(examples, most, words):
    assert numbered(examples, most) == words


def test_one_example_and_several():
    assert [titled((4,)), titled((4, 5))] == ["example 5", "examples 5–6"]


def test_a_batch_is_named_as_it_is_walked():
    scenario = make((2, 2, 1), examples=6, batch=2)
    shuffled = replace(scenario, training=replace(scenario.training, shuffle=3))
    for one in (scenario, shuffled):
        session = Session.open(one).seek(1, 1)
        batch = session.values.examples
        view = View(session, session, 1, one.notation, 6)
        named = "3–4" if one is scenario else f"{batch[0] + 1}, {batch[1] + 1}"
        assert f"   batch {named} of 6   example {batch[1] + 1}   " in _line(view).plain
        assert f"   batch {named}, ex. {batch[1] + 1}   " in _line(view, place=False).plain
    assert batch != (2, 3)
