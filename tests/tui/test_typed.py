"""What is pasted into a question's line: no code of it reaches the terminal."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events

from engine.ask.whereabouts import named_place, place_of
from engine.files import load_scenario
from engine.files.save.where import SaveError, path_of
from engine.predict.lesson import Lesson
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from tests.tui.screens import opened, press, screen_text, settled
from tui.dialogs.edit import ask_value
from tui.dialogs.run_on import ask_how_far
from tui.picker.entries import folder_entries, typed
from tui.picker.folder import Folder
from tui.terminal.answer_line import TypedLine
from tui.view.named import named

HOSTILE = "\x1b[31mred\x9b32m\u202e[@click=app.quit]x[/]"


async def test_pasted_codes_reach_neither_the_screen_nor_the_message():
    """Every question has the same kind of line; the go-to dialog is asked with it, and says what it can't read."""
    async with opened() as (app, pilot):
        for keys in (["slash"], ["s"], ["g"], ["ctrl+p"]):
            await press(pilot, *keys)
            if keys == ["ctrl+p"]:
                app.post_message(events.Paste(f"{HOSTILE}\nand more"))
            else:
                assert isinstance(app.focused, TypedLine)
                app.focused.post_message(events.Paste(HOSTILE))
            await settled(pilot)
            assert app.focused.value.endswith("[31mred32m[@click=app.quit]x[/]")
            if keys == ["g"]:
                await press(pilot, "enter")
            assert screen_text(app).replace("\n", "").isprintable()
            await press(pilot, "escape")


async def test_keys_that_come_together_are_typed_in_their_order():
    """As from a slow line: nothing is drawn between them, and what comes after `enter` is not typed any more."""
    async with opened() as (app, pilot):
        await press(pilot, "right", "g")
        for key in ["9", "ctrl+u", "1", "2", "backspace", "4", "left", "3", "enter", "7"]:
            app.post_message(events.Key(key, key if key.isdigit() else None))
        await settled(pilot)
        assert app.screen.session.iteration == 134


@pytest.mark.parametrize("text", ["", "0.5 + w5", "漢字 e\u0301 δ"])
def test_what_can_be_shown_stays(text):
    assert TypedLine().validate_value(text) == text


WALK = Session.open(load_scenario("mazur")).seek(0, 8)
NETWORK = WALK.scenario.network
LESSONS = [Lesson().ask(WALK.seek(0, done)) for done in (1, 8)]
"""That ask for a number, and for a sign."""
PIECES = [
    *"+-*/()., :<=E0123456789[]~",
    *["**", "9**9**9**9", "1/0", "exp(1e9)", "exp(", "w5", "out_h1", "dE/dw[w5]", "E_epoch[", "1e999", "1e-999", "nan"],
    *[
        "3:",
        "E < ",
        " and ",
        "iterations",
        "h1",
        "δ",
        "٣",
        "²",
        "−",
        "漢",
        "e\u0301",
        "\u202e",
        "../",
        "~x/",
        "/dev/",
        "\0",
    ],
]
ANSWERS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=9).map("".join)
LONG = [
    piece * 100_000 for piece in ("9*", "(", "-", "1 ", "E < ", "it goes ", "w", "../", "~", "9**", "1e", "exp(", " ")
]


def readers():
    """Each question's way to read its answer; the errors that it tells are all that may be raised."""
    return {
        "run on": ask_how_far(WALK, CANONICAL)._read,
        "edit": ask_value(WALK, ("w5",), 0, CANONICAL)._read,
        "go to": lambda text: place_of(WALK, *named_place(text, NETWORK)),
        "save": path_of,
        "find": lambda text: named(NETWORK).found(text),
        "pick": lambda text: folder_entries(Folder(Path("/x"), ("a",), ("b.toml",)), typed(text, Path("/x"))),
    }


@settings(max_examples=100)
@given(answer=ANSWERS)
def test_any_answer_is_used_or_refused_in_a_short_line(answer):
    refused(answer)


@pytest.mark.parametrize("answer", LONG, ids=lambda text: text[:8])
def test_a_very_long_answer_too(answer):
    refused(answer)


def refused(answer):
    line = TypedLine().validate_value(answer)
    for lesson in LESSONS:
        feedback = lesson.answer(line, CANONICAL).feedback
        assert feedback is None or len(feedback.problem) < 300
    for name, read in readers().items():
        try:
            read(line)
        except (ValueError, LookupError, SaveError) as error:
            told = str(error.args[0])
            assert told.isprintable(), name
            assert len(told) < 300, name
