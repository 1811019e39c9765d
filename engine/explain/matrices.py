"""A row of the walk as equations of matrices: `x = W·y + b`, each with its shape.

Nothing is computed here. A matrix knows which number stands in which place, and looks none of them up itself: of a
wide layer only what there is room for is ever asked for.
"""

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.explain.matrix import Matrix, MatrixForm
from engine.explain.of_loss import leaves_few_digits
from engine.explain.sheet import Sheet
from engine.formula.quantity import KINDS, Quantity
from engine.formula.tree import Derivative, Formula, Ref, filled
from engine.program.layers import OF_EXAMPLE
from engine.program.operations import NoFormulaError, Shape
from engine.program.rule import W
from engine.program.steps import Row
from engine.walking.session import Session


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
    try:
        if session.scenario.graph is not None:
            return _of_graph(session, row, example)
        return _Writer(session, row, example).forms()
    except NoFormulaError:
        return MatrixForms()


def _of_graph(session: Session, row: Row, example: int) -> MatrixForms:
    """The equations of a row of a graph, where vectors or matrices are in them."""
    training, examples = session.scenario.training, session.values.examples
    sheet = Sheet(
        session.timeline.steps.program,
        lambda quantity, number: value_at(session, quantity, number),
        example,
        [f"ex. {number + 1}" for number in examples] if len(examples) > 1 else (),
        mean=training.reduction == "mean",
        penalty=partial(_slope_of_penalty, session, row),
    )
    if row.quantity == "w+":
        return _update(session, row, sheet, lambda name: name)
    program, found = sheet.program, list[MatrixForm]()
    for name in row.values if row.quantity in ("y", "dE/dy", "dE/dw") else ():
        if not program.shapes[name] or (row.quantity != "y" and not program.consumers[name]):
            continue
        if row.quantity == "y":
            found.append(sheet.forward(name))
        elif row.quantity == "dE/dy":
            found += sheet.backward(name)
        else:
            found.append(sheet.parameters(name, program.consumers[name]))
    words = "".join(f"{symbol} is applied to each number. " for symbol in dict.fromkeys(sheet.applied))
    return MatrixForms(tuple(found), words=words + ("∘ multiplies number by number." if sheet.by_number else ""))


def _update(session: Session, row: Row, sheet: Sheet, target_of: Callable[[str], str]) -> MatrixForms:
    """An update's equations; `target_of` a parameter tells for what it is used."""
    training, program = session.scenario.training, sheet.program
    if len(training.formulas()) > 1:
        return MatrixForms()  # what it remembers, or computes on its way, is shown number by number
    rule = filled(training.formulas()["w+"], training.settings)
    trained = set(row.items)
    own = {name: program.names[name][1] for name in row.values}
    shown = [name for name, items in own.items() if program.shapes[name] and trained.intersection(items)]
    learning = training.learning_rule
    forms = tuple(
        sheet.update(name, target_of(name), rule, None if learning is None else learning.corrections(program, name))
        for name in shown
    )
    rest = (Quantity("w+", item) for name, items in own.items() if name not in shown for item in items)
    frozen = [item for name in shown for item in own[name] if item not in trained]
    words = f"Frozen, and left as they are: {', '.join(frozen)}." if frozen else ""
    return MatrixForms(forms, tuple(one for one in rest if one.subject in trained), words)


def _slope_of_penalty(session: Session, row: Row, name: str) -> Formula | None:
    """What the penalty adds to the derivative by a parameter, in the row with which that is whole."""
    penalty, steps = session.scenario.training.penalty, session.timeline.steps
    if penalty is None or steps.rows[steps.derivatives[name][-1][0]] != row:
        return None
    span = steps.program.parameters[name]
    count = len(penalty.within(span))
    if 0 < count < span.stop - span.start:
        raise NoFormulaError  # it is of some elements
    strengths = penalty.strengths(len(session.values.examples))
    return filled(penalty.slope, strengths | {W: Ref(name)}) if count else None


