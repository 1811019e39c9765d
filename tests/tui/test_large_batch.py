"""What a key asks of a sum over a large batch: as many terms as are shown, and the same ones as of all."""

import pytest
from msgspec.structs import replace
from textual.widgets import OptionList

from engine.ask.lookup import value_at
from engine.explain.batch_terms import BatchTerms
from engine.explain.terms import explain, explainer
from engine.files import parse_scenario
from engine.formula.quantity import Quantity
from engine.program.penalty import Penalty
from engine.walking.session import Session
from tests.networks import make, unrolled
from tests.tui.screens import opened, press, screen_text
from tui.panels.equation import TERMS, equation
from tui.view.seen import View

EXAMPLES = 1000
GRAPH = """
title = "formulas"
[graph]
inputs = { a = [2] }
targets = { t = [] }
nodes = ["h = tanh(p * a + q)", "y = sum(p * h) + s", "E = half_squared_error(y, t)"]
error = "E"
[graph.parameters]
p = [0.3, -0.2]
q = [0.1, 0.2]
s = 0.7
[training]
learning_rate = 0.1
batch = "all"
"""


def graph():
    """A graph of formulas: a parameter that is used twice, and one that is shared by elements."""
    examples = (
        f"[[example]]\ninputs = {{ a = [{at % 7 / 10}, {at % 11 / -9}] }}\ntargets = {{ t = {at % 5 / 4} }}\n"
        for at in range(EXAMPLES)
    )
    return parse_scenario(GRAPH + "".join(examples), "formulas")


LARGE = {
    "graph": graph(),
    "mean": make((2, 3, 2), "tanh", examples=EXAMPLES, batch=EXAMPLES, reduction="mean"),
    "shared": make((2, 3, 2), examples=EXAMPLES, batch=EXAMPLES, reduction="sum", bias="shared"),
    "softmax": make((2, 3), last="softmax", loss="cross_entropy", examples=EXAMPLES, batch=EXAMPLES, bias="none"),
    "tied": unrolled(examples=EXAMPLES, batch=EXAMPLES),
    "penalty": make((2, 3, 2), examples=EXAMPLES, batch=EXAMPLES, penalty=Penalty(l2=0.1)),
}
large = pytest.mark.parametrize("name", LARGE)


@pytest.fixture
def made(monkeypatch):
    """The examples of which terms are made."""
    found, of_example = set(), BatchTerms._of_example

    def noted(terms, run, example):
        found.add(example)
        return of_example(terms, run, example)

    monkeypatch.setattr(BatchTerms, "_of_example", noted)
    return found


def places(scenario):
    session = Session.open(scenario)
    return [session.seek(0, rows) for rows in range(1, len(session.timeline.steps.rows) + 1)]


def is_made_when_asked_for(explanation):
    return isinstance(explanation.parts, BatchTerms)


@large
def test_of_the_examples_those_are_explained_that_are_shown(made, name):
    sums = 0
    for place in places(LARGE[name]):
        made.clear()
        view = View(place, place, 0, place.scenario.notation, 6)
        for width, height in ((78, 8), (118, 14), (198, 10)):
            equation(view, width, height)
        sums += bool(view.used) and is_made_when_asked_for(view.explanation)
        assert made <= {*range(TERMS[0]), EXAMPLES - 1}
    assert sums


@large
def test_what_is_shown_is_the_same_as_of_all_terms(monkeypatch, name):
    for place in places(LARGE[name]):
        view, whole = (View(place, place, 0, place.scenario.notation, 6) for _ in range(2))
        if not is_made_when_asked_for(view.explanation):
            continue
        rooms = ((78, 8), (118, 30))
        drawn = [equation(view, *room) for room in rooms]

        def with_all(view, quantity):
            found = explain(view.source, quantity, view.example)
            return replace(found, parts=tuple(found.parts))

        with monkeypatch.context() as patched:
            patched.setattr(View, "explain", with_all)
            assert [equation(whole, *room) for room in rooms] == drawn
            assert whole.used == view.used


@large
def test_the_terms_add_up_to_the_number(name):
    session = places(LARGE[name])[-1]
    of_all = explainer(session, 0)
    for quantity in (Quantity("E"), *(Quantity("dE/dw", name) for name in session.scenario.network.parameter_names)):
        found = of_all.explain(quantity)
        assert is_made_when_asked_for(found)
        total = sum(part.value for part in found.parts) / found.divisor + sum(part.value for part in found.beside)
        assert total == pytest.approx(found.value, rel=1e-9)
        assert [part.value for part in found.summands] == [part.value for part in (*found.parts, *found.beside)]
        for part in found.parts[-2:]:
            for operand in part.operands:
                assert operand.value == value_at(session, operand.quantity, operand.example)


