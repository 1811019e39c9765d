"""Numbers that no row of a walk makes: slopes, parts of a sum, derivatives by inputs of layers, arithmetic over any.

Each is what the row makes that it is a part of, or would be, where nothing else comes back: a slope is dE/dx where
dE/dy is 1, a part is dE/dy where all other derivatives are 0. So the mistakes of that row are those of them as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.ask.lookup import leads, row_before_error_goes_back
from engine.comparison.faults import Fault, Faults, Place
from engine.comparison.placing import Placed
from engine.comparison.singles import Single
from engine.comparison.slots import Slot, Slots
from engine.comparison.verdicts import Judge
from engine.formula.losses import LOSSES
from engine.formula.quantity import Quantity
from engine.program.expression import Expression
from engine.program.scenario import Scenario
from engine.program.steps import Row, Steps
from engine.walking.values import Values

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST = 5_000
"""So many numbers of this kind have mistakes of their own; of more, only what the rows' mistakes make of them."""


class Seen(Values, frozen=True, eq=False):
    """A walk in which of the derivatives only some come back.

    Attributes:
        counted: these, by value.
    """

    counted: Mapping[str, Array] = {}

    def derivative(self, name: str) -> Array:
        """The derivative of an example's E by a value of the program, as far as it counts."""
        return self.counted[name] if name in self.counted else np.zeros_like(self.value(name))

    def of_itself(self, name: str) -> Array:
        """Of a term of E: nothing, since that is no part through something else."""
        return np.zeros_like(self.value(name))


class Making(Struct, frozen=True, eq=False):
    """How a row would make them.

    Attributes:
        place: with the row's program.
        row: that row.
        index: its number in the walk; None where it is in none, or makes it in another way.
        done: how many rows are done before it.
        through: what comes back through what: a value, and which of its elements; None of all.
        alone: whether that is 1 for each element, so that a slope comes out.
        at: which number of the row; None of all.
        example: of which example of the batch; None of all, or where it is one number for them.
    """

    place: Place
    row: Row
    index: int | None
    done: int
    through: tuple[tuple[str, int | None], ...] | None = None
    alone: bool = False
    at: int | None = None
    example: int | None = None

    def of(self, faults: Faults) -> Sequence[Fault]:
        """Those of its row."""
        return () if self.index is None else faults.get(self.index, ())

    def made(self, values: Values, faults: Sequence[Fault]) -> Array | None:
        """The numbers with these mistakes; None where they can't be made."""
        stage = next(stage for stage in values.history() if len(stage.results) <= self.done)
        seen = self._seen(stage)
        with np.errstate(all="ignore"):
            result = self.place.pulled(seen, self.row)
            for fault in faults:
                found = fault.make(seen, self.row, result)
                if found is None or found.shape != result.shape:
                    return None
                result = found
        if self.at is None:
            return result.ravel()
        return (result if result.ndim == 1 else result[(self.example or 0) % len(result)])[self.at : self.at + 1]

    def _seen(self, stage: Values) -> Values:
        if self.through is None:
            return stage
        counted: dict[str, Array] = {}
        for name, item in self.through:
            whole = np.ones_like(stage.value(name)) if self.alone else stage.derivative(name)
            flat = whole.reshape(len(whole), -1)
            kept = flat if item is None else flat * (np.arange(flat.shape[1]) == item)
            counted[name] = kept.reshape(whole.shape)
            above = self.place.made_of.get(name, "")
            if not self.alone and above in stage.steps.backward:  # for whoever takes dE/dy in the place of dE/dx
                other = stage.derivative(above).reshape(len(whole), -1)
                counted[above] = (other if item is None else other * (np.arange(flat.shape[1]) == item)).reshape(
                    whole.shape
                )
        own = {field: getattr(stage, field) for field in Values.__struct_fields__}
        return Seen(**(own | {"steps": self.place.steps}), counted=counted)