class _Layers(Sheet):
    """The values of layers, named by their nodes."""

    def __init__(self, session: Session, row: Row, example: int) -> None:
        training, examples = session.scenario.training, session.values.examples
        super().__init__(
            session.timeline.steps.program,
            lambda quantity, number: value_at(session, quantity, number),
            example,
            [f"ex. {number + 1}" for number in examples] if len(examples) > 1 else (),
            mean=training.reduction == "mean",
            penalty=partial(_slope_of_penalty, session, row),
        )
        self._steps, self._row, self._network = session.timeline.steps, row, session.scenario.layered
        self._frozen = training.frozen
        above = self._steps.row("w+", row.layer + 1)
        self.updated = row.quantity == "dE/dy" and training.immediate and above is not None

    def layer(self, name: str) -> int:
        """To which layer a value belongs."""
        place = self._steps.forward.get(name)
        return self._row.layer if place is None else self._steps.rows[place[0]].layer

    def matrix(self, leaf: Ref | Derivative, target: str, row: int = 0) -> Matrix:
        """As of any program, with its layer: that of parameters is the one in which they are used."""
        if isinstance(leaf, Ref) and (leaf.name in self.program.constants or leaf.name == OF_EXAMPLE):
            raise NoFormulaError  # weights of classes or examples: numbers that have no name
        found = super().matrix(leaf, target, row)
        if found.name not in self.program.parameters:
            return replace(found, layer=self.layer(found.name))
        kind = found.kind if len(self.program.shapes[found.name]) == 2 else KINDS[found.kind].alias
        return replace(found, kind=kind, layer=self.layer(target))

    def new(self, name: str, target: str) -> Matrix:
        """Parameters after the update."""
        found = super().new(name, target)
        return replace(found, kind=KINDS["w+"].alias) if self.matrix(Ref(name), target).kind != "w" else found

    def _kind(self, leaf: Ref | Derivative) -> str:
        kind = super()._kind(leaf)
        return "w+" if self.updated and kind == "w" else kind

    def _quantity(self, leaf: Ref | Derivative, item: int) -> Quantity:
        found = super()._quantity(leaf, item)
        if found.kind == "w+" and self._network.parameter_index[found.subject or ""] in self._frozen:
            return Quantity("w", found.subject)
        return found

    def _labels(self, name: str, target: str, shape: Shape) -> tuple[Sequence[str], Sequence[str]]:
        nodes, layer = self.program.names[name][1], self.layer(target)
        if name in self.program.parameters:
            columns = self._network.sources(layer) if len(shape) == 2 else ("",)
            return self._network.layer(layer).nodes if shape else nodes, columns
        return nodes, nodes if len(shape) == 2 else ("",)


class _Writer:
    """The forms of one row."""

    def __init__(self, session: Session, row: Row, example: int) -> None:
        self.session, self.row = session, row
        self.sheet = _Layers(session, row, example)
        self.program = self.sheet.program

    def forms(self) -> MatrixForms:
        return {
            "x": self._forward,
            "y": self._forward,
            "E": MatrixForms,
            "dE/dy": self._backward,
            "dE/dx": self._backward,
            "dE/dw": self._d_error_d_parameters,
            "w+": self._update,
        }[self.row.quantity]()

    def _forward(self) -> MatrixForms:
        """What is computed has an equation; of a row that computes something, what is given stands beside."""
        made = [name for name in self.row.values if name in self.program.equation]
        forms = tuple(map(self.sheet.forward, made or self.row.values))
        beside = [name for name in self.row.values if made and name not in made]
        words = "".join(f"{symbol} is applied to each number." for symbol in dict.fromkeys(self.sheet.applied))
        layer = self.session.scenario.layered.layer(self.row.layer) if self.row.layer else None
        if self.row.quantity == "y" and layer is not None and isinstance(layer.activation, tuple):
            words = f"f is each node's own: {layer.function_name}."
        return MatrixForms(forms, self._elements(beside), words)

    def _backward(self) -> MatrixForms:
        forms = [form for name in self.row.values for form in self.sheet.backward(name)]
        return MatrixForms(tuple(forms), words=self._words_going_back())

    def _words_going_back(self) -> str:
        if self.sheet.updated:
            return "The new weights: this scenario updates a layer before the error goes on."
        if self.sheet.by_number:
            return "∘ multiplies number by number."
        if self.program.direct.keys() & {*self.row.values}:
            numbers = ([self._value(kind, name) for name in self.row.items] for kind in "yt")
            if any(map(leaves_few_digits, *numbers)):
                return "Where few digits are left of y − t, it is taken from what both leave of 1."
        return ""

    def _value(self, kind: str, name: str) -> float | None:
        return value_at(self.session, Quantity(kind, name), self.sheet.example)

    def _d_error_d_parameters(self) -> MatrixForms:
        """The weights; of what stands beside them, what is handed on as it is."""
        forms, rest = [], []
        for number, name in enumerate(self.row.values):
            used = [one for one in self.program.consumers[name] if self.sheet.layer(one.target) >= self.row.layer]
            try:
                found = self.sheet.parameters(name, used)
            except NoFormulaError:
                rest.append(name)
                continue
            if number and (not self.program.shapes[name] or len(found.pieces) > 3):
                rest.append(name)
            else:
                forms.append(found)
        return MatrixForms(tuple(forms), self._elements(rest))

    def _update(self) -> MatrixForms:
        return _update(self.session, self.row, self.sheet, lambda name: self._target)

    @property
    def _target(self) -> str:
        """What the parameters of the row are used for, in its own layer."""
        used = self.program.consumers[self.row.values[0]]
        return next(one.target for one in used if self.sheet.layer(one.target) == self.row.layer)

    def _elements(self, names: Sequence[str]) -> tuple[Quantity, ...]:
        """The numbers of values, one by one."""
        return tuple(Quantity(self.row.quantity, item) for name in names for item in self.program.names[name][1])
