"""The audit finds what is wrong: each verdict holds where it should and fails where it should not."""

import math

import pytest

from engine.check import audit as audit_module
from engine.check.agreement import digits_agree
from engine.check.audit import Auditor, audit
from engine.files import parse_scenario
from engine.program.scenario import Published
from engine.walking import advance

NETWORK = """
title = "one neuron"
[network]
inputs = ["i"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o"]
activation = "identity"
weights = [[0.5]]
weight_names = [["v"]]
[training]
learning_rate = 0.25
batch = 2
[[example]]
inputs = [1.0]
targets = [0.0]
[[example]]
inputs = [2.0]
targets = [0.0]
[[example]]
inputs = [4.0]
targets = [0.0]
"""


def verdicts(*figures):
    text = NETWORK + "".join(f"[[published]]\n{figure}\n" for figure in figures)
    return [check.verdict for check in audit(parse_scenario(text, "made.toml")).figures]


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        ('quantity = "y[o]"\nvalue = "0.5"', "match"),
        ('quantity = "y[o]"\nvalue = "0.51"', "mismatch"),
        ('quantity = "y[o]"\nvalue = "0.51"\nverdict = "rounded"\nwithin = "0.02"\nnote = "n"', "rounded"),
        ('quantity = "y[o]"\nvalue = "0.503"\nverdict = "rounded"\nwithin = "0.003"\nnote = "n"', "rounded"),
        ('quantity = "y[o]"\nvalue = "0.504"\nverdict = "rounded"\nwithin = "0.003"\nnote = "n"', "mismatch"),
        ('quantity = "y[o]"\nvalue = "0.50000000000000006"', "match"),
        ('quantity = "y[o]"\nvalue = "0.5"\nprinted_decimals = 4', "match"),
        ('quantity = "E"\nvalue = "0.31"\nprinted_decimals = 4', "mismatch"),
        ('quantity = "y[o]"\nvalue = "0.51"\nverdict = "rounded"\nwithin = "0.001"\nnote = "n"', "mismatch"),
        ('quantity = "y[o]"\nvalue = "0.5"\nverdict = "rounded"\nwithin = "0.1"\nnote = "n"', "stale"),
        ('quantity = "y[o]"\nvalue = "0.7"\nverdict = "erratum"\nnote = "n"', "erratum"),
        ('quantity = "y[o]"\nvalue = "0.5"\nverdict = "erratum"\nnote = "n"', "stale"),
        ('quantity = "y[o]"\nvalue = "3"\nverdict = "variant"\nvariant = { set = { v = 3 } }\nnote = "n"', "variant"),
        ('quantity = "y[o]"\nvalue = "3"\nverdict = "variant"\nvariant = { set = { v = 4 } }\nnote = "n"', "mismatch"),
        ('quantity = "y[o]"\nvalue = "0.5"\nverdict = "variant"\nvariant = { set = { v = 3 } }\nnote = "n"', "stale"),
        ('quantity = "E"\nvalue = "0.3125"', "match"),
        ('quantity = "E"\nvalue = "0.125"\nexample = 1', "match"),
        ('quantity = "E"\nvalue = "0.5"\nexample = 2', "match"),
        ('quantity = "y[o]"\nvalue = "2.0"\nexample = 3', "match"),
        ('quantity = "E"\nvalue = "2.0"\nexample = 3', "match"),
        ('quantity = "dE/dw[v]"\nvalue = "1.25"', "match"),
        ('quantity = "dE/dw[v]"\nvalue = "2.0"\nexample = 2', "match"),
        ('quantity = "dE/dw[v]"\nvalue = "8"\nexample = 3', "match"),
        ('quantity = "w+[v]"\nvalue = ".1875"', "match"),
        ('quantity = "w[v]"\nvalue = ".1875"\niteration = 1', "match"),
        (
            'quantity = "w+[v]"\nvalue = ".1875"\nexample = 3',
            "match",
        ),  # an update is of the batch, whatever the example
        ('quantity = "-learning_rate * dE/dw[v]"\nvalue = "−0.3125"', "match"),
        (
            'quantity = "E"\nvalue = "0.625"\nverdict = "variant"\nvariant = { reduction = "sum" }\nnote = "n"',
            "variant",
        ),
        (
            'quantity = "E"\nvalue = "0.625"\nverdict = "variant"\nvariant = { loss = "squared_error" }\nnote = "n"',
            "variant",
        ),
        (
            'quantity = "w[v]"\nvalue = "0.1875"\nverdict = "variant"\nvariant = { iteration = 1 }\nnote = "n"',
            "variant",
        ),
        ('quantity = "dE/dy[i]"\nvalue = "0.25"', "match"),
        ('quantity = "dE/dy[i<-o]"\nvalue = "0.25"', "match"),
    ],
)
def test_verdicts(figure, verdict):
    assert verdicts(figure) == [verdict]


def test_the_error_of_an_epoch_is_the_sum_of_its_iterations():
    first = (0.125 + 0.5) / 2
    second = 0.5 * (4 * 0.1875) ** 2
    assert verdicts(f'quantity = "E_epoch[0]"\nvalue = "{first + second}"') == ["match"]
    weight = 0.1875 - 0.25 * 16 * 0.1875
    first = (0.5 * weight**2 + 0.5 * (2 * weight) ** 2) / 2
    second = 0.5 * (4 * (weight - 0.25 * 2.5 * weight)) ** 2
    assert verdicts(f'quantity = "E_epoch[1]"\nvalue = "{first + second}"') == ["match"]


