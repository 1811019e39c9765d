"""Somebody's numbers beside a walk's."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.comparison.cause import Cause, Found
from engine.comparison.containers import LIMIT, Numbers, of_mapping, read_bytes, renamed
from engine.comparison.cut import as_cut
from engine.comparison.entries import NumbersError
from engine.comparison.placing import Given, Placed, placed
from engine.comparison.slots import Slot, Slots
from engine.comparison.starts import on
from engine.comparison.tolerance import Tolerance
from engine.comparison.verdicts import Judge, RowVerdict
from engine.files.disk import read_content
from engine.walking.advance import complete
from engine.walking.session import Session
from engine.walking.values import Values


class Comparison(Struct, frozen=True, eq=False):
    """What a comparison found; its text is what `gradstep compare` prints.

    Attributes:
        scenario: its name.
        iteration: of which the numbers are, from 0.
        rows: every number that is given, in the order of the walk.
        said: how the numbers were read, where they leave it open.
        unknown: names that mean nothing here, which were passed over.
        not_given: the quantities of which nothing is given.
        causes: what was done to get the wrong numbers, one mistake or two together; none where that cannot be told.
        others: how many explanations are as plain.
    """

    scenario: str
    iteration: int
    rows: tuple[RowVerdict, ...]
    said: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    not_given: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    others: int = 0

    @property
    def agrees(self) -> bool:
        """Whether every number that is given is right."""
        return all(row.ok for row in self.rows)

    @property
    def first(self) -> RowVerdict | None:
        """The first number that is wrong by its rule from somebody's own operands."""
        return next((row for row in self.rows if row.verdict == "wrong"), None)

    def __str__(self) -> str:
        from engine.comparison.words import text_of

        return text_of(self)


def compare(
    session: Session, numbers: Mapping[str, Any] | str | os.PathLike[str], *, rtol: float | None = None
) -> Comparison:
    """Which of somebody's numbers are wrong, and which is wrong first.

    Example:
        >>> from engine import Session, compare, load_scenario
        >>> found = compare(Session.open(load_scenario("mazur")), {"x[h1]": 0.3775, "y[h1]": 0.62})
        >>> found.agrees, found.first.quantity, found.first.computed
        (False, 'y[h1]', 0.5932699921071872)

    Args:
        session: says the scenario and the iteration; numbers of steps after its place count too.
        numbers: by name, a number, nested lists or anything with `__array__` (`W1`, `dZ1`, `0.weight.grad`,
            `dE/dw[w5]` …); or the path of a file as `gradstep compare` reads it.
        rtol: the relative difference up to which numbers agree, where digits do not say it.

    Raises:
        NumbersError: they cannot be read, or none of them is a number of this scenario.
    """
    read = of_mapping(numbers) if isinstance(numbers, Mapping) else read_file(Path(numbers))
    return compare_numbers(session, read, rtol=rtol)


def assert_agrees(
    session: Session, numbers: Mapping[str, Any] | str | os.PathLike[str], *, rtol: float | None = None
) -> None:
    """Fails where a number is wrong, with the text of the comparison.

    Arguments as of `compare`.

    Raises:
        AssertionError: numbers are wrong.
        NumbersError: they cannot be read, or none of them is a number of this scenario.
    """
    found = compare(session, numbers, rtol=rtol)
    if not found.agrees:
        raise AssertionError(f"\n{found}")


def read_file(path: Path, names: Sequence[str] = ()) -> Numbers:
    """The numbers of a file.

    Args:
        path: of it.
        names: what some are to be called, each `NAME=QUANTITY`.

    Raises:
        NumbersError: they cannot be read.
    """
    try:
        content = read_content(path, str(path), LIMIT, "give the file of your numbers")
    except Exception as error:
        raise NumbersError(str(error)) from error
    return renamed(read_bytes(content, str(path)), names)


def compare_numbers(
    session: Session,
    numbers: Numbers,
    *,
    rtol: float | None = None,
    example: int | None = None,
    search: bool = True,
    searching: Callable[[], object] = lambda: None,
) -> Comparison:
    """The same as `compare`, of numbers that are read already.

    Args:
        session: says the scenario and the iteration.
        numbers: somebody's.
        rtol: as of `compare`.
        example: of which example of the file they are by itself, from 0; None: of the iteration's batch.
        search: whether it is searched what was done to get wrong numbers, which takes a while.
        searching: is called again and again meanwhile; what it raises ends the search.
    """
    ours = _completed(session, example)
    scenario = session.timeline.scenario_at(ours.iteration)
    slots = Slots(scenario, session.timeline.steps, len(ours.examples))
    tolerance = Tolerance(slots, ours, rtol)
    ways = _ways(numbers, slots, ours, tolerance)
    judge, found = _explained(ways, session, searching) if search else (ways[0], Found())
    given = judge.given
    without = tuple(str(single.expression) for single in given.singles if not judge.mark_of(single))
    if without and not judge.rows:
        raise NumbersError(f"{numbers.where}: {without[0]} has no finite value in this iteration")
    return Comparison(
        scenario.name,
        ours.iteration,
        judge.rows,
        given.said,
        (*given.unknown, *without),
        tuple(_not_given(given, slots)),
        found.causes,
        found.others,
    )


