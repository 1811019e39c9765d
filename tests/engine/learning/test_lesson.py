"""The lesson: direction and number, hints, what is asked less and less, scores."""

import pytest

from engine.comparison.answers import cause_of, searched
from engine.formula.quantity import Quantity
from engine.predict.lesson import Lesson, Score
from engine.predict.question import Skill, question_of
from engine.predict.words import advice, asked, meaning, said, skill_words
from engine.program.notation import CANONICAL, NOTATIONS
from engine.walking.session import Session
from tests.engine.graphs.files import CIRCUIT, read
from tests.networks import make, mazur, unrolled

X, BELOW = Skill("x"), Skill("dE/dy")


def at(done, scenario=None, detail="layer"):
    return Session.open(scenario or mazur(), detail).seek(0, done)


def answered(lesson, *answers):
    for text in answers:
        lesson = lesson.answer(text, CANONICAL)
    return lesson


def test_a_number_is_asked_and_answered():
    lesson = Lesson().ask(at(1))
    assert asked(lesson, CANONICAL) == "What will x[h1] be?"
    done = answered(lesson, "0.3775")
    assert done.question is None
    assert done.answered is lesson.question
    assert (done.right, done.asked, done.feedback.said) == (1, 1, "right")
    assert lesson.asked == 0  # the lesson before is as it was


def test_of_a_derivative_the_sign_comes_first():
    lesson = Lesson().ask(at(7))
    assert asked(lesson, CANONICAL) == "Will dE/dx[o1] be positive, negative or zero?"
    wrong = answered(lesson, "-")
    assert (wrong.feedback.said, wrong.asks_direction, wrong.spoilt) == ("wrong", True, True)
    right = answered(lesson, "+")
    assert said(right, lesson.question, CANONICAL) == "Right: positive."
    assert asked(right, CANONICAL) == "What will dE/dx[o1] be?"
    assert answered(right, "0.138499").right == 1
    assert answered(wrong, "+", "0.138499").right == 0


def test_of_an_update_whether_it_goes_up_or_down():
    lesson = Lesson().ask(at(12))
    assert asked(lesson, CANONICAL) == "Does w5 go up, go down, or stay?"
    right = answered(lesson, "down")
    assert said(right, lesson.question, CANONICAL) == "Right: down."
    assert answered(right, "0.35892").right == 1


def test_a_number_answers_the_sign_as_well():
    lesson = Lesson().ask(at(7))
    assert answered(lesson, "0.138499").right == 1
    turned = answered(lesson, "-0.138499")
    assert turned.asks_direction
    assert turned.feedback.diagnosis.mistake.name == "sign turned"
    slope = answered(lesson, "dE/dy[o1]")
    assert not slope.asks_direction
    assert slope.feedback.diagnosis.mistake.name == "slope forgotten"
    assert answered(lesson, "0.14").asks_direction is False  # right so far, to two digits


def test_hints_give_the_rule_then_the_numbers_then_the_answer():
    lesson = Lesson().ask(at(1))
    first, second, third = answered(lesson, ""), answered(lesson, "", ""), answered(lesson, "", "", "")
    assert (first.hints, second.hints) == (1, 2)
    assert (third.question, third.feedback.said, third.right, third.asked) == (None, "told", 0, 1)
    assert answered(second, "0.3775").right == 0


def test_the_last_hint_at_the_sign_tells_the_sign_and_still_asks_the_number():
    lesson = answered(Lesson().ask(at(7)), "", "", "")
    assert said(lesson, lesson.question, CANONICAL) == "It is positive."
    assert not lesson.asks_direction
    assert answered(lesson, "").answered is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.3", "No. Enter on an empty line gives a hint."),
        ("0.0275", "No. The bias b1 is missing."),
        ("0.38", "More digits, please: at least three significant ones."),
        ("x[o9]", "This can't be used: there is no node o9"),
    ],
)
def test_what_is_said(text, words):
    lesson = Lesson().ask(at(1))
    told = answered(lesson, text)
    assert said(told, lesson.question, CANONICAL).startswith(words)
    assert told.spoilt is words.startswith("No")


