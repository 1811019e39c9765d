"""What calculations of layers and of formulas have in common: operands, results, and the quantities of parameters."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from engine.ask.lookup import value_at
from engine.ask.whereabouts import go_to
from engine.explain.batch_terms import BatchTerms
from engine.explain.origin import made_by_update, origin
from engine.explain.parts import Explanation, Part, Parts, decided, defined, part_of, symbol
from engine.formula.functions import ADD, MEAN, MULTIPLY, SIGMA, SQRT, SQUARE, TOTAL
from engine.formula.quantity import KINDS, Quantity
from engine.formula.tree import Call, Formula, Operand, Ref, Symbol, filled, leaves
from engine.program.across.batch import in_batch
from engine.program.penalty import AT_CORNER
from engine.program.rule import TIME, W, in_force
from engine.program.schedules import ITERATION, START
from engine.walking.session import Session

MOST_IN_A_NORM = 3
"""Derivatives up to which a norm is shown with the numbers put in."""

MOST_LISTED = 8
"""Parameters of a penalty that stand in its sum one by one; of more the first ones and the last."""
MOST_AT_ONCE = 256
"""Terms of a sum over a batch that are made whether they are seen or not."""
READ = 9
"""Digits of numbers that are no quantities of the walk: as many as one reads, and types in again."""


def _read(number: float) -> float:
    return float(f"{number:.{READ}g}")


class Explainer(ABC):
    """The rules of one session and one example."""

    def __init__(self, session: Session, example: int) -> None:
        self.session, self.example = session, example
        self.scenario, self.program = session.scenario, session.timeline.steps.program
        self.arithmetic = session.scenario.training.arithmetic
        self.of_outputs = self.arithmetic.field.of_outputs
        self._start = session.values.beginning.theta
        self._made: dict[Quantity, Explanation] = {}

    @abstractmethod
    def explain(self, quantity: Quantity) -> Explanation:
        """The calculation of a quantity."""

    # Pieces

    def once(self, quantity: Quantity, made: Callable[[], Explanation]) -> Explanation:
        """A calculation that completes those of many numbers."""
        if quantity not in self._made:
            self._made[quantity] = made()
        return self._made[quantity]

    def operand(
        self, kind: str, subject: str | None = None, through: str | None = None, example: int | None = None
    ) -> Operand:
        """A number of the walk by its name."""
        quantity, number = Quantity(kind, subject, through), self.example if example is None else example
        return Operand(quantity, value_at(self.session, quantity, number), number)

    def result(
        self,
        quantity: Quantity,
        rule: Formula,
        parts: Iterable[Part],
        *,
        divisor: int = 1,
        where: tuple[Explanation, ...] = (),
        words: str = "",
        batch: tuple[int, ...] = (),
        of_one: bool = False,
    ) -> Explanation:
        """A calculation of these parts, with the number that it comes to; `of_one`: of one example alone."""
        value = value_at(self.session, quantity, self.example)
        if divisor > 1:
            rule = MEAN(float(divisor), rule)
        # few are made at once: a calculation that is kept must not keep the iteration's arrays
        found: Sequence[Part] = tuple(parts) if not isinstance(parts, Parts | BatchTerms) else parts
        found = tuple(found) if isinstance(found, BatchTerms) and len(found) <= MOST_AT_ONCE else found
        batch = batch or (self.batch if not of_one and self._of_several(found) else ())
        return Explanation(quantity, value, self.example, rule, found, divisor, where, words, batch=batch)

    def _of_several(self, parts: Iterable[Part]) -> bool:
        """Whether numbers of several examples stand in a calculation."""
        if len(self.session.values.examples) == 1:
            return False
        operands = {operand for part in parts for operand in part.operands}
        return len({operand.example for operand in operands if self._is_of_example(operand.quantity)}) > 1

    def _is_of_example(self, quantity: Quantity) -> bool:
        """Whether each example has a number of its own."""
        if quantity.kind not in KINDS or KINDS[quantity.kind].over != "example" or quantity.subject is None:
            return False
        ref = self.program.known_elements.get(("y", quantity.subject))
        return ref is None or ref.name not in self.program.shared

    @property
    def batch(self) -> tuple[int, ...]:
        """The examples that a sum over the batch has to tell apart."""
        examples = self.session.values.examples
        return tuple(examples) if len(examples) > 1 else ()

    def words_of_weights(self) -> str:
        """What is said where E is divided by what the examples' weights sum to."""
        if not (self.batch and self.scenario.training.by_weights and self.scenario.network.weighted):
            return ""
        return "Weights are scaled so that their mean here is 1: E is divided by what they sum to."

    @property
    def divisor(self) -> int:
        """By what a sum over the batch is divided."""
        return len(self.batch) if self.batch and self.scenario.training.reduction == "mean" else 1

    def named(self, ref: Ref, example: int) -> Operand:
        """The operand that an element of a value is."""
        kind, names = self.program.names[ref.name]
        name = names[ref.item or 0]
        if ref.name not in self.program.parameters:
            return self.operand(kind, name, example=example)
        index = self.program.parameters[ref.name].start + (ref.item or 0)  # which needs no look for the name
        return Operand(Quantity(kind, name), float(self._start[index]), example)

    def with_operands(self, formula: Formula, example: int) -> Formula:
        """A formula over elements, of operands: where examples of the batch meet, of those of each."""
        return in_batch(formula, example, len(self.session.values.examples), self.named)

    def given_input(self, quantity: Quantity, words: str = "") -> Explanation:
        """A number that the example gives, or that is made of such before the walk."""
        preparation, name = self.scenario.preparation, quantity.subject or ""
        if preparation is None or (preparation.means is None and preparation.feature(name) is None):
            return self.result(quantity, Symbol("the example's input"), (), words=words)
        formula = preparation.formula(name)
        rule = filled(formula, {leaf: Symbol(leaf.name) for leaf in leaves(formula) if isinstance(leaf, Ref)})
        numbers = preparation.numbers(name, self.session.values.inputs[self.example])
        part = Part(filled(formula, {leaf: _read(numbers[leaf]) for leaf in leaves(formula) if leaf in numbers}))
        words = "Made of other inputs before the walk." if preparation.feature(name) else "The example's input."
        if preparation.means is not None:
            words += " Mean and standard deviation are those of the training examples."
        return self.result(quantity, rule, (part,), words=words)

    # The penalty

    def with_penalty(self, error: Explanation) -> Explanation:
        """The calculation of E with the penalty in it, where there is one."""
        if self.scenario.training.penalty is None:
            return error
        operand = self.operand("E_penalty")
        rule = ADD(error.rule, symbol("E_penalty"))
        return replace(error, beside=(Part(operand, operand.value),), rule=rule, where=(*error.where, self.penalty()))

    def penalty(self) -> Explanation:
        """What E has of parameters alone: λ times one sum for each kind of term."""
        quantity, penalty = Quantity("E_penalty"), self.scenario.training.penalty
        if penalty is None:
            raise KeyError("E_penalty")
        settings = penalty.settings(len(self.session.values.examples))
        rules, parts = list[Formula](), list[Part]()
        for term in map(defined, penalty.terms):
            assert isinstance(term, Call)
            strength, of_one = term.arguments
            rules.append(MULTIPLY(strength, SIGMA(of_one)))
            bases = [filled(of_one, {W: self._parameter(index)}) for index in penalty.of]
            whole = TOTAL(*few(bases)) if len(bases) > 1 else bases[0] if bases else 0.0
            known = len(bases) <= MOST_LISTED
            formula = MULTIPLY(filled(strength, settings), whole)
            parts.append(part_of(formula) if known else Part(formula))
        return self.result(quantity, rules[0] if len(rules) == 1 else ADD(*rules), parts)

    def _parameter(self, index: int) -> Operand:
        return self.operand("w", self.scenario.network.parameter_names[index])

    def with_slope_of_penalty(self, derivative: Explanation) -> Explanation:
        """The calculation of dE/dw with the penalty's part, where it has one."""
        penalty, name = self.scenario.training.penalty, derivative.quantity.subject or ""
        index = self.scenario.network.parameter_index[name]
        if penalty is None or index not in penalty.of:
            return derivative
        w, settings = self.operand("w", name), penalty.settings(len(self.session.values.examples))
        beside = tuple(part_of(filled(slope, settings | {W: w})) for slope in penalty.slopes)
        words = [derivative.words, AT_CORNER if w.value is not None and penalty.jumps(w.value, w.value) else ""]
        rule = ADD(derivative.rule, self.general(penalty.slope, name))
        return replace(derivative, beside=beside, rule=rule, words=" ".join(filter(None, words)))

    # Quantities of parameters

    def present(self, quantity: Quantity, name: str) -> Explanation:
        """A parameter at the start of the iteration."""
        found = self.result(quantity, Symbol(origin(self.session, name)), ())
        if not made_by_update(self.session, name):
            return found
        update = Quantity("w+", name)
        before = go_to(self.session, self.session.iteration - 1, update)
        return replace(found, earlier=type(self)(before, self.example).explain(update))

    def update(self, quantity: Quantity, name: str) -> Explanation:
        """A parameter after the update, by the optimizer's formulas."""
        training, w = self.scenario.training, self.operand("w", name)
        if self.scenario.network.parameter_index[name] in training.frozen:
            return self.result(quantity, symbol("w"), (Part(w, w.value),), words="Frozen: it is not trained.")
        time = self.session.iteration + 1
        settings = {**training.settings, TIME: float(time)}
        formulas = {kind: in_force(formula, time) for kind, formula in training.formulas().items()}
        *before, update = (self._updated(Quantity(kind, name), formula, settings) for kind, formula in formulas.items())
        return replace(update, where=(*self._rate(), *before))

    def _updated(self, quantity: Quantity, formula: Formula, settings: Mapping[Any, Formula]) -> Explanation:
        """What an update computes of a parameter, by its formula."""
        name = quantity.subject or ""
        if quantity.kind == "norm":
            return self.result(quantity, formula, (Part(self._norm(name)),))
        put_in = filled(self.of_parameter(formula, name), settings)
        put_in = decided(put_in) if quantity.kind == "clipped" else put_in
        return self.result(quantity, self.general(formula, name), (Part(put_in),))

    def _norm(self, name: str) -> Formula:
        """The norm of several derivatives: with their numbers, where they are not too many for a line."""
        network, clip, steps = self.scenario.network, self.scenario.training.clip, self.session.timeline.steps
        index = network.parameter_index[name]
        assert clip is not None
        group = next(one.indices for one in steps.together(clip) if index in one.indices).tolist()
        if len(group) > MOST_IN_A_NORM:
            words = f"the sum of {len(group):,} squares"
            return Symbol(f"√({words})", rf"\sqrt{{\text{{{words}}}}}")
        squares = tuple(SQUARE(self.operand("dE/dw", network.parameter_names[one])) for one in group)
        return SQRT(TOTAL(*squares) if len(squares) > 1 else squares[0])

    def _rate(self) -> tuple[Explanation, ...]:
        """The learning rate, where it is computed."""
        training, k = self.scenario.training, self.session.iteration
        if training.schedule is None:
            return ()
        rule = training.schedule.formula(START, ITERATION, k)
        numbers: dict[Any, Formula] = {START: training.learning_rate, ITERATION: float(k)}
        return (self.result(Quantity("learning_rate"), rule, (Part(filled(rule, numbers)),)),)

    def general(self, formula: Formula, name: str) -> Formula:
        """A formula of the update's rule as the rule for a parameter has it."""
        return formula

    def of_parameter(self, formula: Formula, name: str, *, values: bool = True) -> Formula:
        """A formula of the update's rule for one parameter, with its numbers or without."""

        def of_one(kind: str) -> Operand:
            subject = None if kind == "learning_rate" else name
            return self.operand(kind, subject) if values else Operand(Quantity(kind, subject))

        general = {leaf for leaf in leaves(formula) if isinstance(leaf, Operand)}
        return filled(formula, {leaf: of_one(leaf.quantity.kind) for leaf in general})


def few(terms: Sequence[Formula]) -> Sequence[Formula]:
    """Terms of a sum, at most so many as a person reads."""
    if len(terms) <= MOST_LISTED:
        return terms
    return [*terms[: MOST_LISTED - 2], Symbol(f"… {len(terms) - MOST_LISTED + 1} more …"), terms[-1]]
