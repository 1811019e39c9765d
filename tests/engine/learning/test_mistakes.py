"""Every usual mistake, made by hand with the names that an answer may use, is told for what it is."""

import math
import re

import pytest

from engine.ask.lookup import value_at
from engine.ask.whereabouts import go_to, named_place
from engine.formula.quantity import Quantity
from engine.predict.answer import read_answer
from engine.predict.judge import judge
from engine.predict.mistakes import MISTAKES
from engine.predict.question import question_of
from engine.program.clip import Clip
from engine.program.learning_rules import Delta, Perceptron
from engine.program.notation import CANONICAL, NOTATIONS
from engine.program.optimizers import Adam, Momentum
from engine.program.penalty import Penalty
from engine.walking.session import Session
from tests.networks import make, mazur


def question_at(scenario, place, example=0):
    """The question whose answer is the number at a place: asked one step before."""
    session = Session.open(scenario)
    iteration, quantity = named_place(place, scenario.network)
    return question_of(go_to(session, iteration, quantity).back(), quantity.subject, example)


def judged(scenario, place, text, example=0):
    question = question_at(scenario, place, example)
    assert str(question.quantity) == place.rpartition(":")[2]
    return judge(read_answer(text, question, CANONICAL), question)


SCENARIOS = {
    "mazur": mazur(),
    "slow": mazur(learning_rate=0.3),
    "immediate": mazur(immediate=True),
    "momentum": make(optimizer=Momentum(0.9)),
    "clipped": make(clip=Clip(norm=0.002)),
    "cut": make(clip=Clip(value=0.001)),
    "mean": make((2, 2, 1), examples=3, batch=3),
    "sum": make((2, 2, 1), examples=3, batch=3, reduction="sum"),
    "cross entropy": make((2, 2, 2), loss="binary_cross_entropy"),
    "softmax": make((2, 2, 2), last="softmax", loss="mean_squared_error"),
    "three": make((3, 2, 3), seed=4),
    "tanh": make(last="tanh"),
    "delta": make((2, 2), last="step", optimizer=Delta()),
    "perceptron": make((2, 2), last="step", optimizer=Perceptron()),
    "penalty": mazur(penalty=Penalty(l2=0.3, of=(0, 1, 2, 3, 5, 6, 7, 8), examples=3), frozen=frozenset()),
    "penalty without ½": mazur(penalty=Penalty(l2=0.3, l1=0.01, half=False, of=(5,))),
    "penalty of each": make(
        (2, 2, 1), examples=3, batch=3, penalty=Penalty(l2=0.3, per="example", of=(0, 6), examples=3)
    ),
    "penalty of a batch": make((2, 2, 1), examples=3, batch=3, penalty=Penalty(l2=0.3, of=(0, 6), examples=3)),
}

