"""Tied layers and inputs that come in later, against a recurrent network in plain Python that knows neither."""

import cmath
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ask.lookup import is_partial, value_at
from engine.ask.whereabouts import go_to, named_place
from engine.check.gradients import check_gradient
from engine.explain.terms import explain
from engine.explain.trace import entries, record, walk
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.predict.answer import read_answer
from engine.predict.judge import judge
from engine.predict.mistakes import slips_of
from engine.predict.question import question_of
from engine.predict.words import meaning
from engine.program.notation import CANONICAL
from engine.program.optimizers import Adam, Momentum, Sgd
from engine.program.quantity_check import check_quantity
from engine.program.steps import Steps
from engine.walking.advance import begin, complete, first_state
from engine.walking.changes import changed
from engine.walking.fast.straight import straight_run
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tests.engine.test_straight import stepped
from tests.networks import unrolled

NAMES = ("w_h", "w_in", "b")


def error(parameters, sequence, target):
    """E of the shipped network, as a loop over time; complex parameters give complex numbers."""
    w_h, w_in, b = parameters
    h = sequence[0]
    for x in sequence[1:]:
        h = cmath.tanh(w_h * h + w_in * x + b)
    return 0.5 * (h - target) ** 2


def through_time(parameters, sequence, target):
    """Its derivatives by backpropagation through time, as textbooks write the loop."""
    w_h, w_in, b = parameters
    hs = [sequence[0]]
    for x in sequence[1:]:
        hs.append(math.tanh(w_h * hs[-1] + w_in * x + b))
    d_w_h = d_w_in = d_b = 0.0
    d_h = hs[-1] - target
    for t in range(len(hs) - 1, 0, -1):
        d_x = (1 - hs[t] ** 2) * d_h
        d_w_h, d_w_in, d_b = d_w_h + d_x * hs[t - 1], d_w_in + d_x * sequence[t], d_b + d_x
        d_h = w_h * d_x
    return d_w_h, d_w_in, d_b


@pytest.mark.parametrize("iteration", [0, 1, 2, 3, 61])
def test_the_shipped_network_against_three_other_methods(iteration):
    session = Session.open(load_scenario("unrolled-rnn")).seek(iteration, 18)
    parameters = [value_at(session, Quantity("w", name)) for name in NAMES]
    sequence, (target,) = session.values.inputs[0].tolist(), session.values.targets[0].tolist()
    assert session.values.error == pytest.approx(error(parameters, sequence, target).real, rel=1e-14)
    by_hand = through_time(parameters, sequence, target)
    for i, name in enumerate(NAMES):
        found = value_at(session, Quantity("dE/dw", name))
        shifted = [value + 1e-30j * (i == j) for j, value in enumerate(parameters)]
        assert found == pytest.approx(error(shifted, sequence, target).imag / 1e-30, rel=1e-12, abs=1e-15)
        above, below = ([value + h * (i == j) for j, value in enumerate(parameters)] for h in (1e-5, -1e-5))
        difference = (error(above, sequence, target) - error(below, sequence, target)).real / 2e-5
        assert found == pytest.approx(difference, rel=1e-6, abs=1e-8)
        assert found == pytest.approx(by_hand[i], rel=1e-12, abs=1e-15)
        assert value_at(session, Quantity("w+", name)) == parameters[i] - 0.5 * found


def test_it_learns_to_remember_every_sequence():
    scenario = load_scenario("unrolled-rnn")
    w_h, w_in, b = Timeline(scenario).start(1000).theta.tolist()
    assert w_h > 1
    for sequence in product((0, 1), repeat=3):
        memory = 0.0
        for x in sequence:
            memory = math.tanh(w_h * memory + w_in * x + b)
        assert memory > 0.9 if any(sequence) else memory < -0.9


SHAPES = {
    "steps": st.integers(1, 4),
    "hidden": st.integers(1, 3),
    "inputs": st.integers(1, 2),
    "bias": st.sampled_from(["each", "shared", "none"]),
    "activation": st.sampled_from(["tanh", "sigmoid", "relu", "identity"]),
    "seed": st.integers(0, 1000),
}


def whole(scenario):
    steps = Steps(scenario.network, scenario.training)
    return complete(scenario, begin(scenario, steps, 0, scenario.theta, first_state(scenario)))


@settings(max_examples=60, deadline=None)
@given(**SHAPES, batch=st.sampled_from([1, 3]))
def test_a_tied_derivative_is_the_sum_over_copies_to_the_last_bit(batch, **shape):
    tied, copies = (whole(unrolled(**shape, examples=3, batch=batch, tied=tied)) for tied in (True, False))
    assert tied.error == copies.error
    steps = shape["steps"]
    parts = [copies.need("dE/dw", layer) for layer in range(1, steps + 1)]
    for layer in range(steps, 0, -1):  # so far: this layer's use and those of later ones
        total = np.zeros_like(parts[0])
        for part in parts[layer - 1 :]:
            total = total + part
        assert tied.need("dE/dw", layer).tolist() == total.tolist()
        assert tied.need("dE/dx", layer).tolist() == copies.need("dE/dx", layer).tolist()


