"""Penalties in E, in dE/dw, in explanations and files, against formulas written down here by hand."""

import json
import math
from typing import get_args

import numpy as np
import pytest
from msgspec.structs import replace

from engine import ScenarioError, Session, compare, parse_scenario, read
from engine.ask.what_if import what_if
from engine.check.audit import audit
from engine.check.gradients import check_gradient
from engine.check.walked import Walked
from engine.explain.matrices import matrix_forms
from engine.explain.parts import part_of
from engine.explain.terms import explain
from engine.explain.trace import entries, record, walk
from engine.files.save.composed import composed
from engine.files.save.revised import revised
from engine.formula.quantity import Quantity
from engine.program.penalty import HALF_SQUARE, Penalty, Per
from engine.program.scenario import Scenario
from engine.walking.branch import edited, standing
from engine.walking.changes import ChangeError, changed
from engine.walking.preview import preview
from engine.walking.timeline import Timeline
from tests.engine.bad_scenarios import SMALL
from tests.engine.test_straight import stepped
from tests.networks import make, mazur, unrolled

WEIGHTS = (0, 1, 2, 3, 5, 6, 7, 8)
"""Of `mazur`, whose biases are at 4 and 9."""
PENALTIES = [
    *(Penalty(l2=0.3, half=half, per=per) for half in (True, False) for per in get_args(Per)),
    Penalty(l1=0.2),
    Penalty(l2=0.1, l1=0.2, per="example"),
]


def done(scenario: Scenario, iteration: int = 0) -> Session:
    start = Session.open(scenario)
    return start.seek(iteration, start.count)


def by_hand(penalty: Penalty, w: np.ndarray, batch: int, examples: int) -> tuple[float, np.ndarray]:
    """The penalty of these parameters and its slopes."""
    n = {"batch": 1, "example": batch, "epoch": examples}[penalty.per]
    l2 = penalty.l2 / n * (0.5 if penalty.half else 1)
    value = math.fsum(l2 * one**2 + penalty.l1 / n * abs(one) for one in w.tolist())
    return value, 2 * l2 * w + penalty.l1 / n * np.sign(w)


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_it_is_a_part_of_e_and_of_the_derivatives(penalty, reduction):
    """Once, however many examples there are: beside their mean or their sum."""
    settings = {"examples": 5, "batch": 2, "reduction": reduction}
    plain = make((2, 3, 2), **settings)
    of = (0, 2, *range(9, 15))
    scenario = replace(plain, training=replace(plain.training, penalty=replace(penalty, of=of, examples=5)))
    without, with_it = done(plain), done(scenario)
    value, slopes = by_hand(penalty, scenario.theta[list(of)], 2, 5)
    assert read(with_it, "E_penalty") == pytest.approx(value, rel=1e-14)
    assert read(with_it, "E") == pytest.approx(read(without, "E") + value, rel=1e-14)
    names = scenario.network.parameter_names
    expected = {name: read(without, f"dE/dw[{name}]") for name in names}
    for index, slope in zip(of, slopes.tolist(), strict=True):
        expected[names[index]] += slope
    for name in names:
        assert read(with_it, f"dE/dw[{name}]") == pytest.approx(expected[name], rel=1e-13)
        assert read(with_it, f"w+[{name}]") == pytest.approx(read(with_it, f"w[{name}]") - 0.5 * expected[name])
    last = done(scenario, 2)  # a batch of one
    w = last.values.beginning.theta[list(of)]
    assert read(last, "E_penalty") == pytest.approx(by_hand(penalty, w, 1, 5)[0], rel=1e-14)


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_the_gradient_check_knows_it(penalty):
    for scenario in (make((2, 3, 2), examples=2, batch=2), unrolled(examples=2, batch=2)):
        of = tuple(range(0, len(scenario.theta), 2))
        scenario = replace(scenario, training=replace(scenario.training, penalty=replace(penalty, of=of)))
        result = check_gradient(scenario, scenario.theta, (0, 1))
        assert result.ok
        assert result.max_relative_error <= 1e-12
        for check in result.parameters:
            assert check.analytic == pytest.approx(check.difference, rel=1e-6, abs=1e-9)


def test_the_gradient_check_finds_a_wrong_slope(monkeypatch):
    monkeypatch.setattr(HALF_SQUARE.slopes[1], "__code__", (lambda call: call.arguments[0]).__code__)
    scenario = mazur(penalty=Penalty(l2=0.123, of=WEIGHTS))
    assert not check_gradient(scenario, scenario.theta, (0,)).ok


