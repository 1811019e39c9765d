"""Why a number is what it is: the rule in symbols, the operands with their numbers, the result.

Every calculation is made from the walk's equations: forward from an equation's element, backward from its partial
derivatives. Structured formulas, never text with markup: whoever shows them decides on names, colours and digits.
"""

from collections.abc import Iterator
from functools import partial

from engine.ask.lookup import uses_added
from engine.explain.batch_terms import BatchTerms
from engine.explain.explainer import Explainer, few
from engine.explain.of_loss import OfLoss
from engine.explain.parts import (
    Explanation,
    Part,
    defined,
    in_general,
    part_of,
    summands,
    symbol,
    terms_of,
    without_subjects,
)
from engine.formula.corner import told
from engine.formula.functions import MEAN, MULTIPLY, NEGATE, SIGMA, TOTAL
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Formula, Leaf, Operand, Ref, Symbol, filled, leaves
from engine.program.chain_rule import partials
from engine.program.equations import Equation
from engine.program.layers import OF_EXAMPLE, node_value
from engine.program.learning_rules import CORRECTION, INPUT, LearningRule
from engine.walking.session import Session

SATURATED = 1e-6
"""An output this near to ±1 has lost so many digits of 1 − y that the slope by hand is visibly another."""

NO_SLOPE = "The slope is 0 everywhere: by gradient, nothing before it is learned."
NOT_USED = "Not used: the next derivative comes straight from output and target."


def explain(session: Session, quantity: Quantity, example: int = 0) -> Explanation:
    """The calculation of any number of the walk, at the session's place.

    Args:
        session: the place.
        quantity: a quantity of a node or a parameter, or `E`.
        example: the example's number within the batch, from 0.

    Raises:
        KeyError: the network has no such node or parameter.
    """
    return explainer(session, example).explain(quantity)


def explainer(session: Session, example: int = 0) -> Explainer:
    """What explains many numbers at one place; what several of them have in common it works out once."""
    if session.scenario.graph is None:
        return _OfLayers(session, example)
    from engine.explain.of_graph import OfGraph  # layers do without it, and without what it imports

    return OfGraph(session, example)


