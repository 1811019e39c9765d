"""Whole iterations of a small network or graph as straight-line Python, for running on and for replays.

For a handful of nodes nearly all of numpy's time is spent on calls, so the iteration is written out as one function of
local variables: from the same equations, by the same chain rule and in the same order of arithmetic as stepping, to
which a test proves it equal to the last bit. It does what is small; all else is left to `advance`, as is whatever is
not finite.

What is written depends on the equations and on the way of training, not on parameters, examples and learning rate: so
it is kept, and written once for all the branches of a walk.
"""

from collections import deque
from collections.abc import Callable, Iterator
from math import prod
from types import CodeType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.formula.tree import calls
from engine.program.batches import batch_of, weights_of
from engine.program.equations import Equation, Program
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.scenario import Scenario, Training
from engine.program.steps import Row, Steps
from engine.walking.fast.example import Example, takes
from engine.walking.fast.penalties import PenaltyTerms
from engine.walking.fast.rules import RuleLines
from engine.walking.fast.space import RAISED, Space

LARGEST, LARGEST_GRAPH = 400, 4_000
"""Parameters of a network, and numbers of a graph's way forward, above which numpy is the faster way."""

Run = Callable[[list[float], int, int, float, list[float]], tuple[list[float], int]]
"""(θ and the optimizer's memory, first, last, below, errors) → (the same later, k): iterations first … k − 1 done,
their E appended to `errors`. It ends before `last` after an E below the bound, or before an iteration that may not be
finite."""


def straight_run(scenario: Scenario) -> Run | None:
    """The scenario's iterations as one function, or None where `advance` has to do them."""
    training = scenario.training
    if not len(scenario.theta) or (training.immediate and training.batch > 1):
        return None
    if scenario.graph is None and len(scenario.theta) > LARGEST:
        return None
    form = _Form.of(scenario)
    written = next((written for known, written in _KNOWN if known.same(form)), None)
    if written is None:
        written = _written(scenario, form)
        _KNOWN.append((form, written))
    return None if written is None else written.run(scenario)


class _Form(Struct, frozen=True, eq=False):
    """All that the text depends on.

    Attributes:
        network: the network or graph itself.
        training: with another learning rate.
        single: whether there is but one example.
        targets: whether there are any.
        summed: whether there are some that are no shares.
    """

    network: Network | Graph
    training: Training
    single: bool
    targets: bool
    summed: bool

    @classmethod
    def of(cls, scenario: Scenario) -> "_Form":
        """Of a scenario."""
        fused = None if scenario.graph is not None else scenario.layered.fused(scenario.layered.depth)
        targets = [] if scenario.targets is None else scenario.targets.tolist()
        summed = fused is not None and any(fused.total(one) is not None for one in targets)
        training = replace(scenario.training, learning_rate=1.0)
        return cls(scenario.network, training, len(scenario.inputs) == 1, scenario.targets is not None, summed)

    def same(self, other: "_Form") -> bool:
        """Whether it is the text of another one, too; networks are not compared, as branches share theirs."""
        alike = (self.single, self.targets, self.summed) == (other.single, other.targets, other.summed)
        return alike and self.network is other.network and self.training == other.training


class _Written(Struct, frozen=True, eq=False):
    """The function's text, compiled, and what it calls."""

    code: CodeType
    names: dict[str, Any]

    def run(self, scenario: Scenario) -> Run:
        """The function for a scenario's examples and learning rate."""
        training = scenario.training
        space = self.names | {"batch": _batches(scenario), "rate": training.learning_rate, "rate_at": training.rate}
        exec(self.code, space)  # our own text: nothing of a file is in it
        made: Run = space["run"]
        return made


_KNOWN: deque[tuple[_Form, _Written | None]] = deque(maxlen=8)


def _written(scenario: Scenario, form: _Form) -> _Written | None:
    steps = Steps(scenario.network, scenario.training)
    program = steps.program
    if not takes(program, single=scenario.training.batch == 1):
        return None
    if scenario.graph is not None and _numbers(program) > LARGEST_GRAPH:
        return None
    writer = Writer(scenario, steps, summed=form.summed)
    return _Written(compile("\n".join(writer.text()), "<straight line>", "exec"), writer.space.names)


def _numbers(program: Program) -> int:
    return sum(prod(program.shape(call)) for equation in program.equations for call in calls(equation.formula))


