"""Any number of a walk by its name, or None while it is not computed."""

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.quantity import Kind, Quantity, kind_of
from engine.formula.tree import Formula, Ref
from engine.program.across.batch import ElementOf, in_batch
from engine.program.chain_rule import by_example, is_one_function_of, partials, slopes
from engine.program.equations import Equation, Program
from engine.program.scenario import Scenario
from engine.program.steps import Steps
from engine.walking.advance import reduced
from engine.walking.clipping import norm_of
from engine.walking.session import Session
from engine.walking.values import Values, following

Array = NDArray[np.float64]


def value_at(session: Session, quantity: Quantity, example: int = 0) -> float | None:
    """The number at this place, as far as it is *shown*: at detail `scalar` a row may be computed and half shown.

    Args:
        session: the place.
        quantity: what is asked for.
        example: the example's number within the batch, from 0; it does not matter for parameters and batch totals.

    Returns:
        the number, or None while it is not computed or not shown yet.

    Raises:
        KeyError: the network has no such node or parameter.
    """
    if _shown(session, quantity):
        return value_of(session.scenario, session.values, quantity, example)
    if quantity.kind == "dE/dw" and session.values.previous is not None:
        # of a tied parameter, what its uses in later layers give
        return value_of(session.scenario, session.values.previous, quantity, example)
    return None


def value_of(scenario: Scenario, values: Values, quantity: Quantity, example: int = 0) -> float | None:
    """The number in these values, or None while it is not *computed*. Arguments and errors as in `value_at`."""
    kind = kind_of(quantity.kind)
    if quantity.kind == "learning_rate":
        return scenario.training.rate(values.iteration)
    if quantity.kind == "E_penalty":
        return values.penalty
    if kind.of_rule:
        return _of_rule(scenario, values, quantity, kind)
    if kind.of == "parameter":
        return _of_parameter(scenario, values, quantity)
    if quantity.kind == "E" and quantity.subject is None:
        return values.error
    return _of_node(scenario, values, quantity, example)


def layer_values(session: Session, kind: str, layer: int, example: int = 0) -> tuple[float | None, ...]:
    """x, y, dE/dy or dE/dx of a layer's nodes, in their order: as `value_at` gives them, of many nodes at once.

    Inputs have an output only: None for theirs of another kind.
    """
    names, result = session.scenario.network.nodes(layer), session.values.get(kind, layer)
    if result is None:
        return (None,) * len(names)
    found: list[float | None] = result[example].tolist()
    found += [None] * (len(names) - len(found))
    if session.hidden and session.row is not None and (session.row.quantity, session.row.layer) == (kind, layer):
        unshown = set(session.unshown)
        found = [None if name in unshown else value for name, value in zip(names, found, strict=True)]
    return tuple(found)


def parameter_values(session: Session, kind: str, names: Sequence[str]) -> list[float | None]:
    """dE/dw or w+ of parameters: as `value_at` gives them, of many at once."""
    values, places = session.values, dict[str, Array | None]()
    rows = values.steps.derivatives if kind == "dE/dw" else values.steps.updates
    found: list[float | None] = []
    for name in names:
        ref = values.steps.program.parameter(session.scenario.network.parameter_index[name])
        if ref.name not in places:
            done = [place for place in rows[ref.name] if place[0] < len(values.results)]
            places[ref.name] = values.results[done[-1][0]][done[-1][1]] if done and not session.hidden else None
        result = places[ref.name]
        found.append(value_at(session, Quantity(kind, name)) if result is None else float(result[ref.item or 0]))
    return found


def _of_parameter(scenario: Scenario, values: Values, quantity: Quantity) -> float | None:
    index, steps = scenario.network.parameter_index[quantity.subject or ""], values.steps
    if quantity.kind == "w":
        return float(values.beginning.theta[index])
    ref = steps.program.parameter(index)
    if quantity.through is not None:
        return _of_use(scenario, values, ref, quantity.through)
    rows = steps.derivatives if quantity.kind == "dE/dw" else steps.updates
    # of a tied parameter dE/dw as far as the rows done have added to it
    done = [place for place in rows[ref.name] if place[0] < len(values.results)]
    if done:
        row, part = done[-1]
        return float(values.results[row][part][ref.item or 0])
    if quantity.kind == "w+" and values.complete:
        return float(values.theta[index])  # a layer, or a parameter, that is wholly frozen
    return None


def _of_use(scenario: Scenario, values: Values, parameter: Ref, through: str) -> float | None:
    """The part of a parameter's dE/dw that comes from its use at one node."""
    steps, batch = values.steps, len(values.examples)
    program = steps.program
    uses = [use for use in program.consumers[parameter.name] if leads(program, use, through)]
    first = max(steps.backward[use.target][0] for use in uses)
    row = next(row for row, _ in steps.derivatives[parameter.name] if row > first)
    if row >= len(values.results):
        return None
    if parameter.name in program.shared:
        stage = next(stage for stage in values.history() if len(stage.results) == row)
        parts = list(_through(stage, uses, through, parameter, 0).values())
    else:
        parts = [_sum(_through(values, uses, through, parameter, example)) for example in range(batch)]
    return float(reduced(scenario, np.array(parts)[:, np.newaxis], batch)[0])


