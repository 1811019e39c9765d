"""Every calculation that is shown comes to the number that is shown: it is recomputed from its own pieces."""

import math
import re
from itertools import product

import pytest

from engine.ask.lookup import value_at
from engine.explain.explainer import Explainer
from engine.explain.matrices import matrix_forms
from engine.explain.terms import explain
from engine.files import load_scenario, parse_scenario
from engine.formula.quantity import Quantity
from engine.formula.tree import Operand
from engine.formula.written import text_pieces
from engine.program.expression import parse_quantity
from engine.program.optimizers import Adam, Momentum
from engine.walking.session import Session
from tests.networks import make, mazur, unrolled

SCENARIOS = {
    "mazur": mazur,
    "immediate": lambda: mazur(immediate=True),
    "batch": lambda: make((2, 3, 2), "tanh", examples=3, batch=3, bias="shared"),
    "sum": lambda: make((2, 2, 1), "leaky_relu", "identity", "squared_error", examples=2, batch=2, reduction="sum"),
    "mean squared": lambda: make((2, 2, 2), "relu", "tanh", "mean_squared_error", bias="none"),
    "softmax": lambda: make((2, 3, 3), last="softmax"),
    "cross entropy": lambda: make((2, 3, 3), last="softmax", loss="cross_entropy"),
    "binary": lambda: make((2, 2, 2), loss="binary_cross_entropy"),
    "output": lambda: make((2, 2, 2), loss="output"),
    "momentum": lambda: make(optimizer=Momentum(0.9)),
    "nesterov": lambda: make(optimizer=Momentum(0.8, nesterov=True)),
    "adam": lambda: make(optimizer=Adam()),
    "tied": unrolled,
    "tied, batch": lambda: unrolled(2, 2, 2, bias="shared", examples=3, batch=3),
    "tied, immediate": lambda: unrolled(3, 1, bias="none", immediate=True, optimizer=Momentum(0.9)),
}

WORDS = {"−": "-", "·": "*", "½": "0.5", "²": "**2", "ln(": "log(", "ln ": "log ", "^": "**"}


def text_of(pieces):
    return "".join(f"({piece.value!r})" if isinstance(piece, Operand) else piece for piece in pieces)


def evaluated(explanation):
    """The calculation's pieces as Python: only the signs are replaced."""
    text = "(" + " + ".join(text_of(part.pieces) for part in explanation.parts) + f") / {explanation.divisor}"
    for sign, python in WORDS.items():
        text = text.replace(sign, python)
    text = re.sub(r"\be\*\*(-?)(\([^()]*\))", r"exp(\1\2)", text)
    text = text.replace("√", "sqrt")
    text = re.sub(r"log (\([^()]*\))", r"log(\1)", text)
    text = re.sub(r"(\S+) if (\S+) > 0, else (\S+)", r"(\1 if \2 > 0 else \3)", text)
    text = re.sub(r"(\(\S+\)) if (\(\S+\)) > 0, else (.*)$", r"(\1 if \2 > 0 else \3)", text)
    functions = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "tanh")}
    return eval(text, functions | {"max": max, "σ": lambda x: 1 / (1 + math.exp(-x))})


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_number_of_two_iterations(name):
    session = Session.open(SCENARIOS[name]()).seek(1, 1)
    session = session.seek(1, session.count)
    seen = 0
    for row in session.timeline.steps.rows:
        for item in row.items:
            for example in range(len(session.values.examples) if row.per_example else 1):
                explanation = explain(session, Quantity(row.quantity, item), example)
                assert explanation.value == value_at(session, Quantity(row.quantity, item), example)
                for one in (explanation, *explanation.where):
                    if one.parts and "Σ e^x" not in text_of(one.parts[0].pieces):
                        assert evaluated(one) == pytest.approx(one.value, rel=1e-9, abs=1e-300)
                        seen += 1
    assert seen > 20
    for number in range(1, session.scenario.network.depth + 1):
        layer = session.scenario.network.layer(number)
        for name, other in product(layer.nodes, layer.nodes if layer.activation.joint else [None]):
            slope = explain(session, Quantity("dy/dx", name, other))
            assert evaluated(slope) == pytest.approx(slope.value, rel=1e-9, abs=1e-300)
    total = explain(session, Quantity("E"))
    assert evaluated(total) == pytest.approx(session.values.error)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_not_computed_has_no_number(name):
    session = Session.open(SCENARIOS[name]())
    for row in session.timeline.steps.rows:
        explanation = explain(session, Quantity(row.quantity, row.items[-1]))
        assert explanation.value is None