CASES = [
    ("delta", "w+[w1_1_1]", "w1_1_1 - 0.5*(t[o1] - x[o1])*i1", "sign turned"),
    ("delta", "w+[w1_1_1]", "w1_1_1 + 0.5*(t[o1] - o1)*i1", "another difference"),
    ("delta", "w+[w1_1_1]", "w1_1_1 + 0.5*(t[o1] - x[o1])", "input forgotten"),
    ("perceptron", "w+[w1_2_1]", "w1_2_1 + 0.5*(t[o1] - x[o1])*i2", "another difference"),
    ("perceptron", "w+[b1_2]", "b1_2 - 0.5*(t[o2] - o2)", "sign turned"),
    ("perceptron", "w+[w1_1_1]", "w1_1_1 + (t[o1] - o1)*i1", "learning rate forgotten"),
    ("mazur", "x[h1]", "w1*i1 + w2*i2", "bias forgotten"),
    ("mazur", "x[h1]", "0.15*0.05 + 0.2*0.1", "bias forgotten"),
    ("mazur", "x[h1]", "0.0275", "bias forgotten"),
    ("mazur", "x[h1]", "w1*i1 + b1", "path forgotten"),
    ("mazur", "x[h1]", "-(w1*i1 + w2*i2 + b1)", "sign turned"),
    ("mazur", "x[h1]", "w2*i2", "only one path"),
    ("mazur", "x[h1]", "w3*i1 + w4*i2 + b1", "another's number"),
    ("mazur", "x[h1]", "1/(1 + exp(-0.3775))", "y for x"),
    ("mazur", "x[o1]", "w5*x[h1] + w6*x[h2] + b2", "x for y"),
    ("mazur", "x[o1]", "t[o1]", "another quantity"),
    ("mazur", "y[h1]", "x[h1]", "x for y"),
    ("mazur", "y[h1]", "1/(1 + exp(x[h1]))", "sign turned inside"),
    ("mazur", "y[h1]", "1/(1 + exp(-(x[h1] - b1)))", "bias forgotten"),
    ("mazur", "y[h1]", "1/(1 + exp(-x[h2]))", "another's number"),
    ("mazur", "E[o1]", "(o1 - t[o1])**2", "twice"),
    ("mazur", "E[o1]", "(o1 - t[o1])**2/4", "half"),
    ("mazur", "E[o1]", "o1 - t[o1]", "not squared"),
    ("mazur", "E[o1]", "t[o1] - o1", "not squared"),
    ("mazur", "E[o1]", "((o1 - t[o1])**2 + (o2 - t[o2])**2)/2", "whole error"),
    ("mazur", "dE/dy[o1]", "t[o1] - o1", "sign turned"),
    ("mazur", "dE/dy[o1]", "2*(o1 - t[o1])", "twice"),
    ("mazur", "dE/dy[o1]", "(o1 - t[o1])/2", "half"),
    ("mazur", "dE/dy[o1]", "(o1 - t[o1])*o1*(1 - o1)", "slope too early"),
    ("mazur", "dE/dx[o1]", "dE/dy[o1]", "slope forgotten"),
    ("mazur", "dE/dx[o1]", "dE/dy[o1]*x[o1]*(1 - x[o1])", "x for y"),
    ("tanh", "dE/dx[o1]", "dE/dy[o1]*(1 - x[o1]**2)", "x for y"),
    ("mazur", "dE/dx[o1]", "dE/dy[o1]*o1", "half a slope"),
    ("mazur", "dE/dx[o1]", "dE/dy[o1]*(1 - o1)", "half a slope"),
    ("mazur", "dE/dx[o1]", "-dE/dy[o1]*o1*(1 - o1)", "sign turned"),
    ("mazur", "dE/dx[o1]", "dE/dy[o2]*o2*(1 - o2)", "another's number"),
    ("mazur", "dE/dx[h1]", "dE/dy[h1]", "slope forgotten"),
    ("mazur", "dE/dw[w5]", "h1*dE/dy[o1]", "slope forgotten"),
    ("penalty", "dE/dw[w5]", "h1*dE/dy[o1] + 0.3*w5", "slope forgotten"),
    ("penalty", "dE/dw[w5]", "dE/dx[o1] + 0.3*w5", "input forgotten"),
    ("penalty", "dE/dw[w5]", "h1*dE/dx[o1]", "penalty forgotten"),
    ("penalty", "w+[w5]", "w5 - 0.5*h1*dE/dx[o1]", "penalty forgotten"),
    ("penalty", "dE/dw[w5]", "h1*dE/dx[o1] + 0.6*w5", "half forgotten"),
    ("penalty", "dE/dw[w5]", "h1*dE/dx[o1] + 0.15*w5", "half kept"),
    ("penalty", "dE/dw[w5]", "h1*dE/dx[o1] - 0.3*w5", "penalty subtracted"),
    ("penalty", "dE/dw[w5]", "h1*dE/dx[o1] + 0.1*w5", "λ divided"),
    ("penalty", "w+[w5]", "w5 - 0.5*(h1*dE/dx[o1] + 0.1*w5)", "λ divided"),
    ("penalty", "dE/dw[b2]", "dE/dx[o1] + dE/dx[o2] + 0.3*b2", "bias penalized"),
    ("penalty without ½", "dE/dw[w5]", "h1*dE/dx[o1] + 0.3*w5 + 0.01", "half too many"),
    ("mazur", "dE/dw[w5]", "x[h1]*dE/dx[o1]", "x for y"),
    ("mazur", "dE/dw[w5]", "dE/dx[o1]", "input forgotten"),
    ("mazur", "dE/dw[w5]", "-h1*dE/dx[o1]", "sign turned"),
    ("mazur", "dE/dw[w5]", "h2*dE/dx[o1]", "another's number"),
    ("slow", "dE/dw[w5]", "learning_rate*h1*dE/dx[o1]", "learning rate too early"),
    ("slow", "dE/dw[w5]", "-learning_rate*h1*dE/dx[o1]", "learning rate too early"),
    ("slow", "dE/dw[w5]", "2*h1*dE/dx[o1]", "twice"),
    ("mazur", "dE/dw[b2]", "dE/dx[o1]", "path forgotten"),
    ("mazur", "dE/dy[h1]", "w5*dE/dx[o1]", "path forgotten"),
    ("mazur", "dE/dy[h1]", "w5*dE/dy[o1] + w7*dE/dy[o2]", "slope forgotten"),
    ("mazur", "dE/dy[h1]", "dE/dx[o1] + dE/dx[o2]", "weights forgotten"),
    ("mazur", "dE/dy[h1]", "(w5 - dE/dw[w5]/2)*dE/dx[o1] + (w7 - dE/dw[w7]/2)*dE/dx[o2]", "new weight for old"),
    ("immediate", "dE/dy[h1]", "w5*dE/dx[o1] + w7*dE/dx[o2]", "old weight for new"),
    ("slow", "w+[w5]", "w5 + learning_rate*dE/dw[w5]", "sign turned"),
    ("slow", "w+[w5]", "w5 - dE/dw[w5]", "learning rate forgotten"),
    ("slow", "w+[w5]", "-learning_rate*dE/dw[w5]", "change alone"),
    ("slow", "w+[w5]", "learning_rate*dE/dw[w5]", "change alone"),
    ("slow", "w+[w5]", "w5", "not updated"),
    ("slow", "w+[w5]", "0.4000", "not updated"),
    ("slow", "w+[w5]", "dE/dw[w5]", "derivative alone"),
    ("slow", "w+[w5]", "w5 - 2*learning_rate*dE/dw[w5]", "twice"),
    ("slow", "w+[w5]", "w5 - learning_rate*dE/dw[w5]/2", "half"),
    ("slow", "w+[w5]", "w5 - learning_rate*dE/dw[w6]", "another's derivative"),
    ("slow", "w+[w5]", "w6 - learning_rate*dE/dw[w6]", "another's number"),
    ("momentum", "1:w+[w2_1_1]", "w2_1_1 - learning_rate*dE/dw[w2_1_1]", "memory forgotten"),
    ("clipped", "w+[w2_1_1]", "w2_1_1 - learning_rate*dE/dw[w2_1_1]", "clip forgotten"),
    ("cut", "w+[w2_1_1]", "w2_1_1 - learning_rate*dE/dw[w2_1_1]", "clip forgotten"),
    (
        "clipped",
        "w+[w1_1_1]",
        "w1_1_1 - learning_rate*dE/dw[w1_1_1]/500/(dE/dw[w1_1_1]**2 + dE/dw[w1_2_1]**2 + dE/dw[w1_1_2]**2"
        " + dE/dw[w1_2_2]**2 + dE/db[b1_1]**2 + dE/db[b1_2]**2)**0.5",
        "norm over others",
    ),
    ("mean", "dE/dw[w2_1_1]", "h1_1*dE/dx[o1]", "one example"),
    ("cross entropy", "dE/dx[o1]", "(o1 - t[o1])*o1*(1 - o1)", "slope too many"),
    ("softmax", "y[o1]", "exp(x[o1])", "not normalized"),
    ("softmax", "E[o1]", "(o1 - t[o1])**2", "count forgotten"),
    ("softmax", "dE/dx[o1]", "dy/dx[o1]*dE/dy[o1]", "path forgotten"),
    ("three", "dE/dy[h1_1]", "w2_1_2*dE/dx[o2]", "only one path"),
]