def leads(program: Program, use: Equation, through: str) -> bool:
    """Whether what an equation makes is called so, or an element of it."""
    return use.target == through or through in program.names[use.target][1]


def _through(values: Values, uses: Sequence[Equation], through: str, of: Ref, example: int) -> dict[int, float]:
    """What comes back to an element of a value through a node, its total input or its formula: by the node's example.

    Of a value that is one for all examples it comes from each of them.
    """
    program, count = values.steps.program, len(values.examples)
    found: dict[int, float] = {}
    for use in uses:
        names, adjoint = program.names[use.target][1], values.derivative(use.target)
        for item, slope in partials(program, use, of).items():
            if through not in (use.target, names[item]):
                continue
            if (own := _own_slope(values, use, of, item, example)) is not None:
                slope = own
            for at, local in by_example(program, use, of, slope, example, count, _leaf(values)):
                came = float(adjoint[at % len(adjoint)].flat[item])
                term = _in_precision(values, _in_precision(values, number_of(local, {}, REAL)) * came)
                found[at] = _in_precision(values, found[at] + term) if at in found else term
    return found


def _own_slope(values: Values, use: Equation, of: Ref, item: int, example: int) -> float | None:
    """The local derivative of an element as the walk keeps it; None where it is what its formula gives."""
    steps = values.steps
    if steps.arithmetic.exact or not (use.by_element and is_one_function_of(use, of.name)) or item != (of.item or 0):
        return None

    def of_example(name: str) -> Array:
        whole = values.value(name)
        return np.asarray(whole[example % len(whole)])[np.newaxis]

    found = slopes(steps.program, use.target, of_example, steps.arithmetic)
    return float(found.flat[item if found.size > 1 else 0])


def _in_precision(values: Values, number: float) -> float:
    """A number in the walk's precision."""
    return float(np.float32(number)) if values.steps.arithmetic.field.single else float(number)


def _sum(parts: Mapping[int, float]) -> float:
    return reduce(float.__add__, parts.values()) if parts else 0.0


def _number(values: Values, formula: Formula, example: int) -> float:
    """The number of a formula over elements, for one example."""
    return float(number_of(in_batch(formula, example, len(values.examples), _leaf(values)), {}, REAL))


def _leaf(values: Values) -> ElementOf:
    """The number of an element in an example."""

    def number(ref: Ref, example: int) -> float:
        whole = values.value(ref.name)
        return float(whole[example % len(whole)].flat[ref.item or 0])

    return number


def uses_added(session: Session, name: str) -> tuple[int, ...]:
    """The layers whose use of a parameter is in its dE/dw as it is shown: all of them once that is whole."""
    rows = session.timeline.steps.rows
    return tuple(sorted(rows[row].layer for row in _rows_added(session, name)))


def _rows_added(session: Session, name: str) -> list[int]:
    """The rows that have added to the derivative by a parameter, as it is shown."""
    steps, done = session.timeline.steps, len(session.values.results)
    row = session.row
    hidden = done - 1 if row is not None and row.quantity == "dE/dw" and name in session.unshown else None
    rows = steps.derivatives[steps.program.parameter(session.scenario.network.parameter_index[name]).name]
    return [number for number, _ in rows if number < done and number != hidden]


def is_partial(session: Session, quantity: Quantity) -> bool:
    """Whether it is dE/dw of a tied parameter to which some use has yet to add its part."""
    if quantity.kind != "dE/dw" or quantity.subject is None or quantity.through is not None:
        return False
    steps = session.timeline.steps
    value = steps.program.parameter(session.scenario.network.parameter_index[quantity.subject]).name
    return 0 < len(_rows_added(session, quantity.subject)) < len(steps.derivatives[value])


def _of_rule(scenario: Scenario, values: Values, quantity: Quantity, kind: Kind) -> float | None:
    """What the optimizer remembers of a parameter, before the update (`v`) or after it (`v+`), or computes besides."""
    optimizer, name = scenario.training.optimizer, quantity.subject or ""
    index, start = scenario.network.parameter_index[name], values.beginning
    slot = quantity.kind.removesuffix("+")
    if slot in optimizer.slots and not kind.row:
        return float(start.state[optimizer.slots.index(slot), index])
    updated = any(
        row < len(values.results) for row, _ in values.steps.updates[values.steps.program.parameter(index).name]
    )
    if not updated:
        return None
    if slot in optimizer.slots:
        return float(values.state[optimizer.slots.index(slot), index])
    training, one = scenario.training, slice(index, index + 1)
    derivative = _of_parameter(scenario, values, Quantity("dE/dw", name))
    if quantity.kind not in training.formulas() or derivative is None or index in training.frozen:
        return None
    gradient = np.array([derivative], start.theta.dtype)
    if training.clip is not None:
        norm = norm_of(training.clip, values, index)
        if quantity.kind == "norm":
            return None if norm is None else training.arithmetic.kept_of(norm)
        gradient = training.clip.clipped(gradient, np.array([norm or 0.0], start.theta.dtype))
        if quantity.kind == "clipped":
            return float(training.arithmetic.kept(gradient)[0])
    made = optimizer.computed(
        start.theta[one], gradient, start.state[:, one], training.rate(values.iteration), values.iteration + 1
    )
    return float(training.arithmetic.kept(made[quantity.kind])[0])