def _batches(scenario: Scenario) -> Callable[[int], list[tuple[list[float], list[float]]]]:
    inputs = scenario.inputs.tolist()
    targets = (
        [[0.0] * len(scenario.network.targets)] * len(inputs) if scenario.targets is None else scenario.targets.tolist()
    )
    if scenario.training.by_weights and scenario.weights is not None:  # they are another batch's other ones

        def of_batch(k: int) -> list[tuple[list[float], list[float]]]:
            chosen = batch_of(scenario, k)
            weights = weights_of(scenario, chosen)
            assert weights is not None
            own = zip(chosen, weights.tolist(), strict=True)
            return [(inputs[example], [*targets[example], *of_one]) for example, of_one in own]

        return of_batch
    if scenario.weights is not None:
        targets = [[*row, *weights] for row, weights in zip(targets, scenario.weights.tolist(), strict=True)]
    examples = list(zip(inputs, targets, strict=True))
    if len(examples) == 1:
        return lambda _: examples
    return lambda k: [examples[example] for example in batch_of(scenario, k)]


class Writer:
    """Writes the function.

    Its names: w3 is θ[3], g3 its derivative, w3_new its new value, m3 and m3_new what the optimizer remembers of it.
    p2_3 is what the equation of value 2 gives to g3, added up over a batch. The others are those of `Example`.
    """

    def __init__(self, scenario: Scenario, steps: Steps, *, summed: bool) -> None:
        training = scenario.training
        self.space, self._steps, self._training = Space(), steps, training
        self._program, self._one = steps.program, len(scenario.inputs) == 1
        self._single = training.batch == 1
        self._parameters = range(len(scenario.theta))
        self._trained = [i for i in self._parameters if i not in training.frozen]
        self._example = Example(steps, self.space, summed=summed)
        self._rule = RuleLines(training, steps)
        self._joined = "dE/dw" if training.learning_rule is None else "w+"
        """The rows of what is joined over a batch: derivatives, or what a learning rule has in their place."""
        penalty = training.penalty
        self._penalty = None if penalty is None else PenaltyTerms(penalty, self.space.called, single=self._single)
        self._unused = () if scenario.graph is None else tuple(scenario.graph.shown)

    def text(self) -> Iterator[str]:
        """Its lines."""
        letters = ("w", *self._training.optimizer.slots)
        packed = "".join(f"{letter}{i}, " for letter in letters for i in self._parameters)
        yield "def run(packed, first, last, below, errors):"
        yield f"    {packed} = packed"
        yield from (f"    {line}" for line in self._once())
        yield "    for k in range(first, last):"
        if self._training.schedule is not None:
            yield "        rate = rate_at(k)"
        yield "        try:"
        yield from (f"            {line}" for line in (self._of_one() if self._single else self._of_batch()))
        yield f"        except {RAISED}:"
        yield f"            return [{packed}], k"
        # one sum is not finite if any of its terms is not: then `advance` looks closer
        yield f"        if ({' + '.join(self._checked())}) * 0.0 != 0.0:"
        yield f"            return [{packed}], k"
        for i in self._trained:
            yield from (f"        {letter}{i} = {letter}{i}_new" for letter in letters)
        yield "        errors.append(E)"
        yield "        if E < below:"
        yield f"            return [{packed}], k + 1"
        yield f"    return [{packed}], last"

    def _once(self) -> Iterator[str]:
        """What is the same for all iterations: constants, and the only example."""
        if self._single and self._one:
            yield "(inputs, targets), = batch(0)"
            yield from self._example.given()
        yield from self._example.constants()

    def _checked(self) -> Iterator[str]:
        yield from self._example.watched if self._single else ["seen"]
        yield "E"
        yield from self._rule.norms()
        for i in self._parameters:
            if i in self._training.frozen:
                yield from (f"g{i}",) if self._training.learning_rule is None else ()
            else:
                yield from (f"{letter}{i}_new" for letter in ("w", *self._training.optimizer.slots))

    def _of_one(self) -> Iterator[str]:
        """One example: every derivative is its own; updates may come right after them."""
        example, lines = self._example, self._example.lines
        if not self._one:
            lines += ["(inputs, targets), = batch(k)", *example.given()]
        example.forward()
        lines.append("E = e + 0.0")
        if self._penalty is not None:
            lines.append(f"E = E + ({self._penalty.value()})")
        lines += self._rule.once()
        for row in self._steps.rows:
            if row.quantity == self._joined:
                self._compare(row)
                for name, item in self._whole(row):
                    parts = [example.part(use, name, item) for use in self._program.consumers[name]]
                    lines.append(f"g{example.index(name, item)} = {example.added(parts)} + 0.0")
                lines += self._slopes_of_penalty(row)
            elif row.phase == "backward":
                example.back(row)
            if row.phase == "update":
                lines += self._rule.update(self._indices(row))
                if self._training.immediate:
                    example.updated |= set(self._indices(row)) - self._training.frozen
        self._watch_ends()
        return iter(lines)

    def _of_batch(self) -> Iterator[str]:
        """Several examples: derivatives are added up one after the other."""
        uses = [
            (equation, name, item)
            for name in self._program.parameters
            for equation in self._program.consumers[name]
            for item in self._example.items(name)
        ]
        slots = [self._slot(*use) for use in uses]
        yield "examples = batch(k)"
        yield "E = seen = " + "".join(f"{slot} = " for slot in slots) + "0.0"
        yield "for inputs, targets in examples:"
        yield from (f"    {line}" for line in self._of_each())
        yield "count = len(examples)"
        if self._training.reduction == "mean":
            yield "E = E / count"
            yield from (f"{slot} = {slot} / count" for slot in slots)
        if self._penalty is not None:
            yield f"E = E + ({self._penalty.value()})"
        rows = self._steps.rows
        for row in rows:
            if row.quantity == self._joined:
                yield from self._sums_over_uses(row)
                yield from self._slopes_of_penalty(row)
        yield from self._rule.once()
        for row in rows:
            if row.phase == "update":
                yield from self._rule.update(self._indices(row))

    def _of_each(self) -> list[str]:
        """One of several examples."""
        example, lines = self._example, self._example.lines
        lines += example.given()
        example.forward()
        lines.append("E = E + (e + 0.0)")
        for row in self._steps.rows:
            if row.quantity == self._joined:
                self._compare(row)
                for name, item in self._whole(row):
                    for use in self._program.consumers[name]:
                        slot = self._slot(use, name, item)
                        lines.append(f"{slot} = {slot} + ({example.part(use, name, item)})")
            elif row.phase == "backward":
                example.back(row)
        self._watch_ends()
        lines.append(f"seen = seen + {' + '.join(example.watched) or '0.0'}")
        return lines

    def _watch_ends(self) -> None:
        """What nothing else is made of: nodes of a graph that E does not need, and derivatives."""
        self._example.watch([name for name in self._unused if name in self._program.equation])

    def _compare(self, row: Row) -> None:
        """For a learning rule, in the place of dE/dx how far what is compared is off."""
        if self._training.learning_rule is not None:
            (use,) = self._program.consumers[row.values[0]]
            self._example.take(use.target, self._training.learning_rule.of_layer)

    def _whole(self, row: Row) -> Iterator[tuple[str, int]]:
        """The parameters of which a row is the last to tell the derivative: of tied ones the owner's."""
        for name in row.values:
            told = self._steps.derivatives[name]
            if not told or self._steps.rows[told[-1][0]] is row:
                yield from ((name, item) for item in self._example.items(name))

    def _indices(self, row: Row) -> list[int]:
        return [self._example.index(name, item) for name in row.values for item in self._example.items(name)]

    def _slot(self, equation: Equation, name: str, item: int) -> str:
        """What an equation gives to the derivative by an element of a parameter."""
        uses, index = self._program.consumers[name], self._example.index(name, item)
        return f"p{uses.index(equation)}_{index}" if len(uses) > 1 else f"g{index}"

    def _sums_over_uses(self, row: Row) -> Iterator[str]:
        for name, item in self._whole(row):
            uses = self._program.consumers[name]
            if len(uses) > 1:
                total = " + ".join(self._slot(use, name, item) for use in uses)
                yield f"g{self._example.index(name, item)} = {total} + 0.0"

    def _slopes_of_penalty(self, row: Row) -> Iterator[str]:
        """Its part of the derivatives of a row; of tied parameters once."""
        if self._penalty is not None:
            indices = (self._example.index(name, item) for name, item in self._whole(row))
            slopes = ((i, self._penalty.slope(i)) for i in indices)
            yield from (f"g{i} = g{i} + {slope}" for i, slope in slopes if slope)
