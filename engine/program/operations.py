"""What an operation on whole values says of itself, whether it goes element by element or across elements.

A value of shape s is an array of shape (batch, *s), or (1, *s) where it is the same for every example. Each operation
says its result's shape, computes it, pulls a derivative of E back to each of its operands, and says of one element
which formula it is and on which elements of its operands it depends: one rule, for arrays and for a reader, held
together by a property test.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.formula.field import Functions
from engine.formula.functions import DIVIDE, MULTIPLY, NEGATE
from engine.formula.tree import Call, Formula, Function
from engine.program.coded import Code, Language, NoCodeError

Array = NDArray[Any]
"""float64, or complex128 where a derivative is taken by the complex step."""
Places = NDArray[np.intp]
"""Numbers of elements, in C order."""
Shape = tuple[int, ...]


class ShapeError(ValueError):
    """Shapes that do not go together; the message names them."""


class NoFormulaError(ValueError):
    """What comes back is computed, but no formula over whole values says it."""


class Whole(Struct, frozen=True, eq=False):
    """An operand of which single elements are asked, as formulas."""

    shape: Shape
    element: Callable[[int], Formula]


class Operands(ABC):
    """The operands of a call and its result; what nobody asks for is not computed."""

    shapes: Sequence[Shape]

    @abstractmethod
    def __getitem__(self, place: int) -> Array:
        """The operand at a place, shape (batch, *its shape)."""

    @property
    @abstractmethod
    def result(self) -> Array:
        """What the call made of them."""


class Operation(ABC):
    """A function of whole values. One that is only computed has `shape` and `compute` alone.

    Attributes:
        single: whether elements of the result can be computed by themselves, from those that `needs` says.
        over_batch: whether the examples of a batch meet in it: then it makes one value for all of them.
        differentiates: whether anything comes back through it.
        cancels: whether libraries make its result by subtracting numbers as large as its first operand's.
        spreads: whether to every element comes back the same as to the result, or the same part of it.
    """

    single: bool = False
    over_batch: bool = False
    differentiates: bool = True
    cancels: bool = False
    spreads: bool = False

    @abstractmethod
    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The result's shape from the operands'.

        Raises:
            ShapeError: they do not go together.
        """

    def handled(self, shapes: Sequence[Shape]) -> int:
        """How many numbers it handles at once for one example, going forward or back."""
        return prod(self.shape(shapes))

    @abstractmethod
    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """The result over a field, shape (batch, *shape)."""

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """The local derivatives by the operand at `place`, as `pull` takes them; a number where all are the same."""
        raise NotImplementedError

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """dE/d(operand at `place`), shape (batch, *its shape), from dE/d(result), shape (batch, *the result's)."""
        raise NotImplementedError

    def pull_sum(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """The same; an operation that has a quicker way to its sum over the batch gives that, shape (1, *its shape)."""
        return self.pull(place, shapes, local, adjoint)

    def local_formula(self, place: int, call: Call) -> Formula:
        """`local` as a formula over whole values, of the call.

        Raises:
            NoFormulaError: it has none that a person would write.
        """
        raise NoFormulaError

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """`pull` as a formula over whole values, of the local derivatives' one; of a single error the adjoint is 1.

        Raises:
            NoFormulaError: as `local_formula`.
        """
        raise NoFormulaError

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """A call as a script writes it; as the function's record says.

        Raises:
            NoCodeError: it says nothing about this language.
        """
        writing = language.spelled(function).value or function.code
        if writing is None:
            raise NoCodeError(f"{function.name} has no form in {language.library.name}")
        per_example = any(operand.per_example for operand in operands) and not self.over_batch
        made = self.shape([operand.shape for operand in operands])
        return Code(language.put(writing, operands), writing.level, made, per_example)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """`pull` as a script writes it; None where that is as `pull_formula` says.

        Args:
            place: of the operand.
            operands: as the script writes them.
            result: gives it likewise.
            adjoint: dE/d(result), a whole array of its shape.
            language: of the script.

        Returns:
            as the operand: for each example, or for all.
        """
        return None

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Whether `pull` adds up over elements of the result."""
        raise NotImplementedError

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The formula of one element of the result, of elements of the operands."""
        raise NotImplementedError

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The elements of the result that depend on one element of the operand at `place`, in order."""
        raise NotImplementedError

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """The local derivative of element `of` of the result by element `item` of the operand at `place`."""
        raise NotImplementedError

    def corner(self, call: Call) -> Formula | None:
        """A formula over whole values that has a 0 where a slope jumps; None where none does, or `kinks` says it."""
        return None

    def needs(self, place: int, shapes: Sequence[Shape], items: Places) -> Places:
        """The elements of the operand at `place` of which elements of the result are made.

        Returns:
            as many rows as `items`: with such rows of every operand for its batch, `compute` makes those elements.
        """
        raise NotImplementedError


def times(local: Formula, adjoint: Formula) -> Formula:
    """A local derivative times what comes back, as short as one writes it."""
    if adjoint == 1.0:
        return local
    if isinstance(local, float) and abs(local) == 1.0:
        return adjoint if local > 0 else NEGATE(adjoint)
    if isinstance(local, Call) and local.function is DIVIDE and local.arguments[0] == 1.0:
        return DIVIDE(adjoint, local.arguments[1])
    return MULTIPLY(local, adjoint)


def said(shape: Shape) -> str:
    """A shape in a message."""
    return "a number" if not shape else f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