def _explained(judges: Sequence[Judge], session: Session, searching: Callable[[], object]) -> tuple[Judge, Found]:
    """The best way to read the numbers, and what was done to get the wrong ones.

    Where shapes and numbers leave it open which way arrays are turned, the way in which they can be explained is right.
    """
    best = judges[0]
    if all(row.ok for row in best.rows):
        return best, Found()
    searching()
    from engine.comparison.search import search  # here, since right numbers need none

    for judge in judges:
        judge.going_on = searching
        found = search(judge, session.timeline)
        if found.causes:
            return judge, found
    return best, Found()


def _completed(session: Session, example: int | None) -> Values:
    """The session's iteration, every row done; with an example of its own, if one is asked for.

    Raises:
        NumbersError: a number of it leaves the finite ones.
    """
    if example is None:
        values = session.seek(session.iteration, session.count).values
    else:
        start = session.timeline.start(session.iteration)
        values = complete(session.scenario, on(session.timeline, start, (example,)))
    if not values.complete:
        raise NumbersError(f"the walk ends in iteration {session.iteration:,}: {values.event}")
    return values


def _ways(numbers: Numbers, slots: Slots, ours: Values, tolerance: Tolerance) -> list[Judge]:
    """The ways to read what shapes leave open, first the one in which most numbers are right."""
    given = placed(numbers, slots, lambda slot: slots.array(ours, slot))
    ways = [given]
    if given.turned is None:
        other = placed(numbers, slots, lambda slot: slots.array(ours, slot), turned=True)
        ways += [] if _same(given, other) else [other]
    if slots.scenario.training.reduction == "mean" and slots.batch > 1:
        ways += [_multiplied(way, slots) for way in ways if _of_nodes(way, slots)]
    judges = [Judge(way, slots, ours, tolerance) for way in ways]
    judges += [Judge(way, slots, ours, tolerance) for judge in judges if (way := _as_cut(judge)) is not None]
    return judges if len(judges) == 1 else sorted(judges, key=_how_good, reverse=True)


def _as_cut(judge: Judge) -> Given | None:
    """The numbers as cut off, where some are that."""
    ours = {slot: judge.our(slot) for slot in judge.given.slots}
    singles = ((single, judge.judged(single)[1]) for single in judge.given.singles)
    return as_cut(judge.given, ours, {single: our for single, our in singles if our is not None})


def _same(one: Given, other: Given) -> bool:
    """Whether two ways put the same numbers in the same places."""
    pairs = ((placed.numbers, other.slots[slot].numbers) for slot, placed in one.slots.items() if slot in other.slots)
    return one.slots.keys() == other.slots.keys() and all(np.array_equal(*pair, equal_nan=True) for pair in pairs)


def _how_good(judge: Judge) -> tuple[int, int]:
    """How many numbers are right, and how many are not wrong; zeros are alike everywhere."""
    rows = [row for row in judge.rows if row.computed]
    return sum(row.ok for row in rows), sum(row.verdict != "wrong" for row in rows)


def _of_nodes(given: Given, slots: Slots) -> list[Slot]:
    """Derivatives that have a number for each example."""
    return [slot for slot in given.slots if slot.role == "derivative" and slots.per_example(slot)]


def _multiplied(given: Given, slots: Slots) -> Given:
    """Derivatives of nodes as many times as there are examples: where the error is a mean, frameworks divide them."""
    by = slots.batch
    changed = dict(given.slots)
    for slot in _of_nodes(given, slots):
        one = changed[slot]
        changed[slot] = Placed(one.numbers * by, one.half * by, one.unit)
    said = (
        f"dE/dx and dE/dy are divided by the {by} examples, as where the error is a mean: they are compared times {by}"
    )
    return replace(given, slots=changed, said=(*given.said, said))


def _not_given(given: Given, slots: Slots) -> list[str]:
    """The rows' quantities of which nothing is given."""
    found: list[str] = []
    for row in slots.steps.rows:
        role = {"dE/dy": "derivative", "dE/dx": "derivative", "dE/dw": "derivative", "w+": "new"}.get(
            row.quantity, "value"
        )
        there = [slot for slot in given.slots if slot.name in row.values and slot.role == role]
        if row.quantity == "E":
            there += [slot for slot in given.slots if slot.role in ("total", "errors")]
        if not there and row.layer:
            found.append(f"{row.quantity}:{row.subject}" if row.quantity != "E" else "E")
    return found