@pytest.mark.parametrize(("scenario", "place", "text", "mistake"), CASES)
def test_the_mistake_is_told(scenario, place, text, mistake):
    judgement = judged(SCENARIOS[scenario], place, text)
    assert judgement.verdict == "wrong"
    assert judgement.diagnosis.mistake.name == mistake


@pytest.mark.parametrize(("scenario", "factor"), [("mean", 1 / 3), ("sum", 1.0)])
@pytest.mark.parametrize(("factors", "mistake"), [(("x", "dE/dx"), "x for y"), (("y", "dE/dy"), "slope forgotten")])
def test_a_mistake_in_every_example_is_told(scenario, factor, factors, mistake):
    session = Session.open(SCENARIOS[scenario])
    values = session.seek(0, session.count).values
    of_source, of_target = values.need(factors[0], 1)[:, 0], values.need(factors[1], 2)[:, 0]
    judgement = judged(SCENARIOS[scenario], "dE/dw[w2_1_1]", repr(float((of_source * of_target).sum() * factor)))
    assert judgement.diagnosis.mistake.name == mistake


@pytest.mark.parametrize(
    ("scenario", "factor", "mistake"), [("mean", 3, "sum for mean"), ("sum", 1 / 3, "mean for sum")]
)
@pytest.mark.parametrize("place", ["dE/dw[w2_1_1]", "w+[w2_1_1]"])
def test_the_batch_joined_the_wrong_way_is_told(scenario, factor, mistake, place):
    question = question_at(SCENARIOS[scenario], place)
    wrong = question.base + factor * (question.value - question.base)
    assert judged(SCENARIOS[scenario], place, repr(wrong)).diagnosis.mistake.name == mistake


