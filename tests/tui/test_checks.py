"""The keys that check: `v` published figures, `c` derivatives; and the signs beside published numbers."""

import asyncio
import threading

import pytest
from msgspec.structs import replace
from textual.content import Content
from textual.widgets import OptionList

from engine.check.audit import Auditor
from engine.check.gradients import GradientCheck, ParameterCheck, check_gradient
from engine.check.marks import plain_quantity
from engine.files import load_scenario
from engine.program.notation import CANONICAL, NOTATIONS
from engine.walking.session import Session
from tests.networks import make, mazur
from tests.patience import PATIENCE
from tests.tui.quick import threads_held
from tests.tui.screens import TextFile, at_rest, opened, press, screen_text, settled, size_id, sizes
from tui.dialogs import gradient, verify
from tui.dialogs.gradient import Gradients, chosen, summary
from tui.dialogs.verify import Verify
from tui.stepper.screen import StepperScreen
from tui.words.verdicts import quantity_of


async def checked(app, pilot):
    """Waits for the check that runs beside the app."""
    await app.workers.wait_for_complete()
    await settled(pilot)


def stepper(app):
    return next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))


STATES = {
    "verify": ("mazur", ["v"], []),
    "verify further": ("mazur", ["v"], ["end"]),
    "verify canonical": ("two-neurons", ["y", "v"], ["down", "down"]),
    "verify nothing": ("four-layer", ["v"], []),
    "gradients": ("mazur", [*["right"] * 9, "c"], []),
    "marks": ("mazur", ["right"] * 13, []),
    "matrices": ("mazur", ["k", *["right"] * 9], []),
    "matrices of four layers": ("four-layer", ["k", "right", "right"], []),
}


@pytest.mark.parametrize("name", STATES)
@sizes
async def test_looks(size, name, snapshot):
    """The list of figures, its end, in canonical names, with none; a gradient check; signs in the tables; matrices."""
    scenario, keys, then = STATES[name]
    async with opened(scenario, size) as (app, pilot):
        await press(pilot, *keys)
        await checked(app, pilot)
        await press(pilot, *then)
        for toast in stepper(app).query("Toast"):
            toast.remove()
        await press(pilot)
        assert screen_text(app) == snapshot(extension_class=TextFile, name=f"{size_id(size)} {name}")


async def test_figures_lead_to_their_places():
    scenario = load_scenario("mazur")
    async with opened("mazur", (200, 60)) as (app, pilot):
        for number, figure in list(enumerate(scenario.published))[::12]:  # the engine's tests go to all of them
            await press(pilot, "v")
            await checked(app, pilot)
            figures = app.screen.query_one(OptionList)
            assert figures.option_count == len(scenario.published)
            figures.highlighted = number
            await press(pilot, "enter")
            screen = stepper(app)
            assert app.screen is screen
            if plain_quantity(figure) is not None:
                assert screen.session.iteration == figure.iteration
                assert screen.view.marks[plain_quantity(figure)]


async def test_what_the_list_says_of_a_variant():
    async with opened("mazur", (120, 40)) as (app, pilot):
        await press(pilot, "v")
        await checked(app, pilot)
        published = load_scenario("mazur").published
        app.screen.query_one(OptionList).highlighted = next(
            i for i, figure in enumerate(published) if figure.variant and figure.variant.training.immediate
        )
        await press(pilot)
        text = screen_text(app)
        assert "≠ variant" in text
        assert "under the other settings 0.2910279" in text
        assert "0.291027774" in text


@pytest.mark.parametrize("key", ["escape", "v", "q"])
async def test_the_list_closes_and_the_walk_stays(key):
    async with opened("mazur") as (app, pilot):
        await press(pilot, "right", "right", "v")
        await checked(app, pilot)
        assert isinstance(app.screen, Verify)
        await press(pilot, "down", key)
        assert app.screen is stepper(app)
        assert stepper(app).session.position == (0, 2, 0)


