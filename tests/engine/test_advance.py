"""One iteration, row by row: against the document's figures and against plain Python."""

import math

import numpy as np
import pytest

from engine.ask.lookup import value_of
from engine.formula.quantity import Quantity
from engine.program.chain_rule import slopes
from engine.program.optimizers import Adam, Momentum
from engine.program.steps import Steps
from engine.walking.advance import advance, begin, complete, first_state
from tests.networks import make, mazur


def iteration(scenario, number=0):
    steps = Steps(scenario.network, scenario.training)
    theta, state = scenario.theta, first_state(scenario)
    for k in range(number):
        values = complete(scenario, begin(scenario, steps, k, theta, state))
        theta, state = values.theta, values.state
    return complete(scenario, begin(scenario, steps, number, theta, state))


MAZUR = {
    "x[h1]": "0.3775",
    "y[h1]": "0.593269992",
    "y[h2]": "0.596884378",
    "x[o1]": "1.105905967",
    "y[o1]": "0.75136507",
    "y[o2]": "0.772928465",
    "E[o1]": "0.274811083",
    "E[o2]": "0.023560026",
    "E": "0.298371109",
    "dE/dy[o1]": "0.74136507",
    "dy/dx[o1]": "0.186815602",
    "dE/dx[o1]": "0.138498562",
    "dE/dw[w5]": "0.082167041",
    "w+[w5]": "0.35891648",
    "w+[w6]": "0.408666186",
    "w+[w7]": "0.511301270",
    "w+[w8]": "0.561370121",
    "dE/dy[h1<-o1]": "0.055399425",
    "dE/dy[h1]": "0.036350306",
    "dy/dx[h1]": "0.241300709",
    "dE/dw[w1]": "0.000438568",
    "w+[w1]": "0.149780716",
    "w+[w2]": "0.19956143",
    "w+[w3]": "0.24975114",
    "w+[w4]": "0.29950229",
}


@pytest.mark.parametrize(("name", "printed"), MAZUR.items())
def test_mazurs_figures_to_the_printed_digit(name, printed):
    scenario = mazur()
    kind, _, subject = name.rstrip("]").partition("[")
    subject, _, through = subject.partition("<-")
    value = value_of(scenario, iteration(scenario), Quantity(kind, subject or None, through or None))
    assert f"{value:.{len(printed.partition('.')[2])}f}" == printed


def test_the_error_after_one_update_in_both_orders():
    assert iteration(mazur(), 1).error == pytest.approx(0.291027774, abs=5e-10)
    assert iteration(mazur(immediate=True), 1).error == pytest.approx(0.291027924, abs=5e-10)


def test_immediate_sends_the_error_back_through_the_new_weights():
    values = iteration(mazur(immediate=True))
    new = dict(zip(values.steps.rows[8].items, values.need("w+", 2), strict=False))
    d_error_d_x = values.need("dE/dx", 2)[0]
    assert values.need("dE/dy", 1)[0, 0] == new["w5"] * d_error_d_x[0] + new["w7"] * d_error_d_x[1]
    new = dict(zip(values.steps.rows[12].items, values.need("w+", 1), strict=False))
    d_error_d_x = values.need("dE/dx", 1)[0]
    at_input = value_of(
        mazur(immediate=True), values, Quantity("dE/dy", "i1")
    )  # so, too, at the inputs, which have no row
    assert at_input == new["w1"] * d_error_d_x[0] + new["w3"] * d_error_d_x[1]


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "leaky_relu", "identity"])
@pytest.mark.parametrize("bias", ["each", "shared", "none"])
def test_an_iteration_equals_plain_python_to_the_last_bit(hidden, bias):
    """Loops over lists, left to right, the bias last: the arithmetic that the design fixes."""
    scenario = make((3, 4, 2), hidden, "sigmoid", examples=3, batch=3, bias=bias, seed=4)
    values = iteration(scenario)
    network = scenario.network
    y = scenario.inputs.tolist()
    for number in (1, 2):
        layer = network.layer(number)
        weights = network.weights(scenario.theta, number).tolist()
        biases = network.biases(scenario.theta, number).tolist()
        x = []
        for example in y:
            row = []
            for j, into in enumerate(weights):
                total = 0.0
                for weight, output in zip(into, example, strict=True):
                    total += weight * output
                row.append(total + biases[0 if bias == "shared" else j] if biases else total)
            x.append(row)
        assert values.need("x", number).tolist() == x
        y = [[_value(layer.activation.name, value) for value in row] for row in x]
        assert values.need("y", number).tolist() == y
    targets = scenario.targets.tolist()
    total = 0.0
    for outputs, wanted in zip(y, targets, strict=True):
        parts = [0.5 * ((a - t) * (a - t)) for a, t in zip(outputs, wanted, strict=True)]
        total += parts[0] + parts[1]
    assert values.error == total / 3