@pytest.mark.parametrize(
    ("scenario", "of_data", "of_penalty", "mistake"),
    [
        ("penalty of each", 1, 0.3, "λ not divided"),
        ("penalty of each", 3, 0.1, "sum for mean"),
        ("penalty of a batch", 3, 0.3, "sum for mean"),
        ("penalty of a batch", 1, 0.1, "λ divided"),
        ("penalty of a batch", 1, 0, "penalty forgotten"),
    ],
)
def test_the_mean_over_a_batch_and_a_penalty_beside_it(scenario, of_data, of_penalty, mistake):
    question = question_at(SCENARIOS[scenario], "dE/dw[w2_1_1]")
    w = question.number("w", "w2_1_1")
    data = question.value - (0.1 if scenario == "penalty of each" else 0.3) * w
    wrong = of_data * data + of_penalty * w
    assert judged(SCENARIOS[scenario], "dE/dw[w2_1_1]", repr(wrong)).diagnosis.mistake.name == mistake


@pytest.mark.parametrize("iteration", [0, 2])
def test_weights_that_an_optimizer_with_a_memory_makes_are_told(iteration):
    """Adam's first steps depend on how many there were."""
    scenario = make((1, 2, 2), optimizer=Adam(0.5, 0.9), learning_rate=0.1)
    session = Session.open(scenario)
    numbers = [
        value_at(session.seek(iteration, session.count), Quantity(kind, name))
        for i in (1, 2)
        for kind, name in (("w+", f"w2_1_{i}"), ("dE/dx", f"o{i}"))
    ]
    wrong = numbers[0] * numbers[1] + numbers[2] * numbers[3]
    judgement = judged(scenario, f"{iteration}:dE/dy[h1_1]", repr(wrong))
    assert judgement.diagnosis.mistake.name == "new weight for old"


@pytest.mark.parametrize("iteration", [0, 2])
def test_a_forgotten_learning_rate_of_an_optimizer_with_a_memory(iteration):
    scenario = make((1, 1), optimizer=Adam(0.5, 0.9), learning_rate=0.1)
    question = question_at(scenario, f"{iteration}:w+[w1_1_1]")
    wrong = question.base + (question.value - question.base) / 0.1
    told = judged(scenario, f"{iteration}:w+[w1_1_1]", repr(wrong))
    assert told.diagnosis.mistake.name == "learning rate forgotten"


def test_no_mistake_is_without_a_test():
    tested = {case[-1] for case in CASES} | {"sum for mean", "mean for sum", "λ not divided"}
    assert {mistake.name for mistake in MISTAKES if mistake.of != "graph"} == tested


@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_words_are_in_the_notation_in_use(notation):
    for scenario, place, text, _ in CASES:
        question = question_at(SCENARIOS[scenario], place)
        answer = read_answer(text, question, CANONICAL)
        sentence = judge(answer, question).diagnosis.sentence(question, notation.with_outputs(["o1", "o2"]))
        assert sentence.endswith(".")
        assert "{" not in sentence
        if notation.name == "mazur":
            assert not re.search(r"dE/d|\w\[", sentence)


