"""Why a number is what it is: the rule in symbols, the operands with their numbers, the result.

Every calculation is made from the walk's equations: forward from an equation's element, backward from its partial
derivatives. Structured formulas, never text with markup: whoever shows them decides on names, colours and digits.
"""

from collections.abc import Iterator

from engine.ask.lookup import uses_added
from engine.explain.explainer import Explainer, few
from engine.explain.parts import (
    Explanation,
    Part,
    defined,
    in_general,
    part_of,
    symbol,
    terms_of,
    without_subjects,
)
from engine.formula.calculus import number_of
from engine.formula.cancelling import Fused, near_one
from engine.formula.corner import told
from engine.formula.field import REAL
from engine.formula.functions import DIVIDE, EXP, MEAN, MULTIPLY, NEGATE, SIGMA, SUBTRACT, TOTAL
from engine.formula.likelihoods import SUM_OF_POWERS
from engine.formula.quantity import Quantity
from engine.formula.tree import Call, Formula, Leaf, Operand, Ref, Symbol, filled, leaves
from engine.program.chain_rule import partials
from engine.program.equations import Equation
from engine.program.layers import OF_EXAMPLE, node_value
from engine.program.learning_rules import CORRECTION, INPUT, LearningRule
from engine.walking.session import Session

SATURATED = 1e-6
"""An output this near to ±1 has lost so many digits of 1 − y that the slope by hand is visibly another."""
NEAR = 1e-6
"""Likewise of y − t, of an output this near to its target."""

NO_SLOPE = "The slope is 0 everywhere: by gradient, nothing before it is learned."
DIGITS = 9
"""Of an example's weight: as many are shown."""
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


