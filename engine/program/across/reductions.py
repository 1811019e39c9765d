"""Elements joined to one number: sum, mean, norm; over a whole value, its rows or its columns."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from engine.formula.arithmetic import mapped, multiplied, ordered_sum
from engine.formula.field import Functions, Number
from engine.formula.functions import DIVIDE, SQRT, SQUARE, TOTAL
from engine.formula.tree import ATOM, CHOICE, POWER, PRODUCT, Call, Formula, Function, Writing
from engine.program.across.groups import All, Groups
from engine.program.coded import TORCH, Code, Language, bracketed
from engine.program.operations import Array, Operands, Operation, Shape, Whole

_COMPUTED = Writing("{0}", ATOM, (CHOICE,))
"""Of what is only computed."""


class Reduction(Operation):
    """The elements of each group joined to one number.

    Args:
        groups: which are joined.
    """

    def __init__(self, groups: Groups) -> None:
        self.groups = groups

    @abstractmethod
    def join(self, terms: Array, f: Functions[Any]) -> Array:
        """(n, …) to (…)."""

    @abstractmethod
    def joined(self, terms: Sequence[Formula]) -> Formula:
        """The same as a formula of the elements of one group."""

    @abstractmethod
    def slope(self, terms: Sequence[Formula], number: int) -> Formula:
        """Its derivative by one of them."""

    @abstractmethod
    def joined_code(self, x: Code, language: Language) -> str:
        """The same in a script, of a value that has an axis."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """One number for each group."""
        return self.groups.shape(shapes[0])

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Each group from its first element to its last."""
        return self.join(self.groups.terms(operands[0]), f)

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """Along axes; a number alone stays as it is."""
        (x,) = operands
        return Code(self.joined_code(x, language), ATOM, self.shape([x.shape]), x.per_example) if x.shape else x

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """To each element what comes back to its group."""
        (x,) = operands
        if not x.shape or self.spreads:
            return adjoint
        return self.pulled_to_elements(x, result, adjoint, language)

    def pulled_to_elements(self, x: Code, result: Callable[[], Code], adjoint: Code, language: Language) -> Code:
        """The same of a value that has an axis: the slope times what comes back to the group, which is alone here."""
        return language.full(self.groups.spread(adjoint, x, language), x.shape, per_example=x.per_example)

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """To each element the slope · dE/d(what it was joined to); `local` has shape (n, batch, *the result's)."""
        pulled = np.asarray(local * adjoint[np.newaxis])
        found = self.groups.places(shapes[0])
        whole = (len(found.members), *pulled.shape[1:])
        return found.put_back(np.broadcast_to(pulled, whole), shapes[0])

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """With the nothing of elements that are in no group, if there are any."""
        return not self.groups.places(shapes[0]).all_used

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The elements of the group joined."""
        return self.joined(self._group(operands[0], item))

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The group's number."""
        return self.groups.places(shapes[0]).reach(item)

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """The slope by the group's member."""
        number = self.groups.places(operands[0].shape).of(of).index(item)
        return self.slope(self._group(operands[0], of), number)

    def _group(self, operand: Whole, item: int) -> list[Formula]:
        return list(map(operand.element, self.groups.places(operand.shape).of(item)))


class Sum(Reduction):
    """Σ x."""

    def __init__(self, groups: Groups) -> None:
        super().__init__(groups)
        self.spreads = isinstance(groups, All)

    def join(self, terms: Array, f: Functions[Any]) -> Array:
        """From the first to the last."""
        return ordered_sum(terms)

    def joined(self, terms: Sequence[Formula]) -> Formula:
        """Σ x."""
        return TOTAL(*terms)

    def slope(self, terms: Sequence[Formula], number: int) -> Formula:
        """1."""
        return 1.0

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1."""
        return 1.0

    def joined_code(self, x: Code, language: Language) -> str:
        """The library's own."""
        return along("sum", *self.groups.over(x, language), language)