def test_the_parts_of_a_sum_over_paths_have_their_signs():
    session = Session.open(mazur()).seek(0, 10)
    explanation = explain(session, Quantity("dE/dy", "h1"))
    assert [part.value for part in explanation.parts] == pytest.approx([0.055399425, -0.0190491185], abs=5e-10)


def test_a_frozen_parameter_says_so():
    session = Session.open(mazur()).seek(0, 14)
    explanation = explain(session, Quantity("w+", "b1"))
    assert explanation.value == 0.35
    assert "Frozen" in explanation.words


@pytest.mark.parametrize("name", ["mazur", "four-layer"])
def test_a_parameters_value_is_told_by_the_update_that_made_it(name):
    session = Session.open(load_scenario(name))
    parameter = session.scenario.network.layer(1).weight_names[0][0]
    assert explain(session.seek(0, 3), Quantity("w", parameter)).earlier is None
    update = session.seek(1, session.count)
    told = explain(session.seek(2, 3), Quantity("w", parameter)).earlier
    assert told == explain(update, Quantity("w+", parameter))
    assert told.value == value_at(session.seek(2, 3), Quantity("w", parameter))


RULES = [
    ("mazur", "x[h1]", "Σ w·y + b"),
    ("mean squared", "x[o1]", "Σ w·y"),
    ("mazur", "y[h1]", "σ(x)"),
    ("softmax", "y[o1]", "e^x / Σ e^x"),
    ("softmax", "dy/dx[o1<-o2]", "−y·y"),
    ("mazur", "t[o1]", "the example's target"),
    ("mazur", "E[o1]", "½·(y − t)²"),
    ("cross entropy", "E[o1]", "−t·ln y"),
    ("mazur", "E", "Σ ½·(y − t)²"),
    ("batch", "E", "1/3 Σ ½·(y − t)²"),
    ("sum", "E", "Σ (y − t)²"),
    ("mazur", "dE/dy[o1]", "y − t"),
    ("mazur", "dE/dy[h1]", "Σ w·dE/dx"),
    ("mazur", "dE/dx[h1]", "dy/dx·dE/dy where y·(1 − y)"),
    ("softmax", "dE/dx[o1]", "Σ dy/dx·dE/dy"),
    ("cross entropy", "dE/dx[o1]", "y − t"),
    ("mazur", "dE/dw[w5]", "y·dE/dx where dy/dx·dE/dy"),
    ("mazur", "dE/dw[b2]", "Σ dE/dx"),
    ("softmax", "dE/dw[b2_1]", "dE/dx where Σ dy/dx·dE/dy"),
    ("batch", "dE/dw[w2_1_1]", "1/3 Σ y·dE/dx"),
    ("batch", "dE/dw[b2]", "1/3 Σ dE/dx"),
    ("sum", "dE/dw[w2_1_1]", "Σ y·dE/dx"),
    ("tied", "dE/dw[w1_1]", "Σ y·dE/dx"),
    ("mazur", "w+[w5]", "w − learning_rate·dE/dw"),
    ("momentum", "w+[w1_1_1]", "w − learning_rate·v+ where μ·v + dE/dw"),
    ("nesterov", "w+[w1_1_1]", "w − learning_rate·(dE/dw + μ·v+) where μ·v + dE/dw"),
    (
        "adam",
        "w+[w1_1_1]",
        "w − learning_rate / (1 − β₁^t)·m+ / (√(v+) / √(1 − β₂^t) + ε)"
        " where β₁·m + (1 − β₁)·dE/dw where β₂·v + (1 − β₂)·dE/dw² where m+ / (1 − β₁^t) where v+ / (1 − β₂^t)",
    ),
]


@pytest.mark.parametrize(("name", "quantity", "rule"), RULES)
def test_the_rule_in_symbols(name, quantity, rule):
    session = Session.open(SCENARIOS[name]())
    explanation = explain(session.seek(0, session.count), parse_quantity(quantity))
    told = [
        "".join(piece.quantity.kind if isinstance(piece, Operand) else piece for piece in text_pieces(one.rule))
        for one in (explanation, *explanation.where)
    ]
    assert " where ".join(told) == rule


def test_an_input_is_given():
    explanation = explain(Session.open(mazur()).seek(0, 1), Quantity("y", "i1"))
    assert explanation.value == 0.05
    assert explanation.parts == ()


