"""Mistakes in graphs: each number is the one that a person gets who makes it, by a chain rule of the test's own."""

import math
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ask.whereabouts import go_to, named_place
from engine.predict.answer import read_answer
from engine.predict.judge import judge
from engine.predict.mistakes import MISTAKES, slips_of
from engine.predict.question import question_of
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from tests.engine.graphs.files import CIRCUIT, read

CELL = """
title = "A cell"
[graph]
inputs = ["x"]
targets = ["t"]
constants = { h0 = 0.5, c0 = 0.2 }
nodes = [
  "zi = wi * x + ui * h0 + bi", "i = sigmoid(zi)", "f = sigmoid(wf * x + uf * h0 + 1)", "g = tanh(wg * x + ug * h0)",
  "c = f * c0 + i * g", "h = sigmoid(c) * tanh(c)", "u = v * h - x / (1 + c**2)", "E = half_squared_error(u, t)",
]
error = "E"
parameters = { wi = 0.1, ui = 0.2, bi = 0.3, wf = 0.4, uf = 0.5, wg = 0.7, ug = 0.8, v = 1.7 }
[training]
batch = "all"
learning_rate = 0.3
[[example]]
inputs = [1.5]
targets = [1]
[[example]]
inputs = [0.4]
targets = [0.3]
"""
ONE = CELL[: CELL.rindex("[[example]]")]
THREE_USES = """
title = "Three uses"
[graph]
inputs = ["x"]
nodes = ["a = 2 * x", "b = 3 * a", "c = a**2", "d = a / x", "E = b + c + 5 * d"]
error = "E"
[[example]]
inputs = [0.7]
"""
GIVEN = """
title = "Given derivatives"
[graph]
inputs = ["x"]
nodes = ["z = w * x", "u = z**2"]
upstream = { u = 2, z = 1 }
parameters = { w = 0.1 }
[[example]]
inputs = [3]
"""
SCENARIOS = {
    "given": read(GIVEN),
    "circuit": read(CIRCUIT),
    "cell": read(ONE),
    "batch": read(CELL),
    "three": read(THREE_USES),
}


def question_at(scenario, place, example=0):
    session = Session.open(scenario)
    iteration, quantity = named_place(place, scenario.network)
    return question_of(go_to(session, iteration, quantity).back(), quantity.subject, example)


def judged(scenario, place, text):
    question = question_at(scenario, place)
    assert str(question.quantity) == place
    return judge(read_answer(text, question, CANONICAL), question)


