"""Which elements of a value are joined to one number: all of them, those of each row, or of each column."""

from abc import ABC, abstractmethod

import numpy as np

from engine.formula.tree import ATOM, POWER
from engine.program.across.places import Places, places
from engine.program.coded import Code, Language, atom, bracketed
from engine.program.operations import Array, Shape, ShapeError, said


class Groups(ABC):
    """Which elements of a value are joined."""

    @abstractmethod
    def shape(self, shape: Shape) -> Shape:
        """What is left of a shape.

        Raises:
            ShapeError: it has no such groups.
        """

    @abstractmethod
    def members(self, whole: Array) -> Array:
        """(n, batch, *result) of (batch, *shape): of each group the n elements in C order."""

    @abstractmethod
    def row(self, x: Code, language: Language) -> tuple[str, str]:
        """In a script, an array whose elements are joined along one axis, and that axis."""

    def over(self, x: Code, language: Language) -> tuple[str, str]:
        """Likewise along several axes, for functions that take those."""
        return self.row(x, language)

    def unrolled(self, text: str, x: Code, language: Language) -> str:
        """Such an array in the shape of the value again."""
        return text

    def beside(self, joined: Code) -> str:
        """What they are joined to, beside such an array."""
        return f"{atom(joined)}[..., np.newaxis]"

    @abstractmethod
    def spread(self, joined: Code, x: Code, language: Language) -> Code:
        """What elements were joined to, beside each of them: an array that meets the value."""

    def terms(self, whole: Array) -> Array:
        """The same one behind the other in memory."""
        return np.ascontiguousarray(self.members(whole))

    def places(self, shape: Shape) -> Places:
        """Where the elements of each group stand."""
        return places(self.members, shape, self.shape(shape))


class All(Groups):
    """All elements of the value."""

    def shape(self, shape: Shape) -> Shape:
        """A number."""
        return ()

    def members(self, whole: Array) -> Array:
        """All."""
        return whole.reshape(len(whole), -1).T

    def row(self, x: Code, language: Language) -> tuple[str, str]:
        """One behind the other."""
        if len(x.shape) < 2:
            return atom(x), "-1"
        return f"{atom(x)}.reshape({f'{language.examples}, ' * x.per_example}-1)", "-1"

    def over(self, x: Code, language: Language) -> tuple[str, str]:
        """Along all axes but the examples'."""
        axes = range(1, 1 + len(x.shape)) if x.per_example else ()
        return atom(x), ", ".join(map(str, axes)) if len(axes) < 2 else str(tuple(axes))

    def unrolled(self, text: str, x: Code, language: Language) -> str:
        """As they were."""
        sizes = language.sizes(x.shape, per_example=x.per_example)
        return text if len(x.shape) < 2 else f"({text}).reshape{sizes}"

    def beside(self, joined: Code) -> str:
        """A number for each example."""
        return f"{atom(joined)}[:, np.newaxis]" if joined.per_example else bracketed(joined, POWER)

    def spread(self, joined: Code, x: Code, language: Language) -> Code:
        """A number for each example."""
        if not joined.per_example:
            return joined
        return Code(language.aligned(joined, len(x.shape)).text, ATOM, (1,) * len(x.shape), per_example=True)


class EachRow(Groups):
    """The elements of each row: one number for each row, `axis = rows`."""

    def shape(self, shape: Shape) -> Shape:
        """Without the last axis."""
        if len(shape) < 2:
            raise ShapeError(f"{said(shape)} has no rows: axis = rows takes a matrix, (rows, columns)")
        return shape[:-1]

    def members(self, whole: Array) -> Array:
        """Along the last axis."""
        return np.moveaxis(whole, -1, 0)

    def row(self, x: Code, language: Language) -> tuple[str, str]:
        """Along the last axis."""
        return atom(x), "-1"

    def spread(self, joined: Code, x: Code, language: Language) -> Code:
        """As a column."""
        return Code(f"{atom(joined)}[..., np.newaxis]", ATOM, (*x.shape[:-1], 1), joined.per_example)


class EachColumn(Groups):
    """The elements of each column: one number for each column, `axis = columns`."""

    def shape(self, shape: Shape) -> Shape:
        """Without the last axis but one."""
        if len(shape) < 2:
            raise ShapeError(f"{said(shape)} has no columns: axis = columns takes a matrix, (rows, columns)")
        return (*shape[:-2], shape[-1])

    def members(self, whole: Array) -> Array:
        """Along the last axis but one."""
        return np.moveaxis(whole, -2, 0)

    def row(self, x: Code, language: Language) -> tuple[str, str]:
        """Along the last axis but one."""
        return atom(x), "-2"

    def beside(self, joined: Code) -> str:
        """As a row."""
        return f"{atom(joined)}[..., np.newaxis, :]"

    def spread(self, joined: Code, x: Code, language: Language) -> Code:
        """As a row."""
        column = (*x.shape[:-2], 1, x.shape[-1])
        return Code(f"{atom(joined)}[..., np.newaxis, :]", ATOM, column, joined.per_example)
