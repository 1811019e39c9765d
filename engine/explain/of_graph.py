"""Why a number of a graph is what it is: a formula with its numbers, or going back a line per path."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from math import prod
from typing import Any

from msgspec.structs import replace

from engine.explain.as_written import as_read, as_written, turned_in_brackets
from engine.explain.batch_terms import BatchTerms, Run
from engine.explain.corners import corner_words
from engine.explain.explainer import Explainer
from engine.explain.parts import Explanation, Part, defined, part_of, summands, terms_of
from engine.formula.functions import MULTIPLY, SIGMA, TOTAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Derivative, Formula, Leaf, Operand, Ref, Symbol, filled, leaves
from engine.program.across.batch import meets_examples
from engine.program.across.fused import of_output
from engine.program.chain_rule import by_example, partials, pulled_formula
from engine.program.equations import Equation
from engine.program.graph import TOTAL_OF_UPSTREAM, UPSTREAM, WEIGHT, Graph, joins_examples, value_name
from engine.program.operations import NoFormulaError
from engine.walking.session import Session

MOST_KNOWN = 64
"""Elements of a target that are looked for in its slopes: more are of no row that a person reads."""


class OfGraph(Explainer):
    """The rules of a graph of formulas."""

    def __init__(self, session: Session, example: int) -> None:
        super().__init__(session, example)
        graph = session.scenario.graph
        assert graph is not None
        self.graph: Graph = graph

    def explain(self, quantity: Quantity) -> Explanation:
        """The calculation of a quantity."""
        kind, subject = quantity.kind, quantity.subject or ""
        if kind == "E":
            return self._term(quantity) if subject in self.graph.errors else self._with_penalty()
        if kind == "E_penalty":
            return self.penalty()
        of_one = {
            "w": self.present,
            "w+": self.update,
            "dE/dw": self._derivative,
            "dE/dy": self._derivative,
        }
        if kind in of_one:
            return of_one[kind](quantity, subject)
        return self._local(quantity) if kind == "dy/dy" else self._value(quantity)

    def result(self, quantity: Quantity, rule: Formula, parts: Iterable[Part], **more: Any) -> Explanation:
        """A calculation of these parts."""
        found = super().result(quantity, rule, parts, **more)
        return replace(found, common=self.program.shared) if found.batch else found

    @property
    def _count(self) -> int:
        """The examples of the batch."""
        return len(self.session.values.examples)

    # Forward

    def _value(self, quantity: Quantity) -> Explanation:
        """A node's element by its formula; what is given by itself."""
        ref = self.graph.value_of_element[quantity.subject or ""]
        node = self.graph.node.get(ref.name)
        if node is None:
            if ref.name in self.graph.input_shapes:
                return self.given_input(quantity)
            return self.result(quantity, Symbol(self._origin(ref.name)), ())
        element = self.program.element(node.formula, ref.item or 0)
        rule, joins = self._rule(node.formula), joins_examples(node.formula)  # of which sums may be made
        terms = terms_of(self.with_operands(element, self.example) if joins else element)

        def part(at: int) -> Part:
            term = defined(terms[at] if joins else self.with_operands(terms[at], self.example))
            return as_written(term, as_read(term))

        made = self.result(quantity, rule, summands(len(terms), part), of_one=not joins)
        return replace(made, written=node.text)

    def _term(self, quantity: Quantity) -> Explanation:
        """A term of E: a node, or its product with the example's weight."""
        if not self.graph.weighted:
            return self._value(quantity)
        formula = self.program.equation[WEIGHT + (quantity.subject or "")].formula
        parts = [part_of(self.with_operands(self.program.element(formula, 0), self.example))]
        return self.result(quantity, self._rule(formula), parts)

    def _terms(self, element: Formula) -> list[Formula]:
        """An element's formula with its operands: of a sum each term, of a function its definition."""
        return [defined(term) for term in terms_of(self.with_operands(element, self.example))]

    def _rule(self, formula: Formula) -> Formula:
        """A formula over whole values, with their names."""
        return filled(formula, {leaf: self._whole(leaf) for leaf in leaves(formula)})

    def _whole(self, leaf: Leaf) -> Formula:
        """A value, or the derivative by one, as a quantity."""
        if isinstance(leaf, Ref):
            return Operand(Quantity(self.program.names[leaf.name][0], leaf.name))
        if not isinstance(leaf, Derivative):
            return leaf
        if leaf.of is not None:
            return Operand(Quantity("dy/dy", leaf.of, leaf.by))
        return Operand(Quantity("dE/dw" if leaf.by in self.graph.parameter_shapes else "dE/dy", leaf.by))

    def general(self, formula: Formula, name: str) -> Formula:
        """A formula of the update for a whole parameter."""
        return self.of_parameter(formula, value_name(name), values=False)

    def _origin(self, name: str) -> str:
        return "the example's target" if name in self.graph.target_shapes else "a constant"

    def _with_penalty(self) -> Explanation:
        return self.with_penalty(self._total(Quantity("E")))

    def _total(self, quantity: Quantity) -> Explanation:
        """E of the batch."""
        terms = [(name, element) for name in self.program.errors for element in self.program.names[name][1]]
        if not self.graph.errors:
            return self._of_upstream(quantity)

        def of_example(example: int) -> list[Part]:
            return [part_of(self.operand("E", element, example=example)) for _, element in terms]

        parts = BatchTerms([(of_example, len(self.session.values.examples))])
        rule = self._sum_of([Operand(Quantity("E", element)) for _, element in terms])
        rule = SIGMA(rule) if self.batch else rule
        words = self.words_of_weights()
        return self.result(quantity, rule, parts, divisor=self.divisor, batch=self.batch, words=words)

    def _of_upstream(self, quantity: Quantity) -> Explanation:
        """E where derivatives are given: the sum of their products with the values."""
        (name,) = self.program.errors
        element = self.program.element(self.program.equation[name].formula, 0)
        examples = range(len(self.session.values.examples))
        parts = [part_of(term) for e in examples for term in terms_of(self.with_operands(element, e))]
        words = "The scenario gives derivatives: E is what has them."
        products = [self._rule(MULTIPLY(Ref(UPSTREAM + node), Ref(node))) for node in self.graph.upstream]
        rule = self._sum_of(
            [
                SIGMA(one) if self.graph.shapes[name] else one
                for name, one in zip(self.graph.upstream, products, strict=True)
            ]
        )
        return self.result(quantity, rule, parts, divisor=self.divisor, batch=self.batch, words=words)

    def _sum_of(self, terms: list[Formula]) -> Formula:
        return terms[0] if len(terms) == 1 else Call(TOTAL, tuple(terms))

    # Backward

    def _derivative(self, quantity: Quantity, subject: str) -> Explanation:
        """A line for each path from an element to E: what comes back there, and the local derivative."""
        of = self.graph.value_of_element[subject]
        shared = of.name in self.program.shared
        one = float(self._count) if shared else 1.0  # a term that is one for all counts in each
        own = [Part(one, one)] if of.name in self.program.errors and quantity.through is None else []
        equations = [use for use in self.program.consumers[of.name] if self._asked(use, quantity.through)]
        runs = [self._through(use, of, quantity.through) for use in equations]
        rule = self._sum_of([1.0] * len(own) + [self._path(use, of.name) for use in equations] or [0.0])
        over_batch = shared and self.batch and any(use.target not in self.program.shared for use in equations)
        parts = BatchTerms([(lambda _: own, 1), *runs]) if over_batch else [*own, *_all_of(runs)]
        reduced = quantity.kind == "dE/dw"
        found = self.result(
            quantity,
            SIGMA(rule) if over_batch else rule,
            parts,
            divisor=self.divisor if reduced else 1,
            words=self._words(of.name, own=bool(own), paths=len(parts)) or self._corners(equations, of),
            batch=self.batch if shared else (),
        )
        return self.with_slope_of_penalty(found) if reduced and quantity.through is None else found

    def _path(self, use: Equation, name: str) -> Formula:
        """What comes back to a value through an equation, over whole values."""
        if use.target == TOTAL_OF_UPSTREAM:
            return Symbol("as the scenario gives it" + (", times the example's weight" if self.graph.weighted else ""))
        local, back = Derivative(name, use.target), Derivative(use.target)
        try:
            formula = pulled_formula(self.program, use, name)
        except NoFormulaError:
            formula = MULTIPLY(local, back)
        if use.target in self.graph.errors and local in leaves(formula):  # ∂f/∂q by ∂f/∂q would say nothing
            formula = filled(formula, {local: self._of_any_element(use, name) or local})
        if isinstance(formula, Call) and formula.function is MULTIPLY and isinstance(formula.arguments[1], Derivative):
            formula = MULTIPLY(*reversed(formula.arguments))  # as in print: what comes back, times the local derivative
        known: dict[Formula, Formula] = {use.formula: Ref(use.target)}
        for node in self._passed_by(use):
            formula = of_output(formula, Ref(node))
        return self._rule(turned_in_brackets(as_read(formula, known)))

    def _of_any_element(self, use: Equation, name: str) -> Formula | None:
        """The local derivative of a number by an element, where it is the same formula for each; else None."""
        slope = partials(self.program, use, Ref(name, 0)).get(0, 0.0)
        formula = as_read(slope, self._known(use, [0]))
        refs = {leaf for leaf in leaves(formula) if isinstance(leaf, Ref)}
        if any(leaf.item and self.program.shapes[leaf.name] for leaf in refs):
            return None
        return filled(formula, {leaf: Ref(leaf.name) for leaf in refs})

    def _asked(self, use: Equation, through: str | None) -> bool:
        return through is None or through == use.target or through in self.program.names[use.target][1]

    def _through(self, use: Equation, of: Ref, through: str | None) -> Run[Part]:
        """What makes the parts of each example of the use's target, or of all at once where examples meet."""
        names, slopes = self.program.names[use.target][1], partials(self.program, use, of)
        known = self._known(use, slopes)
        asked = [
            (item, slope, as_read(slope, known))
            for item, slope in slopes.items()
            if through in (None, use.target, names[item])
        ]
        apart = of.name in self.program.shared and use.target not in self.program.shared
        if apart and not any(map(meets_examples, slopes.values())):
            return partial(self._parts, use, of, asked), self._count
        return lambda _: self._parts(use, of, asked, None), 1

    def _parts(
        self, use: Equation, of: Ref, slopes: Sequence[tuple[int, Formula, Formula]], only: int | None
    ) -> list[Part]:
        """The parts of one example, or of each, where there are several: first those of the first one."""
        names, found = self.program.names[use.target][1], list[tuple[int, Part]]()
        for item, *forms in slopes:
            both = (
                by_example(self.program, use, of, one, self.example, self._count, self.named, only) for one in forms
            )
            for (target, exact), (_, written) in zip(*both, strict=True):
                if not self.program.is_part_of_error(use.target):
                    back = self.operand("dE/dy", names[item], example=target)
                    exact, written = (back if one == 1.0 else MULTIPLY(back, one) for one in (exact, written))
                found.append((target, as_written(exact, as_read(written))))
        return [part for _, part in sorted(found, key=lambda one: one[0])]

    def _known(self, use: Equation, items: Iterable[int]) -> dict[Formula, Formula]:
        """By the formulas of a target's elements, these elements: a slope that holds one is shown with its number."""
        found: dict[Formula, Formula] = {}
        passed = {name: range(prod(self.program.shapes[name])) for name in self._passed_by(use)}
        for name, own in {use.target: items, **passed}.items():
            node = self.graph.node.get(name)
            if node is not None:
                few = islice(own, MOST_KNOWN)
                found |= {self.program.element(node.formula, item): Ref(name, item) for item in few}
        return found

    def _passed_by(self, use: Equation) -> list[str]:
        """The activations past which the error goes back by this equation."""
        return [name for name, back in self.program.instead.items() if back == use]

    def _corners(self, equations: Iterable[Equation], of: Ref) -> str:
        """What is to be said of slopes that are chosen, in the first of the equations where one is."""
        by = self.named(of, self.example).quantity
        elements = (
            self.with_operands(self.program.element(use.formula, item), self.example)
            for use in equations
            for item in islice(partials(self.program, use, of), MOST_KNOWN)
        )
        return next(filter(None, (corner_words(element, by) for element in elements)), "")

    def _words(self, name: str, *, own: bool, paths: int) -> str:
        if name in self.program.passed:
            return "Not used: the next derivative comes straight from the error."
        if own and paths == 1:
            return "It is the error itself." if len(self.program.errors) == 1 else "It is a term of the error."
        return "E does not depend on it." if not paths else ""

    def _local(self, quantity: Quantity) -> Explanation:
        target = self.graph.value_of_element[quantity.subject or ""]
        of = self.graph.value_of_element[quantity.through or ""]
        slope = partials(self.program, self.program.equation[target.name], of).get(target.item or 0, 0.0)
        known = self._known(self.program.equation[target.name], [target.item or 0])
        exact, written = (self.with_operands(one, self.example) for one in (slope, as_read(slope, known)))
        return self.result(quantity, written, [as_written(exact, written)])


def _all_of(runs: Iterable[Run[Part]]) -> Iterator[Part]:
    """The terms of runs, each made now."""
    return (part for of_example, examples in runs for example in range(examples) for part in of_example(example))