class _OfLayers(Explainer):
    """The rules of a layered network."""

    def __init__(self, session: Session, example: int) -> None:
        super().__init__(session, example)
        self.network = session.scenario.layered

    def explain(self, quantity: Quantity) -> Explanation:
        kind, subject = quantity.kind, quantity.subject or ""
        if kind == "E":
            return self._error_of(quantity) if quantity.subject else self.with_penalty(self._error())
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
        element = self.with_operands(self.program.element(equation.formula, node), self.example)
        # a function by its definition; of a sum, what each of its terms comes to
        parts = [Part(defined(element))] if quantity.kind == "y" else [part_of(term) for term in terms_of(element)]
        return self.result(quantity, self._rule(equation.formula), parts)

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
                numbers[leaf] = self._weight_of(example)
            elif isinstance(leaf, Ref) and leaf.name in constants:
                numbers[leaf] = float(constants[leaf.name].ravel()[leaf.item or 0])
        return super().with_operands(filled(formula, numbers) if numbers else formula, example)

    def _weight_of(self, example: int) -> Formula:
        weights = self.session.values.weights
        assert weights is not None
        weight = float(weights[example, 0])
        return weight if len(repr(weight)) <= DIGITS + 2 else Symbol(f"{weight:.{DIGITS}g}", value=weight)

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
        words = NOT_USED if last and self.network.fused(layer) else self._on_corner(node) if last else ""
        parts = self._back(node_value(self.network, layer, node), quantity.through)
        rule = self._loss_slope() if last else in_general(parts, summed=True)
        return self.result(quantity, rule, parts, words=words)

    def _on_corner(self, node: int) -> str:
        """What is said where an output stands on a corner of the loss."""
        loss, name = self.network.loss, self.network.outputs[node]
        y, t = (self.operand(kind, name) for kind in "yt")
        if loss.corner is None or loss.jump is None or y.value is None or t.value is None:
            return ""
        place = number_of(loss.corner(y, t), {y: y.value, t: t.value}, REAL)
        return told(*loss.jump) if place == 0 else ""

    def _d_error_d_input(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        name = self.network.nodes(layer)[node]
        fused = self.network.fused(layer)
        if fused is not None:
            return self._cancelled(quantity, fused, layer, node)
        parts = self._back(Ref(f"x{layer}", node), None)
        alone = self.program.equation[f"y{layer}"].by_element
        where = (self._slope(Quantity("dy/dx", name), layer, node),) if alone else ()
        words = where[0].words if where else ""
        return self.result(quantity, in_general(parts, summed=not alone), parts, where=where, words=words)

    def _cancelled(self, quantity: Quantity, fused: Fused, layer: int, node: int) -> Explanation:
        """dE/dx where loss and activation cancel, behind weights where there are some."""
        weights = self.network.loss.settings.class_weights
        targets = [self.operand("t", name).value or 0.0 for name in self.network.outputs]
        if weights is not None and fused.of_classes:
            targets = [weight * target for weight, target in zip(weights, targets, strict=True)]
        total = fused.total(targets)
        formula, words = self._difference(fused, layer, node, total)
        t = MULTIPLY(Symbol("c"), symbol("t")) if fused.of_classes else symbol("t")
        whole = symbol("y") if total is None else MULTIPLY(symbol("y"), SIGMA(t))
        rule = SUBTRACT(whole, t) if fused.slope is None else fused.slope(symbol("y"), t)
        rule = rule if fused.divisor == 1 else DIVIDE(rule, Symbol("m"))
        formula = fused.over_divisor(formula)
        if weights is not None and not fused.of_classes:
            rule, formula = MULTIPLY(Symbol("c"), rule), MULTIPLY(float(weights[node]), formula)
        formula = MULTIPLY(self._weight_of(self.example), formula) if self.network.weighted else formula
        return self.result(quantity, self._of_example(rule), (Part(formula),), words=words)

    def _target_of(self, fused: Fused, node: int) -> Formula:
        """The target of an output, or what stands for it in slopes."""
        weights, t = self.network.loss.settings.class_weights, self.operand("t", self.network.outputs[node])
        return t if weights is None or not fused.of_classes else MULTIPLY(float(weights[node]), t)

    def _difference(self, fused: Fused, layer: int, node: int, total: float | None) -> tuple[Formula, str]:
        """y − t as it is computed, or Σt·y − t, and words for it."""
        nodes = self.network.nodes(layer)
        y, t = self.operand("y", nodes[node]), self._target_of(fused, node)
        whole = y if total is None else MULTIPLY(total, y)
        value, share = part_of(t).value, (total or 1.0) if fused.of_classes else 1.0
        size = y.value if total is None or y.value is None else total * y.value
        few = leaves_few_digits(size and size / share, value and value / share)
        if self.of_outputs or not few:
            words = "The activation's slope and the loss's cancel, so the step before is not needed."
            if total is not None:
                of = "targets times their classes' weights" if fused.of_classes else "targets"
                words += f" The {of} sum to {total:.6g}, not to 1, so y comes in {total:.6g} times."
            return (SUBTRACT(whole, t) if fused.slope is None else fused.slope(y, t)), words
        words = "So near its target, the output leaves few digits of the difference: "
        if fused.near_one:
            return fused.near_one(
                self.operand("x", nodes[node]), t
            ), f"{words}1 less the output is taken from the total input."
        others = [number for number, name in enumerate(nodes) if name != nodes[node]]
        targets = TOTAL(*(self._target_of(fused, number) for number in others))
        outputs: Formula = TOTAL(*(self.operand("y", nodes[number]) for number in others))
        outputs = outputs if total is None else MULTIPLY(total, outputs)
        return SUBTRACT(targets, outputs), f"{words}it is taken from the other nodes."

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
        terms = []
        for example in range(len(self.session.values.examples)):
            for node, slope in self._uses_of(self.network.parameter_index[name]):
                target, compared = (self.operand(kind, node, example=example) for kind in ("t", rule.compared))
                difference = rule.difference(target, compared)
                local = self.with_operands(slope, example)
                terms.append(difference if local == 1.0 else MULTIPLY(difference, local))
        whole = TOTAL(*few(terms)) if len(terms) > 1 else terms[0]
        return MEAN(float(self.divisor), whole) if self.divisor > 1 else whole

    def _uses_of(self, index: int) -> list[tuple[str, Formula]]:
        """The nodes of a single layer to which a parameter leads, and dx/dw at each."""
        parameter = self.program.parameter(index)
        (use,) = self.program.consumers[parameter.name]
        nodes = self.program.names[use.target][1]
        return [(nodes[item], slope) for item, slope in partials(self.program, use, parameter).items()]

    # The error

    def _error_of(self, quantity: Quantity) -> Explanation:
        loss, last, name = self.network.loss, self.network.layers[-1], quantity.subject or ""
        x, y, t = (self.operand(kind, name) for kind in "xyt")
        fused = None if self.arithmetic.field.as_defined else self.network.fused(self.network.depth)
        formula = (
            fused.over_divisor(fused.formula(x, t)) if fused else loss.formula(y, t, float(len(self.network.outputs)))
        )
        weights = self.network.loss.settings.class_weights
        weight = 1.0 if weights is None else float(weights[self.network.outputs.index(name)])
        formula = loss.weighted(formula, weight)
        formula = MULTIPLY(self._weight_of(self.example), formula) if self.network.weighted else formula
        powers = TOTAL(*(EXP(self.operand("x", other)) for other in last.nodes))
        formula = filled(formula, {SUM_OF_POWERS: powers})
        words = "The same, from the total input: the logarithm of a rounded output loses digits." if fused else ""
        return self.result(quantity, self._loss_rule(), (Part(formula),), words=words)

    def _loss_rule(self) -> Formula:
        """E of an output in general terms."""
        loss = self.network.loss
        return self._of_example(loss.weighted(loss.formula(symbol("y"), symbol("t"), Symbol("m")), Symbol("c")))

    def _loss_slope(self) -> Formula:
        """dE/dy of an output in general terms."""
        loss = self.network.loss
        return self._of_example(loss.weighted(loss.slope_formula(symbol("y"), symbol("t"), Symbol("m")), Symbol("c")))

    def _of_example(self, part: Formula) -> Formula:
        """A part of E, or its slope, with the example's weight before it, in general terms."""
        return MULTIPLY(Symbol("weight", r"\text{weight}"), part) if self.network.weighted else part

    def _error(self) -> Explanation:
        examples = range(len(self.session.values.examples))
        operands = [self.operand("E", name, example=example) for example in examples for name in self.network.outputs]
        parts = (Part(operand, operand.value) for operand in operands)
        return self.result(
            Quantity("E"),
            SIGMA(self._loss_rule()),
            parts,
            divisor=self.divisor,
            words=self.words_of_weights(),
            batch=self.batch,
        )

    # Quantities of parameters

    def _d_error_d_parameter(self, quantity: Quantity, name: str) -> Explanation:
        index = self.network.parameter_index[name]
        value = self.program.parameter(index)
        layers = self.network.uses(self.network.layer_of(index))
        # of a tied parameter, the uses that have added their part; where there is none yet, all that will
        added = uses_added(self.session, name) if quantity.through is None else ()
        shown = {f"x{layer}" for layer in added or layers}
        found = [
            (part, end)
            for equation in self.program.consumers[value.name]
            if equation.target in shown
            for example in range(len(self.session.values.examples))
            for part, end in self._through(equation, value, quantity.through, example)
        ]
        parts, ends = [part for part, _ in found], [end for _, end in found]
        where: tuple[Explanation, ...] = ()
        if len(parts) == 1:  # one path: its node's own calculation completes the chain of factors
            node = Quantity("dE/dx", self.program.names[ends[0].name][1][ends[0].item or 0])
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


def leaves_few_digits(y: float | None, t: float | None) -> bool:
    """Whether y − t is taken from what both leave of 1, and an output so near its target that it shows."""
    return y is not None and t is not None and near_one(y, t) and abs(y - t) < NEAR