async def test_the_list_opens_at_the_figure_in_focus():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "g", *"y[o1]", "enter", "v")
        await checked(app, pilot)
        highlighted = app.screen.query_one(OptionList).highlighted
        assert str(load_scenario("mazur").published[highlighted].expression) == "y[o1]"


@pytest.fixture
def go_on():
    """What a thread waits for until the test lets it go on, or is over."""
    event = threading.Event()
    yield event
    event.set()


async def test_the_app_answers_while_it_checks(monkeypatch, go_on):
    check = Auditor.check

    def slow(self, figure):
        go_on.wait(PATIENCE)
        return check(self, figure)

    monkeypatch.setattr(Auditor, "check", slow)
    async with opened("mazur") as (app, pilot):
        with threads_held():
            await press(pilot, "v")
            assert "checking …" in screen_text(app)
            await press(pilot, "enter", "down", "escape", "right")
        assert stepper(app).session.done == 1
        go_on.set()
        await pilot.pause()


async def until(said, app, pilot):
    """Waits until the screen has these words."""
    async with asyncio.timeout(PATIENCE):
        while said not in screen_text(app):
            await pilot.pause(0.02)


async def test_a_figure_far_away_can_be_left_on_the_way_there():
    far = replace(load_scenario("mazur").published[0], iteration=10_000_000)
    async with opened(Session.open(replace(mazur(), published=(far,)))) as (app, pilot):
        with threads_held():
            await press(pilot, "v")
            await until("checking … 0 of 1 figure", app, pilot)
            await press(pilot, "escape")
        await checked(app, pilot)  # else it would go on for seconds
        await press(pilot, "right")
        assert stepper(app).session.done == 1


async def test_figures_in_a_notation():
    for figure in load_scenario("mazur").published:
        assert quantity_of(figure) == figure.expression.text
        text = quantity_of(figure, NOTATIONS["mazur"])
        assert "learning_rate" not in text
        assert "[" not in text


@pytest.mark.parametrize("name", ["mazur", "one-neuron", "two-neurons", "baeldung-cost"])
@pytest.mark.parametrize("width", [48, 67, 100, 190])
def test_the_list_fits_and_its_points_stand_under_each_other(name, width):
    scenario = load_scenario(name)
    auditor = Auditor(scenario)
    checks = [auditor.check(figure) for figure in scenario.published]
    heading, rows = verify.table(checks, CANONICAL, width)
    assert max(row.cell_length for row in [heading, *rows]) <= width
    for row, check in zip(rows, checks, strict=True):
        assert row.plain.startswith(verify.SIGNS[check.verdict])
        if width > 60:
            assert check.figure.value in row.plain
    places = {
        row.plain.index(".", row.plain.index(check.figure.value))
        for row, check in zip(rows, checks, strict=True)
        if "." in check.figure.value and width > 60 and "×" not in check.figure.value
    }
    assert len(places) <= 1


# Gradients


async def test_the_gradient_check_is_of_this_place():
    session = Session.open(mazur()).fast_forward(3)
    expected = check_gradient(session.scenario, session.values.beginning.theta, (0,))
    async with opened(session, (200, 60)) as (app, pilot):
        await press(pilot, "c")
        await checked(app, pilot)
        text = screen_text(app)
        assert "gradient check at iteration 3" in text
        assert "✓ 10 derivatives agree" in text
        assert f"{expected.parameters[5].analytic:.9f}"[:9] in text
        await press(pilot, "c")
        assert app.screen is stepper(app)


async def test_it_says_that_immediate_updates_differ():
    async with opened(Session.open(mazur(immediate=True))) as (app, pilot):
        await press(pilot, "c")
        await checked(app, pilot)
        assert "simultaneous order" in " ".join(screen_text(app).split())


async def test_it_says_why_there_is_nothing_to_check():
    scenario = make((2, 2, 2), "identity", "identity")
    session = Session.open(replace(scenario, theta=scenario.theta * 1e200))
    async with opened(session) as (app, pilot):
        await press(pilot, "c")
        await checked(app, pilot)
        assert "No derivative can be checked here:" in screen_text(app)
        assert "became" in screen_text(app)


