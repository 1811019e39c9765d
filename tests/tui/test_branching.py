"""Numbers are changed on the way, and every walk that comes of it can be returned to and compared."""

import pytest
from textual.widgets import Input

from engine.ask.lookup import value_at
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.program.notation import CANONICAL
from engine.walking.branch import edited
from engine.walking.session import Session
from tests.networks import make, mazur
from tests.tui.screens import TextFile, opened, press, screen_text, size_id, sizes
from tests.tui.test_checks import checked
from tests.tui.test_run_on import held  # noqa: F401 a fixture
from tui.chart.widget import ErrorChart
from tui.dialogs.branches import in_order
from tui.dialogs.edit import choose_what
from tui.panels.header import Header
from tui.stepper.screen import StepperScreen
from tui.view.selection import what_is_edited
from tui.words.branches import branch_title


def stepper(app):
    return next(screen for screen in app.screen_stack if isinstance(screen, StepperScreen))


def session(app):
    return stepper(app).session


def weight(app, name):
    return value_at(session(app), Quantity("w", name))


def told(app, words):
    """Whether a message said this last."""
    return words in app.said[-1]


async def answered(pilot, *answer):
    """What is typed replaces what stands in the line."""
    await press(pilot, *answer, "enter")


@sizes
async def test_a_weight_is_changed_compared_and_left(size, snapshot):
    """The line with the old value selected; the two curves with their legend; the tree of branches; main again."""

    async def seen(name):
        app.clear_notifications()
        await press(pilot)
        await press(pilot)
        assert screen_text(app) == snapshot(extension_class=TextFile, name=f"{size_id(size)} {name}")

    walked = Session.open(load_scenario("mazur")).seek(100, 9).seek(20, 9)
    async with opened(walked, size) as (app, pilot):
        main = session(app)
        await press(pilot, "down", "down", "e")
        await seen("1 edit")
        await answered(pilot, *"-w7 * 4")
        assert session(app).position == main.position
        assert weight(app, "w7") == pytest.approx(-4 * value_at(main, Quantity("w", "w7")), rel=1e-15)
        assert told(app, "b returns to main.")
        stepper(app).session = session(app).seek(80, 9)
        await press(pilot, "5")
        await seen("2 two curves")
        await press(pilot, "5", "b")
        await seen("3 branches")
        await press(pilot, "up", "enter")
        assert (session(app).tree.current, session(app).position) == (0, main.position)
        assert session(app).values.theta.tolist() == main.values.theta.tolist()
        assert "branch 1" not in screen_text(app).splitlines()[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("abc", "'abc' is not known"),
        ("", "It is empty"),
        ("1e999", "is not a finite number"),
        ("1/0", "is not a finite number"),
        ("out", "'out' is not known"),
        ("0,41", "Give one number, like 0.41"),
        ("x[o9]", "there is no node o9"),
        ("E_epoch[3]", "is not known at this step"),
        ("dE/dw[w5]", "is not known at this step"),
        ("[bold]x[/]", "does not belong here"),
    ],
)
async def test_what_is_no_number_is_said_in_place_and_escape_keeps_all(answer, words):
    async with opened("mazur", (60, 16)) as (app, pilot):
        before = session(app)
        await press(pilot, "right", "right", "tab", "tab", "e")
        app.screen.query_one(Input).value = answer
        await press(pilot, "enter")
        assert words in " ".join(screen_text(app).split())
        await press(pilot, "escape")
        assert session(app).tree is before.tree


