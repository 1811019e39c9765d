"""Passes of many shifted parameters at once against a plain pass through the whole network for each, bit by bit."""

import pytest
from msgspec.structs import replace

from engine.check import shifted
from engine.check.gradients import STEP, check_gradient, each_derivative
from engine.check.shifted import Unshifted
from engine.formula.field import COMPLEX, REAL
from tests.networks import make, unrolled


def plain_pass(scenario, theta, examples, f):
    """(E, every total input's distance to its kink): one number after the other, from θ and the examples alone."""
    network, error, distances = scenario.network, theta[0] - theta[0], []
    for example in examples:
        y = []
        for number, layer in enumerate(network.layers, 1):
            names = [*network.computed(number - 1), *network.nodes(number - 1)[len(y) :]]
            y = y + [scenario.inputs[example].tolist()[network.inputs.index(name)] for name in names[len(y) :]]
            x = []
            for j, row in enumerate(layer.weight_names):
                total = theta[0] - theta[0]
                for name, output in zip(row, y, strict=True):
                    total = total + theta[network.parameter_index[name]] * output
                if layer.bias_name(j) is not None:
                    total = total + theta[network.parameter_index[layer.bias_name(j)]]
                x.append(total)
            distances += [value - kink for kink in layer.activation.kinks for value in x]
            joint = layer.activation.joint
            y = joint.outputs(x, f) if joint else [layer.activation.value(value, f) for value in x]
        targets = [0.0] * len(y) if scenario.targets is None else scenario.targets[example].tolist()
        fused = network.loss.fused.get(network.layers[-1].activation.name)
        parts = (
            [network.loss.value(output, target, len(y), f) for output, target in zip(y, targets, strict=True)]
            if fused is None
            else fused.errors(x, targets, f)
        )
        for part in parts:
            error = error + part
    return error / len(examples) if scenario.training.reduction == "mean" else error, distances


MADE = {
    "sigmoid": make((2, 3, 2), examples=3),
    "one node": make((1, 1)),
    "deep, shared biases, summed": make((3, 4, 2, 3), "tanh", examples=2, bias="shared", reduction="sum"),
    "relu, no biases": make((2, 5, 3), "relu", "identity", examples=2, bias="none"),
    "softmax": make((2, 4, 3), "leaky_relu", "softmax", "cross_entropy", examples=2),
    "softmax, not cancelled": make((2, 4, 3), "tanh", "softmax", examples=2),
    "no targets": make((2, 2), loss="output"),
    "unrolled": unrolled(4, 3, 2, examples=2),
    "unrolled, shared biases, relu": unrolled(3, 2, bias="shared", activation="relu", examples=2),
}


@pytest.mark.parametrize("cells", [1, 1 << 14], ids=["one at a time", "many at once"])
@pytest.mark.parametrize("name", MADE)
def test_many_shifts_at_once_are_single_ones_bit_by_bit(name, cells, monkeypatch):
    monkeypatch.setattr(shifted, "CELLS", cells)
    scenario = MADE[name]
    network, theta, examples = scenario.network, scenario.theta.tolist(), tuple(range(len(scenario.inputs)))
    for f, shift in ((COMPLEX, 1j * STEP), (REAL, 1e-5), (REAL, -0.3)):
        start = [value + 0 * shift for value in theta]
        unshifted = Unshifted(scenario, start, examples, f)
        for layer in (number for number in range(1, network.depth + 1) if network.owns(number)):
            span = network.spans[layer - 1]
            indices = range(span.start, span.stop)
            for place in range(0, len(indices), unshifted.at_once):
                chunk = indices[place : place + unshifted.at_once]
                done = unshifted.shifted(layer, [(index, start[index] + shift) for index in chunk])
                for column, index in enumerate(chunk):
                    changed = [value + shift if i == index else value for i, value in enumerate(start)]
                    error, distances = plain_pass(scenario, changed, examples, f)
                    assert repr(done.errors[column]) == repr(error)
                    own = set(map(repr, done.kink_distances[:, column].tolist()))
                    assert own <= set(map(repr, distances))
                    unmoved = {repr(d) for d in plain_pass(scenario, start, examples, f)[1]}
                    assert set(map(repr, distances)) - unmoved <= own  # what is left out does not move


def test_a_part_is_the_same_as_in_the_whole():
    scenario = make((3, 4, 2, 3), examples=2, batch=2)
    whole = check_gradient(scenario, scenario.theta, (0, 1)).parameters
    names = scenario.network.parameter_names[::5]
    assert check_gradient(scenario, scenario.theta, (0, 1), names).parameters == whole[::5]


def test_they_come_one_after_the_other(monkeypatch):
    """Who shows how far it is, or stops, does not wait for the last one."""
    passes, whole = [], Unshifted.shifted
    monkeypatch.setattr(Unshifted, "shifted", lambda self, *shifts: passes.append(0) or whole(self, *shifts))
    monkeypatch.setattr(shifted, "CELLS", 32)
    scenario = make((4, 8, 2))
    checks = each_derivative(scenario, scenario.theta, (0,))
    assert [next(checks).name for _ in range(3)] == list(scenario.network.parameter_names[:3])
    assert len(passes) == 3
    assert len(list(checks)) == len(scenario.theta) - 3
    assert len(passes) == 3 * (40 // 4 + 18 // 4 + 1)


def test_a_large_network_is_checked_whole():
    """In several passes to a layer; and a wrong slope in the middle is wrong for all before it, and for none after."""
    scenario = make((16, 30, 30, 10), "tanh", scale=0.2)
    check = check_gradient(scenario, scenario.theta, (0,))
    assert (len(check.parameters), check.ok) == (1750, True)
    wrong = replace(scenario.network.layers[1].activation, slope=lambda x, f: 1.0)
    layers = (scenario.network.layers[0], replace(scenario.network.layers[1], activation=wrong))
    network = replace(scenario.network, layers=(*layers, scenario.network.layers[2]))
    some = scenario.network.parameter_names[::50]
    off = check_gradient(replace(scenario, network=network), scenario.theta, (0,), some)
    assert {check.verdict for check in off.parameters[:29]} == {"wrong"}
    assert {check.verdict for check in off.parameters[29:]} == {"ok"}
