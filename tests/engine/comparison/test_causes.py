"""What was done to get wrong numbers: the right mistake, in the right place, and nothing rather than a wrong one."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine import Session, compare, load_scenario
from engine.comparison.slots import Slot, Slots
from engine.formula.precision import Arithmetic
from tests.engine.comparison import faulty_graph
from tests.engine.comparison.faulty import PLACES, drawn, one, program
from tests.engine.comparison.numbers import arrays_of, completed
from tests.engine.graphs.files import CIRCUIT, read
from tests.networks import make, mazur

SEEDS = range(160)


@pytest.mark.parametrize("block", range(4))
def test_known_mistakes_in_random_places_of_random_networks(block):
    """The place is right wherever operands are given, the cause in nearly all cases, and none is wrong."""
    results = [one(seed) for seed in SEEDS[block::4]]
    counts = [result for result, *_ in results if result != "not to be seen"]
    bad = [result[:3] for result in results if result[0] not in ("right", "nothing", "not to be seen")]
    assert not bad
    assert counts.count("right") >= 0.95 * len(counts)


@pytest.mark.parametrize("block", range(2))
def test_known_mistakes_in_random_places_of_random_graphs(block):
    results = [faulty_graph.one(seed) for seed in range(block, 120, 2)]
    counts = [result for result, *_ in results if result != "not to be seen"]
    bad = [result[:3] for result in results if result[0] not in ("right", "nothing", "not to be seen")]
    assert not bad
    assert counts.count("right") >= 0.95 * len(counts)


def test_the_draws_reach_every_mistake():
    assert {drawn(seed)[1] for seed in range(400)} == set(PLACES)


def test_the_own_program_makes_no_mistake_by_itself():
    scenario = make((3, 4, 2), examples=2, batch=2, seed=5)
    assert compare(Session.open(scenario), program(scenario)).agrees


def test_an_error_after_one_update_tells_the_order_of_updates():
    found = compare(Session.open(load_scenario("mazur")).seek(1, 1), {"E": 0.291027924})
    (cause,) = found.causes
    assert (cause.cause, cause.at, cause.explains) == ("updated-weight", "setting", 1)
    assert 'update = "immediate"' in cause.words


def test_other_figures_of_the_document():
    start = Session.open(load_scenario("mazur"))
    outputs = compare(start.seek(10_000, 1), {"y[o1]": 0.015912196, "y[o2]": 0.984065734})
    assert [cause.cause for cause in outputs.causes] == ["updated-weight"]
    error = compare(start.seek(10_000, 1), {"E": 0.0000351085})
    assert [(cause.cause, dict(cause.details)) for cause in error.causes] == [("other-iteration", {"iteration": 9999})]


def test_words_say_the_rule_that_was_used_and_the_right_one():
    session = completed(mazur())
    numbers = arrays_of(session)
    found = compare(session, {"da1": numbers["da1"], "dz1": numbers["da1"] * numbers["z1"] * (1 - numbers["z1"])})
    (cause,) = found.causes
    assert (cause.cause, cause.at) == ("slope-of-x", "dE/dx:1")
    assert "Yours: dE/dx[h1] = dE/dy[h1] · x[h1]·(1 − x[h1])" in cause.words
    assert "it should be dE/dx[h1] = dE/dy[h1] · y[h1]·(1 − y[h1])" in cause.words


def test_one_number_of_a_row_may_be_wrong_alone():
    session = completed(mazur())
    numbers = arrays_of(session)
    dz = numbers["dz1"].copy()
    dz[0, 1] = numbers["da1"][0, 1]
    (cause,) = compare(session, {"da1": numbers["da1"], "dz1": dz}).causes
    assert (cause.cause, cause.at) == ("slope-forgotten", "dE/dx[h2]")


def test_two_mistakes_together():
    session = completed(make((3, 3, 2), seed=4))
    numbers = arrays_of(session)
    wrong = numbers | {"dz2": -numbers["dz2"]}
    wrong["dW2"], wrong["db2"] = wrong["dz2"].T @ numbers["a1"], wrong["dz2"][0]
    wrong["da1"] = wrong["dz2"] @ numbers["W2"]
    wrong["dz1"] = wrong["da1"]
    given = {name: wrong[name] for name in ("z1", "a1", "z2", "a2", "da2", "dz2", "dW2", "db2", "da1", "dz1")}
    found = compare(session, given)
    assert [(cause.cause, cause.at) for cause in found.causes] == [("sign", "dE/dx:2"), ("slope-forgotten", "dE/dx:1")]


def test_nothing_is_said_where_nothing_explains():
    session = completed(mazur())
    random = np.random.default_rng(0)
    for name in ("dz1", "dW2", "a1", "z2"):
        wrong = arrays_of(session)[name] * random.uniform(0.7, 1.4, arrays_of(session)[name].shape)
        found = compare(session, {name: wrong})
        assert found.first is not None
        assert not found.causes
        assert "is not found" in str(found)


def test_few_digits_explain_nothing():
    assert not compare(Session.open(mazur()), {"dE/dx[h1]": 0.04}).causes


def test_parameters_that_are_not_the_scenarios():
    session = completed(mazur())
    numbers = arrays_of(session)
    turned = compare(session, {"W1": numbers["W1"].T, "dW1": numbers["dW1"], "dW2": numbers["dW2"]})
    assert [(cause.cause, cause.at) for cause in turned.causes] == [("transposed", "w:1")]
    new = compare(session, {"W1": numbers["W1_new"], "W2": numbers["W2_new"]})
    assert [cause.cause for cause in new.causes] == ["other-iteration"]


def test_an_array_that_alone_is_turned_round():
    session = completed(make((2, 3, 4), seed=2))
    numbers = arrays_of(session)
    found = compare(session, numbers | {"dW2": numbers["dW2"].T})
    assert [(cause.cause, cause.at) for cause in found.causes] == [("transposed", "dE/dw:2")]


@pytest.mark.parametrize(("kind", "count"), [("decimals", 4), ("decimals", 5), ("digits", 3)])
def test_documents_that_round_every_step(kind, count):
    scenario = load_scenario("mazur")

    def rounded(number):
        return round(number, count) if kind == "decimals" else float(f"{number:.{count - 1}e}")

    def sigmoid(x):
        return rounded(1 / (1 + np.exp(-x)))

    x = [rounded(0.15 * 0.05 + 0.2 * 0.1 + 0.35), rounded(0.25 * 0.05 + 0.3 * 0.1 + 0.35)]
    y = list(map(sigmoid, x))
    out = [rounded(0.4 * y[0] + 0.45 * y[1] + 0.6), rounded(0.5 * y[0] + 0.55 * y[1] + 0.6)]
    o = list(map(sigmoid, out))
    d_y = [rounded(o[0] - 0.01), rounded(o[1] - 0.99)]
    d_x = [rounded(d * one * (1 - one)) for d, one in zip(d_y, o, strict=True)]
    d_w = [rounded(d * one) for d in d_x for one in y]
    back = [rounded(0.4 * d_x[0] + 0.5 * d_x[1]), rounded(0.45 * d_x[0] + 0.55 * d_x[1])]
    d_h = [rounded(d * one * (1 - one)) for d, one in zip(back, y, strict=True)]
    given = dict(zip(("dE/dw[w5]", "dE/dw[w6]", "dE/dw[w7]", "dE/dw[w8]"), d_w, strict=True))
    given |= {"dE/dx[h1]": d_h[0], "dE/dx[h2]": d_h[1]}
    found = compare(Session.open(scenario), given)
    assert [(cause.cause, dict(cause.details)) for cause in found.causes] == [("rounded", {kind: count})]


@pytest.mark.parametrize(("kind", "count"), [("decimals", 3), ("digits", 4)])
def test_documents_that_round_slopes_too_have_the_variant_that_says_so(kind, count):
    scenario, arithmetic = load_scenario("mazur"), Arithmetic(**{kind: count})
    session = completed(replace(scenario, training=replace(scenario.training, arithmetic=arithmetic)))
    numbers = {name: array for name, array in arrays_of(session).items() if "z" in name}
    (cause,) = compare(Session.open(scenario), numbers).causes
    assert (cause.cause, dict(cause.details)) == ("rounded", {kind: count})
    assert cause.variant.training.arithmetic == arithmetic


def test_graphs_paths_and_factors():
    session = completed(read(CIRCUIT))
    for numbers, cause, at in (
        ({"q": 3.0, "dq": 4.0, "dx": 4.0, "dy": 4.0}, "sign", "dE/dy[q]"),
        ({"q": 3.0, "dz": 1.0, "df": 1.0, "dq": -4.0}, "input-forgotten", "dE/dy[z]"),
    ):
        exact = {name: np.array(number) for name, number in numbers.items()}
        assert [(one.cause, one.at) for one in compare(session, exact).causes] == [(cause, at)]


TWO_PATHS = """
title = "Two paths"

