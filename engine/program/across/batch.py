"""Over the examples of a batch: their mean and their variance, one value for all of them.

From (batch, *shape) to (1, *shape). What comes back to the one value is the sum over the examples that used it.
A formula over elements speaks of one example. Here others come in: `in_batch` writes them out, and `between` does so
with a local derivative, for which it takes two examples.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from engine.formula.arithmetic import multiplied, ordered_sum
from engine.formula.field import Functions
from engine.formula.functions import ADD, DIVIDE, MULTIPLY, NEGATE, SUBTRACT, TOTAL
from engine.formula.several import VARIANCE
from engine.formula.tree import ATOM, CHOICE, POWER, PRODUCT, Call, Formula, Function, Ref, Symbol, Writing
from engine.program.coded import TORCH, Code, Language, atom, bracketed
from engine.program.elementwise import operation
from engine.program.operations import Array, Operands, Operation, Shape, Whole

BATCH_SIZE = Symbol("N")
"""The number of examples, in a local derivative."""
FROM_EXAMPLE = Function(name="from an example", value=lambda a, f: a, writing=Writing("{0}", ATOM, (CHOICE,)))
"""In a local derivative what is of any example of the batch, the others included: it is computed with its numbers."""


class OverBatch(Operation):
    """Each element by itself, over the examples of the batch."""

    over_batch = True

    @abstractmethod
    def coded(self, x: str, language: Language) -> str:
        """It of an array whose first axis are the examples."""

    @abstractmethod
    def pulled_to_each(self, x: Code, adjoint: Code, language: Language) -> Code:
        """The local derivatives times dE/d(the one value)."""

    @abstractmethod
    def of_one(self, x: Code) -> Code:
        """It of what is one value for the batch."""

    @abstractmethod
    def pulled_to_one(self, adjoint: Code) -> Code:
        """What comes back to such a value."""

    @abstractmethod
    def of_examples(self, examples: Sequence[Formula]) -> Formula:
        """The formula of an element, of that element in each example."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The operand's."""
        return shapes[0]

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """To each example its local derivative times dE/d(the one value), the sum over the examples that used it."""
        slopes: Array = np.asarray(local)
        # of an operand that is one value, too, the parts of the examples stay apart, as of any such operand
        joined = len(slopes) > 1 and len(adjoint) > 1
        return np.asarray(slopes * (ordered_sum(adjoint)[np.newaxis] if joined else adjoint))

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """Over the axis of the examples, if it has one."""
        (x,) = operands
        return Code(self.coded(atom(x), language), ATOM, x.shape) if x.per_example else self.of_one(x)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """To each example its own."""
        (x,) = operands
        if not x.per_example:
            return self.pulled_to_one(adjoint)
        return self.pulled_to_each(x, adjoint, language)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Over no elements."""
        return False

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The element itself."""
        return (item,)


class BatchMean(OverBatch):
    """Σ x / N."""

    def coded(self, x: str, language: Language) -> str:
        """The library's own."""
        return f"{x}.mean({language.library.axis}=0)"

    def pulled_to_each(self, x: Code, adjoint: Code, language: Language) -> Code:
        """1/N of it."""
        part = Code(f"{bracketed(adjoint, POWER)} / {language.examples}", PRODUCT, x.shape)
        return language.full(part, x.shape, per_example=True)

    def of_one(self, x: Code) -> Code:
        """Itself."""
        return x

    def pulled_to_one(self, adjoint: Code) -> Code:
        """All."""
        return adjoint

    def of_examples(self, examples: Sequence[Formula]) -> Formula:
        """Σ x / N."""
        return DIVIDE(TOTAL(*examples), float(len(examples)))

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """From the first example to the last."""
        (x,) = operands
        return np.asarray(ordered_sum(np.ascontiguousarray(x)) / len(x))[np.newaxis]

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1/N for each example."""
        x = operands[place]
        return np.full((len(x), *[1] * (x.ndim - 1)), 1.0 / len(x))

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The mean of the element, as `in_batch` writes it out."""
        return BATCH_MEAN(operands[0].element(item))

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """1/N."""
        return DIVIDE(1.0, BATCH_SIZE)


