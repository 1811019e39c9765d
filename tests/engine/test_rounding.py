"""What rounding may do to a figure: an honest program is never called wrong, and a wrong digit is found."""

import math
from decimal import Decimal

import numpy as np
import pytest
from msgspec.structs import replace

from engine.check.audit import Auditor
from engine.check.rounding import Rounding, rounding_of
from engine.files import load_scenario, parse_scenario
from engine.files.printed import parse_printed
from engine.program.expression import parse_expression
from engine.program.optimizers import Adam, Momentum
from engine.program.scenario import Published
from tests.engine.honest import walk
from tests.networks import make

SCENARIOS = (
    *("mazur", "mazur-with-biases", "google", "xor", "vanishing", "saturation", "symmetry", "exploding", "dead-relu"),
    *("four-layer", "four-layer-tanh", "four-layer-relu", "four-layer-cross-entropy"),
    *("baeldung-batches", "baeldung-identity", "baeldung-cost", "one-neuron", "two-neurons"),
)


def figure(quantity, text, iteration=0, example=None):
    printed = parse_printed(text)
    expression = parse_expression(quantity)
    return Published(expression, text, printed.number, printed.resolution, iteration=iteration, example=example)


def figures(found, digits):
    """What that program prints with so many significant digits."""
    for k, named in found.items():
        for quantity, value in named.items():
            if math.isfinite(value):
                yield figure(quantity, f"{value:.{digits - 1}e}", k)


def mismatches(scenario, found, digits):
    auditor = Auditor(scenario)
    checks = [auditor.check(one) for one in figures(found, digits)]
    return [
        f"{one.figure.expression} after {one.figure.iteration}: {one.figure.value}, computed {one.computed!r}"
        for one in checks
        if not one.ok
    ]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", SCENARIOS)
def test_an_honest_program_is_never_called_wrong(name):
    scenario = load_scenario(name)
    found = walk(scenario, (0, 1, 7, 100, 1000))
    for digits in (4, 10, 12, 15, 17):
        assert mismatches(scenario, found, digits) == []


def test_nor_after_a_hundred_thousand_updates():
    scenario = load_scenario("mazur")
    found = walk(scenario, (100_000,))
    for digits in (10, 12, 17):
        assert mismatches(scenario, found, digits) == []


MADE = {
    "large": lambda: make((64, 12, 3), "tanh", examples=3, batch=3, learning_rate=0.01),
    "saturated": lambda: make((3, 4, 2), "tanh", scale=3.0, examples=5, batch=2, learning_rate=0.1),
    "deep": lambda: make((2, 2, 2, 2, 1), "sigmoid", scale=3.0, examples=5, batch=5, learning_rate=0.1),
    "wide": lambda: make((20, 30, 5), "sigmoid", scale=3.0, examples=5, batch=3, reduction="sum", learning_rate=0.1),
}


@pytest.mark.parametrize("name", MADE)
def test_nor_on_made_networks(name):
    scenario = MADE[name]()
    found = walk(scenario, (0, 3, 40))
    for digits in (8, 12, 16):
        assert mismatches(scenario, found, digits) == []


@pytest.mark.parametrize("name", ["mazur", "google", "xor", "four-layer", "dead-relu", "baeldung-batches"])
@pytest.mark.parametrize("digits", [4, 7, 10, 12])
def test_one_wrong_digit_is_found(name, digits):
    """Off by one in the last digit: found, but where the number lies so near to a half that nobody can tell."""
    scenario = load_scenario(name)
    auditor, passed, tried = Auditor(scenario), 0, 0
    for quantity, value in walk(scenario, (0,))[0].items():
        if abs(value) < 1e-9:
            continue
        rounded = Decimal(f"{value:.{digits - 1}e}")
        unit = Decimal(1).scaleb(rounded.adjusted() - digits + 1)
        for by in (1, -1):
            tried += 1
            check = auditor.check(figure(quantity, f"{rounded + by * unit:.{digits - 1}e}"))
            if check.ok:
                passed += 1
                assert abs(check.computed - check.figure.number) / check.figure.resolution < 0.51 + 1e-14 * 10.0**digits
    assert tried > 30
    assert passed <= 0.05 * tried


def test_what_is_given_is_not_rounded():
    scenario = load_scenario("mazur")
    for quantity in ("w[w1]", "t[o1]", "y[i1]", "learning_rate"):
        one = figure(quantity, "0.5")
        own = Auditor(scenario).check(one).computed
        assert Rounding(scenario).spread(one, 0, own) == 0