CASES = [
    ("circuit", "y[q]", "x", "term forgotten"),
    ("circuit", "y[q]", "y - x", "sign turned inside"),
    ("circuit", "y[q]", "-(x + y)", "sign turned"),
    ("circuit", "E[f]", "q", "factor forgotten"),
    ("circuit", "E[f]", "z", "factor forgotten"),
    ("circuit", "dE/dy[q]", "q", "factor itself"),
    ("circuit", "dE/dy[q]", "1", "local derivative forgotten"),
    ("circuit", "dE/dy[q]", "-z", "sign turned"),
    ("circuit", "dE/dy[q]", "2*z", "twice"),
    ("circuit", "dE/dy[q]", "z/2", "half"),
    ("circuit", "dE/dy[z]", "z", "factor itself"),
    ("circuit", "dE/dy[x]", "1", "adjoint forgotten"),
    ("cell", "dE/dy[h]", "h", "another quantity"),
    ("cell", "y[f]", "zi", "another's number"),
    ("cell", "y[zi]", "wi*x + ui*h0", "term forgotten"),
    ("cell", "y[zi]", "ui*x + ui*h0 + bi", "another operand"),
    ("cell", "y[i]", "zi", "function forgotten"),
    ("cell", "y[i]", "1/(1 + exp(zi))", "sign turned inside"),
    ("cell", "y[c]", "f*c0 + zi*g", "x for y"),
    ("three", "y[d]", "a", "not divided"),
    ("cell", "y[u]", "v*h - (1 + c**2)/x", "upside down"),
    ("cell", "y[u]", "v*h - x/(1 + c)", "not squared"),
    ("cell", "E[E]", "(u - t)/2", "not squared"),
    ("cell", "E[E]", "(u - t)**2", "factor forgotten"),
    ("cell", "dE/dy[u]", "t - u", "sign turned"),
    ("cell", "dE/dy[h]", "dE/dy[u]*h", "factor itself"),
    ("cell", "dE/dy[h]", "v", "adjoint forgotten"),
    ("cell", "dE/dy[h]", "dE/dy[u]", "local derivative forgotten"),
    ("cell", "dE/dw[v]", "dE/dy[u]*v", "factor itself"),
    (
        "cell",
        "dE/dy[c]",
        "dE/dy[h]*(sigmoid(c)*(1 - sigmoid(c))*tanh(c) + sigmoid(c)*(1 - tanh(c)**2))",
        "path forgotten",
    ),
    ("cell", "dE/dy[c]", "dE/dy[u]*x/(1 + c**2)**2*2*c", "path forgotten"),
    (
        "cell",
        "dE/dy[c]",
        "dE/dy[h]*(sigmoid(c)*(1 - sigmoid(c))*tanh(c) + sigmoid(c)*tanh(c)) + dE/dy[u]*x/(1 + c**2)**2*2*c",
        "function for derivative",
    ),
    (
        "cell",
        "dE/dy[c]",
        "dE/dy[h]*(sigmoid(c)*(1 - sigmoid(c))*tanh(c) + sigmoid(c)*(1 - c**2)) + dE/dy[u]*x/(1 + c**2)**2*2*c",
        "x for y",
    ),
    (
        "cell",
        "dE/dy[c]",
        "dE/dy[h]*(sigmoid(c)*(1 - sigmoid(c))*tanh(c) + sigmoid(c)*(1 - tanh(c)**2)) + dE/dy[u]*x/(1 + c**2)*2*c",
        "denominator not squared",
    ),
    (
        "cell",
        "dE/dy[c]",
        "dE/dy[h]*(sigmoid(c)*(1 - sigmoid(c))*tanh(c) + sigmoid(c)*(1 - tanh(c)**2)) + dE/dy[u]*x/(1 + c**2)**2*2",
        "half a derivative",
    ),
    (
        "cell",
        "dE/dy[c]",
        "dE/dy[h]*(sigmoid(c)*(1 - sigmoid(c))*tanh(c) + sigmoid(c)*(1 - tanh(c)**2)) - dE/dy[u]*x/(1 + c**2)**2*2*c",
        "sign turned inside",
    ),
    ("cell", "dE/dy[g]", "dE/dy[c]*zi", "x for y"),
    ("cell", "dE/dy[g]", "dE/dy[c]*f", "another operand"),
    ("cell", "dE/dw[wi]", "dE/dy[zi]", "local derivative forgotten"),
    ("cell", "dE/dw[wf]", "dE/dy[f]*f*(1 - f)", "inner derivative forgotten"),
    ("cell", "dE/dw[wf]", "dE/dy[f]*x", "inner derivative forgotten"),
    ("cell", "dE/dw[wf]", "dE/dy[f]*f*x", "function for derivative"),
    ("cell", "dE/dw[wf]", "dE/dy[f]*(1 - f)*x", "half a derivative"),
    ("cell", "dE/dw[wf]", "0.3*dE/dy[f]*f*(1 - f)*x", "learning rate too early"),
    ("cell", "dE/dw[wi]", "wi", "another quantity"),
    ("cell", "w+[v]", "v + 0.3*dE/dw[v]", "sign turned"),
    ("cell", "w+[v]", "v - dE/dw[v]", "learning rate forgotten"),
    ("cell", "w+[v]", "v", "not updated"),
    ("three", "dE/dy[a]", "dE/dy[b]*3", "only one path"),
    ("given", "dE/dy[u]", "-2", "sign turned"),
    ("given", "dE/dy[z]", "1", "path forgotten"),
    ("given", "dE/dy[z]", "dE/dy[u]*2*z", "path forgotten"),
    ("given", "dE/dy[z]", "dE/dy[u] + 1", "local derivative forgotten"),
    ("given", "dE/dy[z]", "1 - dE/dy[u]*2*z", "sign turned inside"),
    ("three", "dE/dy[a]", "dE/dy[b]*3 + dE/dy[c]*2*a", "path forgotten"),
]


@pytest.mark.parametrize(("scenario", "place", "text", "mistake"), CASES)
def test_the_mistake_is_told(scenario, place, text, mistake):
    judgement = judged(SCENARIOS[scenario], place, text)
    assert judgement.verdict == "wrong"
    assert (judgement.diagnosis and judgement.diagnosis.mistake.name) == mistake


