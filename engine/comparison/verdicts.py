"""The verdict on each number that somebody gives: right, right by its rule from wrong operands, or wrong."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.comparison.corrected import corrected
from engine.comparison.faults import Place
from engine.comparison.forms import other_forms
from engine.comparison.known_rows import KnownRows
from engine.comparison.mixed import GivenRows, Mixed, Rule, Taken
from engine.comparison.placing import Given, Placed
from engine.comparison.singles import Single
from engine.comparison.slots import Slot, Slots
from engine.comparison.tolerance import Tolerance
from engine.walking.advance import with_row
from engine.walking.values import Values

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Verdict = Literal["agrees", "float32", "follows", "wrong"]

PASSES = 7
"""How often is measured what the digits of the operands leave open."""
SAFELY = 1.5
"""How many times as much as was measured that may be."""
MOST_DIGITS = 16


class RowVerdict(Struct, frozen=True):
    """One number, judged.

    Attributes:
        quantity: what it is.
        example: of which example of the file, from 1; None of what has no number for each.
        given: somebody's.
        computed: ours.
        verdict: right; right to single precision; wrong, but right by the rule from wrong operands; wrong by it too.
        digits: to how many significant digits both agree.
        follows: what the rule gives from somebody's own operands.
        whole: what all numbers of the row are called with which it was computed: `dE/dw:2`.
        cut: whether it is right with its digits cut off, and would not be with them rounded.
    """

    quantity: str
    example: int | None
    given: float
    computed: float
    verdict: Verdict
    digits: int
    follows: float
    whole: str
    cut: bool = False

    @property
    def ok(self) -> bool:
        """Whether it is right."""
        return self.verdict in ("agrees", "float32")


class Judge:
    """Judges what is given.

    Args:
        given: it.
        slots: of the walk.
        ours: the iteration, every row done.
        tolerance: what numbers may be off by.

    Attributes:
        known: rows, each computed once.
        going_on: is called again and again while it is searched what was done; what it raises ends the search.
    """

    going_on: Callable[[], object] = staticmethod(lambda: None)

    def __init__(self, given: Given, slots: Slots, ours: Values, tolerance: Tolerance) -> None:
        self.given, self.slots, self.ours, self.tolerance = given, slots, ours, tolerance
        self.rows_given, self._place = GivenRows(given, slots), Place(slots)
        self.known = KnownRows()
        self._ours: dict[Slot, Array] = {}

    def our(self, slot: Slot) -> Array:
        """Our numbers of a slot."""
        if slot not in self._ours:
            found = self.slots.array(self.ours, slot)
            shape = self.slots.whole_shape(slot)
            self._ours[slot] = np.full(shape, np.nan) if found is None else np.asarray(found)
        return self._ours[slot]

    def taken(self, slot: Slot, placed: Placed, followed: Array) -> Array:
        """What goes on: what follows where that, or nothing, is given; ours where that is; else what is given."""
        with np.errstate(invalid="ignore"):
            off, right = np.abs(placed.numbers - followed), np.abs(placed.numbers - self.our(slot))
            follows = off <= self.tolerance.plain(placed, followed)
            if not (follows | ~np.isfinite(placed.numbers)).all():
                follows = off <= self.tolerance.single(slot, placed, followed)
            agrees = right <= self.tolerance.plain(placed, self.our(slot))
        found = np.where(agrees, self.our(slot), placed.numbers)
        return np.where(follows | ~np.isfinite(placed.numbers), followed, found)

    @cached_property
    def walk(self) -> dict[int, Mixed]:
        """The walk on the numbers that are given, by row; −1 is its beginning."""
        return self.walked(self.taken, self.known.row)

    def walked(self, taken: Taken, rule: Rule = with_row) -> dict[int, Mixed]:
        """The same with something else going on in the place of what is given."""
        begun = self.rows_given.beginning(self.ours.beginning, taken)
        begun = replace(begun, values=self.known.begin(begun.values))
        found = {-1: begun}
        for mixed in self.rows_given.rows(self.slots.scenario, begun.values, taken, rule):
            found[len(mixed.values.results) - 1] = mixed
        return found

    @cached_property
    def marks(self) -> dict[Slot, NDArray[np.int_]]:
        """The verdicts by slot, as numbers."""
        return {slot: self.verdicts(slot, placed) for slot, placed in self.given.slots.items()}

    @cached_property
    def last(self) -> Values:
        """The end of it."""
        return self.walk[max(self.walk)].values

    def followed(self, slot: Slot) -> Array:
        """What follows by the rule from what is given before."""
        row = self.slots.row(slot)
        if row is None:
            found = self.slots.array(self.last, slot)
        else:
            found = self.walk[row].followed.get(slot) if row in self.walk else None
        return np.full(self.slots.whole_shape(slot), np.nan) if found is None else np.asarray(found)

    @cached_property
    def rows(self) -> tuple[RowVerdict, ...]:
        """Every number that is given, in the order of the walk."""
        place = {name: number for number, name in enumerate(self.slots.program.shapes)}
        found: list[tuple[float, int, list[RowVerdict]]] = []
        for slot, placed in self.given.slots.items():
            order = self.slots.order(slot)
            found.append((order, place.get(slot.name, 0), list(self._of_slot(slot, placed))))
        for single in self.given.singles:
            row = self._of_single(single)
            found.append((self._order_of(single), 0, [row] if row else []))
        return tuple(row for _, _, rows in sorted(found, key=lambda one: one[:2]) for row in rows)

    def verdicts(self, slot: Slot, placed: Placed) -> NDArray[np.int_]:
        """0 of what is not given or cannot be compared, else 1 … 4: right, to single precision, follows, wrong."""
        ours, given = self.our(slot), placed.numbers
        with np.errstate(invalid="ignore"):
            there = np.isfinite(given) & np.isfinite(ours)
            off = np.abs(given - ours)
            agrees = off <= self.tolerance.plain(placed, ours)
            found: NDArray[np.int_] = np.where(agrees, 1, 4)
            if (there & ~agrees).any():
                found = np.where(off <= self.tolerance.double(slot, placed, ours), 1, found)
                single = (found == 4) & (off <= self.tolerance.single(slot, placed, ours))
                found = np.where(single, 2, found)
            if (there & (found == 4)).any():
                found = np.where((found == 4) & self._follows(slot, placed, there & (found == 4)), 3, found)
        return np.where(there, found, 0)

    def _follows(self, slot: Slot, placed: Placed, asked: Flags) -> Flags:
        followed = self.followed(slot)
        off = np.abs(placed.numbers - followed)
        found = off <= self.tolerance.single(slot, placed, followed)
        if not (asked & ~found).any():
            return np.asarray(found, np.bool_)
        row = self.slots.row(slot)
        if row is not None and row >= 0:
            before = self.walk[row].values.previous
            assert before is not None
            for form in other_forms(self._place, before, self.slots.steps.rows[row]):
                other = self.slots.of_row(form, slot)
                found = found | (np.abs(placed.numbers - other) <= self.tolerance.single(slot, placed, other))
        if (asked & ~found).any() and self.given.singles:
            other, open_ = corrected(self.slots, self.given.singles, self.last, slot, followed)
            found = found | (np.abs(placed.numbers - other) <= self.tolerance.single(slot, placed, other) + open_)
        if (asked & ~found).any() and self._has_printed:
            found = found | (off <= placed.half + self.spread(slot))
        return np.asarray(found, np.bool_)

    @cached_property
    def _has_printed(self) -> bool:
        return any((placed.half > 0).any() for placed in self.given.slots.values())

    def spread(self, slot: Slot) -> Array:
        """How far what follows may be off, since the digits of its operands leave something open."""
        row, followed = self.slots.row(slot), self.followed(slot)
        most = np.zeros(followed.shape)
        for walk in self._spread_walks:
            end = walk[max(walk)].values
            other = self.slots.array(end, slot) if row is None else walk[row].followed.get(slot)
            if other is not None:
                most = np.fmax(most, np.abs(other - followed))
        return SAFELY * most

    @cached_property
    def _spread_walks(self) -> list[dict[int, Mixed]]:
        """Walks that go on from the numbers as they are printed, and from what else may be printed so."""
        random = np.random.Generator(np.random.PCG64(0))

        def walked(size: float) -> dict[int, Mixed]:
            def moved(slot: Slot, placed: Placed, followed: Array) -> Array:
                by = size * placed.half * random.uniform(-1.0, 1.0, placed.half.shape)
                kept = self.taken(slot, placed, followed)
                return np.where(np.isfinite(placed.numbers) & (placed.half > 0), placed.numbers + by, kept)

            return self.walked(moved)

        return [walked(0.0), *(walked(1.0) for _ in range(PASSES))]

    def _of_slot(self, slot: Slot, placed: Placed) -> Iterator[RowVerdict]:
        found, ours = self.marks[slot], self.our(slot)
        names, per_example = self.slots.quantities(slot), self.slots.per_example(slot)
        count = len(names)
        follows, whole = self.followed(slot), self.slots.whole(slot)
        arrays = (found, placed.written, ours, placed.half, follows)
        flat = [array.reshape(-1, count).T.tolist() for array in arrays]
        several = per_example and self.slots.batch > 1
        for name, *columns in zip(map(str, names), *flat, strict=True):
            for example, (verdict, number, our, half, by_rule) in enumerate(zip(*columns, strict=True)):
                if verdict:
                    of = self.ours.examples[example] + 1 if several else None
                    cut = placed.printed is not None and int(verdict) < 3 and abs(number - our) > half
                    digits = agreeing_digits(number, our, half)
                    yield RowVerdict(name, of, number, our, VERDICTS[int(verdict)], digits, by_rule, whole, cut)

    def _of_single(self, single: Single) -> RowVerdict | None:
        """A number that belongs to no row."""
        mark, ours, follows = self.judged(single)
        if ours is None or not mark:
            return None
        of = self.ours.examples[single.example] + 1 if len(self.ours.examples) > 1 and single.by_example else None
        number = single.written
        digits = agreeing_digits(number, ours, single.half)
        cut = single.printed is not None and mark < 3 and abs(number - ours) > single.half
        name, by_rule = str(single.expression), ours if follows is None else follows
        return RowVerdict(name, of, number, ours, VERDICTS[mark], digits, by_rule, name, cut)

    def mark_of(self, single: Single) -> int:
        """The verdict on it, as `marks` has them."""
        return self.judged(single)[0]

    def judged(self, single: Single) -> tuple[int, float | None, float | None]:
        """The verdict on it, what it is, and what follows from the numbers that are given."""
        scenario = self.slots.scenario
        ours, follows = single.value(scenario, self.ours), single.value(scenario, self.last)
        if ours is None:
            return 0, None, None
        for other, mark in ((ours, 1), (follows, 3)):
            if other is not None and single.agrees(other):
                return mark, ours, follows
        return 4, ours, follows

    def _order_of(self, single: Single) -> float:
        """Where it stands in the walk: with the last of its quantities."""
        return max(self.slots.order_of(quantity) for quantity in single.expression.quantities())


VERDICTS: dict[int, Verdict] = {1: "agrees", 2: "float32", 3: "follows", 4: "wrong"}


def agreeing_digits(number: float, other: float, half: float) -> int:
    """To how many significant digits two numbers agree, at most those that are printed."""
    most = MOST_DIGITS
    if half > 0 and number:
        most = max(0, min(most, int(np.floor(np.log10(abs(number)) - np.log10(2 * half) + 1e-9)) + 1))
    elif half > 0:
        most = 0
    if abs(number - other) <= half or number == other:
        return most
    if not other:
        return 0
    return max(0, min(most, int(np.floor(-np.log10(abs(number - other) / abs(other))))))
