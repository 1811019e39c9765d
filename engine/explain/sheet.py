"""A program's values as matrices, and its equations with them: forward, and back by the chain rule."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from math import prod
from typing import Any

from msgspec.structs import replace

from engine.explain.laid_out import BRACKETS, MEAN, LaidOut, form
from engine.explain.matrix import NO_LAYER, Matrix, MatrixForm, MatrixPiece, row_of
from engine.formula.functions import ADD
from engine.formula.quantity import KINDS, Quantity
from engine.formula.tree import Call, Derivative, Formula, Operand, Ref, filled, leaves
from engine.program.across.derivatives import OUTER_PRODUCT, THROUGH_ROWS
from engine.program.chain_rule import pulled_formula
from engine.program.equations import Equation, Program
from engine.program.learning_rules import CORRECTION
from engine.program.operations import NoFormulaError, Shape

Value = Callable[[Quantity, int], float | None]
"""A number, of an example of the batch."""
Parts = Sequence[tuple[str, Formula]]
"""What comes back through equations: the target of each, and the formula."""


class Sheet:
    """The equations of one example; of a batch, where derivatives of parameters are its sum.

    Args:
        program: what is computed.
        value: of the numbers that stand between matrices.
        example: the example's number within the batch, from 0.
        examples: the names of the batch's examples, where there are several.
        mean: whether their derivatives are averaged.
        penalty: of a parameter what a penalty adds to its derivative, over the whole value, or None.

    Attributes:
        applied: the functions that are applied to each number in what was laid out so far.
        by_number: whether any product in it goes number by number.
    """

    def __init__(
        self,
        program: Program,
        value: Value,
        example: int = 0,
        examples: Sequence[str] = (),
        *,
        mean: bool = False,
        penalty: Callable[[str], Formula | None] = lambda name: None,
    ) -> None:
        self.program, self.example = program, example
        self._value, self._examples, self._mean, self._penalty = value, examples, mean, penalty
        self.applied: list[str] = []
        self.by_number = False

    def matrix(self, leaf: Ref | Derivative, target: str, row: int = 0) -> Matrix:
        """Numbers of a value, or derivatives by it, as they stand in the equation of a target.

        Args:
            leaf: which.
            target: of the equation.
            row: of local derivatives that are a matrix for each row, of which one.
        """
        name = leaf.name if isinstance(leaf, Ref) else leaf.by
        shape = self.program.shape(leaf)[-2:]
        width, start = shape[1] if len(shape) == 2 else 1, row * prod(shape)
        rows, columns = self._labels(name, target, shape)
        number = partial(self._quantity, leaf)
        kind = self._kind(leaf)
        return Matrix(
            kind, NO_LAYER, rows, columns, lambda i, j: (number(start + i * width + j), self.example), name=name
        )

    def _kind(self, leaf: Ref | Derivative) -> str:
        """What kind of quantity the numbers are."""
        if isinstance(leaf, Ref):
            return self.program.names[leaf.name][0]
        of = "E" if leaf.of is None else self.program.names[leaf.of][0]
        return f"d{of}/d{self.program.names[leaf.by][0]}"

    def _quantity(self, leaf: Ref | Derivative, item: int) -> Quantity:
        """What an element is called."""
        kind = self._kind(leaf)
        if isinstance(leaf, Ref) or leaf.of is None:
            return Quantity(kind, self.program.names[leaf.name if isinstance(leaf, Ref) else leaf.by][1][item])
        (_, numerators), (_, denominators) = self.program.names[leaf.of], self.program.names[leaf.by]
        below = item
        if len(self.program.shape(leaf)) > len(self.program.shapes[leaf.by]):  # each element of a row by each
            width = self.program.shape(leaf)[-1]
            row, column = divmod(item, width)
            item, below = row, row - row % width + column
        of, by = numerators[item], denominators[below]
        return Quantity(kind, of, None if of == by else by)

    def _labels(self, name: str, target: str, shape: Shape) -> tuple[Sequence[str], Sequence[str]]:
        """The names of rows and columns."""
        if len(shape) < 2:
            return self.program.names[name][1], ("",)
        rows, columns = (tuple(str(number + 1) for number in range(size)) for size in shape)
        return rows, columns

    def _number(self, leaf: Ref | Derivative) -> MatrixPiece:
        quantity = self._quantity(leaf, 0)
        return Operand(quantity, self._value(quantity, self.example), self.example)

    def forward(self, name: str) -> MatrixForm:
        """How a value is computed; of a given one, its numbers."""
        result, equation = self.matrix(Ref(name), name), self.program.equation.get(name)
        return MatrixForm((result,)) if equation is None else self._form(result, [(name, equation.formula)])

    def backward(self, name: str) -> list[MatrixForm]:
        """How the derivative of E by a value is computed; through a function of each row as a whole, row by row.

        Raises:
            NoFormulaError: it cannot be written with matrices.
        """
        if self._examples and name in self.program.shared:
            raise NoFormulaError  # a sum over the examples
        parts = self._parts(name, self.program.consumers[name])
        result = self.matrix(Derivative(name), name)
        target, formula = parts[0]
        through_rows = isinstance(formula, Call) and formula.function is THROUGH_ROWS
        if len(parts) > 1 or not through_rows or len(self.program.shapes[name]) == 1:
            return [self._form(result, parts)]
        assert isinstance(formula, Call)
        return [self._of_row(row_of(result, row), formula, target, row) for row in range(len(result.rows))]

    def _of_row(self, result: Matrix, through_rows: Call, target: str, row: int) -> MatrixForm:
        slopes, adjoint = through_rows.arguments
        if not isinstance(slopes, Derivative) or not isinstance(adjoint, Derivative):
            raise NoFormulaError
        left, right = self.matrix(slopes, target, row), row_of(self.matrix(adjoint, target), row)
        return form(result, LaidOut.through(left, right))

    def parameters(self, name: str, equations: Iterable[Equation]) -> MatrixForm:
        """How the derivative of E by parameters is computed, as far as these equations add to it.

        Raises:
            NoFormulaError: it cannot be written with matrices.
        """
        parts = self._parts(name, equations)
        products = (isinstance(formula, Call) and formula.function is OUTER_PRODUCT for _, formula in parts)
        if self._examples and not all(products):
            raise NoFormulaError
        result = self.matrix(Derivative(name), parts[0][0])
        return self._form(result, parts, self._examples, beside=self._penalty(name))

    def new(self, name: str, target: str) -> Matrix:
        """Parameters after the update, as they stand in the equation of a target."""
        before = self.matrix(Ref(name), target)
        place = before.place
        return replace(before, kind="w+", place=lambda i, j: (Quantity("w+", place(i, j)[0].subject), self.example))

    def update(self, name: str, target: str, rule: Formula, corrections: Formula | None = None) -> MatrixForm:
        """An update's rule with matrices in the places of its operands; the learning rate stays a number.

        Args:
            name: of the parameters.
            target: of the equation in which they are used.
            rule: the rule.
            corrections: what a learning rule takes of them, by one example.

        Raises:
            NoFormulaError: it cannot be written with matrices.
        """

        def operand(leaf: Operand) -> Any:
            kind = leaf.quantity.kind
            if leaf == CORRECTION and corrections is not None:
                return self._corrections(self.new(name, target), target, corrections)
            if KINDS[kind].of != "parameter":
                return Operand(leaf.quantity, self._value(leaf.quantity, self.example), self.example)
            return self.matrix(Ref(name) if kind == "w" else Derivative(name), target)

        whole = filled(rule, {leaf: operand(leaf) for leaf in leaves(rule) if isinstance(leaf, Operand)})
        return form(self.new(name, target), whole)

    def _corrections(self, result: Matrix, target: str, formula: Formula) -> Any:
        summed = isinstance(formula, Call) and formula.function is OUTER_PRODUCT
        if self._examples and not summed:
            raise NoFormulaError
        layout = LaidOut(self.program, partial(self.matrix, target=target), self._number, result, self._examples)
        laid = layout.of(formula)
        return MEAN(float(len(self._examples)), BRACKETS(laid)) if self._examples and self._mean else laid

    def _parts(self, name: str, equations: Iterable[Equation]) -> Parts:
        if name in self.program.direct:
            return [(name, self.program.direct[name])]
        return [(equation.target, pulled_formula(self.program, equation, name)) for equation in equations]

    def _form(
        self, result: Matrix, parts: Parts, examples: Sequence[str] = (), *, beside: Formula | None = None
    ) -> MatrixForm:
        laid = []
        for target, formula in [*parts, *([] if beside is None else [(parts[0][0], beside)])]:
            layout = LaidOut(self.program, partial(self.matrix, target=target), self._number, result, examples)
            laid.append(layout.of(formula))
            self.applied += layout.applied
            self.by_number |= layout.by_number
        whole = reduce(ADD, laid[: len(parts)])
        if examples and self._mean:
            whole = MEAN(float(len(examples)), BRACKETS(whole) if len(parts) > 1 and beside is not None else whole)
        found = form(result, reduce(ADD, [whole, *laid[len(parts) :]]))
        used = [matrix.name for matrix in found.matrices[1:]]
        from_error = any(self.program.is_part_of_error(target) and target != result.name for target, _ in parts)
        if not used or (from_error and len(set(used)) < len(used)):
            raise NoFormulaError  # numbers alone; or values of a loss's slope stand in it twice, for which no room is
        return found
