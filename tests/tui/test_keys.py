"""Every key of the list does what the list says.

`EFFECTS` has an entry for all that keys do by `tui/view/keys.py`: the keys to press one after the other, each with what
must be true once it is pressed. They are pressed at step 5 of mazur (the outputs are the last thing computed), on a new
screen for each action. A key without an entry, and one that no entry presses, fail.

To add a key: add it to `KEYS`, and here `"does": [((*keys before it, key), check)]`, where `check` is a function of
the app, false before the keys and true after them. `at`, `on_screen`, `opened_dialog` and `selects` below make the
usual ones.
"""

from pathlib import Path

import pytest
from textual.actions import parse
from textual.widgets import Input

from engine.files import load_scenario
from engine.walking.session import Session
from tests.tui.screens import at_rest, opened, press, screen_text, settled
from tui.dialogs.activation import ActivationView
from tui.dialogs.ask import Ask
from tui.dialogs.find import Find
from tui.dialogs.gradient import Gradients
from tui.dialogs.help import Help
from tui.dialogs.operands import Operands
from tui.dialogs.save import Save
from tui.dialogs.verify import Verify
from tui.dialogs.what_if import WhatIfView
from tui.map.widget import MapPanel
from tui.panels.question import AnswerLine
from tui.picker.list import EntryList
from tui.picker.screen import Picker
from tui.stepper.screen import StepperScreen
from tui.view.keys import KEYS, PICKER_KEYS
from tui.view.settings import Kept


def stepper(app):
    return next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))


def at(iteration, done):
    """The walk stands there."""
    return lambda app: (stepper(app).session.iteration, stepper(app).session.done) == (iteration, done)


def on_screen(words, absent=None):
    """The words are to be read, and those others not."""
    return lambda app: words in screen_text(app) and (absent is None or absent not in screen_text(app))


def opened_dialog(kind):
    """The dialog is open."""
    return lambda app: isinstance(app.screen, kind)


def selects(name):
    """The node or parameter is selected; None if nothing is."""
    return lambda app: stepper(app).view.selected == name


def mapped(over):
    """The map is there, over these inputs."""

    def check(app):
        drawing = stepper(app).query_one(MapPanel).drawing
        return stepper(app).has_class("mapping") and drawing is not None and over in drawing.title

    return check


def playing(speed):
    return lambda app: stepper(app).play.beat.on and stepper(app).play.beat.speed == speed


