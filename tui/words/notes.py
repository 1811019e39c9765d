"""A teacher's words as they are set: `**bold**`, and formulas between backticks in the notation's names and colours."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from textual.content import Content

from engine.formula.quantity import KINDS, SPELLINGS, Quantity, any_of
from engine.program.graph_notation import GraphNotation
from engine.program.notation import Notation
from engine.program.scenario import Note
from engine.program.tokens import FORBIDDEN_IN_NAMES
from tui.words.calculation import Run, symbol
from tui.words.kinds import role_style

_MARKED = re.compile(r"\*\*(?P<bold>\S(?:.*?\S)?)\*\*|`(?P<formula>[^`]+)`", re.DOTALL)
_NAME = rf"[^\s{re.escape(FORBIDDEN_IN_NAMES)}]+"
_OF_ONE = any_of(spelling for spelling, kind in SPELLINGS.items() if KINDS[kind].of not in ("epoch", "walk"))
_BARE = any_of(("α", *(kind for kind in KINDS if KINDS[kind].of != "epoch")))
RATES = ("α", "learning_rate")
_QUANTITY = re.compile(
    rf"(?<![\w/])(?:(?P<kind>{_OF_ONE})\[(?P<subject>{_NAME})(?:<-(?P<through>{_NAME}))?\]"
    rf"|(?P<bare>{_BARE})(?![\w\[(′]))"
)


class Said(NamedTuple):
    """A part of a note: its text, the kind of quantity that it names, if it names one, and whether it is bold."""

    text: str
    kind: str | None = None
    bold: bool = False


def note_runs(note: Note, notation: Notation) -> list[Said]:
    """The words in parts; what of a formula names no quantity is bold."""
    found: list[Said] = []
    for text, mark in _pieces(note.text.strip()):
        if mark == "formula":
            found += [Said(run.text, run.kind, run.kind is None) for run in formula_runs(text, notation)]
        else:
            found.append(Said(text, None, mark == "bold"))
    return [part for part in found if part.text]


def set_words(note: Note, notation: Notation) -> Content:
    """The words with their styles."""
    return Content.assemble(
        *(
            (part.text, role_style(part.kind) if part.kind else "bold" if part.bold else "")
            for part in note_runs(note, notation)
        )
    )


def plain_words(note: Note, notation: Notation) -> str:
    """The words without styles."""
    return "".join(part.text for part in note_runs(note, notation))


def formula_runs(text: str, notation: Notation) -> list[Run]:
    """A formula with its quantities, written as files write them, by their names in the notation."""
    runs, end = [], 0
    own = isinstance(notation, GraphNotation)  # the names of its nodes may be letters that are kinds elsewhere
    for match in _QUANTITY.finditer(text):
        if own and match["bare"] not in (None, *RATES):
            continue
        quantity = Quantity(SPELLINGS[match["kind"] or match["bare"]], match["subject"], match["through"])
        runs += [Run(text[end : match.start()]), symbol(quantity, notation)]
        end = match.end()
    return [run for run in (*runs, Run(text[end:])) if run.text]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(text, mark): `bold`, `formula` or none; marks without their second half are text."""
    end = 0
    for match in _MARKED.finditer(text):
        yield text[end : match.start()], ""
        yield match["bold"] or match["formula"], "bold" if match["bold"] else "formula"
        end = match.end()
    yield text[end:], ""