def _value(name, x):
    if name == "sigmoid":
        return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
    return {"tanh": math.tanh(x), "relu": max(0.0, x), "leaky_relu": x if x > 0 else 0.01 * x, "identity": x}[name]


def test_mean_divides_by_the_batch_and_sum_does_not():
    mean = make(examples=4, batch=4)
    total = make(examples=4, batch=4, reduction="sum")
    for layer in (1, 2):
        assert (iteration(mean).need("dE/dw", layer) * 4).tolist() == iteration(total).need("dE/dw", layer).tolist()
    assert iteration(mean).error * 4 == iteration(total).error


def test_the_last_batch_of_an_epoch_may_be_smaller():
    scenario = make(examples=5, batch=2)
    assert [iteration(scenario, k).examples for k in range(4)] == [(0, 1), (2, 3), (4,), (0, 1)]


def test_a_shuffled_epoch_is_a_permutation_and_another_one_each_time():
    scenario = make(examples=7, batch=3, shuffle=3)
    epochs = [[e for k in range(n * 3, n * 3 + 3) for e in iteration(scenario, k).examples] for n in range(2)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(7))] * 2
    assert epochs == [[5, 6, 2, 1, 4, 3, 0], [2, 1, 4, 0, 5, 6, 3]]  # the same in every version: a saved walk goes on
    assert iteration(scenario, 2).examples == iteration(scenario, 2).examples


def test_a_shared_bias_is_one_parameter_and_gets_the_sum():
    scenario = make(bias="shared")
    values = iteration(scenario)
    assert values.need("dE/dw", 2)[-1] == values.need("dE/dx", 2)[0, 0] + values.need("dE/dx", 2)[0, 1]


def test_a_frozen_parameter_stays_and_has_a_derivative():
    scenario = mazur(frozen=frozenset({0}))
    values = iteration(scenario)
    assert values.theta[0] == scenario.theta[0]
    assert values.need("dE/dw", 1)[0] != 0


def test_softmax_with_cross_entropy_is_y_minus_t():
    values = iteration(make((3, 4, 3), last="softmax", loss="cross_entropy"))
    assert values.need("dE/dx", 2).tolist() == (values.need("y", 2) - values.targets).tolist()


def test_the_jacobian_of_softmax():
    scenario = make((2, 3), last="softmax")
    values = iteration(scenario)
    y = values.need("y", 1)[0]
    assert slopes(values.steps.program, "y1", values.value)[0] == pytest.approx(np.diag(y) - np.outer(y, y))
    assert value_of(scenario, values, Quantity("dy/dx", "o1", "o2")) == pytest.approx(-y[0] * y[1])


def test_what_comes_back_through_the_nodes_above_sums_to_the_derivative():
    scenario = make((2, 3, 4))
    values = iteration(scenario)
    for name in scenario.network.nodes(1):
        parts = (value_of(scenario, values, Quantity("dE/dy", name, above)) for above in scenario.network.nodes(2))
        assert sum(parts) == pytest.approx(value_of(scenario, values, Quantity("dE/dy", name)))


def test_momentum_and_adam_by_hand():
    g = np.array([0.5, -2.0])
    w, state = np.array([1.0, 1.0]), np.zeros((1, 2))
    w, state = Momentum(0.9).update(w, g, state, 0.1, 1)
    w, state = Momentum(0.9).update(w, g, state, 0.1, 2)
    assert state[0] == pytest.approx(1.9 * g)
    assert w == pytest.approx(1 - 0.1 * g - 0.1 * 1.9 * g)
    w, _ = Momentum(0.9, nesterov=True).update(np.array([1.0, 1.0]), g, np.zeros((1, 2)), 0.1, 1)
    assert w == pytest.approx(1 - 0.1 * (g + 0.9 * g))
    w, _ = Adam().update(np.array([1.0, 1.0]), g, np.zeros((2, 2)), 0.1, 1)
    assert w == pytest.approx(1 - 0.1 * np.sign(g), abs=1e-8)


def test_a_walk_counts_adams_updates_from_one():
    """Kingma and Ba's algorithm 1, from the walk's own derivatives."""
    rate, beta1, beta2, epsilon = 0.1, 0.8, 0.9, 1e-3
    scenario = make(optimizer=Adam(beta1, beta2, epsilon), learning_rate=rate)
    theta, m, v = scenario.theta, 0.0, 0.0
    for t in (1, 2, 3):
        values = iteration(scenario, t - 1)
        g = np.concatenate([values.need("dE/dw", layer) for layer in (1, 2)])
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        theta = theta - rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
        assert values.theta == pytest.approx(theta, rel=1e-12)
        assert values.state == pytest.approx(np.stack((m, v)), rel=1e-12)