async def test_inputs_and_targets_are_of_the_example_that_is_shown():
    scenario = make((2, 2, 2), examples=3)
    async with opened(Session.open(scenario).seek(0, 3)) as (app, pilot):
        await press(pilot, "x", "slash", *"i2", "enter", "e")
        assert "i2 of example 2 from iteration 0 on" in screen_text(app)
        await answered(pilot, *"0.125")
        assert session(app).scenario.inputs[1, 1] == 0.125
        await press(pilot, "slash", *"o1", "enter", "e")
        assert "It joins the other edits of this branch" in screen_text(app)
        await answered(pilot, *"y[o1] + 1")  # of a preview there is nothing that the walk computed
        assert "is not known" in screen_text(app)
        app.screen.query_one(Input).value = "0.5"
        await press(pilot, "enter")
        assert session(app).scenario.targets[1, 0] == 0.5
        assert branch_title(session(app).tree.branch, CANONICAL, 4).count("of example 2") == 2
        assert session(app).tree.current == 1
        await press(pilot, "e")
        await answered(pilot, *"0.5")
        assert told(app, "It is so already")


async def test_targets_that_have_to_sum_to_1_are_changed_together():
    scenario = make((2, 3), last="softmax", loss="kl_divergence")
    async with opened(Session.open(scenario)) as (app, pilot):
        await press(pilot, "slash", *"o2", "enter", "e")
        await answered(pilot, *"0.5")
        assert "Give 3 numbers with commas" in screen_text(app)
        app.screen.query_one(Input).value = "0.5, 0.5, 0.5"
        await press(pilot, "enter")
        assert "sum to 1.5" in screen_text(app)
        app.screen.query_one(Input).value = "1/4, 1/4, 1/2"
        await press(pilot, "enter")
        assert session(app).scenario.targets.tolist() == [[0.25, 0.25, 0.5]]


async def test_targets_of_any_sum_are_changed_one_by_one_or_all_at_once():
    """Those of classes sum to 1, and who wants to keep that says all of them."""
    scenario = make((2, 3), last="softmax", loss="cross_entropy")
    first, _, third = scenario.targets[0].tolist()
    async with opened(Session.open(scenario)) as (app, pilot):
        await press(pilot, "slash", *"o2", "enter", "e")
        assert "or all 3 targets with commas" in screen_text(app)
        await answered(pilot, *"0.5, 0.5")
        assert "Give one number, like 0.41, or 3 numbers with commas" in screen_text(app)
        app.screen.query_one(Input).value = "0.75"
        await press(pilot, "enter")
        assert session(app).scenario.targets.tolist() == [[first, 0.75, third]]
        assert session(app).scenario.network.loss.fused["softmax"].of_any  # Σt·y − t from here on
        await press(pilot, "e")
        await answered(pilot, *"0, 1, 0")
        assert session(app).scenario.targets.tolist() == [[0, 1, 0]]


async def test_the_learning_rate_is_on_the_header_and_first_where_nothing_is_selected():
    async with opened("mazur") as (app, pilot):
        await pilot.click(Header, offset=(116, 0))
        await press(pilot)
        await answered(pilot, *"2")
        assert session(app).scenario.training.learning_rate == 2
        assert screen_text(app).splitlines()[0].rstrip().endswith("η 2")
        await press(pilot, "e", "enter")
        await answered(pilot, *"learning_rate/4")
        assert told(app, "Every edit is taken back: this is main again.")
        assert (session(app).tree.current, len(session(app).tree.branches)) == (0, 1)


async def test_on_a_hidden_node_what_makes_it_is_offered():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "slash", *"h2", "enter", "e")
        assert "h2 is computed. Edit which of the numbers that make it?" in screen_text(app)
        assert [entry.name for entry in app.screen._found] == ["learning_rate", "w3", "w4", "b1"]
        await press(pilot, "down", "down", "down", "enter")
        assert "New value of b1" in screen_text(app)
        await answered(pilot, "1")
        assert weight(app, "b1") == 1  # frozen, but a person may


def test_what_can_be_edited_on_what():
    walk = Session.open(make((2, 2, 2), loss="output", examples=2))
    assert what_is_edited(walk, "i1", 1) == ("i1@2",)
    assert what_is_edited(walk, "b2_1", 1) == ("b2_1",)
    assert what_is_edited(walk, "h1_1", 1) is None
    assert what_is_edited(walk, "o1", 1) is None  # this loss has no targets
    names = [entry.name for entry in choose_what(walk, None, 0, CANONICAL, 4)._names]
    assert names[:3] == ["learning_rate", "i1", "i2"]
    assert not {"h1_1", "o1"} & set(names)
    mazurs = choose_what(Session.open(mazur()), None, 0, CANONICAL, 4)
    assert mazurs._value("o2") == "0.99"
    assert mazurs._value("learning_rate") == "0.5"


