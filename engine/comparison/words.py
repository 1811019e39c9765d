"""A comparison in words, as the command prints it and as a test that fails says it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from engine.comparison.compared import Comparison
from engine.comparison.verdicts import RowVerdict, Verdict
from engine.files.problems import plural

SIGNS: dict[Verdict, str] = {"agrees": "✓", "float32": "✓", "follows": "≈", "wrong": "✗"}
SAYS: dict[Verdict, str] = {
    "agrees": "agrees",
    "float32": "agrees to float32",
    "follows": "follows from your numbers before",
    "wrong": "is wrong",
}
MOST_SHOWN = 6
"""Wrong numbers of one array that are shown, where not all are asked for."""
MOST_NAMES = 12


def text_of(found: Comparison, *, detail: bool = False) -> str:
    """The text of a comparison.

    Args:
        found: it.
        detail: whether every number has a line of its own, and not only those that are wrong.
    """
    lines = [_summary(found)]
    lines += [f"  {words}" for words in found.said]
    lines += _rows(found.rows, detail=detail)
    if found.first is not None:
        lines.append(f"The first wrong number is {named(found.first)}.")
    elif not found.agrees:
        lines.append("No number is wrong by its rule: what differs follows from numbers that were rounded before.")
    lines += _causes(found)
    if found.not_given:
        lines.append(f"not given: {_some(found.not_given)}")
    if found.unknown:
        lines.append(f"passed over, since these names mean nothing here: {_some(found.unknown)}")
    return "\n".join(lines)


def _summary(found: Comparison) -> str:
    counts = {verdict: sum(row.verdict == verdict for row in found.rows) for verdict in SIGNS}
    right = counts["agrees"] + counts["float32"]
    parts = [f"{right} right" + (f" ({counts['float32']} to float32)" if counts["float32"] else "")]
    parts += [f"{counts['follows']} following from wrong ones"] if counts["follows"] else []
    parts += [f"{counts['wrong']} wrong"] if counts["wrong"] else []
    return f"{found.scenario}, iteration {found.iteration}: {plural(len(found.rows), 'number')}: {', '.join(parts)}"


def _rows(rows: Sequence[RowVerdict], *, detail: bool) -> Iterator[str]:
    """A line for each array, and for each of its numbers that is not right."""
    if detail:
        yield from _lines(rows)
        return
    for whole, found in groupby(rows, key=lambda row: row.whole):
        of_one = list(found)
        off = [row for row in of_one if not row.ok]
        if len(of_one) == 1 or len(off) == len(of_one) <= MOST_SHOWN:
            yield from _lines(of_one)
            continue
        right = len(of_one) - len(off)
        if not off:
            digits = min(row.digits for row in of_one)
            word = "agree to float32" if any(row.verdict == "float32" for row in of_one) else "agree"
            yield f"  ✓ {whole}  {plural(right, 'number')} {word}, to {plural(digits, 'digit')} at least"
            continue
        worst: Verdict = "wrong" if any(row.verdict == "wrong" for row in off) else "follows"
        yield f"  {SIGNS[worst]} {whole}  {right} of {plural(len(of_one), 'number')} agree"
        yield from ("  " + line for line in _lines(off[:MOST_SHOWN]))
        if len(off) > MOST_SHOWN:
            yield f"      and {len(off) - MOST_SHOWN:,} more: --detail shows all"


def _lines(rows: Sequence[RowVerdict]) -> Iterator[str]:
    names = [named(row) for row in rows]
    width = max(map(len, names), default=0)
    for name, row in zip(names, rows, strict=True):
        words = SAYS[row.verdict]
        if row.ok:
            words += ", cut off" if row.cut else ""
            words += f", to {plural(row.digits, 'digit')}"
        elif row.verdict == "wrong" and row.follows != row.computed and row.follows == row.follows:
            words += f": from your numbers before follows {row.follows!r}"
        yield f"  {SIGNS[row.verdict]} {name:{width}}  yours {row.given!r}  computed {row.computed!r}  {words}"


def _causes(found: Comparison) -> Iterator[str]:
    """What was done, a line for each of one or two mistakes."""
    if not found.causes:
        if found.first is not None:
            yield "What was done to get it is not found: no usual mistake gives these numbers, nor do two of them."
        return
    for cause in found.causes:
        yield f"Cause: {cause.cause}, at {cause.at}: {cause.words}."
    count = max(cause.explains for cause in found.causes)
    explains = f"all of {count:,} numbers that differ" if count > 1 else "the one number that differs"
    together = "Together they explain" if len(found.causes) > 1 else "It explains"
    chance = max(cause.by_chance for cause in found.causes)
    by_chance = f"about {chance:.0e}" if chance >= 1e-9 else "none"
    more = f"; {found.others} more are as plain" if found.others else ""
    yield f"{together} {explains}; explanations as good by chance: {by_chance}{more}."


def named(row: RowVerdict) -> str:
    """The quantity, and of which example it is."""
    return row.quantity if row.example is None else f"{row.quantity} of example {row.example}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else "")