@settings(max_examples=60, deadline=None)
@given(
    **SHAPES,
    order=st.sampled_from([(1, False), (1, True), (2, False), (3, False)]),
    shuffle=st.sampled_from([None, 4]),
    reduction=st.sampled_from(["mean", "sum"]),
    frozen=st.frozensets(st.integers(0, 12), max_size=3),
    rate=st.sampled_from([0.0625, 0.5, 1e3]),
)
def test_straight_iterations_are_bit_equal_to_stepping(order, shuffle, reduction, frozen, rate, **shape):
    scenario = unrolled(
        **shape, examples=3, batch=order[0], immediate=order[1], shuffle=shuffle, reduction=reduction,
        frozen=frozen, learning_rate=rate,
    )  # fmt: skip
    theta, errors, reached = stepped(scenario, 5)
    fast_errors = []
    fast_theta, fast_reached = straight_run(scenario)(scenario.theta.tolist(), 0, 5, -math.inf, fast_errors)
    assert fast_reached <= reached
    if fast_reached < reached:
        theta, errors, _ = stepped(scenario, fast_reached)
    assert [value.hex() for value in fast_theta] == [value.hex() for value in theta.tolist()]
    assert [value.hex() for value in fast_errors] == [value.hex() for value in errors]


@pytest.mark.parametrize("bias", ["each", "shared", "none"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
def test_the_gradient_check_agrees(bias, activation):
    scenario = unrolled(3, 2, 2, bias=bias, activation=activation, examples=2, batch=2)
    result = check_gradient(scenario, scenario.theta, (0, 1))
    assert len(result.parameters) == len(scenario.theta) == len(scenario.network.parameter_names)
    assert result.ok
    assert result.max_relative_error <= 1e-10


@pytest.mark.parametrize("optimizer", [Sgd(), Momentum(0.9), Momentum(0.9, nesterov=True), Adam()])
def test_a_parameter_has_one_value_one_state_and_one_update(optimizer):
    scenario = unrolled(3, 1, bias="each", optimizer=optimizer)
    session = Session.open(scenario).seek(1, 1)
    session = session.seek(1, session.count)
    rows = session.timeline.steps.rows
    assert sorted(item for row in rows if row.quantity == "w+" for item in row.items) == ["b1", "v1", "w1_1", "w2_1"]
    assert session.values.state.shape == (len(optimizer.slots), 4)
    total = np.concatenate([session.values.need("dE/dw", layer) for layer in (1, 4)])
    start = session.values.beginning
    new, _ = optimizer.update(start.theta, total, start.state, 0.5, 2)
    assert session.values.theta.tolist() == new.tolist()


def test_the_rows_of_both_orders():
    def rows(**training):
        scenario = unrolled(2, 1, **training)
        return [f"{row.quantity}{row.layer}" for row in Steps(scenario.network, scenario.training).rows][8:]

    assert rows() == "dE/dy3 dE/dx3 dE/dw3 dE/dy2 dE/dx2 dE/dw2 dE/dy1 dE/dx1 dE/dw1 w+3 w+1".split()
    assert rows(immediate=True) == "dE/dy3 dE/dx3 dE/dw3 w+3 dE/dy2 dE/dx2 dE/dw2 dE/dy1 dE/dx1 dE/dw1 w+1".split()


def test_with_immediate_updates_the_error_goes_back_through_weights_that_are_not_updated_yet():
    """A tied weight gets its new value after its last use; the output's own weight right after its derivative."""
    session = go_to(Session.open(unrolled(2, 1, immediate=True)), 0, Quantity("dE/dy", "h1_1"))
    first = explain(session, Quantity("dE/dy", "h1_1")).parts[0].operands[0]
    assert first.quantity == Quantity("w", "w1_1")
    assert explain(session, Quantity("dE/dy", "h2_1")).parts[0].operands[0].quantity == Quantity("w+", "v1")


def test_a_frozen_tied_parameter_stays():
    scenario = unrolled(3, 1, frozen=frozenset({0}))
    theta = Timeline(scenario).start(5).theta
    assert theta[0] == scenario.theta[0]
    assert all(theta[1:] != scenario.theta[1:])


def test_the_sum_grows_use_by_use_and_each_part_can_be_asked_for():
    session = Session.open(unrolled(3, 1), "scalar")
    name, other = "w1_1", "w2_1"
    while session.done < session.count:
        before, session = session, session.forward()
        row = session.row
        if row.quantity != "dE/dw" or row.layer > 3:
            continue
        value = value_at(session, Quantity("dE/dw", name))
        assert is_partial(session, Quantity("dE/dw", name)) is (row.layer > 1)
        if session.fresh == (name,):  # the row is computed, and of the next name only the sum before is shown
            assert value_at(session, Quantity("dE/dw", other)) == value_at(before, Quantity("dE/dw", other))
            explanation = explain(session, Quantity("dE/dw", name))
            assert len(explanation.parts) == 4 - row.layer
            assert value == pytest.approx(sum(part.value for part in explanation.parts), rel=1e-14)
            assert ("So far" in explanation.words) is (row.layer > 1)
    parts = [value_at(session, Quantity("dE/dw", name, f"h{t}_1")) for t in (1, 2, 3)]
    assert value_at(session, Quantity("dE/dw", name)) == 0.0 + parts[0] + parts[1] + parts[2]
    assert not is_partial(session, Quantity("dE/dw", name))


def test_a_shared_bias_has_a_part_of_each_node():
    session = Session.open(unrolled(2, 2, bias="shared"))
    session = session.seek(0, session.count)
    parts = [value_at(session, Quantity("dE/dw", "b", node)) for node in ("h1_1", "h1_2", "h2_1", "h2_2")]
    assert parts == [value_at(session, Quantity("dE/dx", node)) for node in ("h1_1", "h1_2", "h2_1", "h2_2")]
    assert value_at(session, Quantity("dE/dw", "b")) == pytest.approx(sum(parts), rel=1e-14)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("dE/dw[w_h]", ("dE/dw", 1)),
        ("dE/dw[w_h<-h2]", ("dE/dw", 2)),
        ("w+[w_h]", ("w+", 1)),
        ("y[in3]", ("y", 2)),
        ("dE/dy[in3]", ("dE/dw", 3)),
    ],
)
def test_places(text, row):
    session = Session.open(load_scenario("unrolled-rnn"))
    iteration, quantity = named_place(text, session.scenario.network)
    there = go_to(session, iteration, quantity)
    assert (there.row.quantity, there.row.layer) == row
    assert value_at(there, quantity) is not None
    assert value_at(there.back(), quantity) is None or text == "dE/dw[w_h]"


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        (Quantity("dE/dw", "w_h", "in2"), "does not lead into in2: it leads into h1, h2, h3"),
        (Quantity("x", "in2"), "in2 is an input"),
        (Quantity("dE/dy", "h1", "in3"), "in3 is not in the layer after h1"),
    ],
)
def test_what_there_is_not(quantity, words):
    assert words in check_quantity(quantity, load_scenario("unrolled-rnn").network)