async def test_branches_are_listed_compared_and_gone_to():
    walk = edited(Session.open(load_scenario("mazur")).seek(9, 3).seek(3, 9), {"w5": 0.41}).seek(7, 2)
    walk = edited(walk.seek(5, 4), {"learning_rate": 2.0}).seek(6, 1)
    async with opened(walk) as (app, pilot):
        await press(pilot, "b")
        text = screen_text(app)
        assert "└ 1: w5 0.275360 → 0.41 at iteration 3" in text
        assert "└ 2: η 0.5 → 2 at iteration 5" in text
        await press(pilot, "home", "c")
        chart = app.screen.query_one(ErrorChart)
        assert told(app, "The chart shows main beside this walk.")
        assert chart._other.errors.tolist() == Session.open(mazur()).seek(9, 3).history.tolist()
        await press(pilot, "b", "c")
        assert chart._other is None
        await press(pilot, "b", "up", "h")
        assert (session(app).tree.current, session(app).position[:2]) == (1, (6, 1))
        assert chart._other is not None  # the branch that was left
        await press(pilot, "b", "down", "enter")
        assert (session(app).tree.current, session(app).position[:2]) == (2, (6, 1))
        await press(pilot, "b", "enter")
        assert told(app, "You are in branch 2.")


async def test_the_tree_is_drawn_with_children_below_their_parents():
    walk = edited(Session.open(mazur()).seek(3, 9), {"w5": 0.41}).seek(7, 2)
    walk = edited(walk.seek(2, 1), {"w6": 0.1}).seek(8, 1)
    walk = edited(edited(walk, {"w1": 0.1}).seek(9, 1), {"w2": 0.1})
    assert [(branch.number, stem) for branch, stem in in_order(walk.tree)] == [
        (0, ""),
        (1, "├ "),
        (2, "└ "),
        (3, "  └ "),
        (4, "    └ "),
    ]


async def test_without_a_branch_b_says_how_to_make_one():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "b")
        assert told(app, "e changes a number and starts a branch")
        assert len(app.screen_stack) == 2


async def test_no_number_is_changed_during_a_run(held):  # noqa: F811
    async with opened("mazur") as (app, pilot):
        held(app)
        await press(pilot, "r", *"1000", "enter")
        for key in ("e", "b"):
            app.said = []
            await press(pilot, key)
            assert told(app, "escape stops it")
        await pilot.click(Header, offset=(116, 0))
        await press(pilot)
        assert len(app.screen_stack) == 2


async def test_editing_stops_playing():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "a", "e")
        assert not stepper(app).play.beat.on
        assert len(app.screen_stack) == 3


async def test_a_figure_is_looked_up_in_the_walk_as_its_author_wrote_it():
    walk = edited(Session.open(load_scenario("mazur")).seek(0, 9), {"w5": 0.41})
    async with opened(walk) as (app, pilot):
        assert not stepper(app).view.marks
        await press(pilot, "v")
        await checked(app, pilot)
        await press(pilot, "enter")
        assert session(app).tree.current == 0
        assert told(app, "Figures are of main; b returns to branch 1.")
        assert stepper(app).view.marks


async def test_a_value_set_by_hand_has_no_step_that_computed_it():
    walk = edited(Session.open(load_scenario("mazur")).seek(3, 1), {"w5": 0.41})
    async with opened(walk) as (app, pilot):
        await press(pilot, "slash", *"w5", "enter")
        assert "as you set it" in screen_text(app)
        await press(pilot, "enter")
        assert told(app, "No step computed w5: it is as you set it.")
