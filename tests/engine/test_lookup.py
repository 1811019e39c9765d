"""The numbers of a whole layer are those of its nodes, one by one, at every step and detail."""

import pytest

from engine.ask.lookup import layer_values, parameter_values, value_at
from engine.explain.trace import entries, record, walk
from engine.files import load_scenario, shipped_names
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests.networks import mazur, unrolled


@pytest.mark.parametrize("scenario", [mazur(), unrolled(), load_scenario("baeldung-full-batch")], ids=lambda s: s.name)
@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_a_layer_at_once(scenario, detail):
    session, network = Session.open(scenario, detail), scenario.network
    for _ in range(session.count + 2):
        for layer in range(network.depth + 1):
            for kind in ("x", "y", "dE/dy", "dE/dx"):
                for example in range(len(session.values.examples)):
                    computed = [kind == "y" or not network.is_input(name) for name in network.nodes(layer)]
                    assert layer_values(session, kind, layer, example) == tuple(
                        value_at(session, Quantity(kind, name), example) if is_computed else None
                        for name, is_computed in zip(network.nodes(layer), computed, strict=True)
                    )
        session = session.forward()


@pytest.mark.parametrize("scenario", [mazur(), unrolled(), load_scenario("baeldung-full-batch")], ids=lambda s: s.name)
@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_parameters_at_once(scenario, detail):
    session, names = Session.open(scenario, detail), scenario.network.parameter_names
    for _ in range(session.count + 2):
        for kind in ("dE/dw", "w+"):
            one_by_one = [value_at(session, Quantity(kind, name)) for name in names]
            assert parameter_values(session, kind, names) == one_by_one
        session = session.forward()


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("detail", ["layer", "scalar"])
def test_a_row_of_a_trace_has_the_numbers_that_are_looked_up_one_by_one(name, detail):
    session = Session.open(load_scenario(name), detail)
    for place in walk(session, session.first, 1):
        for entry in entries(place):
            found = record(entry)["values"]
            for subject, value in found.items():
                quantity = Quantity(entry.row.quantity, subject)
                if entry.row.per_example:
                    assert value == [value_at(place, quantity, example) for example in range(entry.numbers)], quantity
                else:
                    assert value == value_at(place, quantity), quantity