@pytest.mark.parametrize("x", [-1000.0, -40.0, 0.0, 40.0, 1000.0])
@pytest.mark.parametrize(
    ("last", "loss"),
    [
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "cross_entropy"),
        ("sigmoid", "half_squared_error"),
        ("tanh", "squared_error"),
    ],
)
def test_nothing_overflows_at_large_inputs(x, last, loss):
    scenario = make((1, 2), last=last, loss=loss, bias="none")
    scenario.theta[:] = [x, -x]
    scenario.inputs[:] = 1.0
    values = iteration(scenario)
    assert values.event is None
    assert math.isfinite(values.error)
    assert np.isfinite(values.theta).all()


def test_an_infinite_slope_of_the_loss_is_no_event_where_it_is_not_used():
    scenario = make((1, 1), last="sigmoid", loss="binary_cross_entropy", bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = -1000.0, 1.0, 1.0
    values = iteration(scenario)
    assert values.need("dE/dy", 1)[0, 0] == -math.inf
    assert values.event is None
    assert values.need("dE/dx", 1)[0, 0] == -1.0


def test_divergence_is_a_named_event():
    scenario = make((2, 2, 2), "identity", "identity", learning_rate=1e6)
    steps = Steps(scenario.network, scenario.training)
    theta, state, k = scenario.theta, first_state(scenario), 0
    while (values := complete(scenario, begin(scenario, steps, k, theta, state))).event is None:
        theta, state, k = values.theta, values.state, k + 1
    assert values.event.iteration == k
    assert not math.isfinite(values.event.value)
    assert str(values.event.quantity) in str(values.event)
    with pytest.raises(ValueError, match="became"):
        advance(scenario, values)


def test_a_row_that_is_not_computed_yet_can_not_be_used():
    scenario = mazur()
    values = begin(scenario, Steps(scenario.network, scenario.training), 0, scenario.theta, first_state(scenario))
    assert values.get("x", 1) is None
    with pytest.raises(LookupError, match="x of layer 1 is not computed yet"):
        values.need("x", 1)


def test_after_the_last_row_there_is_none():
    scenario = mazur()
    with pytest.raises(ValueError, match="complete"):
        advance(scenario, iteration(scenario))


def test_results_cannot_be_changed():
    values = iteration(mazur())
    for array in (*values.results, values.theta, values.state, values.inputs, values.targets):
        assert not array.flags.writeable


def last_layer(inputs, theta, targets, last="identity", **options):
    """Two inputs (or as many as there are) into so many outputs, without biases, and numbers as given."""
    inputs, targets = np.array(inputs, float), np.array(targets, float)
    shape = (inputs.shape[1], targets.shape[1])
    scenario = make(shape, last=last, bias="none", examples=len(inputs), batch=len(inputs), **options)
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = theta, inputs, targets
    return scenario


def hidden_overflow():
    """E = ½·(1e10)² is finite, and so is dE/dx = 1e10 of the output; times the weight 1e300 it is not."""
    scenario = make((1, 1, 1), "identity", "identity", bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = [1e-290, 1e300], 1.0, 0.0
    return scenario


EVENTS = {
    "x[o1] became +∞ at iteration 0, example 1": lambda: last_layer([[1e10]], 1e300, [[0]]),
    "x[o1] became −∞ at iteration 0, example 1": lambda: last_layer(
        [[1e10]], -1e300, [[1]], "sigmoid", loss="binary_cross_entropy"
    ),
    # the first node, and of it the first example
    "x[o2] became +∞ at iteration 0, example 3": lambda: last_layer(
        [[1], [2], [1e10], [1e10]], [1, 1e300, 1e300], np.zeros((4, 3))
    ),
    "x[o1] became +∞ at iteration 0, example 4": lambda: last_layer(
        [[1, 1], [1, 1], [1, 1e10], [1e10, 1e10]], [1e300, 0, 0, 1e300], np.zeros((4, 2))
    ),
    "E[o2] became +∞ at iteration 0, example 1": lambda: last_layer([[1]], [1, 1e200], [[0, 0]]),
    "E became +∞ at iteration 0": lambda: last_layer([[1]], [1.3e154, 1.3e154, 1.3e154], [[0, 0, 0]]),
    "dE/dy[h1_1] became +∞ at iteration 0, example 1": hidden_overflow,
    "dE/dw[w1_2_1] became +∞ at iteration 0": lambda: last_layer([[0, 1e300]], [1, 1e-290], [[-1e10]]),
    "w+[w1_2_1] became −∞ at iteration 0": lambda: last_layer([[0, 1]], [1, 1e10], [[0]], learning_rate=1e300),
    # dE/dw is 2e200: its square, which Adam remembers, is infinite, though the new weight is not
    "v+[w1_2_1] became +∞ at iteration 0": lambda: last_layer([[0, 1e100]], [1, 1], [[-1e100]], optimizer=Adam()),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("sentence", "scenario"), EVENTS.items())
def test_the_first_number_that_is_not_finite_is_named(sentence, scenario):
    values = iteration(scenario())
    assert str(values.event) == sentence
    stage = values.previous  # it stops at once: all before is finite
    assert stage.event is None
    assert all(np.isfinite(result).all() for result in stage.results)
