"""Every calculation that the screen writes is a right answer when it is typed."""

import pytest

from engine.files import load_scenario, parse_scenario, shipped_names
from engine.formula.activations import activation
from engine.predict.lesson import Lesson
from engine.predict.question import question_of
from engine.program.frameworks import as_in
from engine.program.optimizers import OPTIMIZERS, Adam, Momentum
from engine.program.tokens import MAX_LENGTH
from engine.walking.session import Session
from tests.engine.graphs.files import RECURRENT
from tests.networks import make
from tui.panels.calculation import lines_of
from tui.panels.equation import _in_one_line
from tui.view.seen import View
from tui.words.calculation import chained, numbers_of, parts_of, result_of, symbols_of, text_of
from tui.words.format import DIGITS

LEAKY, STEEP = activation("leaky_relu", {"slope": 0.2}), activation("softplus", {"beta": 2.0})
CHOSEN = activation("hard_tanh", {"corner": 0.5})
MADE = {
    **{name: lambda rule=rule: make(optimizer=rule(), learning_rate=0.1) for name, rule in OPTIMIZERS.items()},
    "coupled": lambda: make(optimizer=Adam(weight_decay=0.1, coupled=True), learning_rate=0.1),
    "keras": lambda: make(optimizer=as_in("keras", "adam").optimizer({}), learning_rate=0.1),
    "momentum": lambda: make(optimizer=Momentum(0.9), examples=2),
    "nesterov": lambda: make(optimizer=Momentum(0.8, nesterov=True), examples=2),
    "tanh": lambda: make((2, 3, 2), "tanh", "identity", "mean_squared_error", examples=3, batch=3),
    "leaky": lambda: make((2, 3, 2), "leaky_relu", "leaky_relu", "squared_error"),
    "each node its own": lambda: make((2, 3, 2), [LEAKY, "sigmoid", STEEP], ["tanh", "identity"], "squared_error"),
    "on corners": lambda: make((2, 3, 2), [LEAKY, CHOSEN], "identity", "squared_error", scale=0.0),
    "binary": lambda: make((2, 3, 2), "tanh", "sigmoid", "binary_cross_entropy"),
    "softmax inside": lambda: make((2, 3, 2, 2), "softmax", "softmax", "half_squared_error"),
    "not fused": lambda: make((2, 3, 2), "tanh", "softmax", "half_squared_error"),
}


def right(question, text, notation):
    feedback = Lesson(question=question, asks_direction=question.is_directed).answer(text, notation).feedback
    return feedback is not None and feedback.said == "right"


def questions(session, first):
    """Of every number that the steps of an iteration ask about."""
    session = session.seek(first, 1)
    while session.iteration == first and session.event is None:
        after = session.forward()
        for name in after.fresh if after.row is not None else ():
            question = question_of(session, name)
            if question is not None and question.name == name:
                yield question
        if after is session:  # nothing is trained: the walk ends here
            return
        session = after


def written(question, digits):
    """What the equation panel writes of its calculation, with numbers and with their names."""
    session = question.after
    explanation, notation = question.explanation, session.scenario.notation
    view = View(session, session, question.example, notation, digits, selected=question.name)
    yield text_of(numbers_of(explanation, digits))
    yield text_of(parts_of(explanation, digits))
    if (chain := chained(explanation)) is not None:
        yield text_of(numbers_of(chain, digits))
    yield _in_one_line(explanation, view, 10_000).plain.rstrip(" ✓≈≠!?±")
    if not explanation.batch and explanation.quantity.kind != "w+":  # what an update remembers is not known before it
        yield f"{text_of(symbols_of(explanation, notation))} = {text_of(result_of(explanation, digits))}"
    for _, form in lines_of(explanation, view, 10_000)[1:-1]:
        yield text_of(form)


@pytest.mark.parametrize("name", [*shipped_names(), *MADE])
def test_each_line_of_numbers_is_a_right_answer(name):
    scenario = MADE[name]() if name in MADE else load_scenario(name)
    asked = 0
    for question in questions(Session.open(scenario), 1 if name in MADE else 0):
        answered = set()  # what is written alike with fewer digits is the same answer
        for digits in DIGITS:
            for text in filter(None, written(question, digits)):
                asked += 1
                assert text in answered or right(question, text, scenario.notation), (question.quantity, digits, text)
                answered.add(text)
    assert asked > 80


ATTENTION = """
title = "Attention"
[graph]
inputs = { X = [2, 2] }
targets = { T = [2, 2] }
nodes = ["Q = X @ WQ", "S = Q @ X.T / sqrt(2)", "A = softmax(S)", "O = A @ X", "E = half_squared_error(O, T)"]
error = "E"
[graph.parameters]
WQ = [[0.1, 0.2], [0.3, 0.4]]
[[example]]
inputs = { X = [[1, 0.5], [0.3, 2]] }
targets = { T = [[1, 0], [0, 1]] }
"""
NORMALIZED = """
title = "Batch normalization"
[graph]
inputs = ["x"]
targets = ["t"]
nodes = [
  "z = w*x", "m = batch_mean(z)", "v = batch_var(z)", "n = g*(z - m)/sqrt(v + 0.1)",
  "c = z - batch_mean(z)", "p = sigmoid(n - 0.2 * c)",
  "E = binary_cross_entropy(p, t)",
]
error = "E"
parameters = { w = 0.7, g = 1.3 }
[training]
batch = "all"
learning_rate = 0.5
[[example]]
inputs = [1]
targets = [1]
[[example]]
inputs = [2.5]
targets = [0]
[[example]]
inputs = [-0.7]
targets = [1]
"""
PICTURE = """
title = "A picture"
[graph]
inputs = { X = [4, 4] }
nodes = [
  "C = conv(X, K)", "R = relu(C + b)", "P = max_pool(R, 2)", "N = layer_norm(R)",
  "E = sum(P**3) / 2 + mean(N*N*N)",
]
error = "E"
[graph.parameters]
K = [[0.1, -0.2], [0.3, 0.4]]
b = 0.1
[[example]]
inputs = { X = [[1, 0, 1, 0], [0, 2, 0, 2], [1, 1.5, 1, 1], [3, 1, 2, 1]] }
"""
GRAPHS = {"attention": ATTENTION, "normalized": NORMALIZED, "picture": PICTURE, "recurrent": RECURRENT}


@pytest.mark.parametrize("name", GRAPHS)
def test_each_line_of_numbers_of_a_graph_is_a_right_answer(name):
    session = Session.open(parse_scenario(GRAPHS[name], name), "scalar")
    notation, asked = session.scenario.notation, 0
    for question in questions(session, 0):
        explanation = question.explanation
        lines = [form(explanation, digits) for form in (numbers_of, parts_of) for digits in DIGITS]
        if not explanation.batch and explanation.quantity.kind != "w+":
            lines.append(symbols_of(explanation, notation))
        for text in filter(None, map(text_of, lines)):
            if len(text) <= MAX_LENGTH:
                asked += 1
                assert right(question, text, notation), (question.quantity, text)
    assert asked > 50
