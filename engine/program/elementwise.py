"""How whole values go through any function: element by element, where its record has no operation of its own.

And what follows from that alone: how a formula over whole values is computed, and how a script writes it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np
from msgspec.structs import replace

from engine.formula.arithmetic import FEW, divided, locked, multiplied, ordered_sum, scalars
from engine.formula.calculus import value_of
from engine.formula.field import REAL, Functions
from engine.formula.functions import ADD, DIVIDE, MULTIPLY, NEGATE, RAISE, SQUARE, SUBTRACT
from engine.formula.tree import ATOM, POWER, Call, Formula, Function, Ref, Symbol, Writing, filled
from engine.program.coded import TORCH, Code, Language, NoCodeError, atom
from engine.program.meeting import AXES_OF_PICTURES, meets_channels, met_in_a_run, vector_that_meets
from engine.program.operations import (
    Array,
    NoFormulaError,
    Operands,
    Operation,
    Places,
    Shape,
    ShapeError,
    Whole,
    said,
    times,
)


def operation(function: Function) -> Operation:
    """How whole values go through a function."""
    across: Operation | None = function.across
    return _elementwise(function) if across is None else across


@cache
def _elementwise(function: Function) -> "Elementwise":
    return Elementwise(function)


_ARRAYS: dict[str, Callable[..., Array]] = {
    ADD.name: np.add,
    SUBTRACT.name: np.subtract,
    MULTIPLY.name: multiplied,
    DIVIDE.name: divided,
    NEGATE.name: np.negative,
    SQUARE.name: lambda a: multiplied(a, a),
}
"""What numpy computes to the same bit as Python: single correctly rounded operations."""

_OF_PYTHON = (*_ARRAYS, RAISE.name)
"""What Python's own numbers have a sign for."""

_LETTERS = tuple(Symbol(letter) for letter in "abcdefgh")


Computation = Callable[[Any, Functions[Any]], Array]
"""A formula over whole values, ready to be computed: from what knows its leaves, and the field."""


def computation(formula: Formula, found: Callable[[Formula], Computation | None]) -> Computation:
    """How a formula over whole values is computed; its parts are looked at once, not at each computation.

    Args:
        formula: of what is found, and constants.
        found: where a part comes from; None of a constant, and of a call that is computed from its own parts.
    """
    given = found(formula)
    if given is not None:
        return given
    if isinstance(formula, Call):
        compute, parts = operation(formula.function).compute, [computation(part, found) for part in formula.arguments]

        def computed(known: Any, f: Functions[Any]) -> Array:
            made = compute([part(known, f) for part in parts], f)
            return in_single(made) if f.single else made

        return computed
    value = formula.value if isinstance(formula, Symbol) else formula
    if not isinstance(value, float):
        raise LookupError(f"nothing is known of {formula}")
    constant, single = locked(np.array([value])), locked(np.array([value], np.float32))
    return lambda known, f: single if f.single else constant


def in_single(made: Array) -> Array:
    """In single precision, of what an operation may have made in double precision."""
    return made.astype(np.float32, copy=False)


@cache
def _slope_of(function: Function, place: int, count: int, axes: int, of_outputs: bool) -> Computation | float:
    """The slope of a call, to be computed from its `Operands`; a number where it is the same everywhere.

    With `of_outputs`, where one writes it as a function of what the call makes, it is computed so.
    """
    call = Call(function, _LETTERS[:count])

    def found(part: Formula) -> Computation | None:
        if part == call:
            return lambda operands, f: operands.result
        if part not in call.arguments:
            return None
        number = call.arguments.index(part)
        return lambda operands, f: _with_axes(operands[number], axes)

    slope = function.slopes[place](call)
    if of_outputs and isinstance(slope, Call) and slope.function.formula is not None:
        by_formula = slope.function.formula(*slope.arguments)
        slope = by_formula if filled(by_formula, {call: 0.0}) != by_formula else slope
    return slope if isinstance(slope, float) else computation(slope, found)


@cache
def _by_formula(function: Function, count: int) -> Computation | None:
    """A function that is nothing but a formula of what numpy computes exactly; None of any other."""
    if function.value is not None or function.formula is None:
        return None
    letters = _LETTERS[:count]
    formula = function.formula(*letters)

    def is_exact(part: Formula) -> bool:
        if not isinstance(part, Call):
            return True
        return (part.function.name in _ARRAYS or part.function.arrays is not None) and all(
            map(is_exact, part.arguments)
        )

    def found(part: Formula) -> Computation | None:
        return (lambda operands, f: operands[letters.index(part)]) if part in letters else None

    return computation(formula, found) if isinstance(formula, Call) and is_exact(formula) else None


