"""Predict mode on the screen and in plain sentences: a step is shown only when its question is answered."""

import pytest

from engine.files import load_scenario
from engine.predict.lesson import Lesson, Score
from engine.predict.question import Skill
from engine.walking.session import Session
from tests.networks import make
from tests.tui.screens import TextFile, opened, press, screen_text, size_id, sizes
from tests.tui.test_plain import said
from tui.graph.widget import NetworkGraph
from tui.panels.question import AnswerLine
from tui.stepper.predict import WHILE_ASKING
from tui.stepper.screen import StepperScreen
from tui.view.keys import KEYS


def done(app):
    return app.screen.session.done


async def answer(app, pilot, text, *then):
    """Fills the answer line and presses enter; typing key by key takes long."""
    app.screen.query_one(AnswerLine).value = text
    await press(pilot, "enter", *then)


async def test_a_step_is_taken_by_its_answer():
    async with opened() as (app, pilot):
        await press(pilot, "right", "t")
        assert "What will net_h1 be?" in screen_text(app)
        assert "0.3775" not in screen_text(app)
        await press(pilot, "0", "full_stop", "0", "2", "7", "5", "enter")
        assert "No. The bias b1 is missing." in screen_text(app)
        assert done(app) == 1
        await answer(app, pilot, "0.15*0.05 + 0.2*0.1 + 0.35")
        text = screen_text(app)
        assert done(app) == 2
        assert "✓ right" in text
        assert "0.3925" in text
        assert "predict 0/1" in text
        await press(pilot, "left")
        assert done(app) == 1
        assert "✓ right" not in screen_text(app)


@sizes
async def test_the_verdict_is_seen_and_the_note_after_it(size):
    async with opened("google", size, notes=True) as (app, pilot):
        await press(pilot, "t", "right", "right")
        await answer(app, pilot, "0.42")
        text = screen_text(app)
        assert "╭─ ✓ right   note" in text
        assert "First calculation: the total input x." in text
        assert "note 1/2" not in text


async def test_what_is_asked_is_what_the_note_speaks_of():
    async with opened("four-layer", notes=True) as (app, pilot):
        await press(pilot, *["right"] * 11, "t")
        assert "Will ∂C/∂a_h3_2 be positive" in screen_text(app)


async def test_the_sign_then_the_number_then_the_next_question():
    async with opened() as (app, pilot):
        await press(pilot, *["right"] * 7, "t", "plus", "enter")
        assert "Right: positive." in screen_text(app)
        await answer(app, pilot, "0.1385", "space")
        assert done(app) == 8
        assert "Will ∂E_total/∂w5 be positive" in screen_text(app)
        await answer(app, pilot, "0.0822", "enter")  # enter asks on, too
        assert done(app) == 9
        assert "Will ∂E_total/∂out_h1 be positive" in screen_text(app)


async def test_hints_and_at_last_the_answer():
    async with opened() as (app, pilot):
        await press(pilot, "right", "t", "enter")
        assert "net_h1 = w1·out_i1 + w2·out_i2 + b1" in screen_text(app)
        await press(pilot, "enter")
        assert "net_h1 = 0.15·0.05 + 0.2·0.1 + 0.35" in screen_text(app)
        assert done(app) == 1
        await press(pilot, "enter")
        assert done(app) == 2
        assert "the answer" in screen_text(app)
        assert isinstance(app.focused, NetworkGraph)


async def test_what_enter_gives_is_said_alike_everywhere():
    async with opened() as (app, pilot):
        await press(pilot, *["right"] * 7, "t")
        for gives in ("a hint", "the numbers too", "the direction"):
            await answer(app, pilot, "-")
            text = screen_text(app)
            assert f"enter alone: {gives}" in text
            assert f"No. Enter on an empty line gives {gives}." in text
            await press(pilot, "tab")
            assert f"Answer first: enter on an empty line gives {gives}," in screen_text(app)
            await answer(app, pilot, "")
        assert "It is positive." in screen_text(app)
        await answer(app, pilot, "17.5")
        text = screen_text(app)
        assert "enter alone: the answer" in text
        assert "No. Enter on an empty line gives the answer." in text
        await answer(app, pilot, "")
        assert done(app) == 8


