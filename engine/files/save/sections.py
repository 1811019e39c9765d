"""The tables of a TOML text as pieces of it, so that some can be left out and all others stay as they were written."""

import re
import tomllib
from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import NamedTuple

_HEADER = re.compile(r"[ \t]*\[[^,\n]*\][ \t]*(#.*)?\r?\n?")
"""What a header looks like. So does the last row of many a matrix, or a line of a long text: see `_is_whole`."""


class Section(NamedTuple):
    """A piece of a file: a header with all below it and the comment directly above it, or what is above all headers.

    Attributes:
        name: the first part of the table's name, as `network` of `[[network.layer]]`; empty above all headers.
        text: the piece.
    """

    name: str
    text: str


def sections(text: str) -> list[Section]:
    """The pieces of a TOML text, in order; together they are the text."""
    pieces: list[list[str]] = [[]]
    for line in _lines_of(text):
        if _HEADER.fullmatch(line) and _is_whole(pieces[-1]):
            pieces.append(_comment_above(pieces[-1]))
        pieces[-1].append(line)
    return [Section(_name(piece), "".join(piece)) for piece in pieces if piece]


def without(pieces: Sequence[Section], names: Collection[str]) -> list[Section]:
    """The pieces that don't belong to these tables.

    A comment that stands by itself at the end of such a table is kept where something else follows: it may be about
    that.
    """
    kept: list[Section] = []
    for i, (name, text) in enumerate(pieces):
        if name not in names:
            kept.append(Section(name, text))
        elif i + 1 == len(pieces) or pieces[i + 1].name not in names:
            comment = _comment_at_end(text)
            if comment:
                apart = kept and kept[-1].text.endswith(("\n\n", "\n\r\n"))
                kept.append(Section("", comment.lstrip("\r\n") if apart else comment))
    return kept


def replaced(pieces: Sequence[Section], name: str, text: str) -> list[Section]:
    """The pieces with another text for this table, below the comment above it."""
    return [
        Section(name, "".join(takewhile(_is_comment, _lines_of(piece.text))) + text) if piece.name == name else piece
        for piece in pieces
    ]


def _lines_of(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _is_whole(lines: Sequence[str]) -> bool:
    """Whether a piece can end here: in the middle of a text or of a list it is no TOML."""
    try:
        tomllib.loads("".join(lines))
    except ValueError:
        return False
    return True


def _name(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip() and not _is_comment(line)), "")
    return next(iter(tomllib.loads("".join(lines)))) if _HEADER.fullmatch(first) else ""


def _is_comment(line: str) -> bool:
    return line.lstrip(" \t").startswith("#")


def _comment_above(lines: list[str]) -> list[str]:
    """Takes the comment at the end of a piece away from it, for the piece whose header follows."""
    start = len(lines)
    while start and _is_comment(lines[start - 1]):
        start -= 1
    if not _is_whole(lines[:start]):  # it is the end of a long text
        return []
    comment = lines[start:]
    del lines[start:]
    return comment


def _comment_at_end(text: str) -> str:
    """What comments stand at the end of a piece, after an empty line."""
    lines = _lines_of(text)
    start = len(lines)
    while start and (_is_comment(lines[start - 1]) or not lines[start - 1].strip()):
        start -= 1
    if not _is_whole(lines[:start]):
        return ""
    while start < len(lines) and lines[start].strip():  # directly below a key: about that one
        start += 1
    return "".join(lines[start:]) if any(map(_is_comment, lines[start:])) else ""
