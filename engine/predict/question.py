"""What is asked before a step is shown: one number of it, and where that is the point first its direction."""

import math
from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct

from engine.ask.lookup import value_of
from engine.ask.notes import shown_first
from engine.explain.parts import Explanation
from engine.explain.terms import explain
from engine.formula.quantity import Quantity
from engine.formula.tree import Operand, Ref
from engine.predict.by_hand import cancelled, lost
from engine.program.equations import Equation, Program
from engine.program.graph import TOTAL_OF_UPSTREAM, Graph
from engine.program.network import Network
from engine.program.scenario import Training
from engine.program.steps import Row
from engine.walking.advance import taken
from engine.walking.session import Session

Direction = Literal["positive", "negative", "zero"]
"""Of a derivative its sign; of an update where the parameter goes: up, down, nowhere."""
EPSILON = 2.0**-52
ROUNDINGS = 16
"""How many roundings of its largest term a calculation by hand may differ by."""


class Skill(NamedTuple):
    """What is practised: a kind of quantity; dE/dy has one rule at the outputs and another below them.

    In a graph, at the outputs is by a term of the error, or by what nothing but these uses.
    """

    quantity: str
    at_outputs: bool = False
    of_graph: bool = False


class Question(Struct, frozen=True, eq=False, dict=True):
    """A number that the next step will show.

    Attributes:
        before: the session in which it is asked; what is known there may be used in an answer.
        after: the session with the step done.
        quantity: what is asked.
        example: of which example of the batch, from 0.
        value: the right answer, a finite number.
    """

    before: Session
    after: Session
    quantity: Quantity
    example: int
    value: float

    @property
    def name(self) -> str:
        """The node or parameter that is asked about."""
        return self.quantity.subject or ""

    @property
    def row(self) -> Row:
        """The row to which the step belongs."""
        assert self.after.row is not None
        return self.after.row

    @property
    def network(self) -> Network | Graph:
        """The network that is walked, or the graph."""
        return self.after.scenario.network

    @property
    def layered(self) -> Network:
        """The network, of what is asked of layers only."""
        return self.after.scenario.layered

    @property
    def graph(self) -> Graph | None:
        """The graph of formulas; None where there are layers."""
        return self.after.scenario.graph

    @property
    def program(self) -> Program:
        """What is computed."""
        return self.after.timeline.steps.program

    @property
    def training(self) -> Training:
        """How it learns."""
        return self.after.scenario.training

    @property
    def is_fused(self) -> bool:
        """Whether the row is of a layer at which activation and loss cancel."""
        return self.layered.fused(self.row.layer) is not None

    @property
    def is_alone(self) -> bool:
        """Whether each output of the row's layer depends on its own total input only."""
        return self.equation.by_element

    @property
    def equation(self) -> Equation:
        """What makes the outputs of the row's layer."""
        return self.program.equation[f"y{self.row.layer}"]

    @property
    def skill(self) -> Skill:
        """What it practises."""
        if self.graph is None:
            at_outputs = self.row.quantity == "dE/dy" and self.row.layer == self.network.depth
            return Skill(self.row.quantity, at_outputs)
        at_outputs = self.row.quantity == "dE/dy" and self._is_next_to_error(self.row.node)
        return Skill(self.row.quantity, at_outputs, of_graph=True)

    def _is_next_to_error(self, value: str) -> bool:
        """Whether a value of a graph is a term of the error, or used by such alone."""
        uses = self.program.consumers[value]
        return value in self.program.errors or all(use.target in self.program.errors for use in uses)

    @property
    def per_example(self) -> bool:
        """Whether each example of the batch has a number of its own: not of parameters, nor of what is one for all."""
        return self.row.per_example and not {*self.row.values} & self.program.shared

    @property
    def examples(self) -> int:
        """How many examples the batch has."""
        return len(self.after.values.examples)

    @cached_property
    def base(self) -> float:
        """From where the number is measured: of an update the old value, for its change is compared; else 0."""
        return (self.number("w", self.name) or 0.0) if self.row.quantity == "w+" else 0.0

    @cached_property
    def beside(self) -> float:
        """What stands beside the sum over paths and examples in a derivative: the penalty's part."""
        if self.row.quantity != "dE/dw":
            return 0.0
        return sum(part.value for part in self.explanation.beside if part.value is not None)

    @property
    def is_directed(self) -> bool:
        """Whether the direction is asked first."""
        return self.row.kind.goes_back

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The direction; where the number is only what rounding left of terms that cancel, zero is right as well."""
        change = self.value - self.base
        if change == 0:
            return ("zero",)
        sign: Direction = "positive" if change > 0 else "negative"
        return (sign, "zero") if abs(change) <= self.cancelling else (sign,)

    @cached_property
    def explanation(self) -> Explanation:
        """Its calculation, every operand known."""
        return explain(self.after, self.quantity, self.example)

    def number(self, kind: str, name: str, through: str | None = None, *, example: int | None = None) -> float | None:
        """Any number that is computed once the step is done."""
        quantity = Quantity(kind, name, through)
        return value_of(self.after.scenario, self.after.values, quantity, self.example if example is None else example)

    def taken(self, name: str) -> float | None:
        """What an update takes of a parameter: its derivative, or by a learning rule its correction."""
        if self.training.learning_rule is None:
            return self.number("dE/dw", name)
        values, index = self.after.values, self.network.parameter_index[name]
        first = values.steps.span(self.row).start
        return float(taken(self.after.scenario, values, self.row)[index - first])

    def operand(self, ref: Ref, example: int, kind: str = "") -> Operand:
        """An element of a graph's value, or the derivative of E by it, with its number in an example."""
        asked = (ref, example, kind)
        if asked not in self._operands:
            holds, names = self.program.names[ref.name]
            name = names[ref.item or 0]
            number = self.number(kind or holds, name, example=example)
            self._operands[asked] = Operand(Quantity(kind or holds, name), number, example)
        return self._operands[asked]

    @cached_property
    def _operands(self) -> dict[tuple[Ref, int, str], Operand]:
        return {}

    @property
    def own_part(self) -> float:
        """What a term of a graph's error adds to the derivative by it, as such."""
        if self.graph is None or self.graph.value_of_element[self.name].name not in self.program.errors:
            return 0.0
        return 1.0 if self.per_example else float(self.examples)

    # What rounding may do

    @cached_property
    def cancelling(self) -> float:
        """How far from 0 the terms of its sum may end by rounding alone, where they cancel."""
        if self._is_formula:
            return ROUNDINGS * EPSILON * sum(cancelled(part.formula) for part in self.explanation.summands)
        terms = [part.value for part in self.explanation.summands if part.value is not None] or self._difference
        return ROUNDINGS * EPSILON * sum(abs(term) for term in terms if math.isfinite(term))

    @cached_property
    def rounding(self) -> float:
        """How far by rounding alone arithmetic by hand may end from the number.

        By hand 1 − y loses digits as y nears 1, which the engine's slope does not; E is a square of a difference.
        """
        most = [self.cancelling]
        if self._is_formula:
            most.append(ROUNDINGS * EPSILON * sum(lost(part.formula) for part in self.explanation.summands))
        elif self.row.quantity == "y":
            most.append(ROUNDINGS * EPSILON)
        elif self.row.quantity == "E":
            y, t = self.number("y", self.name) or 0.0, self.number("t", self.name) or 0.0
            most.append(ROUNDINGS * EPSILON * (abs(y) + abs(t)) * abs(y - t))
        elif self.row.quantity == "dE/dx" and not self.is_fused:
            most.append(ROUNDINGS * EPSILON * abs(self.number("dE/dy", self.name) or 0.0))
        return max(part for part in most if math.isfinite(part))

    @property
    def _is_formula(self) -> bool:
        """Whether its calculation is a graph's, and no update."""
        return self.graph is not None and self.row.quantity != "w+"

    @property
    def _difference(self) -> list[float]:
        """The terms of y − t, where that is the calculation."""
        row = self.row
        subtracts = row.quantity == "dE/dy" or (row.quantity == "dE/dx" and self.is_fused)
        if row.layer != self.network.depth or not subtracts:
            return []
        y, t = self.number("y", self.name), self.number("t", self.name)
        return [] if y is None or t is None else [y, t]


def question_of(session: Session, selected: str | None = None, example: int = 0) -> Question | None:
    """What to ask before the next step; None where there is nothing to predict.

    That is: the walk has ended, the step shows an input, which is given, or its number is not finite.

    Args:
        session: the place.
        selected: which of a layer step's numbers is asked, by its name; else the one that is explained first.
        example: which example of the batch is looked at, from 0.
    """
    after = session.forward()
    row = after.row
    if after is session or row is None or (row.quantity, row.layer) == ("y", 0):
        return None
    if TOTAL_OF_UPSTREAM in row.items:  # derivatives are given: E only stands for them
        return None
    chosen = session.detail == "layer" and selected in row.items
    first = shown_first(after)
    name = selected if chosen else (first.subject if first else None) or after.fresh[0]
    quantity = Quantity(row.quantity, name)
    if row.phase == "forward" and after.scenario.network.is_input(name or ""):  # it comes in beside the outputs
        return None
    example = example if row.per_example and example < len(after.values.examples) else 0
    value = value_of(after.scenario, after.values, quantity, example)
    if value is None or not math.isfinite(value):
        return None
    return Question(session, after, quantity, example, value)
