"""A formula as data: numbers, symbols and functions of formulas.

What a rule *is* stands here once. `written` makes text, LaTeX and code of it, `engine.formula.calculus` numbers and
other formulas; nothing takes the text of a formula apart again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from engine.formula.quantity import Quantity


class Symbol(Struct, frozen=True):
    """A letter of a rule, or a constant that has a sign of its own.

    Attributes:
        text: as one writes it.
        latex: the same for LaTeX, where it is another.
        value: of a constant.
    """

    text: str
    latex: str = ""
    value: float | None = None


class Operand(Struct, frozen=True):
    """A number of the walk.

    Attributes:
        quantity: which; without a subject it stands for all of its kind, as in a general rule.
        value: None while it is not computed, and in a general rule.
        example: the example's number within the batch, from 0.
    """

    quantity: Quantity
    value: float | None = None
    example: int = 0


class Ref(Struct, frozen=True):
    """A value of a program: the whole of it, or one element.

    Attributes:
        name: of the value.
        item: the element's number, in C order; None for the whole.
    """

    name: str
    item: int | None = None


class Derivative(Struct, frozen=True):
    """The derivative by a whole value.

    Attributes:
        by: the value.
        of: a value that is a function of it alone; None for the error.
    """

    by: str
    of: str | None = None


class Writing(Struct, frozen=True):
    """How one style writes a function.

    Attributes:
        template: `{0}` is the first argument. Of a function of any number of arguments, what stands between them.
        level: how tightly the whole holds together, from `CHOICE` to `ATOM`.
        needs: of each argument the level below which it stands in brackets; the last one serves for all that follow.
        bracketed: the template where the first argument stands in brackets, if it is another one then.
        begin: what comes before the first of any number of arguments.
        end: what follows the last of them; None where the template says all.
        takes_sign: whether an argument of a sign and an atom needs no brackets, as in an exponent.
    """

    template: str
    level: int
    needs: tuple[int, ...]
    bracketed: str = ""
    begin: str = ""
    end: str | None = None
    takes_sign: bool = False


class Lines(Struct, frozen=True):
    """A function of one number in straight-line Python, where that is quicker than a call.

    Attributes:
        value: the lines that make `{y}`, and what else the slope needs, from `{x}`; they may call `exp`.
        slope: the slope, from what those lines made.
    """

    value: tuple[str, ...]
    slope: str


class Spelled(Struct, frozen=True):
    """How scripts for one library of arrays write a function, where the library or our numbers ask for it.

    Attributes:
        value: of the arguments.
        slope: of what the slope is a function of: the argument, of whole rows the result.
        define: functions that these call.
        remark: what is to be said of the slope.
    """

    value: Writing | None = None
    slope: Writing | None = None
    define: str = ""
    remark: str = ""


Scripts: TypeAlias = Mapping[str, Spelled]
"""By a library's name how its scripts write a function."""


def of_slopes(scripts: Scripts) -> Scripts:
    """The same for the slope as a function of its own, where there is a form of it."""
    found = {name: (spelled.slope, spelled) for name, spelled in scripts.items()}
    return {
        name: Spelled(slope, define=spelled.define, remark=spelled.remark)
        for name, (slope, spelled) in found.items()
        if slope is not None
    }


class Function(Struct, frozen=True, eq=False, kw_only=True):
    """A function of numbers: its value, its partial derivatives and how it is written, in one record.

    Attributes:
        name: one word, as scenario files and messages have it.
        formula: what it is in terms of simpler functions, made from its arguments; None of an elementary one.
        value: how it is computed, `value(a, b, f)` from its arguments and the field; None where as `formula` says: one
            that does not overflow and keeps its digits.
        slopes: of each argument the partial derivative, made from the call; fewer where the last ones have none.
        writing: how it is read.
        latex: how LaTeX writes it; None: as it is read.
        code: how Python writes it; None where it has no such form of its own.
        of_one: the same for a single number, where that is another: a choice is no `where` there.
        general: how a rule for whole values is written, where it is another formula: `Σ w·y` for a product of matrices.
        lines: for running on quickly.
        kinks: of one number, where the slope jumps: no difference quotient across it means anything.
        corners: of one number, the `Corner`s among them: which slope is taken there.
        corner: of several numbers, from the call a formula that is 0 where the slope jumps.
        tie: what is said there.
        arrays: of arrays of real numbers the values, to the last bit as `value` has each.
        across: how whole values go through it, an `Operation`; None where each element goes by itself.
        scripts: how scripts for libraries of arrays write it, where it is not as `code` or `formula` say.
    """

    name: str
    formula: Callable[..., "Formula"] | None = None
    value: Callable[..., Any] | None = None
    slopes: tuple[Callable[["Call"], "Formula"], ...] = ()
    writing: Writing
    latex: Writing | None = None
    code: Writing | None = None
    of_one: Writing | None = None
    general: Callable[..., "Formula"] | None = None
    lines: Lines | None = None
    kinks: tuple[float, ...] = ()
    corners: tuple[Any, ...] = ()
    corner: Callable[["Call"], "Formula"] | None = None
    tie: str = ""
    arrays: Callable[..., Any] | None = None
    across: Any = None
    scripts: Scripts = field(default_factory=dict)

    def __call__(self, *arguments: "Formula") -> "Call":
        """The function applied."""
        return Call(self, arguments)


class Call(Struct, frozen=True):
    """A function applied to formulas."""

    function: Function
    arguments: tuple["Formula", ...]


Leaf: TypeAlias = Symbol | Operand | Ref | Derivative
Formula: TypeAlias = float | Leaf | Call

CHOICE, SUM, PRODUCT, POWER, ATOM = range(5)
"""Levels: `a if b, else c`; sums and signs; products and quotients; powers; what needs no brackets anywhere."""
FUNCTIONS = "\0"
"""In a template of code, what stands before the name of a function such as `exp`: nothing, `np.`, `f.`."""
NEVER_BARE = ATOM + 1
"""What an argument needs that always stands in brackets: those of LaTeX grow with it."""


def leaves(formula: Formula) -> Iterator[Leaf]:
    """Symbols, operands and values in reading order, each as often as it stands there."""
    if isinstance(formula, Call):
        for argument in formula.arguments:
            if isinstance(argument, Call):
                yield from leaves(argument)
            elif not isinstance(argument, float):  # here, since an iterator for each of them takes most of the time
                yield argument
    elif not isinstance(formula, float):
        yield formula


def calls(formula: Formula) -> Iterator[Call]:
    """The functions that are applied in it, each with its arguments, from the outermost."""
    if isinstance(formula, Call):
        yield formula
        for argument in formula.arguments:
            yield from calls(argument)


def filled(formula: Formula, by: Mapping[Any, Formula]) -> Formula:
    """The formula with other formulas in the places of some of its parts: leaves or whole calls."""
    if isinstance(formula, float):
        return formula
    if formula in by:
        return by[formula]
    if isinstance(formula, Call):
        return Call(formula.function, tuple(filled(argument, by) for argument in formula.arguments))
    return formula