def test_what_stands_for_given_derivatives_is_not_asked():
    session = Session.open(SCENARIOS["given"])
    rows = session.timeline.steps.rows
    asked = [question_of(session.seek(0, done)) for done in range(len(rows))]
    assert [row.quantity for row, question in zip(rows, asked, strict=True) if question is None] == ["y", "E"]


@pytest.mark.parametrize(
    ("place", "number", "mistake"),
    [
        ("dE/dw[v]", lambda one, two: one + two, "sum for mean"),
        ("dE/dw[v]", lambda one, two: one, "one example"),
        ("dE/dw[v]", lambda one, two: two, "one example"),
        ("dE/dy[h]", lambda one, two: None, "mean too early"),
    ],
)
def test_of_a_batch(place, number, mistake):
    question = question_at(SCENARIOS["batch"], place)
    parts = [question.number("dE/dy", "u", example=e) * question.number("y", "h", example=e) for e in (0, 1)]
    wrong = number(*parts) or question.value / 2
    judgement = judge(read_answer(repr(wrong), question, CANONICAL), question)
    assert judgement.diagnosis.mistake.name == mistake


def test_no_mistake_of_graphs_is_without_a_test():
    tested = {mistake for *_, mistake in CASES} | {"mean too early"}
    assert {mistake.name for mistake in MISTAKES if mistake.of == "graph"} <= tested


@pytest.mark.parametrize(
    ("scenario", "place", "text", "words"),
    [
        ("circuit", "y[q]", "y", "The term y[x] is missing."),
        (
            "circuit",
            "dE/dy[q]",
            "q",
            "y[q] was put in where y[z] belongs: the derivative of a product by one factor is the other.",
        ),
        ("circuit", "dE/dy[x]", "1", "What comes back is missing: the local derivative is multiplied by dE/dy[q]."),
        ("cell", "dE/dy[h]", "dE/dy[u]", "The local derivative dy/dy[u<-h] is missing."),
        ("cell", "dE/dw[wf]", "dE/dy[f]*f*(1 - f)", "The factor y[x] is missing: the chain goes through every op"),
        ("given", "dE/dy[z]", "dE/dy[u]*2*z", "The part with the given derivative is missing."),
        ("three", "dE/dy[a]", "dE/dy[b]*3", "This is the part with dE/dy[b] alone."),
        ("three", "dE/dy[a]", "dE/dy[b] + dE/dy[c] + dE/dy[d]", "The local derivative dy/dy[b<-a] and dy/dy[c<-a] and"),
    ],
)
def test_what_the_words_name(scenario, place, text, words):
    diagnosis = judged(SCENARIOS[scenario], place, text).diagnosis
    assert diagnosis.sentence(question_at(SCENARIOS[scenario], place), CANONICAL).startswith(words)


# Random graphs, and the numbers of a chain rule of the test's own: formulas are tuples here


def quotient(a, b):
    """As floats have it: over 0 infinite, or no number."""
    if b:
        return a / b
    return math.copysign(math.inf, a) * math.copysign(1, b) if a else math.nan


ONE_NUMBER = {
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "sin": (lambda x: math.sin(x) if math.isfinite(x) else math.nan, math.cos),
    "sigmoid": (lambda x: (1 + math.tanh(x / 2)) / 2, lambda x: (1 - math.tanh(x / 2) ** 2) / 4),
    "square": (lambda x: x * x, lambda x: 2 * x),
}
TWO_NUMBERS = {
    "+": (lambda a, b: a + b, lambda a, b: (1, 1)),
    "-": (lambda a, b: a - b, lambda a, b: (1, -1)),
    "*": (lambda a, b: a * b, lambda a, b: (b, a)),
    "/": (quotient, lambda a, b: (1 / b, -a / b / b)),
}


def value(tree, env, instead=()):
    """The number of a formula, with other numbers for some of its parts."""
    for part, number in instead:
        if part == tree:
            return number
    if isinstance(tree, str):
        return env[tree]
    if isinstance(tree, float):
        return tree
    sign, *parts = tree
    numbers = [value(part, env, instead) for part in parts]
    if sign in ONE_NUMBER:
        return ONE_NUMBER[sign][0](*numbers)
    return TWO_NUMBERS[sign][0](*numbers)


def slope(tree, place, env):
    """Of a call by its operand at a place."""
    sign, *parts = tree
    numbers = [value(part, env) for part in parts]
    if sign in ONE_NUMBER:
        return ONE_NUMBER[sign][1](*numbers)
    return TWO_NUMBERS[sign][1](*numbers)[place]


