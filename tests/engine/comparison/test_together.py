"""Figures of few digits that differ for one reason, of which none says it by itself."""

import pytest
from msgspec.structs import replace

from engine import load_scenario
from engine.check.audit import Audit, Auditor
from engine.check.walked import Walked
from engine.comparison.figures import causes_of, declared
from engine.formula.precision import Arithmetic
from engine.program.expression import parse_expression
from engine.program.scenario import Published

EPOCHS = [
    ("E_epoch[0]", 0),
    ("E_epoch[1]", 0),
    ("E_epoch[2]", 0),
    ("E_epoch[3]", 0),
    ("E_epoch[4]", 0),
    ("E_epoch[5]", 0),
]


def figure(name, iteration, number, decimals):
    text = f"{number:.{decimals}f}"
    unit = 10.0**-decimals
    return Published(parse_expression(name), text, float(text), unit, iteration=iteration)


def audited(scenario, figures):
    """An audit of figures that differ, and the numbers of these; those that agree are left out."""
    auditor = Auditor(scenario)
    checks = tuple(check for check in map(auditor.check, figures) if not check.ok)
    return Audit(scenario, checks, None)


def theirs(scenario, places, decimals, **training):
    walk = Walked(replace(scenario, training=replace(scenario.training, **training)))
    made = []
    for name, iteration in places:
        asked = figure(name, iteration, 0.0, decimals)
        made.append(figure(name, iteration, walk.value(asked, iteration), decimals))
    return made


@pytest.mark.parametrize("decimals", [2, 3, 4])
def test_every_step_of_epochs_rounded(decimals):
    scenario = load_scenario("baeldung-stochastic")
    done = audited(scenario, theirs(scenario, EPOCHS, decimals, arithmetic=Arithmetic(decimals=decimals)))
    assert len(done.figures) > 4
    found = causes_of(done)
    assert set(found) == set(range(len(done.figures)))
    for number, (cause,) in found.items():
        assert (cause.cause, dict(cause.details)) == ("rounded", {"decimals": decimals})
        one = declared(scenario, done.figures[number], (cause,))
        assert one is not None
        assert one.verdict == "variant"
        assert Auditor(scenario).check(one).ok


def test_figures_of_one_setting_of_which_one_has_digits():
    """What the one says, those with few digits follow."""
    scenario = load_scenario("mazur")
    of_outputs = theirs(scenario, [("y[o1]", 60), ("y[o2]", 60)], 2, learning_rate=0.9)
    alone = causes_of(audited(scenario, of_outputs))
    assert alone == {0: (), 1: ()}
    together = audited(scenario, [*theirs(scenario, [("E", 40)], 9, learning_rate=0.9), *of_outputs])
    found = causes_of(together)
    assert [[cause.cause for cause in causes] for causes in found.values()] == [["learning-rate"]] * 3
    assert all(cause.details["learning_rate"] == 0.9 for causes in found.values() for cause in causes)


def test_figures_that_are_wrong_by_chance_have_no_cause_together():
    scenario = load_scenario("baeldung-stochastic")
    right = theirs(scenario, EPOCHS, 3)
    off = [1, -2, 2, -1, 3, -3]
    wrong = [figure(*place, one.number + by / 1000, 3) for place, one, by in zip(EPOCHS, right, off, strict=True)]
    assert not any(causes_of(audited(scenario, wrong)).values())