def test_digits_that_do_not_tell_a_mistake_from_the_answer_are_too_few():
    scenario = mazur()
    scenario.theta[2:4] = 0.151, 0.2005  # x[h2], a usual mistake, is 0.3776
    lesson = Lesson().ask(at(1, scenario))
    told = answered(lesson, "0.378")
    assert said(told, lesson.question, CANONICAL) == ("More digits, please: so far a usual mistake gives the same.")
    assert not told.spoilt
    assert answered(told, "0.3775").feedback.said == "right"


def test_what_is_unclear_or_too_coarse_is_no_mistake():
    lesson = answered(Lesson().ask(at(1)), "0.38", "x[h9]", "(", "0.3775")
    assert (lesson.right, lesson.asked) == (1, 1)


def test_an_answer_without_a_question_changes_nothing():
    lesson = Lesson()
    assert lesson.answer("1", CANONICAL) is lesson
    assert asked(lesson, CANONICAL) == ""


def test_a_kind_is_asked_at_every_step_then_once_an_iteration_then_in_every_second():
    scenario = make((2, 2, 2, 2))
    session, lesson, found = Session.open(scenario), Lesson(), []
    for _ in range(8 * session.count):
        lesson = lesson.ask(session)
        if lesson.question is not None:
            if lesson.question.skill == X:
                found.append((lesson.question.after.iteration, lesson.question.row.layer))
            lesson = answered(lesson, repr(lesson.question.value))
        session = session.forward()
    assert found[:2] == [(0, 1), (0, 2)]
    assert found[2:] == [(1, 1), (2, 1), (4, 1), (6, 1)]
    assert lesson.right == lesson.asked


def test_a_wrong_answer_brings_it_back():
    score = Score()
    for iteration in range(4):
        score = score.answered(iteration, right=True)
    assert score.stage == 2
    assert not score.is_due(4)
    assert score.is_due(5)
    score = score.answered(5, right=False)
    assert score.stage == 1
    assert score.is_due(6)
    assert score.answered(6, right=False).is_due(6)


def test_what_is_not_due_is_passed_over():
    lesson = answered(Lesson().ask(at(1)), "0.3775")
    lesson = answered(lesson.ask(at(3)), "1.10591")
    again = lesson.ask(at(1))
    assert (again.question, again.passed_over) == (None, True)
    assert Lesson().ask(at(0)).passed_over is False


def test_leaving_counts_a_question_that_was_tried():
    lesson = Lesson().ask(at(1))
    assert lesson.leave().asked == 0
    assert answered(lesson, "0.3").leave().asked == 1
    assert answered(lesson, "").leave().scores[X] == Score(1, 0, 0, 0, 0)
    assert answered(lesson, "0.3").leave().question is None


def test_what_to_practise():
    lesson = answered(Lesson().ask(at(1)), "0.3775")
    assert advice(lesson, CANONICAL)[0].startswith("Nothing needs practice")
    lesson = answered(lesson.ask(at(9)), "dE/dx[o1]*w5", "0.0363503")
    lesson = answered(lesson.ask(at(2)), "", "0.59327")
    assert lesson.scores[BELOW].mistakes == {"path forgotten": 1}
    assert lesson.to_practise == (BELOW, Skill("y"))
    assert advice(lesson, NOTATIONS["mazur"]) == [
        "Practise ∂E_total/∂out, how the error changes with outputs, going back; most often: path forgotten.",
        "Practise out, outputs.",
    ]


@pytest.mark.parametrize(("right", "asked", "weak"), [(3, 4, True), (79, 100, True), (4, 5, False), (81, 100, False)])
def test_four_right_answers_of_five_are_enough(right, asked, weak):
    assert Lesson({X: Score(asked, right)}).to_practise == ((X,) if weak else ())


