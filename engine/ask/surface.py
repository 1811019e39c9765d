"""What nodes compute over two inputs: on a grid of them for a picture, and at one point as the walk would have it.

The two are inputs as the data have them; what is made of them (features, a common scale) is made anew at every point,
and all others stay as one example has them. Parameters are those with which the iteration starts.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.ask.lookup import value_of
from engine.formula.arithmetic import locked
from engine.formula.quantity import Quantity
from engine.formula.tree import Ref
from engine.program.coded import NoCodeError
from engine.program.compiled import forward_of, needed_for
from engine.program.equations import Program
from engine.program.equations import value_of as made_by
from engine.program.graph import Graph
from engine.program.layers import node_value
from engine.program.network import Network
from engine.program.scenario import Scenario
from engine.told import Told, untold
from engine.walking.advance import advance, begin_with
from engine.walking.values import Values

Array = NDArray[np.float64]

PRODUCTS, AT_ONCE = 6, 50_000_000
"""Products of a point with a parameter in a nanosecond; and nanoseconds after which somebody is told."""
BEYOND = 0.12
"""How much farther than the examples a picture goes, in parts of their range."""
ALONE = 1.0
"""How far to each side it goes at least, where all examples have one value."""


def inputs_of_data(scenario: Scenario) -> Sequence[str]:
    """The inputs that the data give, which a map can be over."""
    return scenario.network.inputs if scenario.preparation is None else scenario.preparation.raw


def why_no_surface(scenario: Scenario) -> str | None:
    """Why nothing can be drawn over two inputs, in words; None where something can."""
    count = len(inputs_of_data(scenario))
    if count < 2:
        return f"a map is over two inputs, and there is {'one' if count else 'none'} here"
    if scenario.graph is not None and scenario.graph.joins_examples:
        return "the examples of a batch meet in this graph: no point has numbers by itself"
    return None


class Plane(Struct, frozen=True, eq=False):
    """Two inputs of the data, beside which all others stay as they are.

    Attributes:
        scenario: whose inputs they are.
        across: the name of the first.
        up: of the second.
        raw: all inputs of the data, shape (1, inputs): those of one example.
        own: the same as they go into the network.
        targets: its targets, shape (1, targets), or None.
    """

    scenario: Scenario
    across: str
    up: str
    raw: Array
    own: Array
    targets: Array | None

    @property
    def places(self) -> tuple[int, int]:
        """Where the two are among the inputs of the data."""
        names = inputs_of_data(self.scenario)
        return names.index(self.across), names.index(self.up)

    @property
    def window(self) -> tuple[float, float, float, float]:
        """What shows all examples, those of the test too: from the left to the right, from the bottom to the top."""
        scenario = self.scenario
        parts = [scenario.inputs, self.own] + ([] if scenario.test is None else [scenario.test.inputs])
        points = np.concatenate([self.points(part) for part in parts])
        low, high = points.min(axis=0), points.max(axis=0)
        apart = high - low
        more = np.where(apart > 0, apart * BEYOND, np.maximum(ALONE, np.abs(low)))
        (left, bottom), (right, top) = (low - more).tolist(), (high + more).tolist()
        return left, right, bottom, top

    @property
    def here(self) -> tuple[float, float]:
        """Where the example stands."""
        across, up = self.places
        return float(self.raw[0, across]), float(self.raw[0, up])

    def points(self, inputs: Array) -> Array:
        """Where examples stand, shape (examples, 2), from what goes into the network."""
        preparation = self.scenario.preparation
        raw = inputs if preparation is None else preparation.raw_of(inputs)
        return raw[:, self.places]

    def inputs(self, xs: Array, ys: Array) -> Array:
        """What goes into the network at each point, shape (points, inputs).

        Args:
            xs: numbers of the first input.
            ys: of the second, as many.
        """
        rows = np.repeat(self.raw, len(xs), axis=0)
        across, up = self.places
        rows[:, across], rows[:, up] = xs, ys
        return rows if self.scenario.preparation is None else self.scenario.preparation.prepared(rows)

    def grid(self, xs: Array, ys: Array) -> Array:
        """The same at every x beside every y, row by row: shape (len(ys)·len(xs), inputs)."""
        return self.inputs(np.tile(xs, len(ys)), np.repeat(ys, len(xs)))


def plane_of(scenario: Scenario, values: Values, example: int, over: tuple[str, str] | None = None) -> Plane:
    """The plane through an example of a batch, over these two inputs, or over the first two.

    Raises:
        LookupError: there is no such plane; the message says why.
    """
    why_not = why_no_surface(scenario)
    if why_not is not None:
        raise LookupError(why_not)
    names = inputs_of_data(scenario)
    across, up = names[:2] if over is None else over
    for name in (across, up):
        if name not in names:
            raise LookupError(f"the data give no input {name}: there are {', '.join(names)}")
    own = values.inputs[example : example + 1].astype(np.float64)
    raw = own if scenario.preparation is None else scenario.preparation.raw_of(own)
    targets = None if values.targets is None else values.targets[example : example + 1].astype(np.float64)
    return Plane(scenario, across, up, np.array(raw), own, targets)


def output_of(network: Network | Graph, name: str) -> Ref:
    """What of the program a node's output is.

    Raises:
        KeyError: there is no such node.
    """
    if isinstance(network, Graph):
        return network.value_of_element[name]
    return node_value(network, *network.node_index[name])


def work(start: Values, points: int) -> int:
    """About how many nanoseconds the outputs at so many points take."""
    return points * max(1, len(start.theta)) // PRODUCTS


def outputs_at(start: Values, plane: Plane, inputs: Array, names: Sequence[str], told: Told = untold) -> list[Array]:
    """The outputs of nodes at each point, by functions of numpy's, right to about the last digit.

    Args:
        start: of the iteration, with nothing computed.
        plane: to which the points belong.
        inputs: as `Plane.inputs` or `Plane.grid` has them.
        names: of nodes.
        told: is told how many points are done; what it raises ends it.

    Returns:
        of each node shape (points,); not finite where it has no value.
    """
    some = max(1, AT_ONCE * PRODUCTS // max(1, len(start.theta)))
    parts: list[list[Array]] = []
    for first in range(0, len(inputs), some):
        told(first, len(inputs), "points")
        parts.append(_outputs_at(start, plane, inputs[first : first + some], names))
    return parts[0] if len(parts) == 1 else [np.concatenate(part) for part in zip(*parts, strict=True)]


def _outputs_at(start: Values, plane: Plane, inputs: Array, names: Sequence[str]) -> list[Array]:
    network, program = plane.scenario.network, start.steps.program
    refs = [output_of(network, name) for name in names]
    wanted = tuple(dict.fromkeys(ref.name for ref in refs))
    found = dict(zip(wanted, values_at(start, plane, inputs, wanted), strict=True))
    flat = {
        name: np.broadcast_to(value, (len(inputs), *program.shapes[name])).reshape(len(inputs), -1)
        for name, value in found.items()
    }
    return [flat[ref.name][:, ref.item or 0] for ref in refs]


def values_at(start: Values, plane: Plane, inputs: Array, wanted: tuple[str, ...]) -> Sequence[Array]:
    """Whole values of the program at each point."""
    arithmetic, program = plane.scenario.training.arithmetic, start.steps.program
    with np.errstate(all="ignore"):
        if arithmetic.exact:
            try:
                forward = forward_of(program, wanted)
            except NoCodeError:
                pass
            else:
                return forward(given_to(program, start.theta, inputs, plane.targets))
        rows = len(inputs)
        targets = None if plane.targets is None else arithmetic.taken(np.repeat(plane.targets, rows, axis=0))
        points = replace(start, examples=(0,) * rows, inputs=arithmetic.taken(inputs), targets=targets)
        return _by_equations(points, plane.scenario, wanted)


def given_to(
    program: Program, theta: Array, inputs: Array, targets: Array | None, weights: Array | None = None
) -> Mapping[str, Array]:
    """What `forward_of` takes; parameters are views of θ."""
    n = len(inputs)
    given: dict[str, Array] = {name: array[0] for name, array in program.constants.items()}
    for name, span in program.parameters.items():
        given[name] = theta[span].reshape(program.shapes[name])
    for name, place in program.given.items():
        source = {"inputs": inputs, "targets": targets, "weights": weights}[place.of]
        columns = np.zeros((n, len(place.columns))) if source is None else _columns(source, place.columns)
        given[name] = np.broadcast_to(columns, (n, columns.shape[1])).reshape(n, *program.shapes[name])
    return {**given, "·": n}  # type: ignore[dict-item]


def _columns(source: Array, columns: tuple[int, ...]) -> Array:
    """As it stands, where that is all of it: to pick columns takes as long as a layer."""
    return source if columns == tuple(range(source.shape[1])) else source[:, columns]


def _by_equations(points: Values, scenario: Scenario, wanted: tuple[str, ...]) -> Sequence[Array]:
    """The same by the walk's own functions, number by number."""
    arithmetic, program = scenario.training.arithmetic, points.steps.program
    known: dict[str, Array] = {}

    def value(name: str) -> Array:
        if name in known:
            return known[name]
        return points.given(name) if name in program.given else points.value(name)

    for equation in needed_for(program, wanted):
        known[equation.target] = arithmetic.kept(made_by(equation, value, arithmetic.field))
    return [value(name) for name in wanted]


def output_at(start: Values, plane: Plane, name: str, x: float, y: float) -> float | None:
    """A node's output at one point, to the last bit as the walk computes it; None where it is not finite."""
    return outputs_of(start, plane, plane.inputs(np.array([x]), np.array([y])), [name])[0]


def outputs_of(start: Values, plane: Plane, inputs: Array, names: Sequence[str]) -> list[float | None]:
    """The outputs of nodes for one example's inputs, shape (1, inputs), likewise."""
    scenario = plane.scenario.without_penalty
    targets = None if plane.targets is None else locked(plane.targets)
    there = replace(scenario, inputs=locked(inputs.copy()), targets=targets)
    values = begin_with(there, start.steps, start.iteration, start.theta, start.state, (0,))
    while values.error is None and values.event is None:
        values = advance(there, values)
    found = [value_of(there, values, Quantity("y", name), 0) for name in names]
    return [value if value is not None and np.isfinite(value) else None for value in found]