class Mean(Sum):
    """Σ x / n."""

    def join(self, terms: Array, f: Functions[Any]) -> Array:
        """The sum, then divided."""
        return np.asarray(ordered_sum(terms) / len(terms))

    def joined(self, terms: Sequence[Formula]) -> Formula:
        """Σ x / n."""
        return DIVIDE(TOTAL(*terms), float(len(terms)))

    def slope(self, terms: Sequence[Formula], number: int) -> Formula:
        """1/n."""
        return DIVIDE(1.0, float(len(terms)))

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1/n."""
        return 1.0 / len(self.groups.places(operands.shapes[place]).members)

    def joined_code(self, x: Code, language: Language) -> str:
        """The library's own."""
        return along("mean", *self.groups.over(x, language), language)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """To each element 1/n of it."""
        shape = operands[0].shape
        text = f"{bracketed(adjoint, POWER)} / {len(self.groups.places(shape).members)}" if shape else adjoint.text
        part = Code(text, PRODUCT if shape else adjoint.level, adjoint.shape, adjoint.per_example)
        return super().pulled_code(place, operands, result, part, language)


class FromNothing(Sum):
    """The norm, and where that is 0 the sum: it moves as soon as an element does, however little; only computed."""

    def join(self, terms: Array, f: Functions[Any]) -> Array:
        """Both, each where it is asked."""
        return np.where(_nothing(terms), ordered_sum(terms), _norm(terms, f))


def _nothing(terms: Array) -> Array:
    """Of which groups all elements are 0, but for a complex step."""
    return np.asarray((terms.real == 0).all(axis=0))


def _norm(terms: Array, f: Functions[Any]) -> Array:
    """The squares' sum, then its root; 0 where all are 0: a complex step from there has none."""
    return mapped(f.sqrt, np.where(_nothing(terms), 0.0, ordered_sum(multiplied(terms, terms))))


class Norm(Reduction):
    """√(Σ x²)."""

    def __init__(self, groups: Groups) -> None:
        super().__init__(groups)
        self._away = Function(name="away", writing=_COMPUTED, across=FromNothing(groups))

    def corner(self, call: Call) -> Formula | None:
        """How far from 0 the elements are: there the norm has no slope."""
        return self._away(*call.arguments)

    def join(self, terms: Array, f: Functions[Any]) -> Array:
        """The squares' sum, then its root."""
        return _norm(terms, f)

    def joined(self, terms: Sequence[Formula]) -> Formula:
        """√(Σ x²)."""
        return SQRT(TOTAL(*map(SQUARE, terms)))

    def slope(self, terms: Sequence[Formula], number: int) -> Formula:
        """x / norm."""
        return SHARE(terms[number], self.joined(terms))

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """x / norm, 0 where all are 0."""
        terms, norm = self.groups.terms(operands[place]), operands.result
        return np.where(norm == 0, 0.0, terms / np.where(norm == 0, 1.0, norm))

    def joined_code(self, x: Code, language: Language) -> str:
        """As it is written; PyTorch's own knows that the derivative at 0 is 0."""
        text, axis = self.groups.over(x, language)
        if language.library is TORCH:
            return f"torch.linalg.vector_norm({x.text}{f', dim={axis}' if axis else ''})"
        return f"np.sqrt({along('sum', f'({text} ** 2)', axis, language)})"

    def pulled_to_elements(self, x: Code, result: Callable[[], Code], adjoint: Code, language: Language) -> Code:
        """x / norm of it, 0 where that is."""
        norm, back = (self.groups.spread(of, x, language) for of in (result(), adjoint))
        slopes = f"{bracketed(x, PRODUCT)} / np.where({norm.text} > 0, {norm.text}, 1)"
        return Code(f"{slopes} * {bracketed(back, POWER)}", PRODUCT, x.shape, x.per_example)

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """Of a number alone its size."""
        return super().written(function, operands, language) if operands[0].shape else _size(operands[0], language)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """To a number alone by its sign."""
        (x,) = operands
        if x.shape:
            return super().pulled_code(place, operands, result, adjoint, language)
        return Code(f"np.sign({x.text}) * {bracketed(adjoint, POWER)}", PRODUCT, (), x.per_example)


def along(method: str, text: str, axis: str, language: Language) -> str:
    """A library's own method."""
    return f"{text}.{method}({f'{language.library.axis}={axis}' if axis else ''})"


def _size(x: Code, language: Language) -> Code:
    return Code(f"{language.library.prefix}abs({language.array(x).text})", ATOM, (), x.per_example)


def _share(a: Number, b: Number, f: Functions[Number]) -> Number:
    return a / b if b else a - a


SHARE = Function(name="share", value=_share, writing=DIVIDE.writing, latex=DIVIDE.latex)
"""A quotient that is 0 where the denominator is: a norm's derivative at 0."""