class _OfLayers(OfLoss):
    """The rules of a layered network."""

    def explain(self, quantity: Quantity) -> Explanation:
        kind, subject = quantity.kind, quantity.subject or ""
        if kind == "E":
            return self.error_of(quantity) if quantity.subject else self.with_penalty(self.error())
        if kind == "E_penalty":
            return self.penalty()
        of_name = {"t": self._target, "w": self.present, "w+": self.update, "dE/dw": self._d_error_d_parameter}
        if kind in of_name:
            return of_name[kind](quantity, subject)
        of_node = {"x": self._forward, "y": self._forward, "dy/dx": self._slope}
        of_node |= {"dE/dy": self._d_error_d_output, "dE/dx": self._d_error_d_input}
        return of_node[kind](quantity, *self.network.node_index[subject])

    # Forward

    def _target(self, quantity: Quantity, name: str) -> Explanation:
        return self.result(quantity, Symbol("the example's target"), ())

    def _forward(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        if self.network.is_input(quantity.subject or ""):
            return self.given_input(quantity, "An input node passes its input on.")
        equation = self.program.equation[f"{quantity.kind}{layer}"]
        rule, element = self._rule(equation.formula), self.program.element(equation.formula, node)
        if quantity.kind == "y":  # a function by its definition
            return self.result(quantity, rule, [Part(defined(self.with_operands(element, self.example)))])
        terms = terms_of(element)  # of a sum, what each of its terms comes to
        parts = summands(len(terms), lambda at: part_of(self.with_operands(terms[at], self.example)))
        return self.result(quantity, rule, parts, of_one=True)

    def _rule(self, formula: Formula) -> Formula:
        """A formula over whole values in general terms: `Σ w·y + b`."""
        if isinstance(formula, Ref):
            kind = self.program.names[formula.name][0]
            return Symbol("b") if formula.name[0] == "b" else Operand(Quantity(kind))
        if not isinstance(formula, Call):
            return formula
        arguments = tuple(self._rule(argument) for argument in formula.arguments)
        general = formula.function.general
        return Call(formula.function, arguments) if general is None else general(*arguments)

    # Backward

    def _back(self, value: Ref, through: str | None) -> list[Part]:
        """What comes back to an element of a value, in parts."""
        equations = self.program.consumers[value.name]
        return [part for one in equations for part, _ in self._through(one, value, through, self.example)]

    def _through(self, equation: Equation, value: Ref, through: str | None, example: int) -> Iterator[tuple[Part, Ref]]:
        """What comes back through one equation: parts, and the element of the target that each comes from."""
        kind, names = self.program.names[equation.target]
        for target, slope in partials(self.program, equation, value).items():
            if through not in (None, names[target]):
                continue
            local = self._local(equation, value, target, slope, example)
            if self.program.is_part_of_error(equation.target):
                yield Part(local), Ref(equation.target, target)
                continue
            adjoint = self.operand(f"dE/d{kind}", names[target], example=example)
            formula = adjoint if local == 1.0 else MULTIPLY(local, adjoint)
            yield part_of(formula), Ref(equation.target, target)

    def _local(self, equation: Equation, value: Ref, target: int, slope: Formula, example: int) -> Formula:
        """A local derivative: of an activation it is a quantity with a name of its own, dy/dx."""
        kind, names = self.program.names[equation.target]
        if kind == "y":
            other = None if value.item == target else names[value.item or 0]
            return self.operand("dy/dx", names[target], other, example)
        if self.program.is_part_of_error(equation.target):
            slope = self._with_slope(slope)
        formula = self.with_operands(slope, example)
        updated = self._updated_before(value.name)
        new = (leaf for leaf in leaves(formula) if isinstance(leaf, Operand) and leaf in updated)
        return filled(formula, {leaf: self.operand("w+", leaf.quantity.subject) for leaf in new})

    def _with_slope(self, slope: Formula) -> Formula:
        """The slope of a loss as it is defined, behind the weights of example and class where there are some."""
        weights = self.network.weighted + bool(self.network.loss.settings.class_weights)
        return self._behind(slope, weights)

    def _behind(self, slope: Formula, weights: int) -> Formula:
        if not isinstance(slope, Call) or not weights:
            return defined(slope)
        factor, rest = slope.arguments
        return Call(slope.function, (factor, self._behind(rest, weights - 1)))

    def with_operands(self, formula: Formula, example: int) -> Formula:
        """As of any program; a weight, of a class or of the example, is its number."""
        constants = self.program.constants
        numbers: dict[Leaf, Formula] = {}
        for leaf in leaves(formula) if constants or self.network.weighted else ():
            if isinstance(leaf, Ref) and leaf.name == OF_EXAMPLE:
                numbers[leaf] = self.weight_of(example)
            elif isinstance(leaf, Ref) and leaf.name in constants:
                numbers[leaf] = float(constants[leaf.name].ravel()[leaf.item or 0])
        return super().with_operands(filled(formula, numbers) if numbers else formula, example)

    def _updated_before(self, name: str) -> set[Leaf]:
        """The parameters that have new values already when the derivative by a value is computed: immediate updates."""
        if not self.scenario.training.immediate:
            return set()
        steps = self.session.timeline.steps
        at = steps.backward[name][0] if name in steps.backward else len(steps.rows)
        rows = (row for row in steps.rows[:at] if row.quantity == "w+")
        return {self.operand("w", item) for row in rows for item in row.items}

    def _d_error_d_output(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        last = layer == self.network.depth
        words = NOT_USED if last and self.network.fused(layer) else self.on_corner(node) if last else ""
        parts = self._back(node_value(self.network, layer, node), quantity.through)
        rule = self.loss_slope() if last else in_general(parts, summed=True)
        return self.result(quantity, rule, parts, words=words)

    def _d_error_d_input(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        name = self.network.nodes(layer)[node]
        fused = self.network.fused(layer)
        if fused is not None:
            return self.cancelled(quantity, fused, layer, node)
        parts = self._back(Ref(f"x{layer}", node), None)
        alone = self.program.equation[f"y{layer}"].by_element
        where = (self._slope(Quantity("dy/dx", name), layer, node),) if alone else ()
        words = where[0].words if where else ""
        return self.result(quantity, in_general(parts, summed=not alone), parts, where=where, words=words)

    def _slope(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        activation, name = self.network.layer(layer).activation_of(node), self.network.nodes(layer)[node]
        if quantity.through not in (None, name):
            of_two = NEGATE(MULTIPLY(self.operand("y", name), self.operand("y", quantity.through)))
            return self.result(quantity, without_subjects(of_two), (Part(of_two),))
        x, y = self.operand("x", name), self.operand("y", name)
        formula = activation.slope_formula(x, y)
        lost = y in leaves(formula) and y.value is not None and 1 - abs(y.value) < SATURATED and not self.of_outputs
        words = "So near 1, y leaves few digits of what is subtracted: the slope is taken from x." if lost else ""
        on = [corner for corner in activation.corners if corner.jumps and x.value == corner.at]
        words = told(on[0]) if on else NO_SLOPE if formula == 0.0 else words
        return self.result(quantity, without_subjects(formula), (Part(formula),), words=words)

    # The update

    def general(self, formula: Formula, name: str) -> Formula:
        """A formula of the update's rule; of a learning rule with what its correction is."""
        rule = self.scenario.training.learning_rule
        if rule is None:
            return formula
        difference = rule.difference(symbol("t"), symbol(rule.compared))
        parts = [
            difference if slope == 1.0 else MULTIPLY(difference, INPUT)
            for _, slope in self._uses_of(self.network.parameter_index[name])
        ]
        several = len(parts) > 1 or len(self.session.values.examples) > 1
        whole = SIGMA(parts[0]) if several else parts[0]
        whole = MEAN(float(self.divisor), whole) if self.divisor > 1 else whole
        return filled(formula, {CORRECTION: whole})

    def of_parameter(self, formula: Formula, name: str, *, values: bool = True) -> Formula:
        """A formula of the update's rule for one parameter; of a learning rule with its correction in numbers."""
        rule, correction = self.scenario.training.learning_rule, Symbol("correction")
        if rule is None:
            return super().of_parameter(formula, name, values=values)
        made = super().of_parameter(filled(formula, {CORRECTION: correction}), name, values=values)
        return filled(made, {correction: self._correction(rule, name)})

    def _correction(self, rule: LearningRule, name: str) -> Formula:
        """What a learning rule takes of a parameter, of the batch."""
        uses = self._uses_of(self.network.parameter_index[name])

        def of_example(example: int) -> Iterator[Formula]:
            for node, slope in uses:
                target, compared = (self.operand(kind, node, example=example) for kind in ("t", rule.compared))
                difference = rule.difference(target, compared)
                local = self.with_operands(slope, example)
                yield difference if local == 1.0 else MULTIPLY(difference, local)

        terms = BatchTerms([(of_example, len(self.session.values.examples))])
        whole = TOTAL(*few(terms)) if len(terms) > 1 else terms[0]
        return MEAN(float(self.divisor), whole) if self.divisor > 1 else whole

    def _uses_of(self, index: int) -> list[tuple[str, Formula]]:
        """The nodes of a single layer to which a parameter leads, and dx/dw at each."""
        parameter = self.program.parameter(index)
        (use,) = self.program.consumers[parameter.name]
        nodes = self.program.names[use.target][1]
        return [(nodes[item], slope) for item, slope in partials(self.program, use, parameter).items()]

    # Quantities of parameters

    def _d_error_d_parameter(self, quantity: Quantity, name: str) -> Explanation:
        index = self.network.parameter_index[name]
        value = self.program.parameter(index)
        layers = self.network.uses(self.network.layer_of(index))
        # of a tied parameter, the uses that have added their part; where there is none yet, all that will
        added = uses_added(self.session, name) if quantity.through is None else ()
        shown = {f"x{layer}" for layer in added or layers}
        equations = [equation for equation in self.program.consumers[value.name] if equation.target in shown]

        def of_example(equation: Equation, example: int) -> Iterator[Part]:
            return (part for part, _ in self._through(equation, value, quantity.through, example))

        examples = len(self.session.values.examples)
        parts = BatchTerms([(partial(of_example, equation), examples) for equation in equations])
        where: tuple[Explanation, ...] = ()
        if len(parts) == 1:  # one path: its node's own calculation completes the chain of factors
            ((_, end),) = (path for one in equations for path in self._through(one, value, quantity.through, 0))
            node = Quantity("dE/dx", self.program.names[end.name][1][end.item or 0])
            where = (self.once(node, lambda: self.explain(node)),)
        words = "" if quantity.through is not None else self._words_of_uses(layers, added)
        rule = in_general(parts, summed=len(parts) > 1)
        made = self.result(quantity, rule, parts, divisor=self.divisor, where=where, words=words, batch=self.batch)
        return self.with_slope_of_penalty(made) if quantity.through is None and len(added) in (0, len(layers)) else made

    def _words_of_uses(self, layers: tuple[int, ...], added: tuple[int, ...]) -> str:
        if len(layers) == 1:
            return ""
        if len(added) in (0, len(layers)):
            return f"One parameter of {len(layers)} layers: the sum over its uses."
        *others, last = [self.network.layer(layer).label or f"layer {layer}" for layer in layers if layer not in added]
        parts = f"the parts of {', '.join(others)} and {last} are" if others else f"the part of {last} is"
        return f"So far: {parts} still to come."