VALUES = {"dE/dy": "y", "dE/dx": "x"}
"""Of a derivative of E the kind of quantity by which it is."""


def _of_node(scenario: Scenario, values: Values, quantity: Quantity, example: int) -> float | None:
    program, subject, kind = values.steps.program, quantity.subject or "", quantity.kind
    if subject not in scenario.network.node_index and (kind, subject) not in program.known_elements:
        raise KeyError(subject)
    if kind == "dy/dx":
        return _slope(scenario, values, subject, quantity.through, example)
    if kind == "dy/dy":
        return _local(scenario, values, subject, quantity.through or "", example)
    of = program.known_elements.get((VALUES.get(kind, kind), subject))
    if of is None:  # an input has an output only
        return None
    try:
        if kind not in VALUES:
            return _element(values.value(of.name), of, example)
        if quantity.through is None and of.name in values.steps.backward:
            return _element(values.derivative(of.name), of, example)
        stage = before_error_goes_back(scenario, values, of.name)
        if stage is None:
            return None
        if quantity.through is None:
            return _element(stage.pulled(of.name), of, example)
        uses = [use for use in program.consumers[of.name] if leads(program, use, quantity.through)]
        return _sum(_through(stage, uses, quantity.through, of, example))
    except KeyError:
        return None


def _element(whole: Array, of: Ref, example: int) -> float:
    return float(whole[example % len(whole)].flat[of.item or 0])


def _local(scenario: Scenario, values: Values, subject: str, through: str, example: int) -> float | None:
    """∂(an element of a node)/∂(an element that its formula uses)."""
    program = values.steps.program
    target, of = program.known_elements["y", subject], element_of(scenario, values.steps, through)
    try:
        equation, item = program.equation[target.name], target.item or 0
        slope = partials(program, equation, of).get(item, 0.0)
        values.value(target.name)
        own = _own_slope(before_update(values), equation, of, item, example)
        return _in_precision(values, _number(before_update(values), slope, example)) if own is None else own
    except KeyError:
        return None


def _slope(scenario: Scenario, values: Values, subject: str, through: str | None, example: int) -> float | None:
    """dy/dx of a node of a layer."""
    layer, node = scenario.layered.node_index[subject]
    if scenario.network.is_input(subject) or values.get("y", layer) is None:
        return None
    found, other = _slopes(values, layer, example), node if through is None else scenario.network.node_index[through][1]
    return float(found[node] if found.ndim == 1 else found[node, other])


def _slopes(values: Values, layer: int, example: int) -> Array:
    """dy/dx of a layer for one example: a matrix where each output depends on every input."""
    of_one, steps = slice(example, example + 1), values.steps

    def made() -> Array:
        found: Array = slopes(steps.program, f"y{layer}", lambda name: values.value(name)[of_one], steps.arithmetic)[0]
        return found

    return following(values, ("slopes", layer, example), made)


def element_of(scenario: Scenario, steps: Steps, name: str) -> Ref:
    """The element of an input, a node or a parameter.

    Raises:
        KeyError: there is none of this name.
    """
    if name in scenario.network.parameter_index:
        return steps.program.parameter(scenario.network.parameter_index[name])
    return steps.program.known_elements["y", name]


def before_update(values: Values) -> Values:
    """A graph's iteration with the parameters that its values were made with: as far as they are not updated yet."""
    rows = values.steps.rows
    first = next((number for number, row in enumerate(rows) if row.quantity == "w+"), len(rows))
    return next(stage for stage in values.history() if len(stage.results) <= first)


def before_error_goes_back(scenario: Scenario, values: Values, name: str) -> Values | None:
    """The stage at which the error goes back into a value: with the parameters that its derivative uses."""
    row = row_before_error_goes_back(scenario, values.steps, name)
    return next((stage for stage in values.history() if len(stage.results) == row), None)


def row_before_error_goes_back(scenario: Scenario, steps: Steps, name: str) -> int:
    """How many rows are done then. The inputs of a layered network have no row; theirs is taken where it would stand.

    That is with the derivative of the layer beside which they come in, or after all other derivatives.
    """
    if name in steps.backward:
        return steps.backward[name][0]
    row = steps.row("dE/dy", steps.rows[steps.forward[name][0]].layer)
    if row is not None:
        return row
    if scenario.training.learning_rule is not None:
        return len(steps.rows) + 1  # it never does
    updated = steps.row("w+", 1) if scenario.training.immediate else None
    return (steps.index["dE/dw", 1] if updated is None else updated) + 1


def _shown(session: Session, quantity: Quantity) -> bool:
    kind = kind_of(quantity.kind)
    if not session.hidden or session.row is None or (kind.known_with or kind.row) != session.row.quantity:
        return True
    return quantity.subject is not None and quantity.subject not in session.unshown
