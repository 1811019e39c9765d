"""Why a number of a graph is what it is: a formula with its numbers, or going back a line per path."""

from engine.explain.explainer import Explainer
from engine.explain.parts import Explanation, Part, defined, opened, part_of, terms_of
from engine.formula.functions import ADD, MULTIPLY, SIGMA, TOTAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Derivative, Formula, Leaf, Ref, Symbol, filled, leaves
from engine.program.chain_rule import by_example, partials, pulled_formula
from engine.program.equations import Equation
from engine.program.graph import TOTAL_OF_UPSTREAM, Graph, GraphNode
from engine.program.operations import NoFormulaError
from engine.walking.session import Session


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
            return (
                self._total(Quantity("E")) if quantity.subject in (None, TOTAL_OF_UPSTREAM) else self._value(quantity)
            )
        of_one = {
            "w": self.present,
            "w+": self.update,
            "dE/dw": self._derivative,
            "dE/dy": self._derivative,
        }
        if kind in of_one:
            return of_one[kind](quantity, subject)
        return self._local(quantity) if kind == "dy/dy" else self._value(quantity)

    # Forward

    def _value(self, quantity: Quantity) -> Explanation:
        """A node's element by its formula; what is given by itself."""
        ref = self.graph.value_of_element[quantity.subject or ""]
        node = self.graph.node.get(ref.name)
        if node is None:
            return self.result(quantity, Symbol(self._origin(ref.name)), ())
        element = self.program.element(node.formula, ref.item or 0)
        return self.result(quantity, self._rule(node), [_shown(term) for term in self._terms(element)])

    def _terms(self, element: Formula) -> list[Formula]:
        """An element's formula with its operands: of a sum each term, of a function its definition."""
        terms = terms_of(self.with_operands(element, self.example))
        return [defined(terms[0])] if len(terms) == 1 else terms

    def _rule(self, node: GraphNode) -> Formula:
        """A node's formula over whole values, with their names."""
        refs = {leaf for leaf in leaves(node.formula) if isinstance(leaf, Ref)}
        return filled(node.formula, {ref: Symbol(ref.name) for ref in refs})

    def _origin(self, name: str) -> str:
        if name in self.graph.input_shapes:
            return "the example's input"
        return "the example's target" if name in self.graph.target_shapes else "a constant"

    def _total(self, quantity: Quantity) -> Explanation:
        """E of the batch."""
        terms = [(name, element) for name in self.program.errors for element in self.program.names[name][1]]
        if not self.graph.errors:
            return self._of_upstream(quantity)
        examples = range(len(self.session.values.examples))
        parts = [part_of(self.operand("E", element, example=example)) for example in examples for _, element in terms]
        rule = self._sum_of([Symbol(element) for _, element in terms])
        return self.result(quantity, SIGMA(rule) if self.batch else rule, parts, divisor=self.divisor, batch=self.batch)

    def _of_upstream(self, quantity: Quantity) -> Explanation:
        """E where derivatives are given: the sum of their products with the values."""
        (name,) = self.program.errors
        element = self.program.element(self.program.equation[name].formula, 0)
        examples = range(len(self.session.values.examples))
        parts = [part_of(term) for e in examples for term in terms_of(self.with_operands(element, e))]
        words = "The scenario gives derivatives: E is what has them."
        rule = SIGMA(MULTIPLY(Symbol("dE/dy"), Symbol("y")))
        return self.result(quantity, rule, parts, divisor=self.divisor, batch=self.batch, words=words)

    def _sum_of(self, terms: list[Formula]) -> Formula:
        return terms[0] if len(terms) == 1 else Call(TOTAL, tuple(terms))

    # Backward

    def _derivative(self, quantity: Quantity, subject: str) -> Explanation:
        """A line for each path from an element to E: what comes back there, and the local derivative."""
        of = self.graph.value_of_element[subject]
        shared = of.name in self.program.shared
        one = float(len(self.session.values.examples)) if shared else 1.0  # a term that is one for all counts in each
        own = [Part(one, one)] if of.name in self.program.errors and quantity.through is None else []
        equations = [use for use in self.program.consumers[of.name] if self._asked(use, quantity.through)]
        parts = own + [part for use in equations for part in self._through(use, of, quantity.through)]
        rule = self._sum_of([self._path(use, of.name) for use in equations] or [1.0])
        reduced = quantity.kind == "dE/dw"
        return self.result(
            quantity,
            rule if not own or not equations else ADD(1.0, rule),
            parts,
            divisor=self.divisor if reduced else 1,
            words=self._words(of.name, own=bool(own), paths=len(parts)),
            batch=self.batch if shared else (),
        )

    def _path(self, use: Equation, name: str) -> Formula:
        """What comes back to a value through an equation, over whole values."""
        try:
            formula = pulled_formula(self.program, use, name)
        except NoFormulaError:
            formula = MULTIPLY(Derivative(use.target), Derivative(name, use.target))
        if isinstance(formula, Call) and formula.function is MULTIPLY and isinstance(formula.arguments[1], Derivative):
            formula = MULTIPLY(*reversed(formula.arguments))  # as in print: what comes back, times the local derivative
        return filled(formula, {leaf: self._symbol(leaf) for leaf in leaves(formula)})

    def _symbol(self, leaf: Leaf) -> Formula:
        if isinstance(leaf, Derivative):
            return Symbol(f"∂{leaf.of or self._error}/∂{leaf.by}")
        return Symbol(leaf.name) if isinstance(leaf, Ref) else leaf

    @property
    def _error(self) -> str:
        """What the error is called."""
        return self.graph.errors[0] if len(self.graph.errors) == 1 else "E"

    def _asked(self, use: Equation, through: str | None) -> bool:
        return through is None or through == use.target or through in self.program.names[use.target][1]

    def _through(self, use: Equation, of: Ref, through: str | None) -> list[Part]:
        """The parts of each example, where there are several: first those of the first one."""
        names, count = self.program.names[use.target][1], len(self.session.values.examples)
        found: list[tuple[int, Part]] = []
        for item, slope in partials(self.program, use, of).items():
            if through not in (None, use.target, names[item]):
                continue
            for at, local in by_example(self.program, use, of, slope, self.example, count, self.named):
                if self.program.is_part_of_error(use.target):
                    found.append((at, _shown(local)))
                    continue
                back = self.operand("dE/dy", names[item], example=at)
                found.append((at, _shown(back if local == 1.0 else MULTIPLY(back, local))))
        return [part for _, part in sorted(found, key=lambda one: one[0])]

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
        refs = {leaf for leaf in leaves(slope) if isinstance(leaf, Ref)}
        names = {ref: Symbol(self.program.names[ref.name][1][ref.item or 0]) for ref in refs}
        return self.result(quantity, filled(slope, names), [_shown(self.with_operands(slope, self.example))])


def _shown(formula: Formula) -> Part:
    """A summand as one writes it, with what the walk makes of it."""
    return Part(opened(formula), part_of(formula).value)
