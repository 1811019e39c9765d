"""What takes a while in the app is shown; escape stops it and leaves everything as it was, and keys are answered."""

import asyncio
import threading

import pytest

from engine.ask.landscape import Landscape
from engine.ask.whereabouts import go_to
from engine.check.marks import go_to_figure
from engine.files import load_scenario, shipped_path
from engine.files.save.save import save
from engine.formula.quantity import Quantity
from engine.told import untold
from engine.walking.branch import branch_at, edited
from engine.walking.session import Position, Session
from engine.walking.timeline import Timeline
from tests.networks import make, mazur
from tests.tui.held import Held
from tests.tui.screens import at_rest, opened, press, screen_text, settled
from tui.dialogs import landscape, looking, what_if
from tui.dialogs.save import Save as SaveDialog
from tui.map.land import frame_at, ground_of
from tui.panels.run_line import Working, working_line
from tui.picker import problems
from tui.picker import screen as picker
from tui.terminal.beside import Beside, StoppedError


def beside(shown=lambda: None):
    """A work that says something, waits until it was shown, says something again, and what was shown of it."""
    gate, seen = threading.Event(), []

    def work(told):
        told(1, 2, "halves")
        gate.wait()
        told(2, 2, "halves")
        return "done"

    def show(*said):
        seen.append(said)
        if said == (1, 2, "halves"):
            shown()
            gate.set()

    return Beside(work, show), seen


async def test_a_work_beside_the_app_says_how_far_it_is():
    work, seen = beside()
    assert await work.result() == "done"
    assert (1, 2, "halves") in seen


async def test_it_ends_at_the_next_word_after_it_was_stopped():
    work, _ = beside(lambda: work.stop())
    with pytest.raises(StoppedError):
        await work.result()
    assert work.said == (2, 2, "halves")


async def test_what_was_stopped_in_its_last_part_is_stopped_all_the_same():
    gate = threading.Event()

    def show(*said):
        work.stop()
        gate.set()

    work = Beside(lambda told: gate.wait(), show)
    with pytest.raises(StoppedError):
        await work.result()


async def test_who_does_not_wait_any_more_has_stopped_it():
    shown = asyncio.Event()
    work, _ = beside(shown.set)
    waiting = asyncio.create_task(work.result())
    await shown.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.stopped


async def test_what_goes_wrong_in_it_goes_wrong_for_who_waits():
    def work(told):
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        await Beside(work, untold).result()


@pytest.fixture
def held(monkeypatch):
    """Works are held, and every way to another iteration is long."""
    monkeypatch.setattr(Held, "let_go", asyncio.Event())
    monkeypatch.setattr(Timeline, "takes_long", lambda timeline, iteration, rows=0: True)
    return Held.let_go


WAYS = {
    "p": (["p"], (99, 9, 0)),
    "n": (["n"], (101, 9, 0)),
    "[": (["left_square_bracket"] * 4, None),
    "end": (["end"], (120, 1, 0)),
    "g": (["g", *"17", "enter"], (17, 1, 0)),
}


async def walked(app, pilot):
    """A walk that was at 120, and stands at 100."""
    app.screen.session = app.screen.session.seek(120, 1).seek(100, 9)
    await settled(pilot)


@pytest.mark.parametrize("way", WAYS)
async def test_a_long_way_is_shown_and_leads_where_it_always_leads(way, held):
    keys, place = WAYS[way]
    async with opened() as (app, pilot):
        await walked(app, pilot)
        app.screen.wait.beside = Held
        before = app.screen.session
        await press(pilot, *keys)
        if place is None:  # the phases before are of this iteration
            assert app.screen.wait.work is None or app.screen.session.iteration == 100
            held.set()
            await at_rest(pilot)
            return
        assert app.screen.session is before
        assert " 30 %   12 of 40 iterations walked again   escape stops" in screen_text(app)
        held.set()
        await at_rest(pilot)
        there = Session.open(mazur()).seek(place[0], place[1])
        assert app.screen.session.position == Position(*place)
        assert app.screen.session.values.theta.tolist() == there.values.theta.tolist()
        assert "escape stops" not in screen_text(app)
        assert not app.screen.has_class("running")