def test_what_an_input_that_comes_in_later_has():
    session = Session.open(load_scenario("unrolled-rnn"))
    assert value_at(session.seek(0, 3), Quantity("y", "in2")) == 0.0
    session = session.seek(0, 18)
    assert value_at(session, Quantity("dE/dy", "in3")) == 0.8 * value_at(session, Quantity("dE/dx", "h3"))
    assert [value_at(session, Quantity(kind, "in3")) for kind in ("x", "dE/dx", "dy/dx")] == [None] * 3


def test_a_later_input_and_a_tied_parameter_can_be_set():
    scenario = changed(load_scenario("unrolled-rnn"), ["in3@2=0.25", "w_h=2"])
    assert scenario.inputs[1].tolist() == [0, 0, 0, 0.25]
    assert scenario.theta.tolist() == [2, 0.8, -0.2]


def test_a_record_says_which_uses_are_in_the_sum():
    steps = walk(Session.open(load_scenario("unrolled-rnn")), 0, 1)
    records = [record(entry) for session in steps for entry in entries(session)]
    derivatives = [step for step in records if step["quantity"] == "dE/dw"]
    assert [step["uses"] for step in derivatives] == [[3], [2, 3], [1, 2, 3]]
    assert all("uses" not in step for step in records if step["quantity"] != "dE/dw")


@pytest.mark.parametrize("training", [{}, {"immediate": True}, {"batch": 2}, {"optimizer": Adam()}])
@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_every_step_can_be_predicted_and_every_mistake_be_made(detail, training):
    session, asked = Session.open(unrolled(3, 2, 2, examples=2, **training), detail), []
    while session.done < session.count:
        question = question_of(session)
        session = session.forward()
        if question is None:
            assert all(session.scenario.network.is_input(name) for name in session.fresh)
            continue
        asked.append(question.quantity.kind)
        answer = read_answer(repr(question.value), question, CANONICAL)
        assert judge(answer, question).verdict == "right"
        assert all(math.isfinite(found.slip.value) for found in slips_of(question))
    assert set(asked) == {"x", "y", "E", "dE/dy", "dE/dx", "dE/dw", "w+"}


def test_a_question_says_how_far_the_sum_goes():
    session = Session.open(load_scenario("unrolled-rnn"))
    assert meaning(question_of(session.seek(0, 13)), CANONICAL) == "how E changes with w_h, as far as layer 2, t = 2"
    assert meaning(question_of(session.seek(0, 16)), CANONICAL) == "how E changes with w_h"