@pytest.mark.parametrize(("activation", "x"), [("sigmoid", 40.0), ("tanh", -25.0)])
def test_a_saturated_slope_says_why_its_numbers_do_not_give_it(activation, x):
    scenario = make((1, 1), last=activation, bias="none")
    scenario.theta[:], scenario.inputs[:] = x, 1.0
    session = Session.open(scenario)
    session = session.seek(0, session.count)
    for kind in ("dy/dx", "dE/dx"):
        assert "taken from x" in explain(session, Quantity(kind, "o1")).words
    scenario.theta[:] = 1.0
    session = Session.open(scenario)
    assert explain(session.seek(0, session.count), Quantity("dy/dx", "o1")).words == ""


def test_a_slope_is_not_shown_before_its_output():
    session = Session.open(make((2, 2, 1)), "scalar").seek(0, 5)
    assert session.unshown == ("h1_2",)
    assert value_at(session, Quantity("dy/dx", "h1_1")) is not None
    assert value_at(session, Quantity("dy/dx", "h1_2")) is None


@pytest.mark.parametrize(
    ("last", "loss", "names", "words"),
    [
        (
            "sigmoid",
            "binary_cross_entropy",
            "1 − t[o1] − σ(−x[o1])",
            "1 less the output is taken from the total input",
        ),
        ("softmax", "cross_entropy", "t[o2] + t[o3] − (y[o2] + y[o3])", "taken from the other nodes"),
    ],
)
def test_y_minus_t_near_the_target_is_shown_as_it_is_computed(last, loss, names, words):
    """The rule is y − t all the same."""
    scenario = make((1, 3), last=last, loss=loss, bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = (20.0, 0.25, -3.0), 1.0, (1.0, 0.0, 0.0)
    session = Session.open(scenario)
    session = session.seek(0, session.count)
    near, ordinary = (explain(session, Quantity("dE/dx", name)) for name in ("o1", "o2"))
    shown = "".join(str(piece.quantity) if isinstance(piece, Operand) else piece for piece in near.parts[0].pieces)
    assert shown == names
    assert words in near.words
    assert evaluated(near) == pytest.approx(near.value, rel=1e-15)
    assert [piece for piece in text_pieces(near.rule) if isinstance(piece, str)] == [" − "]
    assert near.rule == ordinary.rule
    assert [str(piece.quantity) for piece in ordinary.parts[0].pieces if isinstance(piece, Operand)] == [
        "y[o2]",
        "t[o2]",
    ]
    assert "the step before is not needed" in ordinary.words
    (matrices,) = (matrix_forms(session, row) for row in session.timeline.steps.rows if row.quantity == "dE/dx")
    assert "taken from what both leave of 1" in matrices.words
    scenario.theta[0] = 2.0
    farther = Session.open(scenario).seek(0, session.count)
    assert "not needed" in explain(farther, Quantity("dE/dx", "o1")).words
    assert not matrix_forms(farther, next(row for row in session.timeline.steps.rows if row.quantity == "dE/dx")).words


def test_summands_of_a_long_sum_are_made_when_they_are_asked_for(monkeypatch):
    made, operand = [], Explainer.operand
    monkeypatch.setattr(Explainer, "operand", lambda *of, **more: made.append(of[1]) or operand(*of, **more))
    total = explain(Session.open(make((200, 2), examples=3, batch=3)).seek(0, 4), Quantity("x", "o1"))
    assert not made
    assert len(total.parts) == 201
    shown = total.parts[:3]
    assert made == ["y", "y", "y"]
    assert total.parts[:3] == shown
    assert len(made) == 3  # each once
    assert sum(part.value for part in total.parts) == pytest.approx(total.value, rel=1e-12)
    assert not total.batch


def test_summands_of_a_long_sum_of_a_graph_likewise(monkeypatch):
    made, operand = [], Explainer.operand
    monkeypatch.setattr(Explainer, "operand", lambda *of, **more: made.append(of[1]) or operand(*of, **more))
    inputs = [round(0.01 * place, 2) for place in range(200)]
    scenario = parse_scenario(
        f"""title = "wide"
[graph]
inputs = {{ x = [200] }}
nodes = ["y = W @ x", "E = sum(y)"]
error = "E"
[graph.parameters]
W = {{ init = "normal", shape = [2, 200], seed = 1 }}
[[example]]
inputs = {{ x = {inputs} }}
""",
        "wide",
    )
    total = explain(Session.open(scenario).seek(0, 2), Quantity("y", "y.2"))
    assert not made
    assert len(total.parts) == 200
    assert total.parts[-1].value == total.parts[199].value
    assert made == ["y"]
    assert sum(part.value for part in total.parts) == pytest.approx(total.value, rel=1e-12)