[graph]
inputs = ["x"]
nodes = ["u = w * x + b", "h = tanh(u)", "p = u * h", "f = p + 3 * h"]
error = "f"
parameters = { w = 0.7, b = -0.2 }

[[example]]
inputs = [1.3]
"""


@pytest.mark.parametrize(
    ("cause", "at", "d_h", "d_u"),
    [
        ("path-forgotten", "dE/dy[h]", lambda u, h: 3.0, lambda u, h, d: h + d * (1 - h * h)),
        ("path-forgotten", "dE/dy[u]", lambda u, h: u + 3, lambda u, h, d: d * (1 - h * h)),
        ("slope-forgotten", "dE/dy[u]", lambda u, h: u + 3, lambda u, h, d: h + d),
        ("slope-of-x", "dE/dy[u]", lambda u, h: u + 3, lambda u, h, d: h + d * (1 - u * u)),
        ("sign", "dE/dy[h]", lambda u, h: -u - 3, lambda u, h, d: h + d * (1 - h * h)),
    ],
)
@pytest.mark.parametrize("all_given", [True, False])
def test_graphs_with_several_paths(cause, at, d_h, d_u, all_given):
    session = completed(read(TWO_PATHS))
    u = 0.7 * 1.3 - 0.2
    h = np.tanh(u)
    back = d_h(u, h)
    into = d_u(u, h, back)
    numbers = {"dw": into * 1.3, "db": into}
    if all_given:
        numbers |= {"u": u, "h": h, "dh": back, "du": into}
    found = compare(session, {name: np.array(number) for name, number in numbers.items()})
    assert [one.cause for one in found.causes] == [cause]
    if all_given:
        assert found.causes[0].at == at
        assert found.first.quantity == at


PARAMETER_IN_A_FUNCTION = """
title = "A parameter inside functions"

