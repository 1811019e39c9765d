"""What the scenario gives has no calculation: nothing computes it."""

import pytest

from engine.explain.origin import is_given
from engine.explain.terms import explain
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.walking.branch import edited
from engine.walking.session import Session
from tests.shipped import GRAPHS, LAYERED


@pytest.mark.parametrize("name", [*LAYERED, *GRAPHS])
def test_what_is_given_has_no_calculation(name):
    start = Session.open(load_scenario(name))
    network = start.scenario.network
    places = [start.seek(start.first, start.count)]
    if not start.timeline.steps.ends:
        there = places[0].seek(start.first + 1, 1)
        places += [there, edited(there, {network.parameter_names[0]: 0.25})]
    for place in places:
        quantities = [Quantity("w", parameter) for parameter in network.parameter_names[:20]]
        quantities += [Quantity("y", node) for number in range(network.depth + 1) for node in network.nodes(number)]
        given = [quantity for quantity in quantities if is_given(place, quantity)]
        assert given or not network.inputs
        for quantity in given:
            assert explain(place, quantity).parts == ()
    assert not is_given(start, Quantity("E"))