async def test_escape_stops_it_and_nothing_has_changed(held, told):
    async with opened() as (app, pilot):
        await walked(app, pilot)
        app.screen.wait.beside = Held
        before, seen = app.screen.session, screen_text(app)
        await press(pilot, "p", "right")
        assert told[-1] == "This takes a moment: escape stops it."
        await press(pilot, "d")
        assert told[-1] == "This takes a moment: escape stops it."
        await press(pilot, "escape", "n")
        assert told[-1] == "It is being stopped."
        held.set()
        await at_rest(pilot)
        assert told[-1] == "Stopped: everything is as it was."
        assert app.screen.session is before
        assert screen_text(app) == seen
        await press(pilot, "right")
        assert app.screen.session.done == before.done + 1


async def test_nothing_is_drawn_of_a_walk_that_is_being_walked_and_help_is_there(held):
    async with opened() as (app, pilot):
        await walked(app, pilot)
        app.screen.wait.beside = Held
        await press(pilot, "p")
        screen = app.screen
        screen.redraw()
        assert screen.wait.drawn_later
        await press(pilot, "question_mark")
        assert app.screen is not screen
        await press(pilot, "escape")
        held.set()
        await at_rest(pilot)
        assert not screen.wait.drawn_later
        assert screen.session.iteration == 99


# Edits, branches, and where numbers come from


def state(app):
    """All that a stopped work leaves as it was."""
    screen = app.screen
    known = screen.session, screen.session.tree, screen.chosen.selected, screen.chosen.compared, screen.chosen.example
    return *known, list(screen.select.returns), screen_text(app)


def edited_far():
    """A walk whose branch, at 100, leaves main, which went to 120; it stands in it at 110."""
    main = Session.open(mazur()).seek(120, 9).seek(100, 9)
    return edited(main, {"w5": 0.75}).seek(110, 4)


MOVES = {
    "an edit": (["e", *"0.125", "enter"], lambda here: edited(here, {"w1": 0.125})),
    "the branch that is left": (["b", "up", "enter"], lambda here: branch_at(here, 0)),
    "this place in it": (["b", "up", "h"], lambda here: branch_at(here, 0, same_place=True)),
    "where a parameter was made": (["enter"], lambda here: go_to(here, 109, Quantity("w+", "w1"))),
}


@pytest.mark.parametrize("name", MOVES)
async def test_what_is_walked_again_for_it_is_shown_and_can_be_stopped(name, held, told):
    keys, move = MOVES[name]
    async with opened(edited_far()) as (app, pilot):
        app.screen.chosen.selected = "w1"
        app.screen.redraw()
        await settled(pilot)
        app.screen.wait.beside = Held
        here, before = app.screen.session, state(app)
        await press(pilot, *keys)
        assert "12 of 40 iterations walked again   escape stops" in screen_text(app)
        assert app.screen.session is here
        await press(pilot, "e", "escape")
        held.set()
        await at_rest(pilot)
        assert told[-1] == "Stopped: everything is as it was."
        assert state(app) == before

        held.clear()
        await press(pilot, *keys)
        assert app.screen.session is here
        held.set()
        await at_rest(pilot)
        there, expected = app.screen.session, move(here)
        assert (there.position, there.furthest) == (expected.position, expected.furthest)
        assert there.tree.current == expected.tree.current
        assert [branch.edits for branch in there.tree.branches] == [branch.edits for branch in expected.tree.branches]
        assert there.values.theta.tolist() == expected.values.theta.tolist()
        assert "escape stops" not in screen_text(app)


async def test_the_way_back_to_where_a_number_was_asked_for_can_be_stopped(held, told):
    async with opened(edited_far()) as (app, pilot):
        app.screen.chosen.selected = "w1"
        held.set()
        app.screen.wait.beside = Held
        here = app.screen.session
        await press(pilot, "enter")
        await at_rest(pilot)
        assert app.screen.session.iteration == 109
        held.clear()
        before = state(app)
        await press(pilot, "backspace", "escape")
        held.set()
        await at_rest(pilot)
        assert (told[-1], state(app)) == ("Stopped: everything is as it was.", before)
        await press(pilot, "backspace")
        await at_rest(pilot)
        assert app.screen.session.position == here.position
        assert app.screen.select.returns == []