def test_a_node_on_its_kink_does_not_excuse_what_is_wrong():
    """In `dead-relu` an example puts h3 on x = 0, where a rounding more would switch it on."""
    scenario = load_scenario("dead-relu")
    own = Auditor(scenario).check(figure("dE/dw[b_h3]", "0.1")).computed
    spread = rounding_of(scenario).spread(figure("dE/dw[b_h3]", "0.1"), 0, own)
    assert 0 < spread < 1e-14


def test_rounding_grows_with_updates_as_they_carry_it_on():
    scenario = load_scenario("xor")
    spreads = []
    for k in (0, 100, 10_000):
        one = figure(f"w[{scenario.network.parameter_names[0]}]", "0.1", k)
        own = Auditor(scenario).check(one).computed
        spreads.append(Rounding(scenario).spread(one, k, own) / abs(own))
    assert spreads[0] == 0
    assert 1e-16 < spreads[1] < spreads[2] < 1e-9


@pytest.mark.parametrize("optimizer", [Momentum(), Adam()])
def test_what_an_optimizer_remembers_is_walked_along(optimizer):
    scenario, one = make(optimizer=optimizer), figure("E", "0.1", 40)
    own = Auditor(scenario).check(one).computed
    assert 0 < Rounding(scenario).spread(one, 40, own) < 1e-11 * own


def test_a_far_spread_is_walked_to_in_slices():
    scenario = load_scenario("mazur")
    one, rounding, slices = figure("w[w5]", "0.1", 3000), Rounding(scenario), 0
    while not rounding.reach(one, 3000, 0.0):
        slices += 1
    assert slices > 100
    own = Auditor(scenario).check(one).computed
    assert rounding.spread(one, 3000, own) == Rounding(scenario).spread(one, 3000, own)


def test_an_epochs_error_and_an_examples_have_a_spread():
    scenario = load_scenario("baeldung-stochastic")
    for quantity, example, k in (("E_epoch[2]", None, 0), ("E", 2, 5), ("dE/dw[w_x1_h1]", 2, 5)):
        name = scenario.network.parameter_names[0]
        one = figure(quantity.replace("w_x1_h1", name), "0.1", k, example)
        own = Auditor(scenario).check(one).computed
        assert 0 < Rounding(scenario).spread(one, k, own) < 1e-13 * abs(own)


LOGARITHM = """
title = "a logarithm next to 1"
[network]
inputs = ["i"]
loss = "binary_cross_entropy"
[[network.layer]]
nodes = ["o"]
activation = "sigmoid"
weights = [[16.0]]
[[example]]
inputs = [1.0]
targets = [1.0]
"""


def test_the_logarithm_of_an_output_next_to_1_agrees_to_rounding():
    scenario = parse_scenario(LOGARITHM, "made.toml")
    y = 1 / (1 + np.exp(-16.0))
    check = Auditor(scenario).check(figure("E", f"{-np.log(y):.11e}"))
    assert (check.verdict, check.agreement) == ("match", "rounding")
    assert Auditor(scenario).check(figure("E", f"{-np.log(y) * 1.0001:.9e}")).verdict == "mismatch"


def test_y_minus_t_next_to_its_target_agrees_and_says_why():
    scenario = parse_scenario(LOGARITHM.replace("16.0", "20.0"), "made.toml")
    check = Auditor(scenario).check(figure("dE/dx[o]", f"{1 / (1 + np.exp(-20.0)) - 1:.11e}"))
    assert check.verdict == "match"


def test_a_saturated_slope_agrees_and_says_why():
    """15 digits of y·(1 − y) at x = 16.7, of which only eight are those of the slope."""
    scenario = make((1, 1), last="sigmoid", bias="none")
    scenario.theta[:], scenario.inputs[:], scenario.targets[:] = 16.7, 1.0, 0.3
    y = 1 / (1 + np.exp(-16.7))
    for quantity, value in (("dy/dx[o1]", y * (1 - y)), ("dE/dx[o1]", (y - 0.3) * y * (1 - y))):
        check = Auditor(scenario).check(figure(quantity, f"{value:.14e}"))
        assert (check.verdict, check.agreement) == ("match", "saturated-slope")
        assert Auditor(scenario).check(figure(quantity, f"{value * (1 + 1e-6):.14e}")).verdict == "mismatch"


def test_a_reference_in_single_precision_is_recognised():
    scenario = load_scenario("mazur")
    auditor = Auditor(scenario)
    for quantity, value in walk(scenario, (0,), np.float32)[0].items():
        check = auditor.check(figure(quantity, repr(value)))
        assert check.ok, (quantity, value, check.computed)
        assert check.agreement in ("digits", "float32")
    single = replace(figure("y[h1]", repr(float(np.float32(0.5933)))))
    assert auditor.check(single).verdict == "mismatch"
