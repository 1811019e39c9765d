"""Passes of many shifted parameters at once against a plain pass through the whole network for each, bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from engine.check import shifted
from engine.check.gradients import STEP, check_gradient, each_derivative
from engine.check.shifted import Unshifted
from engine.formula.activations import ACTIVATIONS
from engine.formula.field import COMPLEX, REAL
from engine.formula.functions import ADD, MAXIMUM, NEGATE, SQUARE, SUBTRACT
from engine.formula.tree import Call, Ref
from engine.program.across.arrangement import CONCAT, STOP, pick, reshape
from engine.program.across.batch import BATCH_MEAN
from engine.program.across.joined import reduction
from engine.program.across.pictures import max_pool
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.equations import Equation, Program, computed, value_of
from engine.program.operations import ShapeError
from engine.program.steps import Steps
from engine.walking.advance import begin_with, complete, first_state
from tests.engine.test_equations import TANH, cases, shape_of
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
    "softmax inside": make((2, 4, 3, 2), "softmax", "tanh", examples=2),
    "softmax, not cancelled": make((2, 4, 3), "tanh", "softmax", examples=2),
    "no targets": make((2, 2), loss="output"),
    "unrolled": unrolled(4, 3, 2, examples=2),
    "unrolled, shared biases, relu": unrolled(3, 2, bias="shared", activation="relu", examples=2),
}


def unshifted(scenario, examples):
    """Where passes begin, with the values of a walk."""
    steps = Steps(scenario.network, scenario.training)
    start = begin_with(scenario, steps, 0, scenario.theta, first_state(scenario), examples)
    known = next(one for one in complete(scenario, start).history() if one.theta is scenario.theta).value
    return Unshifted(steps.program, known, len(examples), mean=scenario.training.reduction == "mean")


@pytest.mark.parametrize("cells", [1, 1 << 14], ids=["one at a time", "many at once"])
@pytest.mark.parametrize("name", MADE)
def test_many_shifts_at_once_are_single_ones_bit_by_bit(name, cells, monkeypatch):
    monkeypatch.setattr(shifted, "CELLS", cells)
    scenario = MADE[name]
    theta, examples = scenario.theta.tolist(), tuple(range(len(scenario.inputs)))
    values = unshifted(scenario, examples)
    for f, shift in ((COMPLEX, 1j * STEP), (REAL, 1e-5), (REAL, -0.3)):
        start = [value + 0 * shift for value in theta]
        unmoved = {repr(distance) for distance in plain_pass(scenario, start, examples, f)[1]}
        for parameter, span in values.program.parameters.items():
            for place in range(span.start, span.stop, values.at_once):
                chunk = range(place, min(place + values.at_once, span.stop))
                shifts = [(index - span.start, start[index] + shift) for index in chunk]
                done = values.shifted(parameter, shifts, f)
                for column, index in enumerate(chunk):
                    changed = [value + shift if i == index else value for i, value in enumerate(start)]
                    error, distances = plain_pass(scenario, changed, examples, f)
                    assert repr(done.errors[column]) == repr(error)
                    own = set(map(repr, done.kink_distances[done.shift_of == column].tolist()))
                    assert own <= set(map(repr, distances)) | {repr(complex(d).real) for d in distances}
                    assert set(map(repr, distances)) - unmoved <= own  # what is left out does not move


SUM, RELU = reduction("sum", ""), ACTIVATIONS["relu"].function


def stops(formula):
    return isinstance(formula, Call) and (formula.function is STOP or any(map(stops, formula.arguments)))


@settings(max_examples=200, deadline=None)
@given(cases(), cases(depth=1))
def test_any_value_of_any_program_may_be_shifted(case, other):
    """Of inputs an element in one example; what is not shifted is as it was. Where examples meet, one at a time."""
    shapes, formula, given_ones, batch, _ = case
    first = other[1] if fits(other[1], shapes) else SQUARE(Ref("A"))
    made = ADD(SUM(TANH(Ref("first"))), SUM(TANH(RELU(formula))))
    made = made if fits(made, {**shapes, "first": shape_of(first, shapes)}) else ADD(SUM(Ref("A")), SUM(Ref("first")))
    shapes = {**shapes, "first": shape_of(first, shapes), "E": ()}
    program = Program(shapes, {}, {}, (Equation("first", first), Equation("E", made)), ("E",))

    def error(known, f):
        known = known | {"first": computed(first, known.__getitem__, f)}
        return np.broadcast_to(computed(made, known.__getitem__, f), (batch,)).sum()

    known = {**given_ones, "first": computed(first, given_ones.__getitem__)}
    known["E"] = computed(made, known.__getitem__)
    start = Unshifted(program, known.__getitem__, batch, mean=False)
    for name, array in given_ones.items():
        for f, shift in ((COMPLEX, 1j * STEP), (REAL, 0.25)):
            if f is REAL and (stops(first) or stops(made)):
                continue  # a difference is taken past it, the whole program goes through it
            shifts = [(place, number + shift) for place, number in enumerate(array.ravel().tolist())]
            at_once = min(start.at_once, 7)
            for begin in range(0, len(shifts), at_once):
                done = start.shifted(name, shifts[begin : begin + at_once], f).errors
                for (place, number), ours in zip(shifts[begin : begin + at_once], done, strict=True):
                    moved = array.astype(type(number))
                    moved.ravel()[place] = number
                    theirs = error(given_ones | {name: moved}, f)
                    assert ours == pytest.approx(theirs, rel=1e-11, abs=1e-11)
                    assert ours.imag == pytest.approx(theirs.imag, rel=1e-8, abs=1e-9 * STEP)


def fits(formula, shapes):
    try:
        shape_of(formula, shapes)
    except (ShapeError, KeyError, IndexError):
        return False
    return True


def test_a_function_with_a_kink_may_stand_anywhere():
    """In the middle of a formula, over what the shift reaches or over all; and on the shifted value itself."""
    product = MATRIX_PRODUCT(Ref("A"), RELU(Ref("u")))
    equations = (Equation("h", SUM(TANH(RELU(SUBTRACT(product, 1.0))))), Equation("E", SQUARE(RELU(Ref("h")))))
    program = Program({"A": (2, 3), "u": (3,), "h": (), "E": ()}, {}, {}, equations, ("E",))
    known = {"A": np.array([[[1.0, 2.0, 3.0], [1.0, 0.0, 0.0]]]), "u": np.array([[1.0, 0.0, -2.0], [0.5, 4.0, 1.0]])}
    for equation in equations:
        known[equation.target] = value_of(equation, known.__getitem__)
    start = Unshifted(program, known.__getitem__, 2, mean=False)
    tilted = start.shifted("A", [(3, complex(1.0, STEP)), (1, complex(2.0, STEP))], COMPLEX)
    moved = {
        (shift, d.real)
        for shift, d in zip(tilted.shift_of.tolist(), tilted.kink_distances.tolist(), strict=True)
        if d.imag
    }
    assert moved >= {(0, 0.0), (0, -0.5), (1, 10.5)}
    of_input = start.shifted("u", [(1, 0.1), (4, 0.1)], REAL)
    assert 0.1 in of_input.kink_distances[of_input.shift_of == 0]


@pytest.mark.parametrize(
    ("formula", "on_corner"),
    [
        (reduction("max")(Ref("u")), {1, 2}),
        (reduction("min")(NEGATE(Ref("u"))), {1, 2}),
        (reduction("max")(CONCAT(Ref("u"), Ref("u"))), {1, 2}),
        (reduction("min")(Ref("u")), set()),
        (reduction("max")(pick(2)(Ref("u"))), set()),
        (SUM(max_pool(2)(reshape(2, 2)(Ref("u")))), {1, 2}),
        (SUM(MAXIMUM(Ref("u"), 3.0)), {1, 2}),
        (MAXIMUM(pick(1)(Ref("u")), pick(2)(Ref("u"))), set()),
        (reduction("norm")(Ref("u")), set()),
        (reduction("norm")(CONCAT(pick(4)(Ref("u")), pick(4)(Ref("u")))), {3}),
    ],
)
def test_a_tie_and_a_norm_of_nothing_are_corners(formula, on_corner):
    """Of the shifts of every element, those that meet one."""
    equation = Equation("E", formula)
    program = Program({"u": (4,), "E": ()}, {}, {}, (equation,), ("E",))
    known = {"u": np.array([[1.0, 3.0, 3.0, 0.0]])}
    known["E"] = value_of(equation, known.__getitem__)
    start = Unshifted(program, known.__getitem__, 1, mean=False)
    values = known["u"][0].tolist()
    tilted = start.shifted("u", [(i, complex(value, STEP)) for i, value in enumerate(values)], COMPLEX)
    meets = (tilted.kink_distances.real == 0) & (tilted.kink_distances.imag != 0)
    assert set(tilted.shift_of[meets].tolist()) == on_corner


def test_a_step_over_a_tie_is_noted():
    equation = Equation("E", reduction("max")(Ref("u")))
    program = Program({"u": (3,), "E": ()}, {}, {}, (equation,), ("E",))
    known = {"u": np.array([[1.0, 3.0, 3.0 + 1e-7]]), "E": np.zeros(1)}
    start = Unshifted(program, known.__getitem__, 1, mean=False)
    above, below = (start.shifted("u", [(0, 1.0 + h), (1, 3.0 + h)], REAL) for h in (1e-6, -1e-6))
    crossed = (above.kink_distances > 0) != (below.kink_distances > 0)
    assert set(above.shift_of[crossed].tolist()) == {1}


def test_where_examples_meet_one_shift_goes_at_a_time():
    equations = (Equation("E", SUM(SQUARE(SUBTRACT(Ref("u"), BATCH_MEAN(Ref("u")))))),)
    program = Program({"u": (2,), "E": ()}, {}, {}, equations, ("E",))
    known = {"u": np.array([[1.0, 2.0], [3.0, 5.0]]), "E": np.zeros(2)}
    start = Unshifted(program, known.__getitem__, 2, mean=True)
    assert start.at_once == 1
    (error,) = start.shifted("u", [(2, complex(3.0, STEP))], COMPLEX).errors
    assert error == (1 + 1 + 1.5**2 + 1.5**2) / 2 + 1j * STEP  # d/du of (u − mean)² summed over both, halved


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
    wrong = replace(scenario.network.layers[1].activation, slope=lambda x, f: 1.0, arrays=None)
    layers = (scenario.network.layers[0], replace(scenario.network.layers[1], activation=wrong))
    network = replace(scenario.network, layers=(*layers, scenario.network.layers[2]))
    some = scenario.network.parameter_names[::50]
    off = check_gradient(replace(scenario, network=network), scenario.theta, (0,), some)
    assert {check.verdict for check in off.parameters[:29]} == {"wrong"}
    assert {check.verdict for check in off.parameters[29:]} == {"ok"}