def test_of_a_large_network_the_parameters_of_one_node_are_checked():
    session = Session.open(make((16, 20, 5)))
    assert chosen(Session.open(mazur())) is None
    network = session.scenario.network
    assert chosen(session) == {*network.layer(1).weight_names[0], "b1_1"}
    assert chosen(session.seek(0, 1)) == {row[0] for row in network.layer(1).weight_names}
    assert chosen(session.seek(0, 4)) == {*network.layer(2).weight_names[0], "b2_1"}
    scalar = session.with_detail("scalar")
    place = scalar.seek(0, scalar.count - 1)
    assert place.fresh == ("b1_19",)
    assert chosen(place) == {*network.layer(1).weight_names[18], "b1_19"}


async def test_it_says_that_not_all_are_checked():
    async with opened(Session.open(make((16, 20, 5)))) as (app, pilot):
        await press(pilot, "c")
        await checked(app, pilot)
        assert "Of 445 parameters, the 17 of the node in focus" in screen_text(app)
        assert "✓ 17 derivatives agree" in screen_text(app)


def test_wrong_and_undecided_derivatives():
    checks = (
        ParameterCheck("a", 1.0, 1.0, 1.0, 0.0, "ok"),
        ParameterCheck("b", 1.5, 1.0, None, 0.5, "wrong"),
        ParameterCheck("c", 1.0, 2.0, None, 9.0, "kink"),
    )
    assert summary(GradientCheck(checks)).plain.startswith("✗ 1 of 3 derivatives are wrong: worst relative error 0.5")
    assert "1 at a kink" in summary(GradientCheck(checks)).plain
    _, ok, wrong, kink = (line.plain for line in gradient.table(checks, 70))
    assert ok.endswith("✓ ok")
    assert wrong.endswith("✗ wrong, worst")
    assert "—" in wrong
    assert kink.endswith("~ kink")


@pytest.mark.parametrize("width", [56, 70, 114])
def test_the_table_of_derivatives_fits(width):
    scenario = make((3, 3, 2))
    checks = check_gradient(scenario, scenario.theta, (0,)).parameters
    assert max(line.cell_length for line in gradient.table(checks, width)) <= width


async def test_closing_before_the_check_is_done_is_harmless():
    async with opened(Session.open(make((9, 9, 8)))) as (app, pilot):
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(app.screen, Gradients)
        await press(pilot, "escape")
        await checked(app, pilot)
        await press(pilot, "right")
        assert stepper(app).session.done == 1


async def test_the_check_says_how_far_it_is_and_ends_when_it_is_closed(monkeypatch, go_on):
    ended, whole, given = threading.Event(), gradient.each_derivative, []

    def slow(*arguments):
        try:
            for check in whole(*arguments):
                given.append(check.name)
                yield check
                if len(given) == 3:
                    go_on.wait(PATIENCE)
        finally:
            ended.set()

    monkeypatch.setattr(gradient, "each_derivative", slow)
    async with opened("mazur") as (app, pilot):
        with threads_held():
            await press(pilot, "c")
            await until("checking … 3 of 10 derivatives", app, pilot)
            await press(pilot, "escape")
        assert app.screen is stepper(app)
        go_on.set()
        assert await asyncio.to_thread(ended.wait, PATIENCE)
        assert given == ["w1", "w2", "w3", "w4"]


async def test_a_check_that_ends_while_its_dialog_closes_is_not_shown_any_more():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "c")
        await at_rest(pilot)
        dialog = app.screen
        check = dialog._check
        assert check is not None
        app._screen_stacks[app._current_mode].remove(dialog)  # as closing does, before its parts go, and then itself
        await dialog.query_one("#gradients").remove_children()
        dialog._say(Content("checking …"))
        dialog._show(check)
