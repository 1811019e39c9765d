"""The two tables as the page shows them: what stays through the walk, and the texts of a step."""

from itertools import groupby
from typing import Any

from engine.formula.quantity import Quantity
from tui.page.runs import ink_of
from tui.panels.table import PARTIAL, Shown
from tui.panels.tables import legend, nodes_shown, parameters_shown
from tui.view.seen import View
from tui.words.columns import Column
from tui.words.format import UNKNOWN
from tui.words.verdicts import SIGNS

ROOM = 60
"""Cells in which every number has all its digits; what all of a column leave blank is left out."""


def _shown(view: View, *, large: bool = True) -> dict[str, Shown]:
    tables = {"nodes": nodes_shown(view, large=large), "parameters": parameters_shown(view, large=large)}
    return {name: shown for name, shown in tables.items() if shown.names}


def frames_of(view: View) -> list[dict[str, Any]]:
    """What stays: rows, the words about them, and the columns; those that a phone leaves out are `extra`."""
    usual = {column for shown in _shown(view, large=False).values() for column in shown.columns}
    return [
        {
            "name": name,
            "rows": list(shown.names),
            "about": [] if shown.about is None else [shown.about(row) for row in shown.names],
            "columns": [[one.heading, ink_of(one.kind), int(one not in usual)] for one in shown.columns],
        }
        for name, shown in _shown(view).items()
    ]


def cells_of(view: View) -> tuple[list[str], list[list[int]], list[str]]:
    """The texts of all cells, column by column; which of them are new, as [first, end); and what the signs mean."""
    texts: list[str] = []
    lit: list[bool] = []
    legends = []
    for shown in _shown(view).values():
        for kind, _ in shown.columns:
            texts += _column(shown, kind)
            lit += [view.is_lit(kind, row) and shown.applies(kind, row) for row in shown.names]
        legends.append(legend(view, [one.kind for one in shown.columns], shown.names, ails=False))
    runs, start = [], 0
    for is_lit, group in groupby(lit):
        end = start + len(list(group))
        if is_lit:
            runs.append([start, end])
        start = end
    return texts, runs, legends


def _column(shown: Shown, kind: str) -> list[str]:
    """A column's cells: its numbers under each other by the decimal point, each with its mark."""
    view = shown.view
    applying = [shown.applies(kind, name) for name in shown.names]
    values = [view.value(kind, name) if use else None for name, use in zip(shown.names, applying, strict=True)]
    block = Column(values, view.digits).block(ROOM)
    cells = [UNKNOWN if value is None else text for value, text in zip(values, block, strict=True)]
    return [
        text + _mark(view, kind, name) if use else ""
        for text, name, use in zip(cells, shown.names, applying, strict=True)
    ]


def _mark(view: View, kind: str, name: str) -> str:
    """The sign of a sum that is not complete, or of a number that the document prints."""
    if view.is_partial(kind, name):
        return PARTIAL
    sign = view.sign(Quantity(kind, name))
    return " " if sign is None else SIGNS[sign.word]
