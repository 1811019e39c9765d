"""What of a graph of formulas decides where things stand: its values, in which column each, and who uses whom.

What an example or a formula makes is drawn as a box. Parameters, constants and targets are used here and there and made
nowhere: each stands as a tag right at the ports where it is used, as a weight stands at its edge in a network of
layers. Lines from a column of their own would cross all others.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import prod

from msgspec import Struct
from rich.cells import cell_len

from engine.formula.functions import ADD, NEGATE, SUBTRACT
from engine.formula.tree import Call, Formula, Ref
from engine.program.graph import Graph, operands_of
from tui.words.format import MINUS

NEAR = 2
"""Up to this column a first use is near enough for an input to stand at the left, where one looks for inputs."""


class Use(Struct, frozen=True, eq=False):
    """A value that a formula uses.

    Attributes:
        source: its name.
        sign: a minus if it is subtracted wherever it stands.
        cells: of its name.
        shape: its shape.
        tag: whether it has no box anywhere.
    """

    source: str
    sign: str
    cells: int
    shape: tuple[int, ...]
    tag: bool


class Item(Struct, frozen=True, eq=False):
    """A value that is drawn as a box.

    Attributes:
        name: its name.
        shape: its shape.
        text: its formula; of an input none.
        uses: what the formula uses, in reading order.
        column: from the left.
        cells: of its name.
    """

    name: str
    shape: tuple[int, ...]
    text: str
    uses: tuple[Use, ...]
    column: int
    cells: int

    @property
    def size(self) -> int:
        """How many elements it has."""
        return prod(self.shape)


class Outline(Struct, frozen=True, eq=False):
    """All the boxes of a graph, in the order of the walk.

    Attributes:
        items: by name.
        columns: the names in each column.
        users: by name of a box the boxes that use it, in the order of the walk.
    """

    items: dict[str, Item]
    columns: tuple[tuple[str, ...], ...]
    users: dict[str, tuple[str, ...]]


@lru_cache(maxsize=16)
def outline_of(graph: Graph) -> Outline:
    """The outline of a graph."""
    found: dict[str, list[str]] = {name: [] for name in (*graph.input_shapes, *graph.node)}
    for node in graph.graph_nodes:
        for name in operands_of(node.formula):
            if name in found:
                found[name].append(node.name)
    users = {name: tuple(using) for name, using in found.items()}
    column = {node.name: graph.ranks[node.name] for node in graph.graph_nodes}
    for name in graph.input_shapes:
        first = min((graph.ranks[user] for user in users[name]), default=0)
        column[name] = 0 if first <= NEAR else first - 1
    used = {number: place for place, number in enumerate(sorted(set(column.values())))}
    items = {
        name: Item(
            name,
            graph.shapes[name],
            graph.node[name].text if name in graph.node else "",
            tuple(_uses(graph, name, users)),
            used[column[name]],
            cell_len(name),
        )
        for name in users
    }
    columns: list[list[str]] = [[] for _ in used]
    for name, item in items.items():
        columns[item.column].append(name)
    return Outline(items, tuple(map(tuple, columns)), users)


def _uses(graph: Graph, name: str, boxes: dict[str, tuple[str, ...]]) -> Iterator[Use]:
    if name not in graph.node:
        return
    signs: dict[str, set[int]] = {}
    for source, sign in _signs(graph.node[name].formula, 1):
        signs.setdefault(source, set()).add(sign)
    for source, every in signs.items():
        yield Use(source, MINUS if every == {-1} else "", cell_len(source), graph.shapes[source], source not in boxes)


def _signs(formula: Formula, sign: int) -> Iterator[tuple[str, int]]:
    """The values of a formula, in reading order, and with which sign each stands in a sum; 0 of what is no term."""
    if isinstance(formula, Ref):
        yield formula.name, sign
    elif isinstance(formula, Call):
        for place, argument in enumerate(formula.arguments):
            turned = formula.function is NEGATE or (formula.function is SUBTRACT and place == 1)
            inside = sign if formula.function in (ADD, SUBTRACT, NEGATE) else 0
            yield from _signs(argument, -inside if turned else inside)


def said(shape: Sequence[int]) -> str:
    """`3×4`; of a number nothing."""
    return "×".join(map(str, shape))
