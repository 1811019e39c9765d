"""What is done while nobody waits: imported, read, checked; what comes of it is what would come without."""

import sys
from importlib.util import find_spec

import pytest

from engine.check.audit import audit
from engine.files import load_scenario, shipped_names, shipped_path
from tests.tui.quick import threads_held
from tests.tui.screens import at_rest, opened, press, screen_cells, screen_text, settled
from tui.dialogs.verify import Verify
from tui.stepper import ready
from tui.stepper.ready import Ready

TEXT = shipped_path("one-neuron").read_text()


@pytest.fixture(autouse=True)
def _however_long_it_takes(monkeypatch):
    """On a busy machine, too."""
    monkeypatch.setattr(ready, "PAUSE", 0.001)
    for name in ("LONGEST", "MOST"):
        monkeypatch.setattr(ready, name, float("inf"))


async def rested(app, pilot):
    """Somebody reads what is there, for long enough."""
    app.screen.ready._rested()
    await settled(pilot)


def left_to_do(app):
    return list(app.screen.ready._all())


def test_they_are_modules_of_ours():
    assert all(find_spec(name) is not None for name in ready.LATER)


async def test_one_module_at_a_time(monkeypatch):
    names = ("calendar", "colorsys")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(ready, "LATER", names)
    async with opened() as (app, _):
        parts = app.screen.ready._all()
        assert [next(parts), "colorsys" in sys.modules] == ["calendar", False]
        assert [next(parts), "colorsys" in sys.modules] == ["colorsys", True]


@pytest.mark.parametrize("scenario", ["mazur", "one-neuron", "baeldung-cost", "perceptron", "lstm-cell"])
@pytest.mark.parametrize("key", ["v", "o", "c", "question_mark"])
async def test_a_screen_that_is_ready_is_the_one_that_would_be_made(scenario, key):
    """Cell for cell: figures, their tallies in the picker, styles."""
    seen = []
    for is_ready in (True, False):
        async with opened(scenario) as (app, pilot):
            await press(pilot, "right", "right")
            if is_ready:
                await rested(app, pilot)
                assert left_to_do(app) == ["styles"]  # which are read by now
            await press(pilot, key)
            await at_rest(pilot)
            seen.append(screen_cells(app))
    assert seen[0] == seen[1]


async def test_all_that_is_known_then_is_right():
    async with opened("mazur") as (app, pilot):
        await rested(app, pilot)
        for path in map(shipped_path, shipped_names()):
            figures = audit(load_scenario(path)).figures
            assert app.catalogue.known(path).scenario.text == path.read_text()
            assert app.catalogue.tally(path) == {verdict: len(list(of)) for verdict, of in by_verdict(figures)}
        checks = app.catalogue.audits.of(app.screen.session.scenario)
        assert checks.over
        assert checks.done == [*audit(load_scenario("mazur")).figures]


def by_verdict(figures):
    verdicts = {check.verdict for check in figures}
    return [(verdict, [check for check in figures if check.verdict == verdict]) for verdict in verdicts]


async def test_figures_are_of_the_walk_without_edits():
    """Neither an edit nor a branch changes what is printed, nor what is computed for it."""
    async with opened("one-neuron") as (app, pilot):
        await rested(app, pilot)
        await press(pilot, "v")
        await at_rest(pilot)
        before = screen_cells(app)
        await press(pilot, "escape", "right", "slash", *"w", "enter", "e", *"0.9", "enter")
        assert app.screen.session.tree.current  # a branch
        await rested(app, pilot)
        app.clear_notifications()
        await press(pilot, "v")
        await at_rest(pilot)
        assert isinstance(app.screen, Verify)
        assert within_dialog(app, screen_cells(app)) == within_dialog(app, before)


def within_dialog(app, cells):
    """The lines within its frame: the walk behind it is another."""
    region = app.screen.query_one("#verify").region
    lines = cells[region.y : region.bottom]
    return ["".join(segment.text for segment in line)[region.x : region.right] for line in lines]


async def test_what_is_read_again_is_checked_anew(tmp_path):
    """The file is another by now: so are its figures."""
    path = tmp_path / "net.toml"
    path.write_text(TEXT)
    async with opened(path) as (app, pilot):
        await rested(app, pilot)
        await press(pilot, "v")
        await at_rest(pilot)
        assert "mismatch" not in screen_text(app)
        path.write_text(TEXT.replace('value = "0.3"', 'value = "0.4"'))
        await press(pilot, "escape", "ctrl+r")
        await at_rest(pilot)
        for is_ready in (False, True):
            if is_ready:
                await rested(app, pilot)
            await press(pilot, "v")
            await at_rest(pilot)
            assert "mismatch" in screen_text(app)
            figures = app.catalogue.audits.of(app.screen_stack[-2].session.scenario).done
            assert figures == [*audit(load_scenario(path)).figures]
            await press(pilot, "escape")


async def test_who_asks_in_the_middle_gets_all_of_them_and_alone():
    """What is begun goes on in the dialog; a part of it that comes later is of another check."""
    async with opened("mazur") as (app, pilot):
        walk = app.screen
        parts = walk.ready._all()
        while next(parts) != "figures":
            pass
        begun = app.catalogue.audits.of(walk.session.scenario)
        assert not begun.over
        with threads_held():
            walk.explore.verify()
            assert app.catalogue.audits.of(walk.session.scenario) is not begun
            next(parts)
        await at_rest(pilot)
        assert begun.over
        assert begun.done == [*audit(load_scenario("mazur")).figures]
        assert app.catalogue.audits.of(walk.session.scenario).over
        assert "54 match" in screen_text(app)


@pytest.mark.parametrize("keys", [["question_mark"], ["r", *"9999", "enter"]])
async def test_nothing_is_done_while_something_else_is(keys):
    """A dialog is open, or a run goes on."""
    async with opened("mazur") as (app, pilot):
        walk, done = app.screen, []
        walk.ready._parts = iter(lambda: done.append("part") or "part", None)
        if keys[0] == "r":
            walk.run.journey = object()
        else:
            await press(pilot, *keys)
        walk.ready._rested()
        await settled(pilot)
        assert done == []
        walk.run.journey = None


async def test_a_key_in_between_stops_it_until_nobody_presses_one():
    async with opened("mazur") as (app, pilot):
        done = []
        app.screen.ready._parts = iter(lambda: done.append("part") or "part", None)
        app.screen.ready._rested()
        assert done == ["part"]
        await press(pilot, "right")
        known = len(done)
        await settled(pilot)
        assert len(done) == known
        assert not app.screen.ready._at_work


@pytest.mark.parametrize("bound", ["LONGEST", "MOST", "LARGEST"])
async def test_figures_that_take_long_wait_until_they_are_asked_for(bound, monkeypatch):
    monkeypatch.setattr(ready, bound, 0)
    monkeypatch.setattr(Ready, "_shipped", lambda _: iter(()))
    async with opened("mazur") as (app, pilot):
        await rested(app, pilot)
        checks = app.catalogue.audits.of(app.screen.session.scenario)
        assert not checks.over
        await press(pilot, "v")
        await at_rest(pilot)
        assert "54 match" in screen_text(app)
