"""NameIndex are found as if each were looked at, and what bears one is told from where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.formula.tree import Ref
from engine.program.graph import Elements, Graph
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from tests.networks import make
from tests.shipped import GRAPHS, LAYERED
from tui.dialogs import edit
from tui.view.named import SHOWN, Named, NameIndex, named
from tui.view.selection import columns_of, moved, what_is_edited

LETTERS = st.text("abAB1_.éΣσßİ", min_size=1, max_size=5)


def looked_at(names, text):
    """The first of those that are the text, begin so, hold it; and how many hold it."""
    text = text.strip().lower()
    known = [(name, name.lower()) for name in names]
    same = [name for name, small in known if small == text]
    begin = [name for name, small in known if small.startswith(text) and small != text]
    hold = [name for name, small in known if text in small and not small.startswith(text)]
    return [*same, *begin, *hold][:SHOWN], len(same) + len(begin) + len(hold)


@settings(max_examples=300)
@given(st.lists(LETTERS, min_size=1, max_size=40, unique=True), LETTERS | st.just("") | st.text(max_size=3))
def test_names_are_found_as_if_each_were_looked_at(names, text):
    listed = NameIndex(names, str.upper)
    expected, holding = looked_at(names, text)
    assert listed.holding(text) == holding
    if holding:
        assert listed.found(text) == [Named(name, name.upper()) for name in expected]


@pytest.mark.parametrize("text", ["\n", "w1\nw2", "\ud800", "w" * 500])
def test_what_no_name_can_hold(text):
    listed = NameIndex(["w1", "w2"], str)
    assert listed.holding(text) == (2 if not text.strip() else 0)


def test_without_names_nothing_is_found():
    nothing = NameIndex([], str)
    assert (nothing.found(""), nothing.found("w"), nothing.holding(""), nothing.holding("w")) == ([], [], 0, 0)


def meanings_of_layers(network):
    """What each name is, layer by layer from the last, so that the first use of what is tied is told."""
    found = {name: f"input {place}" for place, name in enumerate(network.inputs, 1)}
    for number in range(network.depth, 0, -1):
        layer, others = network.layer(number), len(network.uses(number)) - 1
        again = f", and in {others} more layer{'s' * (others > 1)}" if others else ""
        for place, (node, weights) in enumerate(zip(layer.nodes, layer.weight_names, strict=True)):
            found[node] = "output" if number == network.depth else f"node of layer {number}"
            for weight, source in zip(weights, network.sources(number), strict=True):
                found[weight] = f"weight from {source} to {node}{again}"
            if (bias := layer.bias_name(place)) is not None:
                found[bias] = (f"bias of layer {number}" if layer.shared_bias else f"bias of {node}") + again
    return found


@pytest.mark.parametrize("name", LAYERED)
def test_what_each_name_of_layers_is(name):
    network = load_scenario(name).network
    meanings = meanings_of_layers(network)
    names = [name for column in columns_of(network) for name in column]
    assert list(named(network)) == [Named(name, meanings[name]) for name in names]


@pytest.mark.parametrize("name", GRAPHS)
def test_the_elements_of_a_graph_are_known_by_their_names(name):
    graph = load_scenario(name).network
    assert isinstance(graph, Graph)
    places = {element: (value, item) for value in graph.shapes for item, element in enumerate(graph.elements(value))}
    found = graph.value_of_element
    assert {element: (found[element].name, found[element].item) for element in found} == places
    assert list(found) == list(places)
    assert len(found) == len(places)
    for element in places:
        for other in (element + ".1", element + ".", "." + element, element.partition(".")[0] + ".0", element + ".01"):
            assert (other in found) == (other in places)
    assert None not in found
    assert "" not in found


@pytest.mark.parametrize("place", ["0", "3", "01", "+1", "-1", "1 ", "１", "", "x", "9" * 5000])
def test_an_element_that_there_is_not(place):
    found = Elements({"v": (2,), "A": (2, 4)})
    assert (found["v.2"], found["A.2.3"]) == (Ref("v", 1), Ref("A", 6))
    for name in (f"v.{place}", f"A.{place}.1", f"A.{place}", f"B.{place}"):
        assert name not in found
        with pytest.raises(KeyError):
            found[name]


@pytest.mark.parametrize("name", [*LAYERED, *GRAPHS])
def test_whatever_can_be_edited_is_listed(name):
    session = Session.open(load_scenario(name))
    scenario, network = session.scenario, session.scenario.network
    every = [one for column in columns_of(network) for one in column]
    if isinstance(network, Graph):
        every += network.targets
    expected = [one for one in every if what_is_edited(session, one, 0) is not None]
    listed = edit.choose_what(session, None, 0, scenario.names(canonical=False), None)._names
    settings = [one for one in listed.names if one in ("learning_rate", "l1", "l2")]
    assert [*settings, *expected] == [*listed.names]
    assert ("learning_rate" in settings) is (not session.timeline.steps.ends)
    for one in listed:
        assert one.meaning


def test_what_leads_into_a_node_is_listed():
    session = Session.open(make((2, 3, 2)))
    node = session.scenario.network.nodes(1)[1]
    listed = edit.choose_what(session, node, 0, CANONICAL, None)._names
    assert [one.meaning for one in listed if one.name != "learning_rate"] == [
        *(f"weight from {one} to {node}" for one in session.scenario.network.inputs),
        f"bias of {node}",
    ]


def test_the_next_name_is_that_of_all_columns_one_behind_the_other():
    for scenario in (make((2, 3, 2)), load_scenario("attention"), load_scenario("unrolled-rnn")):
        names = [name for column in columns_of(scenario.network) for name in column]
        for by in (1, -1, 5, -7):
            for place, name in enumerate(names):
                assert moved(scenario.network, name, by) == names[(place + by) % len(names)]


def test_a_meaning_is_said_of_those_alone_that_are_shown():
    said = []
    listed = NameIndex(
        [f"w{number}" for number in range(1000)], lambda name: said.append(name) or str(Quantity("w", name))
    )
    listed.found("w9")
    listed.holding("w9")
    assert len(said) == SHOWN
