"""A formula over whole values as matrices, with the signs between them.

A vector is a column, so a formula of vectors is written as columns go: x @ W is Wᵀ·x. What goes number by number has
signs of its own, ∘ and ⊘. A formula that cannot be written so has no form: nothing else is shown in its place.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from msgspec.structs import replace

from engine.explain.matrix import Matrix, MatrixForm, MatrixPiece, cut, lying, of_each_example, spread, stacked
from engine.formula.functions import ADD, DIVIDE, MULTIPLY, NEGATE, RAISE, SQUARE, SUBTRACT
from engine.formula.tree import ATOM, CHOICE, POWER, PRODUCT, Call, Derivative, Formula, Function, Ref, Symbol, Writing
from engine.formula.tree import leaves as leaves_of
from engine.formula.written import TEXT
from engine.program.across.arrangement import JOIN, TRANSPOSE
from engine.program.across.derivatives import OUTER_PRODUCT, THROUGH_ROWS, Part
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.elementwise import Elementwise, operation
from engine.program.equations import Program
from engine.program.operations import NoFormulaError, Shape

BY_NUMBER = Function(name="∘", writing=Writing("{0} ∘ {1}", PRODUCT, (PRODUCT, PRODUCT)))
QUOTIENTS = Function(name="⊘", writing=Writing("{0} ⊘ {1}", PRODUCT, (PRODUCT, POWER)))
POWERS = Function(name="^∘", writing=Writing("{0}^∘{1}", POWER, (ATOM, ATOM)))
BRACKETS = Function(
    name="()", writing=Writing("({0})", ATOM, (CHOICE,)), latex=Writing(r"\left({0}\right)", ATOM, (CHOICE,))
)
MEAN = Function(name="1/n", writing=Writing("1/{0} · {1}", PRODUCT, (ATOM, PRODUCT)))

_SIGNS = {MULTIPLY: BY_NUMBER, DIVIDE: QUOTIENTS, RAISE: POWERS}
"""How whole values write what goes number by number."""

_MEETING = {
    MATRIX_PRODUCT: (BY_NUMBER, QUOTIENTS, MULTIPLY, DIVIDE),
    BY_NUMBER: (MATRIX_PRODUCT, MULTIPLY),
    QUOTIENTS: (MATRIX_PRODUCT,),
    MULTIPLY: (MATRIX_PRODUCT, BY_NUMBER, QUOTIENTS),
}
"""What stands in brackets in which products, that nobody has to know what goes first."""

Laid = Any
"""A formula with matrices, and operands for numbers, in the places of its values."""


class LaidOut:
    """The formulas of one equation.

    Args:
        program: the equation's.
        matrix: the numbers of a value; of a number one row and one column.
        number: a value that is a number.
        result: what is computed.
        examples: the names of the examples whose parts are added up, where they are.

    Attributes:
        applied: the functions that are applied to each number.
        by_number: whether any product goes number by number.
    """

    def __init__(
        self,
        program: Program,
        matrix: Callable[[Ref | Derivative], Matrix],
        number: Callable[[Ref | Derivative], MatrixPiece],
        result: Matrix,
        examples: Sequence[str] = (),
    ) -> None:
        self._program, self._matrix, self._number = program, matrix, number
        self._result, self._examples = result, examples
        self.applied: list[str] = []
        self.by_number = False

    def of(self, formula: Formula) -> Laid:
        """The formula with matrices for its values.

        Raises:
            NoFormulaError: it cannot be written so.
        """
        axes = len(self._program.shape(formula))
        if axes > 2:
            raise NoFormulaError
        if isinstance(formula, Ref | Derivative):
            return self._matrix(formula) if axes else self._number(formula)
        if not isinstance(formula, Call):
            return formula
        function, arguments = formula.function, formula.arguments
        does = operation(function)
        if does.over_batch:
            raise NoFormulaError  # of its examples only one is shown
        if function in _RULES:
            return _RULES[function](self, *arguments)
        if function.formula is not None and len(arguments) > 1:
            return self.of(function.formula(*arguments))
        if isinstance(does, Part):
            return self._part(self.of(arguments[0]), does)
        if isinstance(does, Elementwise):
            return self._elementwise(formula)
        laid = [self.of(argument) for argument in arguments]
        return _of_whole(function, laid[0])[1] if _is_named(function) else function(*laid)

    def _elementwise(self, call: Call) -> Laid:
        function, shape = call.function, self._program.shape(call)
        laid: list[Laid] = [self._met(argument, shape, function) for argument in call.arguments]
        if not shape or function is NEGATE:
            return function(*laid)
        if function is SQUARE:
            function, laid = BY_NUMBER, [*laid, *laid]
        elif len(laid) == 1:
            symbol, written = _of_whole(function, laid[0])
            self.applied.append(symbol)
            return written
        elif function in _SIGNS and self._wholes(call):
            function = _SIGNS[function]
        self.by_number |= function is BY_NUMBER
        return function(*(_apart(part, function) for part in laid))

    def _wholes(self, call: Call) -> bool:
        """Whether neither factor is a number, or what divides is none; what is raised to a power is a whole value."""
        first, second = (bool(self._program.shape(argument)) for argument in call.arguments)
        return second if call.function is DIVIDE else first and (second or call.function is RAISE)

    def _met(self, argument: Formula, shape: Shape, function: Function) -> Laid:
        """An operand as large as what it meets: only of equal sizes there is a sum."""
        own = self._program.shape(argument)
        if own == shape or not any(isinstance(leaf, Ref | Derivative) for leaf in leaves_of(argument)):
            return self.of(argument)
        if not own and function not in (ADD, SUBTRACT):
            return self.of(argument)
        if not isinstance(argument, Ref | Derivative):
            raise NoFormulaError
        rows, columns = (tuple(str(number + 1) for number in range(size)) for size in shape + (1,) * (2 - len(shape)))
        if self._result.shape == (len(rows), len(columns)):
            rows, columns = tuple(self._result.rows), tuple(self._result.columns)
        return spread(self._matrix(argument), rows, columns if len(shape) == 2 else ("",))

    def _product(self, first: Formula, second: Formula) -> Laid:
        if len(self._program.shape(first)) > 1:
            return _times(self.of(first), self.of(second))
        if len(self._program.shape(second)) == 1:
            return _times(_turned(self.of(first)), self.of(second))
        return _times(_turned(self.of(second)), self.of(first))

    def _outer_product(self, column: Formula, row: Formula) -> Laid:
        """A column times a row; of several examples, columns times rows, which adds their products up."""
        laid = [self.of(column), self.of(row)]
        if self._examples:
            if not all(isinstance(part, Matrix) for part in laid):
                raise NoFormulaError
            laid = [of_each_example(part, self._examples) for part in laid]
        return _times(laid[0], _turned(laid[1]))

    def _through_rows(self, slopes: Formula, adjoint: Formula) -> Laid:
        return _times(_turned(self.of(slopes)), self.of(adjoint))

    def _joined(self, *parts: Formula) -> Laid:
        laid: list[Laid] = [
            self._matrix(part) if isinstance(part, Ref | Derivative) else self.of(part) for part in parts
        ]
        return reduce(stacked, laid) if all(isinstance(part, Matrix) for part in laid) else JOIN(*laid)

    def _part(self, laid: Laid, part: Part) -> Laid:
        if isinstance(laid, Matrix):
            return cut(laid, part.start, part.stop)
        if isinstance(laid, Call) and laid.function is MATRIX_PRODUCT:
            first, second = laid.arguments
            return _times(self._part(first, part), second)
        raise NoFormulaError

    @staticmethod
    def through(slopes: Matrix, adjoint: Matrix) -> Laid:
        """Jᵀ·dE/dy of one row."""
        return _times(lying(slopes), adjoint)


def form(result: Matrix, laid: Laid) -> MatrixForm:
    """An equation: the result, and what it is."""
    joined: list[MatrixPiece] = [result, " = "]
    for piece in TEXT.pieces(laid):
        text = piece.text if isinstance(piece, Symbol) else piece
        if isinstance(text, str) and isinstance(joined[-1], str):
            joined[-1] += text
        elif text != "":
            joined.append(text)  # type: ignore[arg-type]
    return MatrixForm(tuple(joined))


_RULES: dict[Function, Callable[..., Laid]] = {
    MATRIX_PRODUCT: LaidOut._product,
    OUTER_PRODUCT: LaidOut._outer_product,
    THROUGH_ROWS: LaidOut._through_rows,
    TRANSPOSE: lambda layout, whole: _turned(layout.of(whole)),
    JOIN: LaidOut._joined,
}


def _is_named(function: Function) -> bool:
    """Whether it is written with its name before the only argument."""
    return function.writing.template.endswith("({0})")


def _of_whole(function: Function, laid: Laid) -> tuple[str, Laid]:
    """A function of one whole value: its symbol, and how it stands before the value."""
    symbol = function.writing.template.removesuffix("({0})") if _is_named(function) else function.name
    whole = isinstance(laid, Matrix)
    written = Function(
        name=symbol, writing=Writing(f"{symbol} {{0}}" if whole else f"{symbol}({{0}})", ATOM, (CHOICE,))
    )
    return symbol, written(replace(laid, argument=True) if whole else laid)


def _turned(laid: Laid) -> Laid:
    return lying(laid) if isinstance(laid, Matrix) else TRANSPOSE(laid)


def _times(first: Laid, second: Laid) -> Laid:
    return MATRIX_PRODUCT(_apart(first, MATRIX_PRODUCT), _apart(second, MATRIX_PRODUCT))


def _apart(laid: Laid, outer: Function) -> Laid:
    """In brackets where products of matrices, products number by number and multiples meet."""
    inner = laid.function if isinstance(laid, Call) else None
    return BRACKETS(laid) if inner in _MEETING.get(outer, ()) else laid