class Aside(Struct, frozen=True, eq=False):
    """Numbers that are given, of which no row is.

    Attributes:
        name: what one of them is called, and what all of them are called that are made alike.
        numbers: somebody's.
        half: half a unit of the last digit of each.
        allowed: by how much they may be off.
        ours: by the right rules.
        marks: the verdicts.
        follows: what follows by the rules from what is given before.
        slot: whose they are; None of one number that has none.
        single: that number; None of a slot's.
        making: how a row would make them; None where that is not known, and of arithmetic.
        makings: of arithmetic, how rows would make the quantities that it is made of.
    """

    name: tuple[Quantity, str]
    numbers: Array
    half: Array
    allowed: Array
    ours: Array
    follows: Array
    marks: NDArray[np.int_]
    slot: Slot | None = None
    single: Single | None = None
    making: Making | None = None
    makings: Mapping[Quantity, Making] = {}

    def missed(self, found: Array) -> bool:
        """Whether numbers are others than these."""
        there = np.isfinite(self.numbers)
        return bool((there & ~(np.abs(self.numbers - found) <= self.allowed)).any())

    def by_rule(self, scenario: Scenario, slots: Slots, values: Values) -> Array | None:
        """What a walk has of them."""
        if self.single is not None:
            number = self.single.value(scenario, values)
            return None if number is None else np.array([number])
        assert self.slot is not None
        array = slots.array(values, self.slot)
        return None if array is None else np.asarray(array).ravel()

    def row(self, slots: Slots) -> int | None:
        """The row with which they are known; None where none is."""
        if self.single is not None:
            return max(0, self.single.row(slots))
        return None if self.making is None else self.making.done - 1

    def made(self, scenario: Scenario, values: Values, faults: Faults, group: int | None) -> Array | None:
        """What mistakes make of them: in the row of which they are a part, or in these numbers alone.

        Args:
            scenario: of the walk.
            values: with the mistakes made.
            faults: them, by row, or by group of numbers that are made alike.
            group: of these numbers.

        Returns:
            None where the mistakes are elsewhere, or can't be made.
        """
        if self.making is not None:
            done = (None if group is None else faults.get(group)) or self.making.of(faults)
            return self.making.made(values, done) if done else None
        made = {
            quantity: making.made(values, done)
            for quantity, making in self.makings.items()
            if (done := making.of(faults))
        }
        if self.single is None or not made or any(one is None for one in made.values()):
            return None

        def of_quantity(quantity: Quantity) -> float | None:
            found = made.get(quantity)
            return None if found is None else float(found[0])

        number = self.single.value(scenario, values, of_quantity)
        return None if number is None else np.array([number])