def test_at_0_the_slope_of_l1_is_0_and_no_method_decides():
    scenario = mazur(penalty=Penalty(l1=0.1, of=WEIGHTS))
    scenario.theta[0] = 0.0
    plain = mazur()
    plain.theta[0] = 0.0
    assert read(done(scenario), "dE/dw[w1]") == read(done(plain), "dE/dw[w1]")
    first, second, *_ = check_gradient(scenario, scenario.theta, (0,)).parameters
    assert (first.verdict, first.difference, second.verdict) == ("kink", None, "ok")
    assert "slope of |w| at 0" in explain(done(scenario), Quantity("dE/dw", "w1")).words
    assert not explain(done(scenario), Quantity("dE/dw", "w2")).words


def test_a_tied_weight_is_penalized_once():
    """In each row what its uses have given so far; the penalty with the last of them."""
    penalty = Penalty(l2=0.5, of=(0,))
    plain, scenario = unrolled(), unrolled(penalty=penalty)
    name = scenario.network.parameter_names[0]
    start = Session.open(scenario)
    rows = [i for i, row in enumerate(start.timeline.steps.rows, 1) if row.quantity == "dE/dw" and name in row.items]
    assert len(rows) == 3
    for row in rows:
        expected = read(Session.open(plain).seek(0, row), f"dE/dw[{name}]")
        if row == rows[-1]:
            expected += 0.5 * scenario.theta[0]
        assert read(start.seek(0, row), f"dE/dw[{name}]") == pytest.approx(expected, rel=1e-14)
    assert read(done(scenario), "E_penalty") == pytest.approx(0.25 * scenario.theta[0] ** 2)


def test_a_frozen_weight_stays_in_e_and_is_not_updated():
    session = done(mazur(penalty=Penalty(l2=0.1, of=(0,)), frozen=frozenset({0})))
    assert read(session, "E_penalty") == pytest.approx(0.05 * 0.15**2)
    assert read(session, "w+[w1]") == 0.15


def test_without_a_penalty_nothing_is_known_of_one():
    session = done(mazur())
    with pytest.raises(LookupError, match="there is no penalty"):
        read(session, "E_penalty")
    assert session.values.penalty is None


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
@pytest.mark.parametrize("batch", [1, 2])
def test_an_explanation_comes_to_the_number_of_the_walk(penalty, batch):
    of = tuple(range(6))
    session = done(make((2, 3, 2), examples=2, batch=batch, penalty=replace(penalty, of=of, examples=2)))
    for text in ("E", "E_penalty", "dE/dw[w1_1_1]", "dE/dw[w2_1_1]"):
        kind, _, name = text.rstrip("]").partition("[")
        explanation = explain(session, Quantity(kind, name or None))
        parts, beside = (
            [part_of(part.formula).value for part in summands] for summands in (explanation.parts, explanation.beside)
        )
        total = math.fsum(parts) / explanation.divisor + math.fsum(beside)
        assert total == pytest.approx(explanation.value, rel=1e-13)
        assert explanation.value == read(session, text)
    assert explain(session, Quantity("dE/dw", "w2_1_1")).beside == ()
    assert explain(session, Quantity("E")).where[-1].quantity == Quantity("E_penalty")


def test_of_many_parameters_the_sum_is_shortened():
    explanation = explain(done(make((5, 5, 5), penalty=Penalty(l2=0.1, of=tuple(range(25))))), Quantity("E_penalty"))
    ((text),) = ["".join(piece for piece in part.pieces if isinstance(piece, str)) for part in explanation.parts]
    assert "… 18 more …" in text


def test_matrices_have_it():
    session = done(mazur(penalty=Penalty(l2=0.3, of=WEIGHTS)))
    row = next(row for row in session.timeline.steps.rows if row.quantity == "dE/dw")
    weights, *_ = matrix_forms(session, row).forms
    assert " + 0.3·" in weights.pieces
    assert weights.matrices[-1].kind == "w"
    some = done(mazur(penalty=Penalty(l2=0.3, of=(5,))))
    assert Quantity("dE/dw", "w5") in matrix_forms(some, row).rest  # of a part of the matrix it has no such form


def test_a_trace_has_it():
    (error,) = [
        record(entry)
        for session in walk(Session.open(mazur(penalty=Penalty(l2=0.3, of=WEIGHTS))), 0, 1)
        for entry in entries(session)
        if entry.row.quantity == "E"
    ]
    assert error["total"] == pytest.approx(sum(values[0] for values in error["values"].values()) + error["penalty"])
    assert json.dumps(error)


def test_what_if_has_it():
    scenario = mazur(penalty=Penalty(l2=0.3, of=WEIGHTS))
    found = what_if(Session.open(scenario), "w5")
    assert found.error == read(done(scenario), "E")
    assert found.slope == read(done(scenario), "dE/dw[w5]")


