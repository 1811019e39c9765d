"""Figures that are checked a few at a time, by whoever has time for it, are checked as all at once."""

import pytest
from msgspec.structs import replace

from engine.check.audit import Auditor, Checks
from engine.check.kept import MOST, Audits, same_figures
from engine.files import load_scenario, shipped_names
from engine.formula.arithmetic import locked
from engine.walking.changes import with_values


@pytest.mark.parametrize("name", [name for name in shipped_names() if load_scenario(name).published])
def test_in_slices_as_at_once(name):
    scenario = load_scenario(name)
    checks, slices = Checks(scenario), 1
    while not checks.go_on(0):
        slices += 1
    auditor = Auditor(scenario)
    assert checks.done == [auditor.check(figure) for figure in scenario.published]
    assert checks.over
    assert slices >= len(checks.done)  # with no time at all, one figure at most
    assert checks.go_on(0)  # nothing is left, and nothing is done twice
    assert len(checks.done) == len(scenario.published)


def test_nothing_to_check_is_checked_at_once():
    checks = Checks(load_scenario("xor"))
    assert checks.over
    assert checks.go_on(0)


def test_the_same_scenario_is_checked_once():
    audits, scenario = Audits(), load_scenario("one-neuron")
    checks = audits.of(scenario)
    assert audits.of(scenario) is checks
    assert audits.of(load_scenario("one-neuron")) is checks  # the same file, read again
    assert audits.of(load_scenario("two-neurons")) is not checks
    assert audits.of(scenario) is checks


def test_what_somebody_goes_on_with_alone_is_nobody_elses():
    audits, scenario = Audits(), load_scenario("one-neuron")
    audits.of(scenario).go_on(0)
    taken = audits.take(scenario)
    assert len(taken.done) == 1
    assert audits.of(scenario) is not taken
    assert not audits.of(scenario).done
    while not taken.go_on(1):
        pass
    audits.keep(taken)
    assert audits.of(scenario) is audits.of(load_scenario("one-neuron")) is taken


def test_what_is_done_may_be_looked_at_by_all():
    audits, scenario = Audits(), load_scenario("one-neuron")
    while not audits.of(scenario).go_on(1):
        pass
    assert audits.take(scenario) is audits.of(scenario) is audits.take(scenario)


def test_few_are_kept():
    audits, scenario = Audits(), load_scenario("one-neuron")
    first = audits.of(scenario)
    others = [with_values(scenario, {"w": float(number)}) for number in range(MOST)]
    kept = [audits.of(other) for other in others]
    assert audits.of(scenario) is not first
    assert audits.of(others[-1]) is kept[-1]


CHANGES = {
    "a parameter": lambda scenario: replace(scenario, theta=locked(scenario.theta + 1e-16 + scenario.theta * 1e-15)),
    "an input": lambda scenario: replace(scenario, inputs=locked(scenario.inputs * 2)),
    "a target": lambda scenario: replace(scenario, targets=locked(scenario.targets * 2)),
    "the learning rate": lambda scenario: replace(scenario, training=replace(scenario.training, learning_rate=0.7)),
    "what is printed": lambda scenario: replace(scenario, published=scenario.published[1:]),
    "the file": lambda scenario: replace(scenario, path=scenario.path.with_name("other.toml")),
    "its text": lambda scenario: replace(scenario, text=scenario.text + "\n"),
    "the inputs": lambda scenario: replace(
        scenario, network=replace(scenario.network, inputs=(*scenario.network.inputs[1:], "another"))
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_scenario_is_another(change):
    scenario = load_scenario("mazur")
    assert same_figures(scenario, load_scenario("mazur"))
    assert not same_figures(scenario, CHANGES[change](load_scenario("mazur")))


def test_graphs_are_the_same_only_where_they_are_one():
    graph = load_scenario("circuit")
    assert same_figures(graph, graph)
    assert not same_figures(graph, load_scenario("circuit"))