class Asides:
    """All of them that are given.

    Args:
        judge: of what is given.
    """

    def __init__(self, judge: Judge) -> None:
        self.judge, self.slots = judge, judge.slots
        self.place = Place(self.slots)
        self.all = tuple(self._found())

    @cached_property
    def groups(self) -> dict[int, list[Aside]]:
        """Those that are made alike, by numbers that follow those of the walk's rows."""
        found: dict[tuple[str, str], list[Aside]] = {}
        for one in self.all:
            if one.making is not None:
                found.setdefault((one.name[1], str(one.making.alone)), []).append(one)
        return dict(enumerate(found.values(), len(self.slots.steps.rows)))

    @cached_property
    def group_of(self) -> dict[int, int]:
        """By the number of one in `all`, that of its group."""
        groups = {id(one): group for group, members in self.groups.items() for one in members}
        return {number: groups[id(one)] for number, one in enumerate(self.all) if id(one) in groups}

    @property
    def wrong(self) -> bool:
        """Whether a number of them is wrong."""
        return any((one.marks == 4).any() for one in self.all)

    def _found(self) -> Iterator[Aside]:
        judge = self.judge
        slots = [slot for slot in judge.given.slots if self.slots.row(slot) is None]
        few = len(judge.given.singles) + sum(judge.given.slots[slot].numbers.size for slot in slots) <= MOST
        for slot in slots:
            yield from self._of_slot(slot, judge.given.slots[slot], few=few)
        for single in judge.given.singles:
            mark, ours, follows = judge.judged(single)
            if mark and ours is not None:
                yield self._of_single(single, mark, ours, np.nan if follows is None else follows, few=few)

    def _of_single(self, single: Single, mark: int, ours: float, follows: float, *, few: bool) -> Aside:
        """One number without a slot, or one of those of a bias that are its parts."""
        whole, quantity = str(single.expression), single.quantity
        makings = {one: self._making(one, single.example) for one in single.expression.quantities() if few}
        known = {one: making for one, making in makings.items() if making is not None}
        making = None if quantity is None else known.get(quantity)
        if quantity is not None and making is not None:
            whole = self._whole(quantity, making.row)
        number, half, open_, our, other = (
            np.array([one]) for one in (single.number, single.half, single.open(ours), ours, follows)
        )
        name = next(iter(single.expression.quantities()), Quantity("E")), whole
        of_more = known if quantity is None else {}
        return Aside(name, number, half, open_, our, other, np.array([mark]), None, single, making, of_more)

    def _of_slot(self, slot: Slot, placed: Placed, *, few: bool) -> Iterator[Aside]:
        judge, name = self.judge, self.slots.quantities(slot)
        ours, marks, follows = judge.our(slot).ravel(), judge.marks[slot].ravel(), judge.followed(slot).ravel()
        allowed = judge.tolerance.single(slot, placed, judge.our(slot)).ravel()
        numbers, half = placed.numbers.ravel(), placed.half.ravel()
        if slot.role == "parts" and few:
            for item, quantity in enumerate(name):
                one = Single(Expression(str(quantity), (quantity,)), 0, float(numbers[item]), float(half[item]))
                yield self._of_single(one, int(marks[item]), float(ours[item]), float(follows[item]), few=few)
            return
        making = None
        if slot.role == "derivative" and not self.slots.is_parameter(slot) and few:
            making = Making(self.place, *self._of_inputs(slot.name))
        whole = (name[0], self.slots.whole(slot))
        yield Aside(whole, numbers, half, allowed, ours, follows, marks, slot, None, making)

    def _of_inputs(self, name: str) -> tuple[Row, None, int]:
        """The row that would make dE/dy of inputs of layers."""
        scenario, steps = self.slots.scenario, self.slots.steps
        row = Row("dE/dy", 0, self.slots.program.names[name][1], (name,))
        return row, None, row_before_error_goes_back(scenario, steps, name)

    def _whole(self, quantity: Quantity, row: Row) -> str:
        """What all are called that are made alike: `dy/dx:1`, `dE/dy:1`."""
        if quantity.kind == "dE/dw":
            return f"dE/dw:{quantity.subject}"
        return f"{quantity.kind}:{row.subject}"

    def _making(self, quantity: Quantity, example: int) -> Making | None:
        program = self.slots.program
        kind, subject, through = quantity.kind, quantity.subject or "", quantity.through
        if kind == "dy/dx":
            return self._of_slope(quantity, example)
        if kind == "dy/dy":
            target = program.known_elements.get(("y", subject))
            if target is None or through is None:
                return None
            return self._of(example, through, ((target.name, target.item or 0),), alone=True)
        if through is None or kind not in ("dE/dy", "dE/dw"):
            return None
        of = self._element(subject)
        uses = () if of is None else program.consumers[of[0]]
        ways = tuple(
            (use.target, None if use.target == through else program.names[use.target][1].index(through))
            for use in uses
            if leads(program, use, through)
        )
        return self._of(example, subject, ways) if ways else None

    def _element(self, name: str) -> tuple[str, int] | None:
        """The value of the program of which an element is called so, and its number in it."""
        network, program = self.slots.scenario.network, self.slots.program
        if name in network.parameter_index:
            ref = program.parameter(network.parameter_index[name])
        else:
            found = program.known_elements.get(("y", name))
            if found is None:
                return None
            ref = found
        return ref.name, ref.item or 0

    def _of(
        self, example: int, of: str, ways: tuple[tuple[str, int | None], ...], *, alone: bool = False
    ) -> Making | None:
        """What comes back to an element through something."""
        element, steps = self._element(of), self.slots.steps
        if element is None:
            return None
        name, item = element
        if name not in self.slots.program.parameters:
            if name not in steps.backward:
                row, index, done = self._of_inputs(name)
                return Making(self.place, row, index, done, ways, alone, item, example)
            index_of, part = steps.backward[name]
            row = steps.rows[index_of]
            return Making(self.place, row, index_of, index_of, ways, alone, part.start + item, example)
        last = max(steps.backward.get(target, (0,))[0] for target, _ in ways)
        places = [place for place in steps.derivatives[name] if place[0] > last]
        if not places:
            return None
        index_of, part = places[0]
        row = steps.rows[index_of]
        return Making(self.place, row, index_of, index_of, ways, alone, part.start + item)

    def _of_slope(self, quantity: Quantity, example: int) -> Making | None:
        """dy/dx of a node of a layer: dE/dx where dE/dy is 1, and nothing cancels with the loss."""
        network = self.slots.scenario.layered
        layer, node = network.node_index[quantity.subject or ""]
        through = quantity.through
        item = node if through is None else network.node_index[through][1]
        place, name = self._without_loss, f"x{layer}"
        index, _ = place.steps.backward[name]
        same = name not in self.slots.program.direct
        ways = ((f"y{layer}", node),)
        return Making(place, place.steps.rows[index], index if same else None, index, ways, True, item, example)

    @cached_property
    def _without_loss(self) -> Place:
        """The network with an error that cancels with no activation."""
        scenario, steps = self.slots.scenario, self.slots.steps
        if not steps.program.direct and not steps.program.instead:
            return self.place
        network = replace(scenario.layered, loss=LOSSES["half_squared_error"])
        other = replace(scenario, network=network)
        return Place(Slots(other, Steps(network, scenario.training), self.slots.batch))