def test_of_a_small_batch_all_terms_are_made_at_once():
    session = places(make(examples=3, batch=3))[-1]
    for quantity in (Quantity("E"), Quantity("dE/dw", "w1_1_1")):
        assert isinstance(explain(session, quantity).parts, tuple)


RUNS = [
    [(1, 1)],
    [(3, 2)],
    [(2, 1), (2, 3)],
    [(4, 0), (4, 2)],
    [(2, 2), (5, 0), (1, 4)],
    [(3, 0)],
    [],
]
"""Of each run, the examples, and how many terms an example has."""


@pytest.mark.parametrize("runs", RUNS, ids=str)
def test_terms_over_a_batch_are_as_a_list_of_all(runs):
    def of_run(run, size):
        return lambda example: ((run, example, term) for term in range(size))

    terms = BatchTerms([(of_run(run, size), examples) for run, (examples, size) in enumerate(runs)])
    of_all = tuple(
        (run, example, term)
        for run, (examples, size) in enumerate(runs)
        for example in range(examples)
        for term in range(size)
    )
    for found, wanted in ((terms, of_all), (terms.followed_by(("more", "most")), (*of_all, "more", "most"))):
        assert len(found) == len(wanted)
        assert tuple(found) == wanted
        assert found == wanted
        assert found != (*wanted, "another")
        assert hash(found) == hash(wanted)
        assert [found[at] for at in range(-len(wanted), len(wanted))] == [*wanted, *wanted]
        for part in (slice(2), slice(-2, None), slice(1, -1), slice(None, None, -2)):
            assert found[part] == wanted[part]
        for at in (len(wanted), -len(wanted) - 1):
            with pytest.raises(IndexError):
                found[at]
    assert terms.of_first == tuple(one for one in of_all if one[1] == 0)
    assert len(terms) == sum(examples * size for examples, size in runs)


async def test_a_walk_through_a_large_batch_says_how_many_terms_are_left_out(made):
    async with opened(Session.open(LARGE["mean"]), (120, 40)) as (app, pilot):
        seen = []
        for _ in app.screen.session.timeline.steps.rows:
            await press(pilot, "right")
            seen.append(screen_text(app))
    assert sum("more …" in text for text in seen) >= 3
    assert made <= {*range(TERMS[0]), EXAMPLES - 1}


async def test_to_look_for_matrices_no_more_terms_are_made(made):
    session = Session.open(LARGE["mean"])
    of_parameters = [at for at, row in enumerate(session.timeline.steps.rows, 1) if row.quantity == "dE/dw"]
    async with opened(session.seek(0, of_parameters[0]), (120, 40)) as (app, pilot):
        await press(pilot, "k")
        assert "Calculations as matrices" in screen_text(app)
    assert made <= {*range(TERMS[0]), EXAMPLES - 1}


async def test_the_numbers_that_lead_to_a_derivative_are_those_of_one_example(made):
    session = Session.open(LARGE["mean"])
    of_parameters = [at for at, row in enumerate(session.timeline.steps.rows, 1) if row.quantity == "dE/dw"]
    async with opened(session.seek(0, of_parameters[0]), (120, 40)) as (app, pilot):
        await press(pilot, "enter")
        assert "Those of one example stand for all" in screen_text(app)
        assert app.screen.query_one(OptionList).option_count == 2
        assert made <= {*range(TERMS[0]), EXAMPLES - 1}
        await press(pilot, "enter")
        assert app.screen.session.done < of_parameters[0]


async def test_the_numbers_that_lead_to_a_derivative_tell_their_examples():
    session = Session.open(make((2, 3, 2), "tanh", examples=5, batch=3))
    of_parameters = [at for at, row in enumerate(session.timeline.steps.rows, 1) if row.quantity == "dE/dw"]
    async with opened(session.seek(1, of_parameters[0]), (120, 40)) as (app, pilot):
        await press(pilot, "enter")
        assert "Those of one example" not in screen_text(app)
        told = [option.prompt.plain.split()[:3] for option in app.screen.query_one(OptionList).options]
    assert told == [[name, "example", example] for example in ("4", "5") for name in ("y[h1_1]", "dE/dx[o1]")]
