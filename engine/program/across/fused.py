"""A loss of softmax or sigmoid as one function of what goes into these: where both cancel, nothing overflows.

E = −Σ t ln softmax(z) has the derivative softmax(z)·Σt − t, and with sigmoid it is σ(z) − t.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np

from engine.formula.activations import ACTIVATIONS
from engine.formula.arithmetic import FEW, ordered_sum, row_sums, scalars
from engine.formula.cancelling import Fused
from engine.formula.field import REAL, Functions
from engine.formula.functions import TOTAL
from engine.formula.losses import LOSSES
from engine.formula.tree import ATOM, CHOICE, POWER, PRODUCT, SUM, Call, Formula, Function, Spelled, Writing
from engine.program.coded import TORCH, Code, Language, bracketed
from engine.program.operations import Array, Operands, Operation, Shape, ShapeError, Whole, said, times


class FusedLoss(Operation):
    """The sum of a loss over all elements of an activation's outputs, from z and the targets t.

    Args:
        loss: the loss's name.
        activation: the activation's.
        fused: how they cancel, where the loss has settings, or classes weights.

    Attributes:
        slopes_read: how the derivatives by z and by t are read, and that by z of the activation's outputs.
        latex: the same for LaTeX.
    """

    slopes_read: tuple[str, str, str]
    latex: tuple[str, str, str]
    cancels = True

    def __init__(self, loss: str, activation: str, fused: Fused | None = None) -> None:
        self._name, self.activation = f"{loss}_of_{activation}", ACTIVATIONS[activation]
        self.fused = LOSSES[loss].fused[activation] if fused is None else fused

    @abstractmethod
    def scaled(self, z: list[float], t: list[float], f: Functions[Any]) -> list[float]:
        """The outputs of one row, of which t is subtracted."""

    @abstractmethod
    def scaled_rows(self, z: Array, t: Array) -> Array:
        """The same of many rows of real numbers, to the last bit."""

    @property
    @abstractmethod
    def scaled_code(self) -> str:
        """The same in a script, of `y` and `t`."""

    @abstractmethod
    def by_target_code(self, z: Code, spelled: Spelled, language: Language) -> str:
        """The derivatives by the elements of t in a script."""

    @abstractmethod
    def parts(self, z: Whole, t: Whole) -> list[Formula]:
        """What each element adds to the loss."""

    @abstractmethod
    def slope(self, z: Whole, t: Whole, item: int) -> Formula:
        """The derivative by an element of z."""

    @abstractmethod
    def by_target(self, z: Whole, item: int) -> Formula:
        """The derivative by an element of t."""

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """A number."""
        if shapes[0] != shapes[1]:
            raise ShapeError(f"{said(shapes[0])} and {said(shapes[1])} must be the same")
        return ()

    def handled(self, shapes: Sequence[Shape]) -> int:
        """All elements."""
        return prod(shapes[0])

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """Row by row, then the sum from the first element to the last."""
        z, t = _met(operands)
        if f is REAL and z.size > FEW:
            with np.errstate(all="ignore"):
                of_all = self.fused.of_rows.errors(*map(_as_rows, (z, t)))
            return row_sums(of_all.reshape(len(z), -1))
        parts = [self.fused.errors(*of_one, f) for of_one in zip(_rows(z), _rows(t), strict=True)]
        return ordered_sum(np.ascontiguousarray(np.array(parts).reshape(len(z), -1).T))

    def local(self, place: int, operands: Operands, f: Functions[Any]) -> Array | float:
        """By z the outputs less the targets; by t what an element adds to the loss where its target is 1."""
        return self.slopes(place, operands[0], operands[1], f)

    def slopes(self, place: int, *of: Any) -> Array:
        """The same from z and t, over a field."""
        *operands, f = of
        z, t = _met(operands)
        if f is REAL and z.size > FEW:
            with np.errstate(all="ignore"):
                return self._slopes_of_rows(place, *map(_as_rows, (z, t))).reshape(z.shape)
        rows = zip(_rows(z), _rows(t), strict=True)
        if place == 0:
            met = ((x, self.scaled(x, targets, f), targets) for x, targets in rows)
            slopes = [self._of_outputs(y, t) if f.of_outputs else self.fused.differences(x, y, t) for x, y, t in met]
        else:
            slopes = [self.by_targets(x) for x, _ in rows]
        return np.array(slopes).reshape(z.shape)

    def _slopes_of_rows(self, place: int, z: Array, t: Array) -> Array:
        if place == 0:
            return self.fused.of_rows.differences(z, self.scaled_rows(z, t), t)
        errors = self.fused.of_rows.errors
        return errors(z, np.ones_like(z)) - errors(z, np.zeros_like(z))

    def _of_outputs(self, y: list[float], t: list[float]) -> list[float]:
        return [output - target for output, target in zip(y, t, strict=True)]

    def by_outputs(self, z: list[float], t: list[float]) -> list[float]:
        """The derivatives by the elements of one row of z."""
        return self.fused.differences(z, self.scaled(z, t, REAL), t)

    def by_targets(self, z: list[float]) -> list[float]:
        """Those by the elements of t."""
        all_one, none = (self.fused.errors(z, [target] * len(z), REAL) for target in (1.0, 0.0))
        return [one - other for one, other in zip(all_one, none, strict=True)]

    def pull(self, place: int, shapes: Sequence[Shape], local: Array | float, adjoint: Array) -> Array:
        """Each slope times dE/d(the loss)."""
        return np.asarray(local * adjoint.reshape(-1, *[1] * len(shapes[place])))

    def local_formula(self, place: int, call: Call) -> Formula:
        """A function of z and t."""
        return _slope_function(self, place)(*call.arguments)

    def pull_formula(self, place: int, shapes: Sequence[Shape], local: Formula, adjoint: Formula) -> Formula:
        """Each slope times dE/d(the loss)."""
        return times(local, adjoint)

    def written(self, function: Function, operands: Sequence[Code], language: Language) -> Code:
        """What each element adds, then the sum."""
        spelled = self._spelled(language)
        assert spelled.value is not None
        per_example = any(operand.per_example for operand in operands)
        if language.library is TORCH:  # whose functions want both alike
            wholes = [language.full(one, operands[0].shape, per_example=per_example) for one in operands]
            operands = [language.array(whole) for whole in wholes]
        text = language.put(spelled.value, operands)
        code = Code(text, spelled.value.level, operands[0].shape, per_example)
        for _ in code.shape:
            code = language.summed(code)
        return code

    def pulled_code(
        self, place: int, operands: Sequence[Code], result: Callable[[], Code], adjoint: Code, language: Language
    ) -> Code | None:
        """Each slope times dE/d(the loss)."""
        z, t = operands
        spelled = self._spelled(language)
        if place == 1:
            slopes = self.by_target_code(z, spelled, language)
        else:
            slopes = f"{self._name}_slopes({z.text}, {t.text})"
            language.define(self._slopes_in_script(spelled, language))
        back = language.aligned(adjoint, len(z.shape))
        return Code(f"{slopes} * {bracketed(back, POWER)}", PRODUCT, z.shape, adjoint.per_example)

    def _spelled(self, language: Language) -> Spelled:
        spelled = self.fused.scripts[language.library.name]
        if spelled.define:
            language.define(spelled.define)
        return spelled

    def _slopes_in_script(self, spelled: Spelled, language: Language) -> str:
        """The function that gives them."""
        assert spelled.slope is not None
        z, y, t = (Code(letter) for letter in "zyt")
        value = language.spelled(self.activation.function).value
        assert value is not None
        outputs = language.put(value, [z])
        slopes = language.put(spelled.slope, [z, y, t])
        return (
            f"def {self._name}_slopes(z, t):  # {spelled.remark}\n"
            f"    y = {outputs}{self.scaled_code}\n"
            f"    return {slopes}"
        )

    def sums(self, place: int, shapes: Sequence[Shape]) -> bool:
        """No: the loss is one number."""
        return False

    def element(self, operands: Sequence[Whole], item: int) -> Formula:
        """The sum of what each element adds."""
        parts = self.parts(*operands)
        return parts[0] if len(parts) == 1 else TOTAL(*parts)

    def reach(self, place: int, shapes: Sequence[Shape], item: int) -> Iterable[int]:
        """The loss."""
        return (0,)

    def partial(self, place: int, operands: Sequence[Whole], item: int, of: int) -> Formula:
        """The slope by one element."""
        z, t = operands
        return self.slope(z, t, item) if place == 0 else self.by_target(z, item)


class Slopes(Operation):
    """The local derivatives of a fused loss; only computed.

    Args:
        loss: the loss.
        place: by z, or by t.
    """

    def __init__(self, loss: FusedLoss, place: int) -> None:
        self.loss, self.place = loss, place

    def shape(self, shapes: Sequence[Shape]) -> Shape:
        """That of z."""
        return shapes[0]

    def compute(self, operands: Sequence[Array], f: Functions[Any]) -> Array:
        """As they are pulled back."""
        return self.loss.slopes(self.place, *operands, f)


@cache
def _slope_function(loss: FusedLoss, place: int) -> Function:
    needs = (CHOICE if "({0})" in loss.slopes_read[place] else ATOM, ATOM)
    return Function(
        name="slopes of a loss",
        writing=Writing(loss.slopes_read[place], SUM, needs),
        latex=Writing(loss.latex[place], SUM, needs),
        across=Slopes(loss, place),
    )


@cache
def _by_output(loss: FusedLoss) -> Function:
    writing, latex = (Writing(texts[2], SUM, (ATOM, ATOM)) for texts in (loss.slopes_read, loss.latex))
    return Function(name="slopes of a loss by outputs", writing=writing, latex=latex)


def of_output(formula: Formula, output: Formula) -> Formula:
    """The local derivatives of a fused loss as they are read where the activation's outputs have a name."""
    if not isinstance(formula, Call):
        return formula
    does = formula.function.across
    if isinstance(does, Slopes) and does.place == 0:
        return _by_output(does.loss)(output, formula.arguments[1])
    return Call(formula.function, tuple(of_output(argument, output) for argument in formula.arguments))


def _met(operands: Sequence[Array]) -> list[Array]:
    """Both for the same examples."""
    batch = max(map(len, operands))
    return [np.broadcast_to(operand, (batch, *operand.shape[1:])) for operand in operands]


def _as_rows(whole: Array) -> Array:
    """Along the last axis; a number is a row of one."""
    return whole.reshape(-1, whole.shape[-1] if whole.ndim > 1 else 1)


def _rows(whole: Array) -> list[Any]:
    return scalars(_as_rows(whole))