def test_single_precision_rounds_it_too():
    exact = make((2, 3, 2), penalty=Penalty(l2=0.3, of=(0, 1, 2)))
    single = replace(
        exact, training=replace(exact.training, arithmetic=replace(exact.training.arithmetic, precision="float32"))
    )
    for text in ("E", "E_penalty", "dE/dw[w1_1_1]"):
        found, right = read(done(single), text), read(done(exact), text)
        assert found != right
        assert found == pytest.approx(right, rel=1e-6)
        assert float(np.float32(found)) == found


# Files


def small(settings: str, text: str = SMALL) -> Scenario:
    return parse_scenario(f"{text}[training]\n{settings}\n", "small.toml")


def penalty_of(settings: str, text: str = SMALL) -> Penalty:
    found = small(f"penalty = {settings}", text).training.penalty
    assert found is not None
    return found


def test_a_file_says_which_and_of_what():
    biased = SMALL.replace("[[1, 2]]", "[[1, 2]]\nbias = 3")
    assert penalty_of("{ l2 = 0.01 }", biased) == Penalty(l2=0.01, of=(0, 1))
    assert penalty_of("{ l1 = 0.01, biases = true }", biased) == Penalty(l1=0.01, biases=True, of=(0, 1, 2))
    assert penalty_of('{ l2 = 1, half = false, per = "epoch" }') == Penalty(l2=1, half=False, per="epoch", of=(0, 1))
    named = penalty_of('{ l2 = 1, parameters = ["w_b_n"] }')
    assert named == Penalty(l2=1, parameters=("w_b_n",), of=(1,))


GRAPH = """title = "cell"
[graph]
inputs = { x = [2] }
targets = ["t"]
nodes = ["z = W @ x + b", "h = v * sum(tanh(z)) + c", "loss = half_squared_error(h, t)"]
error = "loss"
[graph.parameters]
W = [[0.5, -0.25], [0.1, 0.2]]
b = [0.1, 0.3]
v = 1.5
c = -0.5
[[example]]
inputs = { x = [1, 2] }
targets = [0.5]
"""


def test_in_a_graph_parameters_that_are_only_added_are_biases():
    assert penalty_of("{ l2 = 1 }", GRAPH).of == (0, 1, 2, 3, 6)
    assert penalty_of("{ l2 = 1, biases = true }", GRAPH).of == tuple(range(8))
    assert penalty_of('{ l2 = 1, parameters = ["W", "b.2"] }', GRAPH).of == (0, 1, 2, 3, 5)


def test_a_graph_is_penalized_likewise():
    plain, scenario = (small(text, GRAPH) for text in ("", "penalty = { l2 = 0.2, l1 = 0.1 }"))
    w = scenario.theta[[0, 1, 2, 3, 6]]
    value, slopes = by_hand(Penalty(l2=0.2, l1=0.1), w, 1, 1)
    with_it, without = done(scenario), done(plain)
    assert read(with_it, "E") == pytest.approx(read(without, "E") + value, rel=1e-14)
    names = ("W.1.1", "W.1.2", "W.2.1", "W.2.2", "v")
    for name, slope in zip(names, slopes.tolist(), strict=True):
        assert read(with_it, f"dE/dw[{name}]") == pytest.approx(read(without, f"dE/dw[{name}]") + slope, rel=1e-13)
    assert check_gradient(scenario, scenario.theta, (0,)).ok
    explanation = explain(with_it, Quantity("dE/dw", "v"))
    assert math.fsum(part_of(part.formula).value for part in explanation.summands) == pytest.approx(explanation.value)
    timeline = Timeline(scenario)
    timeline.extend(4)
    assert np.array_equal(timeline.start(4).theta, stepped(scenario, 4)[0])


def test_the_node_of_a_graphs_error_and_all_of_e_have_names_of_their_own():
    scenario = small("penalty = { l2 = 0.2 }", GRAPH)
    names = scenario.names(canonical=False)
    called = [names.symbol(one) for one in (Quantity("E"), Quantity("E", "loss"), Quantity("E_penalty"))]
    assert called == ["E", "loss", "E_penalty"]
    other = small("penalty = { l2 = 0.2 }", GRAPH.replace("loss", "E").replace('"E"]\nerror', '"E"]\nerror'))
    assert other.names(canonical=False).symbol(Quantity("E")) == "E_total"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{}", "it has no strength"),
        ("{ l2 = -1 }", "at least 0"),
        ("{ l3 = 1 }", "no such key"),
        ('{ l2 = 1, per = "update" }', "batch"),
        ('{ l2 = 1, parameters = ["w"] }', "there is no parameter w"),
        ('{ l2 = 1, biases = true, parameters = ["w_a_n"] }', "says already which they are"),
        ("0.01", "table"),
    ],
)
def test_bad_settings(settings, words):
    with pytest.raises(ScenarioError, match=words):
        small(f"penalty = {settings}")