def derivative(tree, name, env, wrong=None):
    """By a name; `wrong` is (a call, a place, the number that is taken for the slope there)."""
    if isinstance(tree, str | float):
        return float(tree == name)
    total = 0.0
    for place, part in enumerate(tree[1:]):
        own = wrong[2] if wrong and wrong[:2] == (tree, place) else slope(tree, place, env)
        total += own * derivative(part, name, env, wrong)
    return total


def turns(tree, name):
    """Every call on the way to a name, with the place of the operand that leads there."""
    for place, part in enumerate(tree[1:]) if isinstance(tree, tuple) else ():
        if name in names_in(part):
            yield tree, place
            yield from turns(part, name)


def names_in(tree):
    if isinstance(tree, tuple):
        return set(chain.from_iterable(map(names_in, tree[1:])))
    return {tree} if isinstance(tree, str) else set()


def calls(tree):
    if isinstance(tree, tuple):
        yield tree
        for part in tree[1:]:
            yield from calls(part)


def text_of(tree):
    if isinstance(tree, str | float):
        return str(tree)
    sign, *parts = tree
    texts = [text_of(part) for part in parts]
    if sign == "square":
        return f"({texts[0]})**2"
    return f"{sign}({texts[0]})" if sign in ONE_NUMBER else f"({texts[0]} {sign} {texts[1]})"


@st.composite
def trees(draw, names, depth):
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(names))
    sign = draw(st.sampled_from([*ONE_NUMBER, "+", "-", "*", "*", "/"]))
    first = draw(trees(names, depth - 1))
    if sign in ONE_NUMBER:
        return (sign, first)
    second = draw(trees(names, depth - 1))
    return (sign, first, ("+", 2.0, ("square", second)) if sign == "/" else second)


@st.composite
def graphs(draw):
    """By name the formulas, and the numbers of all that is given."""
    given_numbers = {name: draw(st.floats(-2, 2).map(lambda x: round(x, 3))) for name in ("a", "b", "w", "v")}
    nodes, names = {}, list(given_numbers)
    for number in range(draw(st.integers(1, 3))):
        tree = draw(trees(names, 2).filter(lambda tree: isinstance(tree, tuple)))
        nodes[f"n{number}"] = tree
        names.append(f"n{number}")
    used = set().union(*map(names_in, nodes.values()))
    error = draw(trees(names, 1))
    for name in names:
        if name not in used | names_in(error):
            error = ("+", error, name)
    nodes["E"] = error if isinstance(error, tuple) else ("*", error, error)
    return nodes, given_numbers


def opened(nodes, given_numbers):
    lines = ", ".join(f'"{name} = {text_of(tree)}"' for name, tree in nodes.items())
    inputs = f"[{given_numbers['a']}, {given_numbers['b']}]"
    text = f"""title = "made"\n[graph]\ninputs = ["a", "b"]\nnodes = [{lines}]\nerror = "E"
parameters = {{ w = {given_numbers["w"]}, v = {given_numbers["v"]} }}\n[[example]]\ninputs = {inputs}\n"""
    return Session.open(read(text), "scalar")


def numbers_of(nodes, given_numbers):
    """Every value, and every derivative of E by one."""
    env = dict(given_numbers)
    for name, tree in nodes.items():
        env[name] = value(tree, env)
    back = {"E": 1.0}
    for name in reversed([*given_numbers, *nodes][:-1]):
        back[name] = sum(
            back[use] * derivative(tree, name, env) for use, tree in nodes.items() if name in names_in(tree)
        )
    return env, back


def wrong_values(nodes, name, env):
    """By mistake the numbers of a node that it gives."""
    tree = nodes[name]
    found = {}

    def put(mistake, part, number):
        found.setdefault(mistake, []).append(value(tree, env, [(part, number)]))

    for part in calls(tree):
        sign, *operands = part
        a, *others = [value(operand, env) for operand in operands]
        b = others[0] if others else math.nan
        if sign in ("+", "-"):
            put("term forgotten", part, a)
            put("term forgotten", part, b if sign == "+" else -b)
            put("sign turned inside", part, a - b if sign == "+" else a + b)
            put("sign turned inside", part, b - a if sign == "+" else -a - b)
        elif sign == "*":
            put("factor forgotten", part, a)
            put("factor forgotten", part, b)
        elif sign == "/":
            put("not divided", part, a)
            put("upside down", part, quotient(b, a))
        else:
            put("not squared" if sign == "square" else "function forgotten", part, a)
            put("sign turned inside", part, ONE_NUMBER[sign][0](-a))
    for leaf in names_in(tree):
        other = nodes.get(leaf)
        if isinstance(other, tuple) and len(other) == 2 and isinstance(other[1], str):
            put("x for y", leaf, env[other[1]])
        for another in names_in(tree) - {leaf}:
            put("another operand", leaf, env[another])
    return found


