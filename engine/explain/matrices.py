"""A row of the walk as an equation of matrices: `x = W·y + b`, each with its shape.

Nothing is computed here. A matrix knows which number stands in which place, and looks none of them up itself: of a
wide layer only what there is room for is ever asked for.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.explain.terms import leaves_few_digits
from engine.formula.quantity import KINDS, Quantity
from engine.formula.tree import Operand, filled, leaves
from engine.formula.written import text_pieces
from engine.program.scenario import Scenario
from engine.program.steps import Row
from engine.walking.session import Session

Place = Callable[[int, int], tuple[Quantity, int]]
"""From row and column to the number that stands there: which quantity, of which example of the batch."""


class Matrix(Struct, frozen=True, eq=False):
    """Numbers in rows and columns.

    Attributes:
        kind: what its numbers are; `b`, `b+` and `dE/db` where they are of biases.
        layer: of which layer.
        rows: the rows' names.
        columns: the columns' names; of a vector one, which is empty.
        place: which number stands where.
        transposed: whether it is drawn lying on its side.
        argument: whether a function is applied to each of its numbers.
    """

    kind: str
    layer: int
    rows: Sequence[str]
    columns: Sequence[str]
    place: Place
    transposed: bool = False
    argument: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return len(self.rows), len(self.columns)


MatrixPiece = str | Operand | Matrix


class MatrixForm(Struct, frozen=True, eq=False):
    """One equation: matrices, and what stands between them, in reading order; the result comes first."""

    pieces: tuple[MatrixPiece, ...]

    @property
    def matrices(self) -> list[Matrix]:
        """The matrices among the pieces."""
        return [piece for piece in self.pieces if isinstance(piece, Matrix)]

    @property
    def result(self) -> Matrix:
        """What the equation computes."""
        return self.matrices[0]


class MatrixForms(Struct, frozen=True, eq=False):
    """A row as matrices.

    Attributes:
        forms: its equations: for parameters one for the weights and one for the biases; none where the row has no
            such form.
        rest: what the row computes beside them, such as the one bias that all nodes share.
        words: what the matrices do not say.
    """

    forms: tuple[MatrixForm, ...] = ()
    rest: tuple[Quantity, ...] = ()
    words: str = ""


def matrix_forms(session: Session, row: Row, example: int = 0) -> MatrixForms:
    """The calculation of a whole row.

    Args:
        session: where the learning rate and the batch come from.
        row: the row.
        example: the example's number within the batch, from 0; derivatives of parameters are of the whole batch.
    """
    return _Writer(session, row, example).forms()


class _Writer:
    """The forms of one row."""

    def __init__(self, session: Session, row: Row, example: int) -> None:
        self.session, self.row, self.example = session, row, example
        self.scenario: Scenario = session.scenario
        self.network, self.layer = self.scenario.layered, row.layer

    def forms(self) -> MatrixForms:
        return {
            "x": self._total_inputs,
            "y": self._outputs,
            "E": MatrixForms,
            "dE/dy": self._d_error_d_outputs,
            "dE/dx": self._d_error_d_inputs,
            "dE/dw": self._d_error_d_parameters,
            "w+": self._update,
        }[self.row.quantity]()

    # Matrices

    def vector(self, kind: str, layer: int | None = None, *, argument: bool = False) -> Matrix:
        """A quantity of a layer's nodes, as a column."""
        number = self.layer if layer is None else layer
        # an input beside the nodes that a layer computes is among what goes on from there, never among its results
        going_on = kind == "y" and number < self.layer
        names = self.network.nodes(number) if going_on or not number else self.network.computed(number)
        return Matrix(
            kind, number, names, ("",), lambda i, j: (Quantity(kind, names[i]), self.example), argument=argument
        )

    def weights(self, kind: str, layer: int | None = None, *, going_back: bool = False) -> Matrix:
        """A quantity of a layer's weights, a row for each of its nodes; `going_back`, transposed."""
        number = self.layer if layer is None else layer
        definition, sources = self.network.layer(number), self.network.nodes(number - 1)
        if going_back:
            sources = self.network.computed(number - 1)
        names, index = definition.weight_names, self.network.parameter_index
        frozen = self.scenario.training.frozen if going_back and kind == "w+" else ()

        def place(i: int, j: int) -> tuple[Quantity, int]:
            name = names[j][i] if going_back else names[i][j]
            return Quantity("w" if index[name] in frozen else kind, name), self.example

        rows, columns = (sources, definition.nodes) if going_back else (definition.nodes, sources)
        return Matrix(kind, number, rows, columns, place, transposed=going_back)

    def biases(self, kind: str) -> Matrix:
        """A quantity of the layer's biases, as a column; a shared one stands in it once for each node."""
        definition = self.network.layer(self.layer)
        names = [definition.bias_name(i) for i in range(len(definition.nodes))]
        of_biases = KINDS[kind].alias
        return Matrix(
            of_biases, self.layer, definition.nodes, ("",), lambda i, j: (Quantity(kind, names[i]), self.example)
        )

    # Rows

    def _total_inputs(self) -> MatrixForms:
        pieces: tuple[MatrixPiece, ...] = (self.weights("w"), "·", self.vector("y", self.layer - 1))
        if self.network.layer(self.layer).bias_names:
            pieces = (*pieces, " + ", self.biases("w"))
        return self._equation(*pieces)

    def _outputs(self) -> MatrixForms:
        if self.layer == 0:
            return MatrixForms((MatrixForm((self.vector("y"),)),))
        activation = self.network.layer(self.layer).activation
        words = "" if activation.joint else f"{activation.symbol} is applied to each number."
        found = self._equation(f"{activation.symbol} ", self.vector("x", argument=True), words=words)
        beside = self.network.nodes(self.layer)[len(self.network.computed(self.layer)) :]
        return replace(found, rest=tuple(Quantity("y", name) for name in beside))

    def _d_error_d_outputs(self) -> MatrixForms:
        above = self.layer + 1
        if self.layer < self.network.depth:
            updated = self.scenario.training.immediate and self.session.timeline.steps.row("w+", above) is not None
            weights = self.weights("w+" if updated else "w", above, going_back=True)
            words = "The new weights: this scenario updates a layer before the error goes on." if updated else ""
            return self._equation(weights, "·", self.vector("dE/dx", above), words=words)
        y, t = (Operand(Quantity(kind)) for kind in "yt")
        formula = self.network.loss.slope_formula(y, t, float(len(self.network.outputs)))
        if sorted(leaf.quantity.kind for leaf in leaves(formula) if isinstance(leaf, Operand)) != ["t", "y"]:
            return MatrixForms()  # of the two that there are, one is missing or stands in it twice
        pieces = text_pieces(formula)
        return self._equation(
            *(
                self.vector(piece.quantity.kind) if isinstance(piece, Operand) else self._by_number(piece, pieces)
                for piece in pieces
            )
        )

    def _by_number(self, text: str, pieces: Sequence[str | Operand]) -> str:
        """Between two vectors a division goes number by number, as ∘ does."""
        between = text not in (pieces[0], pieces[-1])
        return text.replace(" / ", " ⊘ ") if between else text

    def _d_error_d_inputs(self) -> MatrixForms:
        nodes = self.network.nodes(self.layer)
        if self.network.fused(self.layer):
            y, t = ([value_at(self.session, Quantity(kind, name), self.example) for name in nodes] for kind in "yt")
            near = any(map(leaves_few_digits, y, t))
            words = "Where few digits are left of y − t, it is taken from what both leave of 1." if near else ""
            return self._equation(self.vector("y"), " − ", self.vector("t"), words=words)
        if not self.network.layer(self.layer).activation.joint:
            words = "∘ multiplies number by number."
            return self._equation(self.vector("dy/dx"), " ∘ ", self.vector("dE/dy"), words=words)
        slopes = Matrix(
            "dy/dx",
            self.layer,
            nodes,
            nodes,
            lambda i, j: (Quantity("dy/dx", nodes[j], None if i == j else nodes[i]), self.example),
            transposed=True,
        )
        return self._equation(slopes, "·", self.vector("dE/dy"))

    def _d_error_d_parameters(self) -> MatrixForms:
        examples = self.session.values.examples
        uses = [layer for layer in self.network.uses(self.layer) if layer >= self.layer]
        pieces: list[MatrixPiece] = []
        for layer in uses:
            pieces += [" + " if pieces else "", *self._outer_product(layer)]
        if len(examples) > 1 and self.scenario.training.reduction == "mean":
            before, after = ("(", ")") if len(uses) > 1 else ("", "")
            pieces = [f"1/{len(examples)} · {before}", *pieces, after]
        forms = [MatrixForm(_pieces(self.weights("dE/dw"), *pieces))]
        definition = self.network.layer(self.layer)
        rest = definition.bias_names
        if rest and len(examples) == 1 and not definition.shared_bias and len(uses) == 1:
            forms.append(MatrixForm((self.biases("dE/dw"), " = ", self.vector("dE/dx"))))
            rest = ()
        return MatrixForms(tuple(forms), tuple(Quantity("dE/dw", name) for name in rest))

    def _outer_product(self, layer: int) -> tuple[MatrixPiece, ...]:
        """dE/dx·yᵀ, the part of dE/dw that comes from the use in one layer: a column and a row for each example."""
        examples = self.session.values.examples
        labels = tuple(f"ex. {number + 1}" for number in examples) if len(examples) > 1 else ("",)
        nodes, sources = self.network.computed(layer), self.network.nodes(layer - 1)

        def shown(example: int) -> int:
            return example if len(examples) > 1 else self.example

        left = Matrix("dE/dx", layer, nodes, labels, lambda i, j: (Quantity("dE/dx", nodes[i]), shown(j)))
        right = Matrix(
            "y", layer - 1, labels, sources, lambda i, j: (Quantity("y", sources[j]), shown(i)), transposed=True
        )
        return left, "·", right

    def _update(self) -> MatrixForms:
        training, definition = self.scenario.training, self.network.layer(self.layer)
        if training.optimizer.slots:
            return MatrixForms()  # what it remembers is shown number by number
        rule = text_pieces(filled(training.optimizer.formulas()["w+"], training.optimizer.settings))
        forms = []
        trained = set(self.row.items)
        weights = {name for names in definition.weight_names for name in names}
        if weights & trained:
            forms.append(MatrixForm(_pieces(self.weights("w+"), *self._of_whole(rule, self.weights))))
        rest = tuple(name for name in definition.bias_names if name in trained)
        if rest and not definition.shared_bias:
            forms.append(MatrixForm(_pieces(self.biases("w+"), *self._of_whole(rule, self.biases))))
            rest = ()
        frozen = [name for name in definition.parameter_names if name in weights and name not in trained]
        words = f"Frozen, and left as they are: {', '.join(frozen)}." if frozen and forms else ""
        return MatrixForms(tuple(forms), tuple(Quantity("w+", name) for name in rest), words)

    def _of_whole(self, rule: Sequence[str | Operand], matrix: Callable[[str], Matrix]) -> Iterator[MatrixPiece]:
        """An update's rule with matrices in the places of its operands; the learning rate stays a number."""
        for piece in rule:
            if isinstance(piece, str):
                yield piece
            elif piece.quantity.kind == "learning_rate":
                yield Operand(piece.quantity, value_at(self.session, piece.quantity), self.example)
            else:
                yield matrix(piece.quantity.kind)

    def _equation(self, *pieces: MatrixPiece, words: str = "") -> MatrixForms:
        """The row's own vector, and the pieces after `=`."""
        return MatrixForms((MatrixForm(_pieces(self.vector(self.row.quantity), *pieces)),), words=words)


def _pieces(result: Matrix, *pieces: MatrixPiece) -> tuple[MatrixPiece, ...]:
    """An equation; text beside text is joined."""
    joined: list[MatrixPiece] = [result, " = "]
    for piece in pieces:
        if isinstance(piece, str) and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)
