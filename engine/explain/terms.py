"""Why a number is what it is: the rule in symbols, the operands with their numbers, the result.

Structured terms, never text with markup: whoever shows them decides on names, colours, digits and what to leave out.
"""

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from engine.ask.lookup import uses_added, value_at
from engine.ask.whereabouts import go_to
from engine.explain.origin import made_by_update, origin
from engine.formula.losses import Fused, near_one
from engine.formula.quantity import Quantity
from engine.program.optimizers import Adam, Momentum
from engine.walking.advance import fused_loss, is_fused
from engine.walking.session import Session


class Operand(Struct, frozen=True):
    """A number in a calculation, with its name.

    Attributes:
        quantity: what it is; without a subject in a general rule.
        value: its number, or None while it is not computed.
        example: of which example of the batch, from 0.
    """

    quantity: Quantity
    value: float | None = None
    example: int = 0


Piece = str | Operand

SATURATED = 1e-6
"""An output this near to ±1 has lost so many digits of 1 − y that the slope by hand is visibly another."""
NEAR = 1e-6
"""Likewise of y − t, of an output this near to its target."""


class Part(Struct, frozen=True):
    """One summand: its pieces in reading order, and what they come to."""

    pieces: tuple[Piece, ...]
    value: float | None = None


class Explanation(Struct, frozen=True):
    """The calculation of one number.

    Attributes:
        quantity: the number's name.
        value: the number, or None while it is not computed.
        example: of which example of the batch, from 0.
        rule: the general rule, with operands that have no subject.
        parts: the summands, in the order in which they are added; a formula that is no sum is one part.
        around: what stands before and after the sum, such as `("(", ") / 4")`.
        where: calculations of operands that have no step of their own.
        words: what formulas do not say.
        earlier: the calculation that made it, at a step of the iteration before; its operands are those of that step.
        batch: of a sum over several examples, their numbers in the file, from 0, in the batch's order; else none. Its
            operands are told apart by their example.
    """

    quantity: Quantity
    value: float | None
    example: int
    rule: tuple[Piece, ...]
    parts: tuple[Part, ...]
    around: tuple[str, str] = ("", "")
    where: tuple["Explanation", ...] = ()
    words: str = ""
    earlier: "Explanation | None" = None
    batch: tuple[int, ...] = ()


def explain(session: Session, quantity: Quantity, example: int = 0) -> Explanation:
    """The calculation of any number of the walk, at the session's place.

    Args:
        session: the place.
        quantity: a quantity of a node or a parameter, or `E`.
        example: the example's number within the batch, from 0.

    Raises:
        KeyError: the network has no such node or parameter.
    """
    return _Explainer(session, example).explain(quantity)