async def test_a_published_figure_of_main_is_gone_to_from_a_branch(held, told):
    walk = edited(Session.open(load_scenario("mazur")).seek(100, 9), {"w5": 0.75})
    async with opened(walk) as (app, pilot):
        app.screen.wait.beside = Held
        before = state(app)
        await press(pilot, "v")
        await at_rest(pilot)
        await press(pilot, "enter", "escape")
        held.set()
        await at_rest(pilot)
        assert (told[-1], state(app)) == ("Stopped: everything is as it was.", before)
        await press(pilot, "v")
        await at_rest(pilot)
        await press(pilot, "enter")
        await at_rest(pilot)
        there = app.screen.session
        figure = walk.tree.main.timeline.scenario.published[0]
        assert there.tree.current == 0
        assert there.position == go_to_figure(branch_at(walk, 0), figure).position
        assert told[-1] == "Figures are of main; b returns to branch 1."


async def test_whole_steps_lead_back_to_the_iteration_before(held, told):
    """Of an iteration's first row one number is shown: before it the last whole row is one of another iteration."""
    walk = Session.open(mazur(), "scalar").seek(120, 1).seek(100, 1)
    async with opened(walk) as (app, pilot):
        app.screen.wait.beside = Held
        before = state(app)
        await press(pilot, "d")
        assert "escape stops" in screen_text(app)
        await press(pilot, "escape")
        held.set()
        await at_rest(pilot)
        assert (told[-1], state(app)) == ("Stopped: everything is as it was.", before)
        await press(pilot, "d")
        await at_rest(pilot)
        assert app.screen.session.detail == "layer"
        assert app.screen.session.position == walk.with_detail("layer").position == Position(99, 14)


async def test_the_way_to_where_edits_are_saved_can_be_stopped(held, told):
    async with opened(branch_at(edited_far(), 0).seek(5, 1)) as (app, pilot):
        app.screen.wait.beside = Held
        before = state(app)
        await press(pilot, "q", "s", "escape")
        held.set()
        await at_rest(pilot)
        assert (told[-1], state(app)) == ("Stopped: everything is as it was.", before)
        await press(pilot, "q", "s")
        await at_rest(pilot)
        assert app.screen_stack[1].session.tree.current == 1
        assert isinstance(app.screen, SaveDialog)