def is_exact(function: Function, count: int) -> bool:
    """Whether a function of so many arguments is nothing but a formula of what numpy computes exactly."""
    return _by_formula(function, count) is not None


class Elementwise(Operation):
    """Each element by itself.

    A number meets every element, a vector each row of a matrix, one as long as there are channels each channel of a
    picture (channels, rows, columns); nothing else broadcasts.
    """

    single = True

    def __init__(self, function: Function) -> None:
        self._function, self._exact, self._arrays = function, _ARRAYS.get(function.name), function.arrays

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The largest operand's."""
        largest = max(shapes, key=len)
        for shape in shapes:
            if shape not in ((), largest, vector_that_meets(largest)):
                raise ShapeError(
                    f"{said(shape)} and {said(largest)} do not meet element by element: {_needed(largest)}"
                )
        return largest

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """By numpy where that is exact, else one call for each element."""
        if self._exact is not None and not (self._function is DIVIDE and np.iscomplexobj(operands[1])):
            return self._exact(*_aligned(operands))
        if f is REAL and max(operand.size for operand in operands) > FEW:
            if self._arrays is not None:
                with np.errstate(all="ignore"):  # one number after the other would not warn
                    return np.asarray(self._arrays(*_aligned(operands)))
            by_formula = _by_formula(self._function, len(operands))
            if by_formula is not None:
                return by_formula(_aligned(operands), f)
        return _mapped(value_of(self._function, len(operands)), operands, f)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """The slope at each element; a number where it is the same everywhere."""
        axes = 1 + max(map(len, operands.shapes))
        slope = _slope_of(self._function, place, len(operands.shapes), axes, f.of_outputs)
        return slope if isinstance(slope, float) else slope(operands, f)

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """slope · dE/d(result), summed over the elements that the operand met."""
        pulled = adjoint if isinstance(local, float) and local == 1.0 else local * adjoint
        met = pulled.ndim - 1 - len(shapes[place])
        if not met:
            return pulled
        behind = meets_channels(shapes[place], self.shape(shapes))
        flat = pulled.reshape(len(pulled), *((*shapes[place], -1) if behind else (-1, *shapes[place])))
        first = np.moveaxis(flat, -1, 0) if behind else flat.swapaxes(0, 1)
        return ordered_sum(np.ascontiguousarray(first))

    def local_formula(self, place: int, call: Call) -> Formula:
        """The function's own slope."""
        return self._function.slopes[place](call)

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """slope ∘ dE/d(result), its rows added up where the operand met each of them."""
        if meets_channels(shapes[place], self.shape(shapes)):
            raise NoFormulaError
        pulled = times(local, adjoint)
        for _ in range(len(self.shape(shapes)) - len(shapes[place])):
            pulled = SUM_OF_ROWS(pulled)
        return pulled

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """Each operand beside those that it meets; a function without a form of its own as its formula."""
        plain = all(operand.plain for operand in operands)
        own = function.code is None and language.spelled(function).value is not None
        if language.library is TORCH and (own or (plain and function.name not in _OF_PYTHON)):  # it takes only its own
            operands = [language.array(operand) for operand in operands]
        if language.spelled(function).value is None and function.code is None and function.formula is not None:
            return self._as_formula(function.formula, operands, language)
        axes = len(self.shape([operand.shape for operand in operands]))
        code = super().written(function, [language.aligned(operand, axes) for operand in operands], language)
        return replace(code, plain=True) if plain and function.name in _OF_PYTHON else code

    def _as_formula(self, formula: Callable[..., Formula], operands: Sequence[Code], language: Language) -> Code:
        """With numbers as such, so that it becomes as short as one writes it."""
        numbers = [operand.number for operand in operands]
        arguments = [letter if number is None else number for letter, number in zip(_LETTERS, numbers, strict=False)]
        known: dict[Formula, Code] = dict(zip(arguments, operands, strict=True))
        return written(formula(*arguments), known.get, language)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """Of a vector that met channels, slope · dE/d(result) of each channel added up."""
        if not meets_channels(operands[place].shape, adjoint.shape):
            return None
        call, back = self._function(*_LETTERS[: len(operands)]), Symbol("dE/d(result)")
        parts: dict[Formula, Code] = {**dict(zip(call.arguments, operands, strict=True)), back: adjoint}
        product = written(
            times(self.local_formula(place, call), back),
            lambda part: result() if part == call else parts.get(part),
            language,
        )
        whole = language.full(product, adjoint.shape, per_example=adjoint.per_example)
        text = f"{atom(whole)}.sum({language.library.axis}=(-2, -1))"
        return Code(text, ATOM, operands[place].shape, adjoint.per_example)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """Where the operand meets several."""
        return len(shapes[place]) < len(self.shape(shapes))

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The function of the elements at the same place."""
        whole = self.shape([operand.shape for operand in operands])
        met = (item // met_in_a_run(operand.shape, whole) % prod(operand.shape) for operand in operands)
        return Call(
            self._function, tuple(operand.element(number) for operand, number in zip(operands, met, strict=True))
        )

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The element itself, or all that it meets."""
        whole = self.shape(shapes)
        run = met_in_a_run(shapes[place], whole)
        return range(item * run, (item + 1) * run) if run > 1 else range(item, prod(whole), prod(shapes[place]))

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """The function's own slope; operands are not made, long as they may be, where it is a number."""
        slope = _anywhere(self._function, place, len(operands))
        if isinstance(slope, int | float):
            return slope
        call = self.element(operands, of)
        assert isinstance(call, Call)
        return self.local_formula(place, call)

    def corner(self, call: Call) -> Formula | None:
        """The function's own."""
        return None if self._function.corner is None else self._function.corner(call)

    def needs(self, place: int, shapes: Sequence[Shape], items: Places) -> Places:
        """The one that it meets."""
        return items // met_in_a_run(shapes[place], self.shape(shapes)) % prod(shapes[place])