@pytest.mark.parametrize(
    ("scenario", "place", "text", "notation", "words"),
    [
        ("mazur", "dE/dx[o1]", "dE/dy[o1]", "mazur", "The slope ∂out_o1/∂net_o1 is missing."),
        (
            "mazur",
            "dE/dy[h1]",
            "w5*dE/dy[o1] + w7*dE/dy[o2]",
            "canonical",
            "The slope is missing: dE/dy[o1] was put in where dE/dx[o1] belongs.",
        ),
        ("mean", "dE/dw[w2_1_1]", "h1_1*dE/dx[o1]", "canonical", "This is example 1 alone: the batch has 3."),
    ],
)
def test_what_the_words_name(scenario, place, text, notation, words):
    diagnosis = judged(SCENARIOS[scenario], place, text).diagnosis
    assert diagnosis.sentence(question_at(SCENARIOS[scenario], place), NOTATIONS[notation]) == words


def test_an_answer_that_a_mistake_gives_as_well_is_asked_for_more_digits():
    scenario = mazur()
    scenario.theta[4] = 0.0001  # a bias that hardly shows
    right = 0.15 * 0.05 + 0.2 * 0.1 + 0.0001
    assert judged(scenario, "x[h1]", "0.028").verdict == "coarse"
    assert judged(scenario, "x[h1]", f"{right:.3g}").verdict == "right"
    scenario.theta[4] = 0.00001
    judgement = judged(scenario, "x[h1]", "0.0275")
    assert (judgement.verdict, judgement.diagnosis.mistake.name) == ("coarse", "bias forgotten")
    assert judged(scenario, "x[h1]", "0.02751").verdict == "right"
    assert judged(scenario, "x[h1]", "w1*i1 + w2*i2 + b1").verdict == "right"


@pytest.mark.parametrize(
    ("place", "text", "mistake"),
    [("x[h1]", "0.028", "bias forgotten"), ("x[h1]", "0.03", None), ("w+[w5]", "0.082", "derivative alone"),
     ("w+[w5]", "0.08", None), ("w+[w5]", "0.40", "not updated")],
)  # fmt: skip
def test_two_digits_tell_a_mistake(place, text, mistake):
    """Of a number that is compared itself, and not its distance from the old value, they are its own digits."""
    judgement = judged(SCENARIOS["mazur"], place, text)
    assert judgement.verdict == "wrong"
    assert (judgement.diagnosis and judgement.diagnosis.mistake.name) == mistake


def test_anothers_number_for_a_bias():
    question = question_at(SCENARIOS["three"], "dE/dw[b2_2]")
    answer = read_answer(repr(question.number("dE/dw", "w2_1_1")), question, CANONICAL)
    assert judge(answer, question).diagnosis.mistake.name == "another's number"


def test_a_number_from_far_away_is_not_taken_for_a_neighbours():
    question = question_at(SCENARIOS["three"], "dE/dw[w2_1_1]")
    answer = read_answer(repr(question.number("dE/dw", "w2_2_2")), question, CANONICAL)
    assert judge(answer, question).diagnosis is None


@pytest.mark.parametrize(("inputs", "told"), [(12, True), (13, False)])
def test_of_very_many_paths_nobody_forgets_just_one(inputs, told):
    question = question_at(make((inputs, 1), bias="none"), "x[o1]")
    part = question.number("w", "w1_1_1") * question.number("y", "i1")
    judgement = judge(read_answer(repr(question.value - part), question, CANONICAL), question)
    assert (judgement.diagnosis is not None) is told
    if told:
        assert judgement.diagnosis.sentence(question, CANONICAL) == "The part with y[i1] is missing."


def test_a_softmax_for_its_total_input():
    question = question_at(SCENARIOS["softmax"], "x[o1]")
    e1, e2 = math.exp(question.value), math.exp(question.number("x", "o2"))
    answer = read_answer(repr(e1 / (e1 + e2)), question, CANONICAL)
    assert judge(answer, question).diagnosis.mistake.name == "y for x"


def test_without_a_choice_the_first_example_of_a_batch_is_asked():
    walk = Session.open(SCENARIOS["mean"]).forward()
    values = [question_of(walk, "h1_1", example).value for example in range(3)]
    assert question_of(walk, "h1_1").value == values[0]
    assert len({*values}) == 3


def test_a_mistake_without_consequence_is_none():
    scenario = mazur()
    scenario.theta[4] = 0.0
    assert judged(scenario, "x[h1]", "w1*i1 + w2*i2").verdict == "right"
