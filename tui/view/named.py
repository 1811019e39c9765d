"""The names of a network and what bears each: found by what is typed, and told when they are shown.

There may be a million of them, of which eight are seen. So they are searched as one text, and what a name means is
found from where it stands.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from heapq import nlargest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.formula.similar import MOST
from engine.program.graph import Graph, value_name
from engine.program.names import joined, text_of
from engine.program.network import Network
from tui.view.selection import columns_of

SHOWN = 8
"""NameIndex in a list at once."""
LONGEST = 200
"""Letters of a text that may be like a name: no name is half as long."""
BREAK = b"\n"
"""Stands before and behind each name, and in none: names can be printed."""


class Named(NamedTuple):
    """A name and what bears it."""

    name: str
    meaning: str


class NameIndex:
    """NameIndex in an order.

    Attributes:
        names: each of them.
        meaning: says what bears one.
    """

    def __init__(self, names: Sequence[str], meaning: Callable[[str], str]) -> None:
        self.names, self.meaning = names, meaning

    def __iter__(self) -> Iterator[Named]:
        return map(self._told, self.names)

    def found(self, text: str) -> list[Named]:
        """Those that a text may mean, best first: that name, those that begin so, that hold it, that are like it."""
        text = _searched(text)
        if not text:
            return [self._told(name) for name in self.names[:SHOWN]]
        places = dict.fromkeys(self._first(text))
        return [self._told(self.names[place]) for place in places] or self._alike(text)

    def holding(self, text: str) -> int:
        """How many hold it."""
        text = _searched(text)
        if not text:
            return len(self.names)
        letters = _encoded(text)
        if letters not in self._text or BREAK in letters:
            return 0
        whole = np.frombuffer(self._text, np.uint8)
        hits, begins = np.zeros(len(whole), np.bool_), len(whole) - len(letters) + 1
        hits[:begins] = whole[:begins] == letters[0]
        for place in range(1, len(letters)):
            hits[:begins] &= whole[place : place + begins] == letters[place]
        return int(np.count_nonzero(np.logical_or.reduceat(hits, self._breaks[:-1])))

    def _told(self, name: str) -> Named:
        return Named(name, self.meaning(name))

    def _first(self, text: str) -> list[int]:
        """Where the first of those stand that are so, begin so, or hold it, in this order; some more than once."""
        letters, found = _encoded(text), list[int]()
        for part in (BREAK + letters + BREAK, BREAK + letters, letters) if BREAK not in letters else ():
            for place in self._holders(part):
                found.append(place)
                if len({*found}) == SHOWN:
                    return found
        return found

    def _holders(self, part: bytes) -> Iterator[int]:
        at = self._text.find(part)
        while at >= 0:
            place = int(np.searchsorted(self._breaks, at, "right")) - 1
            yield place
            at = self._text.find(part, int(self._breaks[place + 1]))

    def _alike(self, text: str) -> list[Named]:
        from difflib import get_close_matches  # here, because most names are known

        known = {name.lower(): name for name in self.names[:MOST]} if len(text) <= LONGEST else {}
        near = nlargest(SHOWN * 8, known, key=lambda name: len(set(name) & set(text)))
        return [self._told(known[name]) for name in get_close_matches(text, near, SHOWN, cutoff=0.5)]

    @cached_property
    def _text(self) -> bytes:
        """All of them in small letters."""
        return BREAK + _encoded(text_of(self.names, "\n").lower()) + BREAK

    @cached_property
    def _breaks(self) -> NDArray[np.intp]:
        """Where in it the name at each place is about to begin, and the last one ends."""
        return np.flatnonzero(np.frombuffer(self._text, np.uint8) == BREAK[0])


def _searched(text: str) -> str:
    return text.strip().lower()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # whatever somebody types


def named(network: Network | Graph) -> NameIndex:
    """Every name of a network with what it is, in the order of the graph."""
    return NameIndex(joined(list(columns_of(network))), meaning_in(network))


def meaning_in(network: Network | Graph) -> Callable[[str], str]:
    """Says what bears a name in this network."""
    if isinstance(network, Graph):
        return lambda name: _in_graph(network, name)
    return lambda name: _in_layers(network, name)


def _in_graph(graph: Graph, name: str) -> str:
    """What an element of a graph is: an input, a parameter, or by which formula it is made."""
    value = value_name(name)
    if value in graph.node:
        return f"= {graph.node[value].text}" if value == name else f"of {value} = {graph.node[value].text}"
    return "parameter" if value in graph.parameter_shapes else "input"


def _in_layers(network: Network, name: str) -> str:
    """What a node or a parameter of layers is; what several layers use is told by its first use."""
    if name in network.parameter_index:
        return _of_parameter(network, network.parameter_index[name])
    if network.is_input(name):
        return f"input {network.inputs.index(name) + 1}"
    number, _ = network.node_index[name]
    return "output" if number == network.depth else f"node of layer {number}"


def _of_parameter(network: Network, index: int) -> str:
    number = network.layer_of(index)
    layer, others = network.layer(number), len(network.uses(number)) - 1
    again = f", and in {others} more layer{'s' * (others > 1)}" if others else ""
    n_out, n_in = layer.shape
    node, source = divmod(index - network.spans[number - 1].start, n_in)
    if node < n_out:
        return f"weight from {network.sources(number)[source]} to {layer.nodes[node]}{again}"
    bias = index - network.spans[number - 1].start - n_out * n_in
    return (f"bias of layer {number}" if layer.shared_bias else f"bias of {layer.nodes[bias]}") + again