class BatchVariance(OverBatch):
    """Σ (x − mean)² / N."""

    def coded(self, x: str, language: Language) -> str:
        """The library's own, which divides by N if told so."""
        return f"{x}.var({language.library.axis}=0{', correction=0' if language.library is TORCH else ''})"

    def pulled_to_each(self, x: Code, adjoint: Code, language: Language) -> Code:
        """2/N·(x − mean) of it."""
        slope = f"2 / {language.examples} * ({x.text} - {atom(x)}.mean(axis=0))"
        return Code(f"{slope} * {bracketed(adjoint, POWER)}", PRODUCT, x.shape, per_example=True)

    def of_one(self, x: Code) -> Code:
        """Nothing."""
        return Code(f"0.0 * {bracketed(x, POWER)}", PRODUCT, x.shape)

    def pulled_to_one(self, adjoint: Code) -> Code:
        """Nothing."""
        return Code(f"0.0 * {bracketed(adjoint, POWER)}", PRODUCT, adjoint.shape)

    def of_examples(self, examples: Sequence[Formula]) -> Formula:
        """Σ (x − mean)² / N."""
        return VARIANCE(*examples)

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """From the first example to the last."""
        differences = self._differences(operands[0])
        return np.asarray(ordered_sum(multiplied(differences, differences)) / len(differences))[np.newaxis]

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """2/N·(x − mean) for each example; what x does to the mean adds up to nothing."""
        return np.asarray(2.0 / len(operands[place]) * self._differences(operands[place]))

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The variance of the element, as `in_batch` writes it out."""
        return BATCH_VARIANCE(operands[0].element(item))

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """2/N·(x − mean)."""
        x = operands[0].element(item)
        return MULTIPLY(DIVIDE(2.0, BATCH_SIZE), SUBTRACT(x, BATCH_MEAN(x)))

    def _differences(self, x: Array) -> Array:
        x = np.ascontiguousarray(x)
        return np.asarray(x - ordered_sum(x) / len(x))


BATCH_MEAN: Function = Function(
    name="batch_mean",
    writing=Writing("batch_mean({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\operatorname{{batch-mean}}({0})", ATOM, (CHOICE,)),
    across=BatchMean(),
)
BATCH_VARIANCE: Function = Function(
    name="batch_var",
    writing=Writing("batch_var({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\operatorname{{batch-var}}({0})", ATOM, (CHOICE,)),
    across=BatchVariance(),
)

ElementOf = Callable[[Ref, int], Formula]
"""What stands for an element of a value in an example."""


def in_batch(formula: Formula, example: int, count: int, leaf: ElementOf) -> Formula:
    """A formula over elements with its leaves replaced, where the examples of the batch meet by those of each.

    Args:
        formula: of one example.
        example: its number, from 0.
        count: the number of examples.
        leaf: what stands for an element in an example.
    """
    if isinstance(formula, Ref):
        return leaf(formula, example)
    if formula == BATCH_SIZE:
        return float(count)
    if not isinstance(formula, Call):
        return formula
    does = operation(formula.function)
    if isinstance(does, OverBatch):
        return does.of_examples([in_batch(formula.arguments[0], other, count, leaf) for other in range(count)])
    return Call(formula.function, tuple(in_batch(argument, example, count, leaf) for argument in formula.arguments))


def between(slope: Formula, target: int, source: int, count: int, leaf: ElementOf) -> Formula:
    """The local derivative of an element in one example by an element in another, or in the same.

    Args:
        slope: as `partials` has it.
        target: the example of what is differentiated.
        source: the example of that by which.
        count: the number of examples.
        leaf: what stands for an element in an example.

    Returns:
        0 where nothing goes from one to the other.
    """
    if not meets_examples(slope):
        return in_batch(slope, target, count, leaf) if target == source else 0.0
    assert isinstance(slope, Call)
    if slope.function is FROM_EXAMPLE:
        return _added(between(slope.arguments[0], any_one, source, count, leaf) for any_one in range(count))
    # of the chain rule nothing else goes round what comes from an example than sums, signs and products
    if slope.function is NEGATE:
        return _negative(between(slope.arguments[0], target, source, count, leaf))
    first, second = slope.arguments
    if slope.function in (ADD, SUBTRACT):
        terms = [between(term, target, source, count, leaf) for term in (first, second)]
        return _added([terms[0], terms[1] if slope.function is ADD else _negative(terms[1])])
    assert slope.function is MULTIPLY
    inner = between(second, target, source, count, leaf)
    return inner if inner == 0.0 else MULTIPLY(in_batch(first, target, count, leaf), inner)


def _negative(formula: Formula) -> Formula:
    return formula if formula == 0.0 else NEGATE(formula)


def meets_examples(slope: Formula) -> bool:
    """Whether a local derivative goes through the examples of the batch."""
    if not isinstance(slope, Call):
        return False
    return slope.function is FROM_EXAMPLE or any(map(meets_examples, slope.arguments))


def _added(terms: Iterable[Formula]) -> Formula:
    found = [term for term in terms if term != 0.0]
    if not found:
        return 0.0
    return found[0] if len(found) == 1 else TOTAL(*found)