class SumOfRows(Operation):
    """All rows of a matrix added up, or all elements of a vector; only computed."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """Without the first axis."""
        if not shapes[0]:
            raise ShapeError("a number alone has no rows")
        return shapes[0][1:]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """From the first to the last."""
        return ordered_sum(np.ascontiguousarray(np.moveaxis(operands[0], 1, 0)))

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """Over the first axis behind the examples."""
        return language.summed(operands[0])


SUM_OF_ROWS = Function(name="sum of rows", writing=Writing("Σ {0}", POWER, (POWER,)), across=SumOfRows())


def written(formula: Formula, known: Callable[[Formula], Code | None], language: Language) -> Code:
    """A formula over whole values as a script writes it.

    Args:
        formula: it.
        known: what the script calls a leaf, or a whole call that it has already.
        language: of the script.

    Raises:
        NoCodeError: there is no way to write a function, or a leaf is not known.
    """
    if isinstance(formula, float):
        return language.number(formula)
    if (code := known(formula)) is not None:
        return code
    if isinstance(formula, Symbol) and formula.value is not None:
        return language.number(formula.value)
    if not isinstance(formula, Call):
        raise NoCodeError(f"{formula!r} has no name in a script")
    operands = [written(argument, known, language) for argument in formula.arguments]
    return operation(formula.function).written(formula.function, operands, language)


def _mapped(function: Callable[..., Any], operands: Sequence[Array], f: Functions[Any]) -> Array:
    if len(operands) == 1:  # one call each, for `math`'s functions rather than numpy's
        (array,) = operands
        return np.array([function(number, f) for number in scalars(array.ravel())]).reshape(array.shape)
    alike = len({operand.shape for operand in operands}) == 1
    met = operands if alike else np.broadcast_arrays(*_aligned(operands))
    numbers = zip(*(scalars(array.ravel()) for array in met), strict=True)
    return np.array([function(*of_one, f) for of_one in numbers]).reshape(met[0].shape)


def _aligned(operands: Sequence[Array]) -> Sequence[Array]:
    axes = [operand.ndim for operand in operands]
    most = max(axes)
    return operands if min(axes) == most else [_with_axes(operand, most) for operand in operands]


def _with_axes(operand: Array, count: int) -> Array:
    """So many axes, the batch first; new ones behind it, or behind the channels that a vector meets."""
    if operand.ndim == count:
        return operand
    new = [1] * (count - operand.ndim)
    if operand.ndim == 2 and count == AXES_OF_PICTURES + 1:
        return operand.reshape(*operand.shape, *new)
    return operand.reshape(len(operand), *new, *operand.shape[1:])


def _needed(whole: Shape) -> str:
    vector = vector_that_meets(whole)
    rule = f", or a vector as long as {'a row' if len(whole) == 2 else 'there are channels'}, {said(vector)}"
    return f"a number meets every element, {said(whole)} its equal{rule if vector != whole else ''}"


@cache
def _anywhere(function: Function, place: int, count: int) -> Formula:
    """The slope of a function by one of its arguments, whatever they are."""
    return function.slopes[place](Call(function, tuple(Ref(f"argument {number}") for number in range(count))))
