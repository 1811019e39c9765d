"""The search for what was done to get numbers that are wrong: the plainest mistake that gives all of them at once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from msgspec.structs import replace

from engine.comparison.cause import PLAINNESS, WORDS, Cause, Found
from engine.comparison.explanation import Explanation
from engine.comparison.explanations import Explanations
from engine.comparison.faults import Fault, Faults
from engine.comparison.given_faults import of_given
from engine.comparison.penalties import OF_OWN
from engine.comparison.trial import Outcome
from engine.comparison.verdicts import Judge
from engine.formula.quantity import Quantity
from engine.formula.similar import some_of
from engine.walking.timeline import Timeline

BY_CHANCE = 0.05
"""How many explanations there may be by chance for one to be told."""

SAME_FACTOR = 1e-6
"""By which part of itself a factor that is found from numbers may be off."""


def search(judge: Judge, timeline: Timeline) -> Found:
    """What was done to get the numbers that are wrong; nothing where that cannot be told."""
    return Search(judge, timeline).found()


class Search:
    """Looks for mistakes in one walk.

    Args:
        judge: of what is given.
        timeline: of the walk.
    """

    def __init__(self, judge: Judge, timeline: Timeline) -> None:
        self.judge, self.slots = judge, judge.slots
        self.ways = Explanations(judge, timeline)
        self.row_faults, self.trials = self.ways.row_faults, self.ways.trials

    def found(self) -> Found:
        """The plainest explanation."""
        if self.row_faults.wrong_row is None:
            return Found()
        if self.row_faults.wrong_row < 0:
            return self._of_given()
        pools = (
            [*self.ways.from_the_start(), *self.ways.of_kept_gradients(), *self.ways.of_settings()],
            [
                *self.ways.of_arithmetic(),
                *self.ways.of_asides(),
                *self.ways.of_penalties(),
                *self.ways.of_activation_twice(),
                *self.ways.in_this_iteration(),
                *self.ways.shown(),
                *self.ways.rounded(),
            ],
        )
        late = self.judge.ours.iteration > self.ways.timeline.first
        for pool in (*(pools if late else ([*pools[0], *pools[1]],)), self.ways.of_formulas()):
            found = self._plainest(pool)
            if found is not None:
                return found
        return self._pairs()

    def _plainest(self, pool: Iterable[Explanation]) -> Found | None:
        """The plainest of some explanations that is none by chance."""
        told = [one for one in sorted(pool, key=lambda one: one.order) if self._by_chance(one) <= BY_CHANCE]
        if not told:
            return None
        best = _with_alike(told[0], told)
        named = self._as_two_factors(best) if best.cause == "factor" else None
        if named is not None:
            return named
        alike = {self._at(one) for one in told if one.cause == best.cause and one.row is not None}
        return Found((self._cause(best),), 0 if best.row is None else len(alike) - 1)

    def _of_given(self) -> Found:
        """Of parameters that are not the scenario's: another iteration's, or what `of_given` knows."""
        late = self.judge.ours.iteration > self.ways.timeline.first
        others = [*self.ways.from_the_start(), *self.ways.of_kept_gradients(), *self.ways.of_settings()] if late else []
        shown = [one for one in (*self.ways.shown(), *others) if self._by_chance(one) <= BY_CHANCE]
        if shown:
            return Found((self._cause(min(shown, key=lambda one: one.order)),))
        cause, rest = of_given(self.judge)
        if cause is None:
            return Found()
        if self._follows_alone() or rest is None or all(row.ok for row in rest.rows):
            return Found((cause,))
        further = Search(rest, self.ways.timeline).found()
        return Found((cause, *further.causes), further.others) if len(further.causes) == 1 else Found()

    def _follows_alone(self) -> bool:
        """Whether nothing is wrong but what is given."""
        by_row = self.judge.rows_given.by_row
        return not any(self.trials.wrong(slot).any() for row, slots in by_row.items() if row >= 0 for slot in slots)

    def _pairs(self) -> Found:
        """Two mistakes: one that explains what is wrong first, and another one further on."""
        wrong_row = self.row_faults.wrong_row
        assert wrong_row is not None
        for index in range(wrong_row, -1, -1):
            if not self.row_faults.open(index):
                continue
            for fault in sorted(self.row_faults.of(index), key=lambda one: PLAINNESS.index(one.cause)):
                outcome = self.trials.run({index: [fault]}, index)
                if outcome.failed_at is not None and outcome.failed_at > wrong_row and outcome.hits:
                    found = self._second(index, fault, outcome)
                    if found is not None:
                        return found
        return self._two_in_a_row()

    def _two_in_a_row(self) -> Found:
        """Two mistakes in one row: in what it is put together from, or one of which is a plain factor."""
        wrong_row = self.row_faults.wrong_row
        assert wrong_row is not None
        for index in range(wrong_row, -1, -1):
            pairs = self._pairs_of(index) if self.row_faults.open(index) else []
            told: list[tuple[Explanation, tuple[Fault, Fault]]] = []
            for pair, both in pairs:
                for faults in self._alike_too(index, pair, both):
                    outcome = self.trials.run(faults, index)
                    if outcome.failed_at is None and outcome.hits:
                        told.append((Explanation("", outcome, (), index, faults), pair))
                        break
            told = [one for one in told if self._by_chance(one[0]) * len(pairs) <= BY_CHANCE]
            if told:
                explained, pair = told[0]
                return Found(tuple(self._told(index, fault, explained) for fault in pair), len(told) - 1)
        return Found()

    def _pairs_of(self, index: int) -> list[tuple[tuple[Fault, Fault], Sequence[Fault]]]:
        """Mistakes of a row that may be made together, the plainest first, and what makes both."""
        of_row = [fault for fault in self.row_faults.of(index) if not fault.printed and fault.sort != "fitted"]
        of_row.sort(key=lambda one: PLAINNESS.index(one.cause))
        found: list[tuple[tuple[Fault, Fault], Sequence[Fault]]] = []
        for one, other in combinations(of_row, 2):
            way = one.way.with_other(other.way) if one.way and other.way else None
            if way is not None:
                found.append(((one, other), [Fault("", self.row_faults.place.by(way))]))
            elif (one.factor is None) != (other.factor is None):
                first, factor = (other, one) if one.factor is not None else (one, other)
                found += [((first, factor), (first, factor))] if self._is_told_as_factor(index, factor) else []
            elif one.factor is not None and other.factor is not None and _are_two(one, other):
                found.append(((one, other), (one, other)))
        return sorted(found, key=lambda pair: sum(PLAINNESS.index(fault.cause) for fault in pair[0]))

    def _as_two_factors(self, one: Explanation) -> Found | None:
        """A factor that is the product of two with names; None where that is none, or several."""
        if one.row is None:
            return None
        size, found = float(one.details["factor"]), []
        plain = [fault for fault in self.row_faults.of(one.row) if fault.factor and fault.sort != "fitted"]
        for pair in combinations([fault for fault in plain if self._is_told_as_factor(one.row, fault)], 2):
            product = float(pair[0].factor or 0.0) * float(pair[1].factor or 0.0)
            if _are_two(*pair) and abs(product - size) <= SAME_FACTOR * abs(size):
                found.append(pair)
        if len(found) != 1:
            return None
        return Found(tuple(self._told(one.row, fault, one) for fault in found[0]))

    def _is_told_as_factor(self, index: int, fault: Fault) -> bool:
        """Whether a factor says one mistake alone: twice, or half, of a derivative may be the loss's own ½ as well."""
        return self.row_faults.rows[index].quantity == "E" or fault.factor not in (2.0, 0.5)

    def _alike_too(self, index: int, pair: Sequence[Fault], both: Sequence[Fault]) -> Iterator[Faults]:
        """Both in one row; then the first of them in the rows like it, too."""
        yield {index: both}
        others = self.row_faults.alike(index, pair[0]) if pair[1].factor is not None else {}
        if others:
            yield {index: both, **others}

    def _second(self, first: int, fault: Fault, outcome: Outcome) -> Found | None:
        """Another mistake that explains the rest."""
        found: list[tuple[tuple[int, int], Explanation, int, Fault]] = []
        assert outcome.failed_at is not None
        last = min(outcome.failed_at, len(self.row_faults.rows) - 1)
        for index in range(last, first, -1):
            for other in self.row_faults.of(index):
                both: Faults = {first: [fault], index: [other]}
                again = self.trials.run(both, first)
                if again.failed_at is None and (len(again.hits) > len(outcome.hits) or _undoes(other, fault)):
                    order = (PLAINNESS.index(other.cause), last - index)
                    found.append((order, Explanation("", again, order, first, both), index, other))
        if not found:
            return None
        _, both_explained, index, other = min(found, key=lambda one: one[0])
        if self._by_chance(both_explained) * len(self.row_faults.of(index)) > BY_CHANCE:
            return None
        return Found(
            (self._told(first, fault, both_explained), self._told(index, other, both_explained)), len(found) - 1
        )

    def _by_chance(self, one: Explanation) -> float:
        """How many explanations as good there would be by chance.

        By the first number that is wrong: as many others came as near to it, as the digits that it has say; and each
        further one has to come out as well.
        """
        if one.chance is not None:
            return one.chance
        hits = list(one.outcome.hits)
        faults = [fault for of_row in one.faults.values() for fault in of_row]
        of_own = any("lambda" in fault.details and fault.sort not in OF_OWN for fault in faults)
        if one.fitted or of_own or any(fault.sort == "fitted" for fault in faults):
            hits = hits[1:]  # its own number is found from one of them
        if not hits:
            return np.inf
        shown = bool(faults) and all(fault.printed for fault in faults)
        # zeros are alike wherever they come from: what is shown in their place may be any, or nothing was computed
        hits = [hit for hit in hits if not (hit.vanishes and (shown or (hit.number == 0.0 and hit.made != 0.0)))]
        chance = 1.0
        for hit in hits:
            chance *= min(1.0, float(hit.open) / max(float(hit.off), 1e-300))
        first = one.outcome.hits[0]
        apart = {float(f"{number:.12e}") for number in self.ways.firsts}
        near = sum(first.open < abs(number - first.number) < 0.999 * first.off for number in apart)
        return (1 + near) * chance

    def _at(self, one: Explanation) -> str:
        return one.at if one.row is None else self._place_of(one.row)

    def _place_of(self, index: int) -> str:
        """The row that a mistake changes: of one number what it is called."""
        if index >= len(self.row_faults.rows):
            group = self.ways.asides.groups[index]
            off = [aside for aside in group if (aside.marks == 4).any()]
            one = len(off) == 1 and off[0].numbers.size == 1
            return str(off[0].name[0]) if one else group[0].name[1]
        row = self.row_faults.rows[index]
        wrong: list[str] = []
        for slot in self.judge.rows_given.by_row.get(index, ()):
            names = list(map(str, self.slots.quantities(slot)))
            marks = np.asarray(self.trials.wrong(slot).reshape(-1, len(names)).any(axis=0))
            wrong += [name for name, mark in zip(names, marks.tolist(), strict=True) if mark]
        wrong += [str(one) for single in self.trials.wrong_singles for one in single.of_row(self.slots, index)]
        if len(wrong) == 1:
            return wrong[0]
        return "E" if row.quantity == "E" else f"{row.quantity}:{row.subject}"

    def _cause(self, one: Explanation) -> Cause:
        if one.row is None:
            chance = self._by_chance(one)
            return Cause(one.cause, one.at, one.outcome.explains, one.words, one.details, chance, one.variant)
        return self._told(one.row, one.faults[one.row][0], one)

    def _told(self, index: int, fault: Fault, one: Explanation) -> Cause:
        asked = self._asked(index)
        yours, right = (
            text.replace("{0}", str(asked)).replace("{n}", asked.subject or "") for text in (fault.yours, fault.right)
        )
        others = [self._place_of(row) for row in one.faults if row != index and one.faults[row][0].key == fault.key]
        too = f" (and so in {some_of(others, 3)})" if others else ""
        words = f"{WORDS[fault.cause]}. Yours: {yours}{too}; it should be {right}"
        at = self._place_of(index)
        return Cause(fault.cause, at, one.outcome.explains, words, fault.details, self._by_chance(one))

    def _asked(self, index: int) -> Quantity:
        """The number of a row for which the rule is shown: the first one that is wrong, else the first."""
        if index >= len(self.row_faults.rows):
            return next(aside.name[0] for aside in self.ways.asides.groups[index] if (aside.marks == 4).any())
        for slot in self.judge.rows_given.by_row.get(index, ()):
            names = self.slots.quantities(slot)
            marks = np.asarray(self.trials.wrong(slot).reshape(-1, len(names)).any(axis=0))
            if marks.any():
                return names[int(marks.argmax())]
        for single in self.trials.wrong_singles:
            for found in single.of_row(self.slots, index):  # a slope is a factor of what comes back
                return Quantity("dE/dx", found.subject) if found.kind == "dy/dx" else found
        row = self.row_faults.rows[index]
        return Quantity(row.quantity, row.items[0])


def _are_two(one: Fault, other: Fault) -> bool:
    """Whether two factors are not one mistake, nor come to nothing or to the sign alone."""
    return one.cause != other.cause and abs((one.factor or 0.0) * (other.factor or 0.0)) != 1.0


def _undoes(other: Fault, fault: Fault) -> bool:
    """Whether a second mistake, which explains no wrong number more, is one that goes with the first.

    Who has the minus in the derivative adds it to the parameter, and who has α in it does not multiply by it again.
    """
    return other.cause == fault.cause and fault.cause in ("sign", "learning-rate")


def _with_alike(best: Explanation, told: Sequence[Explanation]) -> Explanation:
    """Another form of the update that these numbers do not tell from others, with the names of those."""
    if best.row is not None or "form" not in best.details:
        return best
    forms = [one.details["form"] for one in told if one.row is None and one.cause == best.cause]
    alike = [form for form in dict.fromkeys(forms) if form != best.details["form"]]
    if not alike:
        return best
    words = f"{best.words} (or {' or '.join(alike)}: of these the numbers are alike)"
    return replace(best, words=words, details={**best.details, "alike": alike})
