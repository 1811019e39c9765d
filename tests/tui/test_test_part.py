"""What the app shows of a test part: in the history, after a run, and of accuracy."""

from engine.walking.run import measured, measured_test
from engine.walking.session import Session
from tests.engine.data.scenarios import scenario
from tests.tui.screens import at_rest, opened, press, screen_text
from tui.picker.words import about
from tui.words.format import number

DATA = 'make = { kind = "xor", count = 50, noise = 0.4 }\ntest = 0.3'


def lines(app):
    return screen_text(app).splitlines()


async def test_the_history_says_the_error_of_the_test_part_here():
    made = scenario(DATA)
    async with opened(Session.open(made)) as (app, pilot):
        await press(pilot, "]", "]")
        for k in range(3):
            timeline = app.screen.session.timeline
            error = measured_test(made, timeline.start(k)).error
            (below,) = [line for line in lines(app) if "test E " in line]
            assert f"test E {number(error, 6)}" in below
            (legend,) = [line for line in lines(app) if "⠤⠠⠄ test" in line]
            assert "batches" in legend
            await press(pilot, "n")


async def test_there_is_no_word_of_it_where_there_is_none():
    async with opened(Session.open(scenario(DATA.partition("\n")[0]))) as (app, pilot):
        await press(pilot, "]", "]", "n")
        assert "test" not in screen_text(app)


async def test_the_axis_key_goes_on_to_accuracy_where_there_are_classes():
    made = scenario(DATA)
    async with opened(Session.open(made)) as (app, pilot):
        await press(pilot, "]", "]", *["n"] * 5)
        await press(pilot, "l")
        assert "E by iteration, logarithmic" in screen_text(app)
        await press(pilot, "l")
        text = screen_text(app)
        assert "accuracy by iteration, %" in text
        start = app.screen.session.timeline.start(5)
        own, test = measured(made, start), measured_test(made, start)
        assert f"training {100 * own.accuracy:.1f} %" in text
        assert f"test {100 * test.accuracy:.1f} %" in text
        await press(pilot, "l")
        assert "E by iteration " in screen_text(app)
        assert "accuracy" not in screen_text(app)
    async with opened("mazur") as (app, pilot):  # its targets are no classes
        await press(pilot, "]", "]", "n", "l", "l")
        assert "E_total by iteration " in screen_text(app)


async def test_a_run_stands_at_the_error_step_and_says_what_came_of_both_parts():
    made = scenario(DATA, training="batch = 7\nlearning_rate = 0.3\nstop = { patience = 3 }")
    async with opened(Session.open(made), (160, 40)) as (app, pilot):
        await press(pilot, "r", "enter")
        await at_rest(pilot)
        session = app.screen.session
        assert session.row.quantity == "E"
        line = lines(app)[1]
        start = session.timeline.start(session.iteration)
        first, last = measured_test(made, session.timeline.start(0)), measured_test(made, start)
        assert "falls no more" in line
        assert f"test {number(first.error, 6)} → {number(last.error, 6)}" in line
        own = measured(made, start)
        assert f"accuracy {own.right} of 35, test {last.right} of 15" in line


async def test_a_features_formula_stands_in_its_equation():
    made = scenario(DATA + "\nstandardize = true", features='features = { f1 = "x1**2" }')
    async with opened(Session.open(made)) as (app, pilot):
        await press(pilot, "right", "down", "down")
        text = screen_text(app)
        assert "y = (x1² − mean) / deviation" in text
        assert "Made of other inputs before the walk." in text


async def test_of_a_feature_the_inputs_are_edited_that_make_it():
    made = scenario(DATA, features='features = { f1 = "x1**2", f2 = "f1 + 1", one = "1 + 0" }')
    assert [made.preparation.sources(name) for name in made.network.inputs] == [None, None, ("x1",), ("x1",), ()]
    async with opened(Session.open(made)) as (app, pilot):
        await press(pilot, "right", "down", "down", "e")
        assert "f1 is computed. Edit which of the numbers that make it?" in screen_text(app)
        await press(pilot, "x", "1", "enter")
        assert "New value of x1" in screen_text(app)
        await press(pilot, *["backspace"] * 30, "3", "enter")
        assert app.screen.session.scenario.inputs[0].tolist() == [3.0, made.inputs[0, 1], 9.0, 10.0, 1.0]


def test_the_picker_says_how_many_examples_are_kept():
    assert "35 examples, 15 more for the test, batch of 7" in about(scenario(DATA), None, "enter").plain