async def test_escape_outside_the_answer_line_leaves_predict_mode_and_does_nothing_else():
    async with opened(notes=True) as (app, pilot):
        await press(pilot, "right", "t")
        assert app.screen.predict.question is not None
        app.screen.chosen.selected = "h1"
        app.screen.query_one(NetworkGraph).focus()
        await press(pilot, "escape")
        assert not app.screen.predict.on
        assert app.screen.predict.question is None
        assert "Predict mode is off" in screen_text(app)
        assert app.screen.chosen.selected == "h1"
        assert done(app) == 1
        assert isinstance(app.screen, StepperScreen)


async def test_while_a_question_is_open_nothing_tells_its_answer():
    """The walk was there before: neither graph, tables, chart nor any key shows what comes."""
    async with opened() as (app, pilot):
        await press(pilot, "n", "n", "home", *["right"] * 5)
        await press(pilot, "t")
        text = screen_text(app)
        assert "What will E_o1 be?" in text
        for number in ("0.2748", "0.0235", "0.2983", "0.2910", "0.2837"):
            assert number not in text
        position = app.screen.session.position
        for entry in KEYS:
            if entry.does.partition("(")[0] not in WHILE_ASKING | {"app.picture"}:
                await app.screen.run_action(entry.action)
        for key in ("pagedown", "down", "tab"):
            await press(pilot, key)
            assert "Answer first" in screen_text(app)
        await pilot.click(NetworkGraph)
        await press(pilot, "right", "a")
        assert app.screen.session.position == position
        assert len(app.screen_stack) == 2
        assert app.screen.view.selected == "o1"
        assert isinstance(app.focused, AnswerLine)


async def test_escape_leaves_with_a_summary_and_t_goes_on_with_the_score():
    async with opened() as (app, pilot):
        await press(pilot, "right", "t")
        await answer(app, pilot, "x")
        assert "This can't be used" in screen_text(app)
        await answer(app, pilot, "0.0275", "escape")
        text = screen_text(app)
        assert "0 of 1 right at once" in text
        assert "Practise net, total inputs; most often: bias forgotten." in text
        await press(pilot, "escape")
        assert isinstance(app.focused, NetworkGraph)
        await press(pilot, "right")
        assert done(app) == 2
        await press(pilot, "t")
        assert "predict 0/1" in screen_text(app)
        await press(pilot, "escape", "escape", "t", "escape", "escape", "right")
        assert done(app) == 3


async def test_between_questions_playing_and_running_on_are_refused():
    async with opened() as (app, pilot):
        await press(pilot, "t", "a")
        assert "Predict mode asks step by step" in screen_text(app)
        await press(pilot, "r")
        assert len(app.screen_stack) == 2
        await press(pilot, "escape", "a")
        assert "Predict mode is off" in screen_text(app)
        assert app.screen.play.beat.on


async def test_the_selected_number_is_asked_and_a_preview_is_left():
    async with opened(Session.open(make((2, 3, 1), examples=3))) as (app, pilot):
        await press(pilot, "right", "slash", *"h1_2", "enter", "x", "t")
        assert "What will x[h1_2] be?" in screen_text(app)
        assert not app.screen.view.previewed


async def test_what_is_known_is_not_asked_any_more():
    async with opened("google") as (app, pilot):
        app.screen.predict.lesson = Lesson({Skill("x"): Score(right=2, asked=2, stage=1, last=0)})
        await press(pilot, "right", "t", "right")
        assert done(app) == 2
        assert "not asked this time" in screen_text(app)


@sizes
async def test_the_looks(size, snapshot):
    """A question, hints, a wrong answer above them, the answered step, the summary."""
    async with opened("mazur", size) as (app, pilot):
        shots = []
        await press(pilot, *["right"] * 7, "t")
        shots.append(screen_text(app))
        await answer(app, pilot, "0.741")
        await answer(app, pilot, "", "enter")
        shots.append(screen_text(app))
        await answer(app, pilot, "-0.1385")
        shots.append(screen_text(app))
        await answer(app, pilot, "0.1385")
        shots.append(screen_text(app))
        await press(pilot, "right", "minus", "enter", "escape")
        shots.append(screen_text(app))
        text = "\n".join(f"--- {number}\n{shot}" for number, shot in enumerate(shots))
        assert text == snapshot(extension_class=TextFile, name=size_id(size))