@pytest.mark.parametrize("settings", ["{ l2 = 0.0 }", '{ l2 = 0.1, l1 = 0.5, half = false, per = "example" }'])
def test_what_is_saved_is_read_back(settings):
    for text in (SMALL, GRAPH):
        scenario = small(f"penalty = {settings}", text)
        assert parse_scenario(composed(scenario), "small.toml").training.penalty == scenario.training.penalty


def test_a_variant_may_set_it():
    figure = '[[published]]\nquantity = "E_penalty"\nvalue = "1.25"\nverdict = "variant"\nnote = "n"\n'
    (published,) = parse_scenario(SMALL + figure + "variant = { penalty = { l2 = 0.5 } }\n", "small.toml").published
    assert published.variant.training.penalty == Penalty(l2=0.5, of=(0, 1))


def test_an_examples_own_error_is_without_it():
    text = SMALL + "[[example]]\ninputs = [0.5, -1]\ntargets = [1]\n"
    plain = parse_scenario(text + '[training]\nbatch = "all"\n', "small.toml")
    error, derivative = (Walked(plain).number(Quantity(*of), 0, 2) for of in (("E",), ("dE/dw", "w_a_n")))
    figures = "".join(
        f'[[published]]\nquantity = "{quantity}"\nexample = 2\nvalue = "{value!r}"\n'
        for quantity, value in (("E", error), ("dE/dw[w_a_n]", derivative))
    )
    training = '[training]\nbatch = "all"\npenalty = { l2 = 0.5 }\n'
    scenario = parse_scenario(text + figures + training, "small.toml")
    assert [check.verdict for check in audit(scenario).figures] == ["match", "match"]
    assert preview(done(scenario), 1).values.error == error


# Other strengths


def test_a_strength_can_be_set():
    scenario = mazur(penalty=Penalty(l2=0.3, of=WEIGHTS))
    other = changed(scenario, ["l2=0.5", "l1 = 0.25"])
    assert other.training.penalty == Penalty(l2=0.5, l1=0.25, of=WEIGHTS)
    assert changed(scenario, ["l2=0"]).training.penalty == Penalty(l2=0.0, of=WEIGHTS)
    with pytest.raises(ChangeError, match="at least 0"):
        changed(scenario, ["l2=-1"])
    with pytest.raises(ChangeError, match="there is no penalty"):
        changed(mazur(), ["l2=1"])


def test_a_strength_of_0_is_a_penalty_of_0():
    session = done(mazur(penalty=Penalty(of=WEIGHTS)))
    assert read(session, "E_penalty") == 0
    assert read(session, "E") == read(done(mazur()), "E")
    assert explain(session, Quantity("E_penalty")).value == 0


def test_a_branch_with_another_strength_goes_on_by_it_and_is_saved(tmp_path):
    text = SMALL.replace("title", "# mine\ntitle") + "[training]\npenalty = { l2 = 0.5, half = false } # strong\n"
    session = edited(Session.open(parse_scenario(text, "small.toml")), {"l2": 0.25})
    there = session.seek(0, session.count)
    assert read(there, "E_penalty") == 0.25 * (1 + 4)
    kept = revised(standing(session), tmp_path)
    assert "l2 = 0.25, half = false } # strong" in kept
    assert parse_scenario(kept, "small.toml").training.penalty == Penalty(l2=0.25, half=False, of=(0, 1))


# Somebody's numbers with another penalty


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        (None, "the penalty was left out"),
        (Penalty(l2=0.3, half=False, of=WEIGHTS, examples=2), "λ·w² of each weight; it should be ½·λ·w²"),
        (Penalty(l2=0.3, per="example", of=WEIGHTS, examples=2), "divided by the examples of the batch; it should be"),
    ],
)
def test_another_penalty_is_told(theirs, words):
    right = make((2, 2, 2), bias="shared", examples=2, batch=2, penalty=Penalty(l2=0.3, of=WEIGHTS, examples=2))
    other = done(replace(right, training=replace(right.training, penalty=theirs)))
    given = {f"dE/dw[{name}]": read(other, f"dE/dw[{name}]") for name in right.network.parameter_names}
    (cause,) = compare(done(right), given).causes
    assert cause.cause == "penalty"
    assert words in cause.words
