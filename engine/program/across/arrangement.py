"""Elements in other places, none of them computed: joined, picked, transposed, reshaped."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np

from engine.formula.field import Functions
from engine.formula.tree import ATOM, CHOICE, POWER, Call, Formula, Function, Writing
from engine.program.across.derivatives import part_of
from engine.program.across.places import Places, places
from engine.program.across.scripts import PLACED
from engine.program.coded import NUMPY, TORCH, Code, Language, atom, indexed
from engine.program.operations import Array, NoFormulaError, Operands, Operation, Shape, ShapeError, Whole, said


class Joined(Operation):
    """Operands one behind the other; a number is one element.

    Args:
        last: along the last axis, not the first: side by side.
    """

    def __init__(self, last: bool = False) -> None:
        self._last = last

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """As long as all together."""
        vectors = [shape or (1,) for shape in shapes]
        axis = len(vectors[0]) - 1 if self._last else 0
        rests = {(*shape[:axis], *shape[axis + 1 :]) for shape in vectors}
        if len(rests) > 1 or len({len(shape) for shape in vectors}) > 1:
            way, size = ("side by side", "but the last") if self._last else ("one behind the other", "but the first")
            raise ShapeError(f"{', '.join(map(said, shapes))} cannot stand {way}: all sizes {size} must be the same")
        joined = sum(shape[axis] for shape in vectors)
        return (*vectors[0][:axis], joined, *vectors[0][axis + 1 :])

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """The operands' elements."""
        batch = max(len(operand) for operand in operands)
        whole = [operand if operand.ndim > 1 else operand[:, np.newaxis] for operand in operands]
        joined = [np.broadcast_to(array, (batch, *array.shape[1:])) for array in whole]
        return np.concatenate(joined, axis=-1 if self._last else 1)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1."""
        return 1.0

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """The operand's own part."""
        start = self._starts(shapes)[place]
        flat = adjoint.reshape(len(adjoint), -1, self._starts(shapes)[-1])
        return flat[:, :, start : start + self._run(shapes[place])].reshape(len(adjoint), *shapes[place])

    def local_formula(self, place: int, call: Call) -> Formula:
        """1."""
        return 1.0

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """The operand's own part: rows, or of matrices side by side columns."""
        lengths = [shape[-1 if self._last else 0] if shape else 1 for shape in shapes]
        start = sum(lengths[:place])
        part = part_of(start, start + lengths[place], alone=not shapes[place])
        if not self._last or len(shapes[place]) < 2:
            return part(adjoint)
        if len(shapes[place]) > 2:
            raise NoFormulaError
        return transposed(part(transposed(adjoint)))

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """Along the axis behind the examples."""
        per_example = any(operand.per_example for operand in operands)
        parts = []
        for operand in operands:
            whole = language.full(operand, operand.shape, per_example=per_example)
            parts.append(whole.text if operand.shape else _in_a_row(whole, language))
        axis = -1 if self._last else int(per_example)
        along = f", {language.library.axis}={axis}" if axis else ""
        text = f"{language.library.join}(({', '.join(parts)}{',' if len(parts) == 1 else ''}){along})"
        return Code(text, ATOM, self.shape([operand.shape for operand in operands]), per_example)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """Side by side, columns of the last axis."""
        shape = operands[place].shape
        if not self._last or len(shape) < 2:
            return None
        starts = self._starts([operand.shape for operand in operands])
        text = f"{atom(adjoint)}[..., {starts[place] or ''}:{starts[place + 1] if place + 1 < len(operands) else ''}]"
        return Code(text, ATOM, shape, adjoint.per_example)

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """No."""
        return False

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The element of the operand that stands there."""
        starts = self._starts([operand.shape for operand in operands])
        line, item = divmod(item, starts[-1])
        place = next(place for place, end in enumerate(starts[1:]) if item < end)
        return operands[place].element(line * self._run(operands[place].shape) + item - starts[place])

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """Where it stands."""
        starts = self._starts(shapes)
        line, item = divmod(item, self._run(shapes[place]))
        return (line * starts[-1] + starts[place] + item,)

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """1."""
        return 1.0

    def _run(self, shape: Shape) -> int:
        """How many elements of an operand stand together."""
        return shape[-1] if self._last and shape else prod(shape)

    def _starts(self, shapes: Sequence[Shape]) -> list[int]:
        """Where the runs of the operands begin, and where the last one ends."""
        return list(accumulate(map(self._run, shapes), initial=0))


class Arrangement(Operation):
    """Elements of one operand in other places, each once at most."""

    @abstractmethod
    def arranged(self, whole: Array) -> Array:
        """The elements of an array (batch, *shape) in their new places."""

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """The operand's elements."""
        return self.arranged(operands[0])

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """1."""
        return 1.0

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """Each to where it came from."""
        return self._places(shapes[0]).put_back((local * adjoint)[np.newaxis], shapes[0])

    def local_formula(self, place: int, call: Call) -> Formula:
        """1."""
        return 1.0

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """With the nothing of elements that are left out, if there are any."""
        return not self._places(shapes[0]).all_used

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The element that stands there."""
        return operands[0].element(self._places(operands[0].shape).of(item)[0])

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """Where it stands, if anywhere."""
        return self._places(shapes[0]).reach(item)

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """1."""
        return 1.0

    def _places(self, shape: Shape) -> Places:
        return places(self.arranged, shape, self.shape([shape]))


class Picked(Arrangement):
    """One element, or one row: `h.1`, `A.2.3`, `A.2`.

    Args:
        index: along each axis from the first the number, counted from 1 as people do.
    """

    def __init__(self, index: tuple[int, ...]) -> None:
        self._index = index

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """What is left of the axes."""
        (shape,) = shapes
        asked = ".".join(map(str, self._index))
        if len(self._index) > len(shape):
            raise ShapeError(f"{said(shape)} has no .{asked}: at most {len(shape)} numbers say which element")
        for number, size in zip(self._index, shape, strict=False):
            if not 1 <= number <= size:
                raise ShapeError(f"{said(shape)} has no .{asked}: {number} must be in 1 … {size}")
        return shape[len(self._index) :]

    def arranged(self, whole: Array) -> Array:
        """The element or the row."""
        for number in self._index:
            whole = whole[:, number - 1]
        return whole

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """By indices, which begin at 0 there."""
        (whole,) = operands
        return Code(indexed(whole, self._place), ATOM, self.shape([whole.shape]), whole.per_example)

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """In its place, among zeros."""
        (whole,) = operands
        language.define(PLACED)
        sizes = language.sizes(whole.shape, per_example=whole.per_example)
        index = f"{':, ' * whole.per_example}{self._place}"
        return Code(f"placed({adjoint.text}, np.s_[{index}], {sizes})", ATOM, whole.shape, whole.per_example)

    @property
    def _place(self) -> str:
        return ", ".join(str(number - 1) for number in self._index)


class Transposed(Arrangement):
    """A matrix with rows for columns."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The sizes in the other order."""
        if len(shapes[0]) != 2:
            raise ShapeError(f"{said(shapes[0])} cannot be transposed: .T takes a matrix, (rows, columns)")
        return shapes[0][::-1]

    def arranged(self, whole: Array) -> Array:
        """Axes exchanged."""
        return whole.swapaxes(1, 2)

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """Turned back."""
        return transposed(adjoint)

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """The last two axes exchanged."""
        return language.turned(operands[0])