@pytest.mark.parametrize("size", [(60, 16), (240, 70)])
async def test_the_smallest_and_a_large_screen(size):
    async with opened(Session.open(make((16, 64, 64, 10))), size) as (app, pilot):
        await press(pilot, *["right"] * 3, "t", "enter", "enter")
        text = screen_text(app)
        assert "What will x[h2_1] be?" in text
        assert "more …" in text
        assert max(map(len, text.splitlines())) <= size[0]
        await answer(app, pilot, "1")
        assert "✗ No." in screen_text(app)


# In plain sentences


def test_a_plain_lesson(capsys):
    scenario = load_scenario("mazur")
    lines = said(capsys, "", "t", "0.0275", "", "", "", ".593", "?", "t", scenario=scenario)
    text = "\n".join(lines)
    for words in (
        "What will x[h1] be? (total input of h1)",
        "No. The bias b1 is missing.",
        "x = Σ w·y + b.",
        "x[h1] = 0.15·0.05 + 0.2·0.1 + 0.35.",
        "Iteration 0, step 2 of 14",
        "What will y[h1] be? (output of h1)\nRight.\nIteration 0, step 3 of 14",
        "What will x[o1] be? (total input of o1)\nenter: one step;",
        "1 of 2 right at once, without a hint.",
        "Practise x, total inputs; most often: bias forgotten.",
    ):
        assert words in text
    assert lines.count("x = Σ w·y + b.") == 1


def test_a_plain_lesson_of_a_sign(capsys):
    text = "\n".join(said(capsys, "g dE/dy[o1]", "t", "-", "up", "0.1385", "q"))
    assert "No. Enter on an empty line gives a hint.\nRight: positive.\nWhat will dE/dx[o1] be?" in text
    assert text.endswith("Practise dE/dx, how the error changes with total inputs.")


def test_a_plain_lesson_begins_at_the_inputs_and_ends_with_the_walk(capsys):
    text = "\n".join(said(capsys, "t", "", "t"))
    assert "the next step has nothing to predict.\nIteration 0, step 1 of 14" in text
    assert text.endswith("Predict mode is off.")
    scenario = make((2, 2, 2), "identity", "identity", learning_rate=1e6)
    assert "The walk ends here" in "\n".join(said(capsys, "g 900", "t", "", scenario=scenario))


def test_after_each_right_answer_the_next_line_is_an_answer_too(capsys):
    answers = ("σ(0.42)", "x[h3] = 0.3·0.603483 + 0.8·0.430454 + (−0.1) = 0.4254")
    lines = said(capsys, "t", "", "0.4·0.8 + 0.1", *answers, scenario=load_scenario("google"))
    assert "What will y[h3] be? (output of h3)" in lines
    assert "Press enter: the next step has nothing to predict." in lines
    assert not [line for line in lines if "There is no command" in line]
    assert lines.count("Right.") == 3


def test_a_step_that_is_not_asked_says_which_key_goes_on(capsys):
    steps = ["0.15*0.05 + 0.2*0.1 + 0.35", "σ(0.3775)", "0.4*h1 + 0.45*h2 + 0.6", "1/(1+e^-1.10590597)"]
    lines = said(capsys, "", "t", *steps, "½·(0.751365070 − 0.01)²", scenario=load_scenario("mazur"))
    assert lines.count("Right.") == 5


def test_a_plain_lesson_searches_a_wrong_final_derivative(capsys):
    lines = said(capsys, *[""] * 11, "t", "0.00226835", "q")
    assert any("The slope of the activation function is missing." in line for line in lines)


async def test_a_wrong_final_derivative_is_searched_while_one_goes_on():
    async with opened() as (app, pilot):
        await press(pilot, *["right"] * 11, "t")
        await answer(app, pilot, "0.00226835")
        await app.screen.workers.wait_for_complete()
        await pilot.pause()
        assert "The slope of the activation" in screen_text(app)
        assert done(app) == 11