def wrong_derivatives(nodes, name, env, back):
    """By mistake the derivatives by a value that it gives."""
    uses = {use: tree for use, tree in nodes.items() if name in names_in(tree)}
    locals_ = {use: derivative(tree, name, env) for use, tree in uses.items()}
    parts = {use: back[use] * locals_[use] for use in uses}
    total = sum(parts.values())
    found = {
        "path forgotten": [total - part for part in parts.values()],
        "only one path": [*parts.values()],
        "local derivative forgotten": [sum(back[use] for use in uses)]
        + [total - parts[use] + back[use] for use in uses],
        "adjoint forgotten": [sum(locals_.values())] + [total - parts[use] + locals_[use] for use in uses],
    }
    every_name = set().union(*map(names_in, uses.values()))
    for use, tree in uses.items():

        def put(mistake, call, place, number, use=use, tree=tree):
            part = back[use] * derivative(tree, name, env, (call, place, number))
            found.setdefault(mistake, []).append(total - parts[use] + part)

        for call, place in turns(tree, name):
            sign, *operands = call
            of_call, own = value(call, env), value(operands[place], env)
            put("inner derivative forgotten", call, place, 1.0)
            put("sign turned inside", call, place, -slope(call, place, env))
            if sign in ONE_NUMBER:
                put("function for derivative", call, place, of_call)
            if sign in ("tanh", "sigmoid"):
                put("x for y", call, place, 1 - own * own if sign == "tanh" else own * (1 - own))
            if sign == "sigmoid":
                put("half a derivative", call, place, of_call)
                put("half a derivative", call, place, 1 - of_call)
            if sign == "square":
                put("half a derivative", call, place, 2.0)
                put("half a derivative", call, place, own)
            if sign == "/" and place:
                put("denominator not squared", call, place, -of_call)
            if sign == "*":
                put("factor itself", call, place, own)
                other = operands[1 - place]
                for another in every_name if isinstance(other, str) else ():
                    put("another operand", call, place, env[another])
                before = nodes.get(other) if isinstance(other, str) else None
                if isinstance(before, tuple) and len(before) == 2 and isinstance(before[1], str):
                    put("x for y", call, place, env[before[1]])
    return found


def questions(session):
    while session.done < session.count:
        question = question_of(session)
        if question is not None:
            yield question
        session = session.forward()


def is_near(number, numbers):
    return any(math.isclose(number, other, rel_tol=1e-9, abs_tol=1e-11) for other in numbers)


OF_LAYERS_TOO = {mistake.name for mistake in MISTAKES if mistake.of is None} | {"another quantity"}


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_each_mistake_gives_the_number_of_a_person_who_makes_it(made):
    nodes, given_numbers = made
    env, back = numbers_of(nodes, given_numbers)
    for question in questions(opened(nodes, given_numbers)):
        kind, name = question.row.quantity, question.name
        right = {"y": env, "E": env, "dE/dy": back, "dE/dw": back}.get(kind)
        if right is None:
            continue
        assert math.isclose(question.value, right[name], rel_tol=1e-9, abs_tol=1e-11)
        of_value = kind in ("y", "E")
        expected = wrong_values(nodes, name, env) if of_value else wrong_derivatives(nodes, name, env, back)
        for diagnosis in slips_of(question):
            assert abs(diagnosis.slip.value - question.value) > 1e-7 * abs(question.value)
            mistake = diagnosis.mistake
            if mistake.of == "graph" and mistake.name != "another quantity":
                assert is_near(diagnosis.slip.value, expected[mistake.name]), (mistake.name, str(question.quantity))


@given(graphs(), st.integers(3, 17))
@settings(max_examples=60, deadline=None)
def test_a_right_answer_is_right(made, digits):
    for question in questions(opened(*made)):
        for text in (repr(question.value), f"{question.value:.{digits - 1}e}"):
            verdict = judge(read_answer(text, question, CANONICAL), question).verdict
            assert verdict == "right" if text == repr(question.value) else verdict in ("right", "coarse")