async def test_a_file_that_is_written_says_how_far_it_is_and_escape_stops_it(held, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened(edited_far()) as (app, pilot):
        await press(pilot, "s")
        dialog = app.screen
        dialog.beside = Held
        await press(pilot, *"net", "enter")
        assert "12 of 40 iterations walked again …   escape stops" in screen_text(app)
        await press(pilot, "escape")
        held.set()
        await at_rest(pilot)
        assert app.screen is dialog
        assert "Stopped: nothing is written." in screen_text(app)
        assert list(tmp_path.iterdir()) == []
        await press(pilot, "enter")
        await at_rest(pilot)
        assert app.screen is not dialog
        assert [path.name for path in tmp_path.iterdir()] == ["net.toml"]


async def test_what_is_written_already_is_not_stopped(held, tmp_path, monkeypatch):
    """Escape comes when the file is there."""

    class Late(Held):
        async def result(self):
            self._work(self._told)
            self.stop()
            raise StoppedError

    monkeypatch.chdir(tmp_path)
    async with opened(edited_far()) as (app, pilot):
        await press(pilot, "s")
        app.screen.beside = Late
        await press(pilot, *"net", "enter")
        await at_rest(pilot)
        assert not isinstance(app.screen, SaveDialog)
        assert [path.name for path in tmp_path.iterdir()] == ["net.toml"]


def test_a_file_that_is_stopped_on_its_way_leaves_the_folder_as_it_was(tmp_path):
    class EnoughError(Exception):
        pass

    scenario, words = edited_far().scenario, []
    save(scenario, tmp_path / "whole.toml", told=lambda *said: words.append(said))
    for last in range(len(words)):
        heard = []

        def told(*said, last=last, heard=heard):
            heard.append(said)
            if len(heard) > last:
                raise EnoughError

        with pytest.raises(EnoughError):
            save(scenario, tmp_path / "net.toml", told=told)
        assert [path.name for path in tmp_path.iterdir()] == ["whole.toml"]


def test_parents_are_heard_too_and_steps_that_are_walked():
    walk, said = edited_far(), []
    timeline = walk.timeline
    with timeline.telling(lambda *words: said.append(words)):
        walk.seek(37, 5)
        walk.seek(130, 3)
    assert {what for _, _, what in said} == {"iterations walked again", "iterations", "steps"}
    assert [words for words in said if words[2] == "steps"][:5] == [(done, 5, "steps") for done in range(5)]
    assert timeline.parent.told is untold is timeline.told


def test_what_is_stopped_on_its_way_leaves_the_course_as_it_was():
    """Whatever word is its last one: the place has the same numbers afterwards."""

    class EnoughError(Exception):
        pass

    words = []
    walk = edited_far()
    with walk.tree.main.timeline.telling(lambda *said: words.append(said)):
        expected = branch_at(walk, 0).seek(37, 5).values
    for last in range(len(words)):
        walk, heard = edited_far(), []

        def told(*said, last=last, heard=heard):
            heard.append(said)
            if len(heard) > last:
                raise EnoughError

        main = walk.tree.main.timeline
        with pytest.raises(EnoughError), main.telling(told):
            branch_at(walk, 0).seek(37, 5)
        found = branch_at(walk, 0).seek(37, 5).values
        assert [result.tolist() for result in found.results] == [result.tolist() for result in expected.results]
        assert found.theta.tolist() == expected.theta.tolist()


def test_how_far_away_an_iteration_is():
    timeline = Timeline(mazur(), budget=10 * mazur().theta.nbytes)
    assert timeline.away(40) == 40
    timeline.extend(1000)
    stride = timeline._stride
    assert [timeline.away(k) for k in (0, 5, stride, 2 * stride + 3, 1000, 1007)] == [0, 5, 0, 3, 0, 7]
    timeline.start(stride - 1)
    assert timeline.away(stride - 2) == 0  # what was replayed for it is kept
    assert not timeline.takes_long(1000)


def test_what_takes_long():
    small, large = Timeline(mazur()), Timeline(make((400, 500, 10), examples=30, batch=30))
    assert not small.takes_long(100, 14)
    assert small.takes_long(1_000_000)
    assert not large.takes_long(0, 1)
    assert large.takes_long(20)
    whole = Timeline(make((400, 500, 10), examples=400, batch=400))
    assert not whole.takes_long(0)
    assert whole.takes_long(0, len(whole.steps.rows))  # its rows alone are enough
    assert whole.takes_long(1)


@pytest.mark.parametrize("width", [58, 78, 118])
def test_the_line_of_a_work_fits(width):
    for working in (
        Working(0, None, "standardizing the inputs"),
        Working(27_900, 60_000, "rows of a-file-with-a-very-long-name-that-goes-on-and-on.csv"),
        Working(12, 40, "iterations walked again", stopping=True),
    ):
        line = working_line(working, width)
        assert line.cell_length <= width
    assert line.plain.endswith("iterations walked again   stopping …")
    assert line.plain.count("━") < line.plain.count("─")


@pytest.fixture
def said_at_once(monkeypatch):
    """A dialog says how far it is as soon as it is asked for."""
    monkeypatch.setattr(looking, "BETWEEN", 0)


@pytest.mark.parametrize(("scenario", "keys"), [("mazur", ["end", "down"]), ("unrolled-rnn", []), ("xor", ["n", "n"])])
async def test_a_what_if_that_takes_long_is_computed_beside_it(scenario, keys, held, said_at_once, monkeypatch):
    async with opened(scenario) as (app, pilot):
        await press(pilot, *keys, "w", "right", "right")
        whole = screen_text(app)
        await press(pilot, "home")
        home = screen_text(app)
        await press(pilot, "escape")
        before = app.screen.session
        monkeypatch.setattr(what_if, "AT_ONCE", 0)
        monkeypatch.setattr(looking, "Beside", Held)
        await press(pilot, "w", "right", "right")
        bare = screen_text(app)
        assert "computing: 12 of 40 iterations walked again …   escape closes" in bare
        assert "= —" in bare
        assert "○ …" in bare
        held.set()
        await at_rest(pilot)
        assert screen_text(app) == whole != bare
        await press(pilot, "home")
        await at_rest(pilot)
        assert screen_text(app) == home
        await press(pilot, "escape")
        assert app.screen.session is before


async def test_of_a_what_if_what_is_wanted_is_known_first_and_nothing_stale_is_shown(monkeypatch, said_at_once):
    monkeypatch.setattr(what_if, "AT_ONCE", 0)
    async with opened() as (app, pilot):
        await press(pilot, "w")
        await at_rest(pilot)
        first = screen_text(app)
        monkeypatch.setattr(Held, "let_go", asyncio.Event())
        monkeypatch.setattr(looking, "Beside", Held)
        await press(pilot, "down")
        other = screen_text(app)
        assert "what if w2 were different" in other
        assert "E_total = —" in other
        assert first.count("⠤") > 0
        await press(pilot, "escape")
        Held.let_go.set()
        await at_rest(pilot)
        assert not isinstance(app.screen, what_if.WhatIfView)


async def test_a_landscape_that_takes_long_is_computed_beside_it(held, said_at_once, monkeypatch):
    async with opened() as (app, pilot):
        await press(pilot, "w", "w", "enter")
        whole = screen_text(app)
        await press(pilot, "escape", "escape")
        monkeypatch.setattr(landscape, "AT_ONCE", 0)
        monkeypatch.setattr(looking, "Beside", Held)
        await press(pilot, "w", "w", "enter")
        bare = screen_text(app)
        assert "computing: 12 of 40 iterations walked again …   escape closes" in bare
        assert "E — " in bare
        assert "○ …" in bare
        await press(pilot, "right")  # which is no reason to begin anew
        await press(pilot, "home")
        held.set()
        await at_rest(pilot)
        assert screen_text(app) == whole != bare


@pytest.mark.parametrize(("besides_at_once", "begun"), [(1, 1), (1e12, 2)])
async def test_a_landscape_that_is_closed_is_computed_no_more(besides_at_once, begun, held, monkeypatch):
    """What is drawn of another frame is begun anew, what there is to say of the two numbers is not."""
    works = []

    class Kept(Held):
        def __init__(self, *given):
            super().__init__(*given)
            works.append(self)

        async def result(self):
            try:
                return await super().result()
            finally:
                self.stop()

    monkeypatch.setattr(landscape, "AT_ONCE", 1)
    monkeypatch.setattr(landscape, "BESIDES_AT_ONCE", besides_at_once)
    monkeypatch.setattr(looking, "Beside", Kept)
    async with opened() as (app, pilot):
        await press(pilot, "w", "w", "enter", "plus", "escape")
        await settled(pilot)
        assert not isinstance(app.screen, landscape.LandscapeView)
        assert [work.stopped for work in works] == [True] * begun


def test_the_lines_of_a_landscape_are_told():
    said = []
    land = Landscape(Session.open(mazur()).seek(0, 14), "w5", "w6")
    frame = frame_at(land, 1.0, 12, 6)
    ground_of(land, frame, lambda *words: said.append(words))
    assert said == [(row, 2 * frame.rows, "lines of points") for row in range(2 * frame.rows)]


# Opening a file


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two files to choose."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(shipped_path("mazur").read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def picking(pilot, app, held):
    """The picker with a file chosen that is being opened."""
    await at_rest(pilot)
    screen = app.screen
    for index, entry in enumerate(screen._entries):
        if entry.text.startswith("one"):
            screen.query_one("#entries").highlighted = index
    await at_rest(pilot)
    return screen


async def test_a_file_that_is_opened_says_how_far_it_is_and_escape_stops_it(folder, held, monkeypatch, known, told):
    async with opened(None) as (app, pilot):
        screen = await picking(pilot, app, held)
        monkeypatch.setattr(picker, "Beside", Held)
        await press(pilot, "enter")
        assert "12 of 40 iterations walked again …" in screen_text(app)
        assert "escape stops" in screen_text(app)
        await press(pilot, "enter")
        assert told[-1] == "A file is being read: escape stops it."
        await press(pilot, "escape")
        held.set()
        await at_rest(pilot)
        assert app.screen is screen
        assert told[-1] == "Stopped: nothing is opened."
        assert "It is not read: enter opens it." in screen_text(app)
        await press(pilot, "enter")
        await at_rest(pilot)
        assert app.screen is not screen
        assert app.screen.session.scenario.name == "one"


async def test_a_file_that_is_read_again_can_be_stopped(folder, held, told):
    async with opened(str(folder / "one.toml")) as (app, pilot):
        app.screen.wait.beside = Held
        await press(pilot, "right", "right")
        before = app.screen.session
        await press(pilot, "ctrl+r")
        assert "escape stops" in screen_text(app)
        await press(pilot, "escape")
        held.set()
        await at_rest(pilot)
        assert app.screen.session is before
        assert told[-1] == "Stopped: everything is as it was."


async def test_a_file_with_problems_that_is_read_again_says_how_far_it_is(folder, held, monkeypatch):
    path = folder / "one.toml"
    async with opened(str(path)) as (app, pilot):
        before = app.screen.session
        good = path.read_text()
        path.write_text(good.replace("sigmoid", "sigmod"))
        await press(pilot, "ctrl+r")
        await at_rest(pilot)
        assert isinstance(app.screen, problems.FileProblems)
        seen = screen_text(app)
        monkeypatch.setattr(problems, "Beside", Held)
        await press(pilot, "r")
        assert "12 of 40 iterations walked again …   escape closes" in screen_text(app)
        held.set()
        await at_rest(pilot)
        assert "escape closes" in seen
        assert [line for line in screen_text(app).splitlines() if "escape closes" in line] == [
            line for line in seen.splitlines() if "escape closes" in line
        ]
        held.clear()
        path.write_text(good)
        await press(pilot, "r", "escape")  # closed meanwhile, it is read no more
        held.set()
        await at_rest(pilot)
        assert app.screen.session is before


@pytest.mark.parametrize("keys", [["w"], ["w", "w", "enter"]], ids=["what if", "landscape"])
async def test_what_comes_while_a_dialog_is_taken_down_is_not_drawn(keys, monkeypatch):
    """Its widgets go one after the other; what was computed meanwhile found none of them."""
    monkeypatch.setattr(what_if, "AT_ONCE", 0)
    monkeypatch.setattr(landscape, "AT_ONCE", 0)
    let_go = asyncio.Event()

    async def result(computing, work):
        await let_go.wait()
        return work(untold)

    monkeypatch.setattr(looking.Computing, "result", result)
    async with opened() as (app, pilot):
        await press(pilot, *keys)
        dialog = app.screen
        app._screen_stacks[app._current_mode].remove(dialog)
        await dialog.query("*").remove()
        let_go.set()
        await at_rest(pilot)
        assert app._exception is None


async def test_what_comes_while_a_walk_is_taken_down_is_not_drawn():
    async with opened() as (app, pilot):
        walk = app.screen
        await press(pilot, "question_mark")
        assert app.screen is not walk
        app._screen_stacks[app._current_mode].remove(walk)
        await walk.query("*").remove()
        walk.maps.values._say("3 of 40 points, escape stops")
        walk.run._show_result(Working(3, 40, "examples measured"))
        walk.history.at_work = True
        await walk.history._measure(walk.history._course)
        walk.redraw()
        await at_rest(pilot)
        assert app._exception is None