def test_the_question_says_of_which_example_or_over_which():
    scenario = make((2, 1), examples=3, batch=3)
    texts = [meaning(Lesson().ask(at(done, scenario), None, 1).question, CANONICAL) for done in (1, 2, 3, 4, 5, 6, 7)]
    assert texts == [
        "total input of o1, example 2",
        "output of o1, example 2",
        "error of o1, example 2",
        "how E changes with the output of o1, example 2",
        "how E changes with the total input of o1, example 2",
        "how E changes with w1_1_1, mean over 3 examples",
        "w1_1_1 after the update",
    ]


def test_scalar_steps_ask_one_number_after_the_other():
    session, lesson, found = at(2, detail="scalar"), Lesson(), []
    for _ in range(4):
        lesson = lesson.ask(session)
        found.append(str(lesson.question.quantity))
        lesson = Lesson()
        session = session.forward()
    assert found == ["x[h1]", "x[h2]", "y[h1]", "y[h2]"]
    with_h1 = Lesson().ask(at(3, detail="scalar"))
    assert answered(with_h1, "x[h1] + 0.015").right == 1
    assert answered(with_h1, "x[h2]").feedback.said == "unreadable"


def test_of_a_tied_parameter_it_is_said_how_far_the_sum_is():
    session, said_of_w = Session.open(unrolled()), []
    for _ in range(session.count):
        question = question_of(session)
        if question is not None and question.quantity == Quantity("dE/dw", "w1_1"):
            said_of_w.append(meaning(question, CANONICAL).removeprefix("how E changes with w1_1"))
        session = session.forward()
    assert said_of_w == [", as far as layer 3, t = 3", ", as far as layer 2, t = 2", ""]


def test_a_graph_is_asked_about_in_its_own_words():
    circuit, skills = Session.open(read(CIRCUIT)), []
    lesson = Lesson()
    for done in range(1, circuit.count):
        lesson = lesson.ask(circuit.seek(0, done))
        question = lesson.question
        if question is None:
            assert lesson.passed_over
            continue
        skills.append((meaning(question, CANONICAL), skill_words(question.skill)))
        lesson = answered(lesson, repr(question.value))
        assert lesson.feedback.said == "right"
    assert skills == [
        ("value of q", "values"),
        ("the error", "the error"),
        ("how E changes with f", "how the error changes with values, next to the error"),
        ("how E changes with q", "how the error changes with values, next to the error"),
        ("how E changes with y", "how the error changes with values, going back"),
        ("how E changes with x", "how the error changes with values, going back"),
    ]
    assert [(skill.quantity, skill.at_outputs, score.right) for skill, score in lesson.scores.items()] == [
        ("y", False, 1),
        ("E", False, 1),
        ("dE/dy", True, 2),
        ("dE/dy", False, 2),
    ]


def test_of_a_graphs_value_that_is_one_for_the_batch_no_example_is_named():
    text = CIRCUIT.replace('"q = x + y"', '"m = batch_mean(x)", "q = m + y"') + "[[example]]\ninputs = [1, 2, 3]\n"
    session = Session.open(read(text + '[training]\nbatch = "all"\n'))
    assert meaning(question_of(session.seek(0, 1)), CANONICAL) == "value of m"
    assert meaning(question_of(session.seek(0, 2), None, 1), CANONICAL) == "value of q, example 2"


def test_a_wrong_final_derivative_is_searched_in_the_steps_before():
    lesson = Lesson().ask(at(11))
    delta = 0.4 * 0.74136507 - 0.5 * 0.217071535  # the outputs' slopes are forgotten
    wrong = answered(lesson, f"{delta * 0.241300709 * 0.05:.9f}")
    assert wrong.feedback.diagnosis is None
    assert searched(lesson.question)
    explained = wrong.with_cause(cause_of(lesson.question, wrong.feedback.answer))
    assert "he slope of the activation function is missing." in said(explained, lesson.question, CANONICAL)
    nothing = answered(lesson, "0.0123")
    assert cause_of(lesson.question, nothing.feedback.answer) == ""
    assert said(nothing.with_cause(""), lesson.question, CANONICAL) == said(nothing, lesson.question, CANONICAL)


def test_a_step_on_the_way_is_not_searched():
    assert not searched(Lesson().ask(at(1)).question)