class _Explainer:
    """The rules of one session and one example."""

    def __init__(self, session: Session, example: int) -> None:
        self.session, self.example = session, example
        self.scenario, self.network = session.scenario, session.scenario.network

    def explain(self, quantity: Quantity) -> Explanation:
        kind = quantity.kind
        if kind == "E":
            return self._error_of(quantity) if quantity.subject else self._error()
        if kind in ("w", "dE/dw", "w+"):
            rule = {"w": self._present, "dE/dw": self._d_error_d_parameter, "w+": self._update}[kind]
            return rule(quantity, quantity.subject or "")
        layer, node = self.network.node_index[quantity.subject or ""]
        return {
            "x": self._total_input,
            "y": self._output,
            "t": self._target,
            "dy/dx": self._slope,
            "dE/dy": self._d_error_d_output,
            "dE/dx": self._d_error_d_input,
        }[kind](quantity, layer, node)

    # Pieces

    def operand(
        self, kind: str, subject: str | None = None, through: str | None = None, example: int | None = None
    ) -> Operand:
        quantity, number = Quantity(kind, subject, through), self.example if example is None else example
        return Operand(quantity, value_at(self.session, quantity, number), number)

    def result(
        self,
        quantity: Quantity,
        rule: tuple[Piece, ...],
        parts: tuple[Part, ...],
        *,
        around: tuple[str, str] = ("", ""),
        where: tuple[Explanation, ...] = (),
        words: str = "",
        batch: tuple[int, ...] = (),
    ) -> Explanation:
        value = value_at(self.session, quantity, self.example)
        return Explanation(quantity, value, self.example, rule, parts, around, where, words, batch=batch)

    @property
    def batch(self) -> tuple[int, ...]:
        """The examples that a sum over the batch has to tell apart."""
        examples = self.session.values.examples
        return tuple(examples) if len(examples) > 1 else ()

    def product(self, left: Operand, right: Operand) -> Part:
        value = None if left.value is None or right.value is None else left.value * right.value
        return Part((left, "·", right), value)

    # Quantities of nodes

    def _total_input(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        if self.network.is_input(quantity.subject or ""):
            return self._given(quantity)
        names, definition = self.network.nodes(layer - 1), self.network.layer(layer)
        pairs = zip(definition.weight_names[node], names, strict=True)
        parts = [self.product(self.operand("w", weight), self.operand("y", source)) for weight, source in pairs]
        rule: tuple[Piece, ...] = ("Σ ", _symbol("w"), "·", _symbol("y"))
        bias = definition.bias_name(node)
        if bias is not None:
            operand = self.operand("w", bias)
            parts.append(Part((operand,), operand.value))
            rule = (*rule, " + b")
        return self.result(quantity, rule, tuple(parts))

    def _output(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        if self.network.is_input(quantity.subject or ""):
            return self._given(quantity)
        activation, name = self.network.layer(layer).activation, self.network.nodes(layer)[node]
        if activation.joint:
            names = self.network.nodes(layer)
            total = tuple(piece for other in names for piece in (" + e^", self.operand("x", other)))[1:]
            parts = Part(("e^", self.operand("x", name), " / (e^", *total, ")"))
            return self.result(quantity, ("e^", _symbol("x"), " / Σ e^", _symbol("x")), (parts,))
        pieces = _filled(activation.formula, {"x": self.operand("x", name)})
        return self.result(quantity, (f"{activation.symbol}(", _symbol("x"), ")"), (Part(pieces),))

    def _given(self, quantity: Quantity) -> Explanation:
        return self.result(quantity, ("the example's input",), (), words="An input node passes its input on.")

    def _target(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        return self.result(quantity, ("the example's target",), ())

    def _slope(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        activation, name = self.network.layer(layer).activation, self.network.nodes(layer)[node]
        if quantity.through not in (None, name):
            part = Part(("−", self.operand("y", name), "·", self.operand("y", quantity.through)))
            return self.result(quantity, ("−", _symbol("y"), "·", _symbol("y")), (part,))
        filled = {"x": self.operand("x", name), "y": self.operand("y", name)}
        rule = _filled(activation.slope_formula, {"x": _symbol("x"), "y": _symbol("y")})
        part, y = Part(_filled(activation.slope_formula, filled)), filled["y"].value
        lost = "{y}" in activation.slope_formula and y is not None and 1 - abs(y) < SATURATED
        words = "So near 1, y leaves few digits of what is subtracted: the slope is taken from x." if lost else ""
        return self.result(quantity, rule, (part,), words=words)

    def _d_error_d_output(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        name = self.network.nodes(layer)[node]
        if layer == self.network.depth:
            loss = self.network.loss
            words = (
                "Not used: the next derivative comes straight from output and target."
                if is_fused(self.scenario, layer)
                else ""
            )
            rule = self._loss_pieces(loss.slope_formula, None)
            return self.result(quantity, rule, (Part(self._loss_pieces(loss.slope_formula, name)),), words=words)
        above = self.network.layer(layer + 1)
        parts = []
        for j, target in enumerate(above.nodes):
            if quantity.through in (None, target):
                weight = self._weight_going_back(above.weight_names[j][node], layer + 1)
                part = self.product(weight, self.operand("dE/dx", target))
                parts.append(Part(part.pieces, self.operand("dE/dy", name, target).value))
        rule = ("Σ ", _symbol("w"), "·", _symbol("dE/dx"))
        return self.result(quantity, rule, tuple(parts))

    def _weight_going_back(self, name: str, layer: int) -> Operand:
        """The weight that the error goes back through: the new one where updates are immediate."""
        updated = self.scenario.training.immediate and name in self._updated_at(layer)
        return self.operand("w+" if updated else "w", name)

    def _updated_at(self, layer: int) -> tuple[str, ...]:
        """The parameters that get their new values right after this layer's dE/dw, where updates are immediate."""
        steps = self.session.timeline.steps
        row = steps.row("w+", layer)
        return () if row is None else steps.rows[row].items

    def _d_error_d_input(self, quantity: Quantity, layer: int, node: int) -> Explanation:
        name = self.network.nodes(layer)[node]
        fused = fused_loss(self.scenario, layer)
        if fused is not None:
            pieces, words = self._difference(fused, layer, node)
            return self.result(quantity, (_symbol("y"), " − ", _symbol("t")), (Part(pieces),), words=words)
        if self.network.layer(layer).activation.joint:
            parts = tuple(
                self.product(
                    self.operand("dy/dx", other, None if other == name else name), self.operand("dE/dy", other)
                )
                for other in self.network.computed(layer)
            )
            return self.result(quantity, ("Σ ", _symbol("dy/dx"), "·", _symbol("dE/dy")), parts)
        part = self.product(self.operand("dy/dx", name), self.operand("dE/dy", name))
        slope = self._slope(Quantity("dy/dx", name), layer, node)
        rule = (_symbol("dy/dx"), "·", _symbol("dE/dy"))
        return self.result(quantity, rule, (part,), where=(slope,), words=slope.words)

    def _difference(self, fused: Fused, layer: int, node: int) -> tuple[tuple[Piece, ...], str]:
        """y − t as it is computed, and words for it."""
        nodes = self.network.nodes(layer)
        y, t = (self.operand(kind, nodes[node]) for kind in "yt")
        if not leaves_few_digits(y.value, t.value):
            return (y, " − ", t), "The activation's slope and the loss's cancel, so the step before is not needed."
        words = "So near its target, the output leaves few digits of the difference: "
        if fused.near_one:
            x = self.operand("x", nodes[node])
            return _filled(fused.near_one, {"x": x, "t": t}), f"{words}1 less the output is taken from the total input."
        sums = ([self.operand(kind, name) for name in nodes if name != nodes[node]] for kind in "ty")
        targets, outputs = (tuple(piece for operand in of for piece in (" + ", operand))[1:] for of in sums)
        return ("(", *targets, ") − (", *outputs, ")"), f"{words}it is taken from the other nodes."

    # The error

    def _loss_pieces(self, formula: str, name: str | None) -> tuple[Piece, ...]:
        if name is None:
            operands = {kind: _symbol(kind) for kind in ("x", "y", "t")}
        else:
            operands = {kind: self.operand(kind, name) for kind in ("x", "y", "t")}
        return _filled(formula.replace("{m}", "m" if name is None else str(len(self.network.outputs))), operands)

    def _error_of(self, quantity: Quantity) -> Explanation:
        loss, fused = self.network.loss, self.network.loss.fused.get(self.network.layers[-1].activation.name)
        pieces = self._loss_pieces(fused.formula if fused else loss.formula, quantity.subject)
        words = "The same, from the total input: the logarithm of a rounded output loses digits." if fused else ""
        return self.result(quantity, self._loss_pieces(loss.formula, None), (Part(pieces),), words=words)

    def _error(self) -> Explanation:
        examples = range(len(self.session.values.examples))
        batch, outputs = len(examples), self.network.outputs
        operands = [self.operand("E", name, example=example) for example in examples for name in outputs]
        parts = tuple(Part((operand,), operand.value) for operand in operands)
        mean = batch > 1 and self.scenario.training.reduction == "mean"
        around = ("(", f") / {batch}") if mean else ("", "")
        rule: tuple[Piece, ...] = ("Σ ", *self._loss_pieces(self.network.loss.formula, None))
        rule = (f"1/{batch} ", *rule) if mean else rule
        return self.result(Quantity("E"), rule, parts, around=around, batch=self.batch)

    # Quantities of parameters

    def _present(self, quantity: Quantity, name: str) -> Explanation:
        found = self.result(quantity, (origin(self.session, name),), ())
        if not made_by_update(self.session, name):
            return found
        update = Quantity("w+", name)
        return replace(found, earlier=explain(go_to(self.session, self.session.iteration - 1, update), update))

    def _d_error_d_parameter(self, quantity: Quantity, name: str) -> Explanation:
        layers = self.network.uses(self.network.layer_of(self.network.parameter_index[name]))
        # of a tied parameter, the uses that have added their part; where there is none yet, all that will
        added = uses_added(self.session, name) if quantity.through is None else ()
        layers_shown = added or layers
        batch = len(self.session.values.examples)
        parts, nodes, of_bias = [], [], False
        for layer in layers_shown:
            targets, sources = self.network.nodes(layer), self.network.nodes(layer - 1)
            places = [at for at in self.network.places(name, layer) if quantity.through in (None, targets[at[0]])]
            for example in range(batch):
                for target, source in places:
                    d_error_d_x = self.operand("dE/dx", targets[target], example=example)
                    if source is None:
                        of_bias = True
                        parts.append(Part((d_error_d_x,), d_error_d_x.value))
                    else:
                        parts.append(self.product(self.operand("y", sources[source], example=example), d_error_d_x))
                    nodes.append((layer, target))
        rule: tuple[Piece, ...] = (_symbol("dE/dx"),) if of_bias else (_symbol("y"), "·", _symbol("dE/dx"))
        if len(parts) > 1:
            rule = ("Σ ", *rule)
        mean = batch > 1 and self.scenario.training.reduction == "mean"
        around = ("(", f") / {batch}") if mean else ("", "")
        where: tuple[Explanation, ...] = ()
        if len(parts) == 1:  # one path: its node's own calculation completes the chain of factors
            layer, target = nodes[0]
            of_node = Quantity("dE/dx", self.network.nodes(layer)[target])
            where = (self._d_error_d_input(of_node, layer, target),)
        rule = (f"1/{batch} ", *rule) if mean else rule
        words = "" if quantity.through is not None else self._words_of_uses(layers, added)
        return self.result(quantity, rule, tuple(parts), around=around, where=where, words=words, batch=self.batch)

    def _words_of_uses(self, layers: tuple[int, ...], added: tuple[int, ...]) -> str:
        if len(layers) == 1:
            return ""
        if len(added) in (0, len(layers)):
            return f"One parameter of {len(layers)} layers: the sum over its uses."
        *others, last = [self.network.layer(layer).label or f"layer {layer}" for layer in layers if layer not in added]
        parts = f"the parts of {', '.join(others)} and {last} are" if others else f"the part of {last} is"
        return f"So far: {parts} still to come."

    def _update(self, quantity: Quantity, name: str) -> Explanation:
        training = self.scenario.training
        w = self.operand("w", name)
        if self.network.parameter_index[name] in training.frozen:
            return self.result(quantity, (_symbol("w"),), (Part((w,), w.value),), words="Frozen: it is not trained.")
        optimizer = training.optimizer
        if isinstance(optimizer, Momentum):
            return self._momentum(quantity, name)
        return self._adam(quantity, name) if isinstance(optimizer, Adam) else self._sgd(quantity, name)

    def _sgd(self, quantity: Quantity, name: str) -> Explanation:
        pieces = (self.operand("w", name), " − ", self.operand("learning_rate"), "·", self.operand("dE/dw", name))
        rule = (_symbol("w"), " − ", _symbol("learning_rate"), "·", _symbol("dE/dw"))
        return self.result(quantity, rule, (Part(pieces),))

    def _momentum(self, quantity: Quantity, name: str) -> Explanation:
        optimizer = self.scenario.training.optimizer
        assert isinstance(optimizer, Momentum)
        factor = f"{optimizer.momentum!r}·"
        remembered = Part((factor, self.operand("v", name), " + ", self.operand("dE/dw", name)))
        rule: tuple[Piece, ...] = ("μ·", _symbol("v"), " + ", _symbol("dE/dw"))
        velocity = self.result(Quantity("v+", name), rule, (remembered,))
        pieces: tuple[Piece, ...] = (self.operand("w", name), " − ", self.operand("learning_rate"), "·")
        rule = (_symbol("w"), " − ", _symbol("learning_rate"), "·")
        if optimizer.nesterov:
            pieces = (*pieces, "(", self.operand("dE/dw", name), f" + {factor}", self.operand("v+", name), ")")
            rule = (*rule, "(", _symbol("dE/dw"), " + μ·", _symbol("v+"), ")")
        else:
            pieces, rule = (*pieces, self.operand("v+", name)), (*rule, _symbol("v+"))
        return self.result(quantity, rule, (Part(pieces),), where=(velocity,))

    def _adam(self, quantity: Quantity, name: str) -> Explanation:
        optimizer = self.scenario.training.optimizer
        assert isinstance(optimizer, Adam)
        beta1, beta2, time = optimizer.beta1, optimizer.beta2, self.session.iteration + 1
        derivative = self.operand("dE/dw", name)
        first = Part((f"{beta1!r}·", self.operand("m", name), f" + (1 − {beta1!r})·", derivative))
        second = Part((f"{beta2!r}·", self.operand("v", name), f" + (1 − {beta2!r})·", derivative, "²"))
        where = (
            self.result(Quantity("m+", name), ("β₁·", _symbol("m"), " + (1 − β₁)·", _symbol("dE/dw")), (first,)),
            self.result(Quantity("v+", name), ("β₂·", _symbol("v"), " + (1 − β₂)·", _symbol("dE/dw"), "²"), (second,)),
        )
        w, rate, m, v = (self.operand(*key) for key in (("w", name), ("learning_rate",), ("m+", name), ("v+", name)))
        middle, last = f" / (1 − {beta1!r}^{time})·", f" / (1 − {beta2!r}^{time})) + {optimizer.epsilon!r})"
        part = Part((w, " − ", rate, middle, m, " / (√(", v, last))
        rule: tuple[Piece, ...] = (_symbol("w"), " − ", _symbol("learning_rate"), " / (1 − β₁^t)·", _symbol("m+"))
        rule = (*rule, " / (√(", _symbol("v+"), " / (1 − β₂^t)) + ε)")
        return self.result(quantity, rule, (part,), where=where)


def leaves_few_digits(y: float | None, t: float | None) -> bool:
    """Whether y − t is taken from what both leave of 1, and an output so near its target that it shows."""
    return y is not None and t is not None and near_one(y, t) and abs(y - t) < NEAR


def _symbol(kind: str) -> Operand:
    return Operand(Quantity(kind))


def _filled(formula: str, operands: Mapping[str, Operand]) -> tuple[Piece, ...]:
    """A formula's text with its `{x}`, `{y}`, `{t}` replaced by operands."""
    pieces = re.split(r"\{(\w)\}", formula)
    return tuple(operands[piece] if i % 2 else piece for i, piece in enumerate(pieces) if piece)
