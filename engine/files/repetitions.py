"""The lines of a graph's `nodes`, with the repetitions written out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from engine.files.model import RepetitionPart
from engine.files.parts import read_part
from engine.files.problems import MOST_SHOWN, Problems, described, shown

MAX_NODES = 10_000
MOST_NESTED = 8
"""Repetitions within repetitions."""

_FOR = re.compile(r"\s*([^\W\d]\w*)\s*=\s*([-−]?[0-9]{1,9})\s*\.\.\s*([-−]?[0-9]{1,9})\s*")
_NUMBER = re.compile(r"\{\s*([^\W\d]\w*)\s*(?:([+\-−])\s*([0-9]{1,9})\s*)?\}")
_PART_OF_NAME = re.compile(r"[\w.]\Z")


class Line(Struct, frozen=True):
    """One line, `name = formula`, written out.

    Attributes:
        text: the line.
        where: in the file.
        turn: in which turn of which repetition it is, `t = 2`; empty outside.
    """

    text: str
    where: str
    turn: str = ""


class _TooManyError(Exception):
    """There are more lines than a graph may have."""


def written_out(nodes: list[Any], where: str, problems: Problems) -> list[Line]:
    """The lines in the order in which they are walked, after noting what is wrong with repetitions.

    Args:
        nodes: strings, and tables that repeat others.
        where: in the file.
        problems: gets what is wrong.
    """
    lines: list[Line] = []
    try:
        for line in _Writer(problems).lines(nodes, where, {}):
            lines.append(line)
            if len(lines) > MAX_NODES:
                raise _TooManyError
    except _TooManyError:
        problems.add(where, f"there are more than {MAX_NODES:,} nodes", f"{MAX_NODES:,} are the most")
        return []
    return lines


class _Writer:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._wrong: set[str] = set()
        """Where something is wrong already: a repetition would say it in each turn."""
        self._turns = 0

    def lines(self, nodes: list[Any], where: str, numbers: Mapping[str, int]) -> Iterator[Line]:
        for number, item in enumerate(nodes, 1):
            here = f"{where}[{number}]"
            if isinstance(item, dict):
                yield from self._repeated(item, here, numbers)
            elif not isinstance(item, str):
                self._note(here, f"{described(item)} is no line", 'write it in quotes, like "q = x + y"')
            elif (text := self._replaced(item, here, numbers)) is not None:
                yield Line(text, here, ", ".join(f"{name} = {value}" for name, value in numbers.items()))

    def _repeated(self, table: dict[str, Any], where: str, numbers: Mapping[str, int]) -> Iterator[Line]:
        if where in self._wrong:
            return
        quiet = Problems(self._problems.file)
        part = read_part(RepetitionPart, table, where, quiet)
        for problem in quiet.found:
            self._note(problem.where, problem.message, problem.remedy)
        if part.bad:
            self._wrong.add(where)
            return
        if len(numbers) == MOST_NESTED:
            self._note(where, "it is nested too deep", f"{MOST_NESTED} repetitions within one another are the most")
            return
        head = self._replaced(part.value.over, f"{where}.for", numbers)
        if head is None:
            return
        match = _FOR.fullmatch(head)
        if match is None:
            message = f'"{shown(head)}" does not say over which numbers it goes'
            self._note(f"{where}.for", message, 'write it like "t = 1..3", or down "t = 3..1"')
            return
        name, first, last = match[1], _whole(match[2]), _whole(match[3])
        if name in numbers:
            self._note(f"{where}.for", f"{name} is the number of a repetition round it", "take another letter")
            return
        for value in range(first, last + 1) if first <= last else range(first, last - 1, -1):
            self._turns += 1
            if self._turns > MAX_NODES:
                raise _TooManyError
            yield from self.lines(part.value.nodes, f"{where}.nodes", {**numbers, name: value})

    def _replaced(self, text: str, where: str, numbers: Mapping[str, int]) -> str | None:
        """The text with numbers in the places of `{t}`, `{t-1}`, `{t+1}`; None after noting what is wrong."""
        pieces, position = list[str](), 0
        for match in _NUMBER.finditer(text):
            if match[1] not in numbers:
                there = f"there is {', '.join(f'{{{name}}}' for name in numbers)}" if numbers else "it stands in none"
                self._note(where, f"{shown(match[0])} is no number of a repetition", there)
                return None
            shift = int(match[3] or 0) * (-1 if match[2] in ("-", "−") else 1)
            value = numbers[match[1]] + shift
            before = text[position : match.start()]
            if value < 0 and _PART_OF_NAME.search("".join((*pieces, before))):  # h-1 would be a subtraction
                message = f"{shown(match[0])} is {value} where {match[1]} = {numbers[match[1]]}, which no name can hold"
                self._note(where, message, "begin the repetition further up")
                return None
            pieces += [before, str(value)]
            position = match.end()
        whole = "".join((*pieces, text[position:]))
        if (brace := next((letter for letter in whole if letter in "{}"), None)) is not None:
            message = f"{brace} belongs to no number of a repetition"
            self._note(where, message, "there are {t}, {t-1}, {t+1} with the repetition's letter")
            return None
        return whole

    def _note(self, where: str, message: str, remedy: str) -> None:
        """Notes a problem once for each place and message, whatever the turn."""
        said = f"{where}: {message}"
        if said not in self._wrong and len(self._problems.found) <= MOST_SHOWN:
            self._wrong.add(said)
            self._problems.add(where, message, remedy)


def _whole(text: str) -> int:
    return int(text.replace("−", "-"))