[graph]
inputs = ["x"]
nodes = ["q = sigmoid(w)", "p = q * x", "r = p * q", "h = tanh(w)", "e = r + h", "f = e * e"]
error = "f"
parameters = { w = 0.7 }

[[example]]
inputs = [1.3]
"""


@pytest.mark.parametrize(
    ("cause", "at", "turned", "d_q", "slopes"),
    [
        ("sign", "y[q]", -1.0, lambda p, q, x: p + q * x, lambda w, q, h: (q * (1 - q), 1 - h * h)),
        ("slope-forgotten", "dE/dw[w]", 1.0, lambda p, q, x: p + q * x, lambda w, q, h: (1.0, 1.0)),
        ("slope-of-x", "dE/dw[w]", 1.0, lambda p, q, x: p + q * x, lambda w, q, h: (w * (1 - w), 1 - w * w)),
        ("input-forgotten", "dE/dy[q]", 1.0, lambda p, q, x: 1 + q * x, lambda w, q, h: (q * (1 - q), 1 - h * h)),
    ],
)
@pytest.mark.parametrize("all_given", [True, False])
def test_graphs_whose_parameter_stands_in_functions(cause, at, turned, d_q, slopes, all_given):
    """Slopes come from outputs in the program of a reader: after a wrong q its dw follows."""
    session = completed(read(PARAMETER_IN_A_FUNCTION))
    w, x = 0.7, 1.3
    q, h = turned / (1 + np.exp(-w)), np.tanh(w)
    p = q * x
    e = p * q + h
    of_q, (slope_of_q, slope_of_h) = 2 * e * d_q(p, q, x), slopes(w, q, h)
    numbers = {"dq": of_q, "dw": of_q * slope_of_q + 2 * e * slope_of_h}
    numbers |= {"q": q, "p": p, "h": h, "e": e, "de": 2 * e} if all_given else {}
    found = compare(session, {name: np.array(number) for name, number in numbers.items()})
    assert [one.cause for one in found.causes] == [cause]
    if all_given:
        assert (found.causes[0].at, found.first.quantity) == (at, at)


def test_all_factors_of_a_row_forgotten():
    session = completed(read(TWO_PATHS.replace("3 * h", "h * x")))
    u = 0.7 * 1.3 - 0.2
    h = np.tanh(u)
    found = compare(session, {"dh": np.array(2.0), "du": np.array(h + 2 * (1 - h * h))})
    assert [(one.cause, one.at) for one in found.causes] == [("input-forgotten", "dE/dy[h]")]


def test_errors_of_one_number():
    start = Session.open(load_scenario("mazur"))
    for error, cause in ((0.149185554, "reduction"), (0.596742218, "loss"), (-0.298371109, "sign")):
        assert [one.cause for one in compare(start, {"E": error}).causes] == [cause]


def test_another_learning_rate():
    session = completed(mazur())
    numbers = arrays_of(session)
    (cause,) = compare(session, {"W2_new": numbers["W2"] - 0.1 * numbers["dW2"]}).causes
    assert (cause.cause, cause.at, dict(cause.details)) == ("learning-rate", "w+:2", {"learning_rate": 0.1})


def test_biases_that_the_scenario_keeps():
    trained = completed(load_scenario("mazur-with-biases"), 1)
    found = compare(Session.open(load_scenario("mazur")).seek(1, 1), {"E": round(trained.values.error, 9)})
    assert [(cause.cause, cause.at) for cause in found.causes] == [("bias-trained", "setting")]


@pytest.mark.parametrize("name", ["batch-norm", "attention", "lstm-cell", "convolution", "unrolled-rnn", "softmax"])
def test_a_number_that_is_wrong_by_chance_is_found_and_not_explained(name):
    session = completed(load_scenario(name))
    steps, random = session.timeline.steps, np.random.default_rng(1)
    slots = Slots(session.scenario, steps, len(session.values.examples))
    names = [value for value in steps.program.equation if value not in steps.program.errors]
    for value in [str(value) for value in random.choice(names, 4)]:
        for role in ("value", "derivative"):
            right = slots.array(session.values, Slot(role, value))
            assert right is not None
            wrong = np.array(right)
            wrong.flat[random.integers(wrong.size)] += random.uniform(0.1, 0.3)
            whole = slots.whole(Slot(role, value))
            if slots.per_example(Slot(role, value)) and slots.batch > 1 and "[" in whole:
                wrong = wrong.ravel()
            found = compare(session, {whole: wrong})
            assert (found.first is not None, found.causes) == (True, ())