EFFECTS = {
    "walk.forward": [(("right",), at(0, 6)), (("space",), at(0, 7))],
    "walk.back": [(("left",), at(0, 4))],
    "walk.go('phase')": [
        (("right_square_bracket",), at(0, 6)),
        (("comma",), at(0, 7)),
        (("shift+right",), at(0, 13)),
    ],
    "walk.go('phase back')": [
        (("left_square_bracket",), at(0, 1)),
        ((*["right"] * 8, "semicolon"), at(0, 7)),
        (("shift+left",), at(0, 6)),
    ],
    "walk.go('iteration')": [(("n",), at(1, 5)), (("pagedown",), at(2, 5))],
    "walk.go('iteration back')": [(("n", "n", "p"), at(1, 5)), (("pageup",), at(0, 5))],
    "walk.go('start')": [(("home",), at(0, 0))],
    "walk.go('furthest')": [(("home",), at(0, 0)), (("end",), at(0, 5))],
    "run.to": [(("g",), opened_dialog(Ask)), ((*"7", "enter"), at(7, 1))],
    "run.on": [(("r",), opened_dialog(Ask))],
    "play.toggle": [(("a",), playing(1.0)), (("a",), lambda app: not stepper(app).play.beat.on)],
    "play.change_speed(1)": [(("a", "plus"), playing(2.0))],
    "play.change_speed(-1)": [(("a", "minus"), playing(0.5))],
    "select.move('down')": [(("down",), selects("o2"))],
    "select.move('up')": [(("up",), selects("b2"))],
    "select.move('right')": [(("down", "up", "tab"), selects("i1"))],
    "select.move('left')": [(("shift+tab",), selects("w5"))],
    "select.find": [(("slash",), opened_dialog(Find)), ((*"w3", "enter"), selects("w3"))],
    "select.trace": [(("enter",), opened_dialog(Operands)), (("enter",), at(0, 4))],
    "select.go_back": [(("enter", "enter"), at(0, 4)), (("backspace",), at(0, 5))],
    "see.unselect": [
        (("down",), selects("o2")),
        (("escape",), selects(None)),
        (("2",), on_screen("again", "parameters")),
        (("escape",), on_screen("parameters", "again")),
    ],
    "branch.edit": [
        (("shift+tab", "e"), opened_dialog(Ask)),
        ((*"0.9", "enter"), lambda app: [branch.number for branch in stepper(app).session.tree.branches] == [0, 1]),
    ],
    "branch.choose": [(("b",), on_screen("There is only this walk"))],
    "notes.turn": [(("i",), on_screen("Notes appear where"))],
    "notes.lecture": [(("m",), on_screen("Lecture: ")), (("m",), on_screen("The lecture is over"))],
    "explore.what_if": [(("w",), opened_dialog(WhatIfView))],
    "explore.activation": [(("f",), opened_dialog(ActivationView))],
    "predict.toggle": [(("t",), lambda app: isinstance(app.focused, AnswerLine))],
    "open.choose": [(("o",), opened_dialog(Picker))],
    "open.reload": [(("ctrl+r",), on_screen("is read again"))],
    "save.ask": [(("s",), opened_dialog(Save))],
    "see.detail": [(("d",), on_screen("/38")), (("d",), on_screen("/14"))],
    "see.example": [(("x",), on_screen("only one example"))],
    "see.notation": [(("y",), on_screen("y[o1]", "out_o1")), (("y",), on_screen("out_o1", "y[o1]"))],
    "see.digits": [(("full_stop",), on_screen("0.751365070")), (("full_stop",), on_screen("0.7513650695523157"))],
    "see.matrices": [(("k",), on_screen("(2×1)")), (("k",), on_screen("1 / (1 + e^", "(2×1)"))],
    "see.large('graph')": [
        (("1",), on_screen("1: all panels again", "─ nodes")),
        (("1",), on_screen("─ nodes", "again")),
    ],
    "see.large('nodes')": [(("2",), on_screen("─ nodes", "parameters")), (("2",), on_screen("─ parameters", "again"))],
    "see.large('parameters')": [(("3",), on_screen("h1 → o1", "─ nodes")), (("3",), on_screen("─ nodes", "→ o1"))],
    "see.large('equation')": [
        (("4",), on_screen("where its numbers", "─ nodes")),
        (("4",), on_screen("─ nodes", "again")),
    ],
    "see.large('history')": [(("5",), on_screen("by iteration", "─ nodes")), (("5",), on_screen("─ nodes", "again"))],
    "maps.toggle": [(("h",), mapped("i1 → and i2 ↑")), (("h",), on_screen("─ nodes", "╋ "))],
    "maps.over": [(("h", "j"), mapped("i2 → and i1 ↑")), (("j",), mapped("i1 → and i2 ↑"))],
    "see.large('map')": [(("6",), on_screen("6 all panels", "─ nodes")), (("6",), on_screen("─ nodes", "╋ "))],
    "see.logarithmic": [(("l",), on_screen("logarithmic")), (("l",), on_screen("by iteration", "logarithmic"))],
    "explore.verify": [(("v",), opened_dialog(Verify))],
    "explore.own": [(("u",), opened_dialog(Ask))],
    "explore.gradients": [(("c",), opened_dialog(Gradients))],
    "app.picture": [(("z",), lambda app: (Path.cwd() / "mazur-0-5.svg").is_file())],
    "explore.help": [(("question_mark",), opened_dialog(Help))],
    "save.quit": [(("q",), lambda app: not app.is_running or app._exit)],
}