class Reshaped(Arrangement):
    """The same elements in C order in another shape.

    Args:
        shape: the new one.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The new one, of as many elements."""
        if prod(shapes[0]) != prod(self._shape):
            old, new = prod(shapes[0]), prod(self._shape)
            raise ShapeError(f"{said(shapes[0])} does not become {said(self._shape)}: {old} elements, and {new} needed")
        return self._shape

    def arranged(self, whole: Array) -> Array:
        """In the new shape."""
        return whole.reshape(len(whole), *self._shape)

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """In the old shape."""
        return reshape(*shapes[0])(adjoint)

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """The examples stay apart."""
        (whole,) = operands
        sizes = language.sizes(self._shape, per_example=whole.per_example)
        if whole.shape and self._shape:
            text = f"{atom(whole)}.reshape{_one(sizes)}"
        else:
            text = f"{language.library.prefix}reshape({language.array(whole).text}, {sizes})"
        return Code(text, ATOM, self._shape, whole.per_example)


class Stopped(Arrangement):
    """The value itself, and nothing comes back: for its operand it is a constant."""

    differentiates = False

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """The operand's."""
        return shapes[0]

    def arranged(self, whole: Array) -> Array:
        """As it is."""
        return whole

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """As it is; autograd has to be told."""
        (whole,) = operands
        if language.library is not TORCH or whole.plain:
            return whole
        return Code(f"{atom(whole)}.detach()", ATOM, whole.shape, whole.per_example)

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Its real part: a complex step into it must not come through."""
        return np.asarray(operands[0].real)

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """0."""
        return 0.0

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """Nothing."""
        return ()


def _in_a_row(number: Code, language: Language) -> str:
    """A number as a vector of one, for each example."""
    if language.library is NUMPY and not number.per_example:
        return f"[{number.text}]"
    return indexed(language.array(number), language.library.new_axis)


def _one(sizes: str) -> str:
    """(3,) as (3)."""
    return sizes.replace(",)", ")")


JOIN = Function(
    name="concat",
    value=lambda a, b, f: a,
    writing=Writing("[{0}, {1}]", ATOM, (CHOICE,)),
    general=lambda a, b: a,
    across=Joined(),
)
CONCAT = Function(
    name="concat",
    writing=Writing(", ", ATOM, (CHOICE,), begin="concat(", end=")"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\operatorname{concat}(", end=")"),
    across=Joined(),
)
"""Any number of operands along the first axis."""
CONCAT_COLUMNS = Function(
    name="concat",
    writing=Writing(", ", ATOM, (CHOICE,), begin="concat(", end=", axis = columns)"),
    latex=Writing(", ", ATOM, (CHOICE,), begin=r"\operatorname{concat}(", end=r", \text{axis = columns})"),
    across=Joined(last=True),
)
"""Likewise along the last one."""
TRANSPOSE = Function(
    name=".T",
    writing=Writing("{0}ᵀ", ATOM, (ATOM,)),
    latex=Writing(r"{{{0}}}^{{\top}}", POWER, (ATOM,)),
    general=lambda a: a,
    across=Transposed(),
)
STOP = Function(
    name="stop",
    writing=Writing("stop({0})", ATOM, (CHOICE,)),
    latex=Writing(r"\operatorname{{stop}}({0})", ATOM, (CHOICE,)),
    across=Stopped(),
)


def transposed(formula: Formula) -> Formula:
    """Rows as columns; twice, it is as it was."""
    if isinstance(formula, Call) and formula.function is TRANSPOSE:
        return formula.arguments[0]
    return TRANSPOSE(formula)


@cache
def pick(*index: int) -> Function:
    """The function that gives one element, or a row where the index is shorter than the shape.

    Args:
        index: counted from 1, as it is written.
    """
    return Function(
        name=".".join(("", *map(str, index))),
        writing=Writing("{0}." + ".".join(map(str, index)), ATOM, (ATOM,)),
        latex=Writing("{{{0}}}_{{" + ",".join(map(str, index)) + "}}", ATOM, (ATOM,)),
        across=Picked(index),
    )


@cache
def reshape(*shape: int) -> Function:
    """The function that gives a value another shape."""
    sizes = ", ".join(map(str, shape))
    return Function(
        name="reshape",
        writing=Writing(f"reshape({{0}}, {sizes})", ATOM, (CHOICE,)),
        latex=Writing(rf"\operatorname{{{{reshape}}}}({{0}}, {sizes})", ATOM, (CHOICE,)),
        across=Reshaped(shape),
    )