@pytest.mark.parametrize(
    ("figure", "needed"),
    [
        ('quantity = "w[v]"\nvalue = "0.1"\niteration = 400', 400),
        ('quantity = "E_epoch[199]"\nvalue = "0.1"', 400),
        ('quantity = "E_epoch[199] + w[v]"\nvalue = "0.1"\niteration = 300', 400),
        (
            'quantity = "w[v]"\nvalue = "0.1"\nverdict = "variant"\n'
            'variant = { iteration = 400, learning_rate = 0.1 }\nnote = "n"',
            400,
        ),
    ],
)
def test_a_far_figure_is_walked_to_in_slices(figure, needed):
    scenario = parse_scenario(f"{NETWORK}[[published]]\n{figure}\n", "made.toml")
    auditor, slices = Auditor(scenario), 0
    while not auditor.reach(scenario.published[0], 0.0):
        slices += 1
    assert slices >= needed // 16 - 1  # with no time at all, one look at the clock after another
    assert auditor.check(scenario.published[0]) == audit(scenario).figures[0]


OTHERS = ("{ iteration = 2 }", "{ iteration = 3 }", "{ learning_rate = 0.1 }", "{ iteration = 3, learning_rate = 0.1 }")


def test_figures_of_the_same_settings_share_a_walk_whatever_their_iteration(monkeypatch):
    """One of another iteration only is of the walk itself, and its number is what a walk of its own gives."""
    walks = []
    walked = audit_module.Walked
    monkeypatch.setattr(audit_module, "Walked", lambda scenario: walks.append(scenario) or walked(scenario))
    figure = (
        '[[published]]\nquantity = "w[v]"\nvalue = "9"\nverdict = "variant"\nnote = "n"\niteration = 1\nvariant = {}\n'
    )
    scenario = parse_scenario(NETWORK + "".join(figure.format(settings) for settings in OTHERS), "made.toml")
    auditor = Auditor(scenario)
    found = [auditor.check(figure) for figure in scenario.published]
    assert len(walks) == 2
    for check in found:
        variant = check.figure.variant
        iteration = variant.iteration or check.figure.iteration
        alone = walked(audit_module.varied(scenario, variant))
        assert check.under_variant == alone.value(check.figure, iteration) != check.computed
    assert len({check.under_variant for check in found}) == len(OTHERS)


def test_a_figure_beyond_the_end_is_reached_when_the_walk_has_ended():
    text = NETWORK.replace("0.25", "1e300") + '[[published]]\nquantity = "y[o]"\nvalue = "1"\niteration = 50\n'
    scenario = parse_scenario(text, "made.toml")
    assert Auditor(scenario).reach(scenario.published[0], 1.0)


def test_all_is_well_only_if_every_figure_is():
    fine, wrong = (f'[[published]]\nquantity = "y[o]"\nvalue = "{value}"\n' for value in (0.5, 0.6))
    assert audit(parse_scenario(NETWORK + fine, "made.toml")).ok
    assert not audit(parse_scenario(NETWORK + fine + wrong, "made.toml")).ok


@pytest.mark.parametrize(
    ("printed", "unit", "value", "expected"),
    [
        (0.12, 0.01, 0.125, True),
        (0.12, 0.01, 0.1151, True),
        (0.12, 0.01, 0.1251, False),
        (0.118, 0.001, 0.1175, True),
        (6.0, 1.0, 6.4, True),
        (0.13, 0.01, 0.125, True),
        (2.0, 1.0, 1.5, True),
        (1.0, 1.0, 1.5, False),
        (-1.0, 1.0, -1.5, False),
        (2.67, 0.01, 2.675, True),
        (2.68, 0.01, 2.675, True),
        (0.1, 1e-16, 0.1 + 2e-17, True),
        (0.1, 1e-16, 0.1 + 5e-15, False),
        (0.1, 0.1, math.nan, False),
        (0.1, 0.1, math.inf, False),
    ],
)
def test_half_a_unit_of_the_last_digit(printed, unit, value, expected):
    assert digits_agree(Published(None, str(printed), printed, unit), value) is expected


def test_a_figure_beyond_the_end_of_the_walk_is_a_mismatch():
    text = NETWORK.replace("0.25", "1e300") + '[[published]]\nquantity = "y[o]"\nvalue = "1"\niteration = 50\n'
    (check,) = audit(parse_scenario(text, "made.toml")).figures
    assert check.verdict == "mismatch"
    assert math.isnan(check.computed)


def test_a_change_of_the_arithmetic_is_found(monkeypatch):
    monkeypatch.setattr(advance, "ordered_sum", lambda terms, *out: terms.sum(axis=0) * 1.0001)
    assert verdicts('quantity = "E"\nvalue = "0.3125"') == ["mismatch"]


def test_a_network_that_is_not_finite_has_no_gradient_check():
    done = audit(parse_scenario(NETWORK.replace("[[0.5]]", "[[1e200]]").replace("4.0", "1e200"), "made.toml"))
    assert done.ok or done.why_not
    done = audit(parse_scenario(NETWORK.replace("[[0.5]]", "[[1e200]]"), "made.toml"))
    assert not done.ok
    assert "became" in done.why_not