def chooses(name):
    """The picker's choice."""
    return lambda app: app.screen._chosen is not None and app.screen._chosen.text == name


def far_down(app):
    """The choice is more than a few lines down."""
    return (app.screen.query_one(EntryList).highlighted or 0) > 5


PICKER_EFFECTS = {
    "open": [(("enter",), opened_dialog(StepperScreen))],
    "move('cursor_down')": [(("down",), chooses("mazur"))],
    "move('cursor_up')": [(("down",), chooses("mazur")), (("up",), chooses("google"))],
    "move('page_down')": [(("pagedown",), far_down)],
    "move('page_up')": [(("pagedown",), far_down), (("pageup",), chooses("google"))],
    "move('first')": [(("end",), chooses("../")), (("home",), chooses("google"))],
    "move('last')": [(("end",), chooses("../"))],
    "search": [(("slash",), lambda app: isinstance(app.focused, Input))],
    "reload": [(("r",), on_screen("Read again."))],
    "details": [
        (("tab",), lambda app: app.focused is not None and app.focused.id == "about"),
        (("tab",), lambda app: app.focused is None),
    ],
    "return": [(("escape",), on_screen("no walk to go back to"))],
    "help": [(("question_mark",), opened_dialog(Help))],
    "quit": [(("q",), lambda app: not app.is_running or app._exit)],
}
"""The same for the picker's keys, `PICKER_KEYS`, pressed at its first scenario, google."""


async def test_what_a_key_does_is_there():
    async with opened("mazur") as (app, _):
        for entry in KEYS:
            controller, method, _ = parse(entry.does)
            assert controller == "app" or callable(getattr(getattr(app.screen, controller), method)), entry


@pytest.mark.parametrize(("listed", "effects"), [(KEYS, EFFECTS), (PICKER_KEYS, PICKER_EFFECTS)])
def test_every_key_has_a_test(listed, effects):
    missing = {entry.does for entry in listed} - set(effects)
    assert not missing, "add an entry to EFFECTS, or PICKER_EFFECTS"
    for entry in listed:
        pressed = {key for keys, _ in effects[entry.does] for key in keys}
        assert set(entry.keys) <= pressed, f"{entry.does}: press every key of it"


@pytest.mark.parametrize("group", dict.fromkeys(entry.group for entry in KEYS))
async def test_keys_do_what_the_list_says(group, known, monkeypatch, tmp_path):
    """One app for a group, a new screen for each action: a start costs more than all its keys."""
    start = Session.open(load_scenario("mazur")).seek(0, 5)
    monkeypatch.chdir(tmp_path)
    wrong = []
    async with opened(start) as (app, pilot):
        for action in [entry.does for entry in KEYS if entry.group == group]:
            while len(app.screen_stack) > 2:
                app.pop_screen()
            app.kept = Kept()
            app.kept.override(notes=False)
            await app.switch_screen(StepperScreen(start))
            for toast in app.screen.query("Toast"):
                toast.remove()
            await settled(pilot)
            wrong += await tried(app, pilot, EFFECTS[action])
    assert not wrong


async def test_keys_of_the_picker_do_what_the_list_says(known, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    wrong = []
    async with opened("mazur") as (app, pilot):
        for action in [entry.does for entry in PICKER_KEYS]:
            while len(app.screen_stack) > 2:
                app.pop_screen()
            await app.push_screen(Picker(app.catalogue))
            await at_rest(pilot)
            wrong += await tried(app, pilot, PICKER_EFFECTS[action])
    assert not wrong


async def tried(app, pilot, effects):
    """Presses the keys one after the other; gives those that did not do it."""
    wrong = []
    for keys, check in effects:
        before = check(app)
        await press(pilot, *keys)
        await at_rest(pilot)
        if before or not check(app):
            wrong.append((keys, "true already before" if before else "nothing of it"))
    return wrong
