"""A layer in which each node has a function of its own."""

from collections.abc import Sequence
from functools import cache, reduce
from typing import Any

import numpy as np

from engine.formula.activation import Activation
from engine.formula.field import Functions
from engine.formula.tree import ATOM, CHOICE, Call, Formula, Function, Symbol, Writing
from engine.program.coded import NUMPY, Code, Language, indexed
from engine.program.elementwise import Elementwise, operation
from engine.program.operations import Array, Operands, Shape, Whole

_X = Symbol("x")


class ByNode(Elementwise):
    """Each element of a vector by its own function of one number.

    Args:
        functions: one for each.
    """

    single = False

    def __init__(self, functions: Sequence[Function]) -> None:
        self._each = tuple(functions)

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The vector's."""
        return shapes[0]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Node by node."""
        (x,) = operands
        return np.stack([operation(own).compute([x[:, j]], f) for j, own in enumerate(self._each)], axis=-1)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """Each node's own slope."""
        nodes = [_Node(operands, j) for j in range(len(self._each))]
        found = [operation(own).local(0, node, f) for own, node in zip(self._each, nodes, strict=True)]
        columns = [np.broadcast_to(np.asarray(one, operands[0].dtype), len(operands[0])) for one in found]
        return np.stack(columns, axis=-1)

    def local_formula(self, place: int, call: Call) -> Formula:
        """The slopes of all, of the call's operand."""
        return _slopes(self._each)(*call.arguments)

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """The nodes' own, side by side."""
        (x,) = (language.array(operand) for operand in operands)
        nodes = [Code(indexed(x, str(j)), ATOM, (), x.per_example) for j in range(len(self._each))]
        made = [operation(own).written(own, [node], language) for own, node in zip(self._each, nodes, strict=True)]
        whole = ", ".join(language.full(one, (), per_example=x.per_example).text for one in made)
        join, axis = ("np.stack", "axis") if language.library is NUMPY else ("torch.stack", "dim")
        return Code(f"{join}([{whole}], {axis}=-1)", ATOM, x.shape, x.per_example)

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The node's own function."""
        return self._each[item](operands[0].element(item))

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """Its slope."""
        own = self._each[of]
        return own.slopes[0](own(operands[0].element(of)))

    def corner(self, call: Call) -> Formula | None:
        """Of each node a number that is 0 at its own kinks."""
        return _distances(self._each)(*call.arguments) if any(own.kinks for own in self._each) else None


class _Node(Operands):
    """One node's part of the operand and of the result."""

    def __init__(self, whole: Operands, node: int) -> None:
        self._whole, self._node, self.shapes = whole, node, ((),)

    def __getitem__(self, place: int) -> Array:
        return np.asarray(self._whole[place][:, self._node])

    @property
    def result(self) -> Array:
        return np.asarray(self._whole.result[:, self._node])


def by_node(activations: tuple[Activation, ...]) -> Function:
    """The activations of a layer's nodes as one function of its total inputs."""
    return _by_node("f", tuple(own.function for own in activations))


@cache
def _by_node(name: str, functions: tuple[Function, ...]) -> Function:
    writing = Writing(f"{name}({{0}})", ATOM, (CHOICE,))
    return Function(name=f"{name} of each node", writing=writing, across=ByNode(functions))


@cache
def _slopes(functions: tuple[Function, ...]) -> Function:
    found = [own.slopes[0](own(_X)) for own in functions]
    return _by_node("f′", tuple(one.function for one in found if isinstance(one, Call)))


@cache
def _distances(functions: tuple[Function, ...]) -> Function:
    return _by_node("distance", tuple(map(_distance, functions)))


def _distance(function: Function) -> Function:
    def value(x: Any, f: Any) -> Any:
        return reduce(lambda product, kink: product * (x - kink), function.kinks, 1.0 + 0 * x)

    return Function(name=f"distance of {function.name}", value=value, writing=Writing("{0}", ATOM, (CHOICE,)))
