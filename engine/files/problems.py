"""What is wrong with a file, said so that a person can put it right: where, what, and what to do."""

import math
from collections.abc import Iterable

from msgspec import Struct, field

from engine.formula.similar import is_another, most_similar, some_of, told_apart
from engine.told import Told, untold

MOST_SHOWN = 100
"""A file with more problems than this gets a count of the rest."""


class Problem(Struct, frozen=True):
    """One thing wrong.

    Attributes:
        file: as the user named it.
        where: within the file, as `network.layer[2].weights row 1`; counted from 1. Empty for the file itself.
        message: what is wrong.
        remedy: what to do about it; may be empty.
    """

    file: str
    where: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        begin = f"{self.file}: {self.where}" if self.where else self.file
        return f"{begin}: {self.message}" + (f": {self.remedy}" if self.remedy else "")


class ScenarioError(Exception):
    """A scenario that cannot be used, with every reason why; its text has one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        more = len(self.problems) - MOST_SHOWN
        return "\n".join([*lines, f"and {plural(more, 'more problem')}"] if more > 0 else lines)


class Problems(Struct):
    """The problems of one file as they are found, and who is told how far reading it is."""

    file: str
    found: list[Problem] = field(default_factory=list)
    told: Told = untold

    def add(self, where: str, message: str, remedy: str = "") -> None:
        """Notes one."""
        self.found.append(Problem(self.file, where, message, remedy))

    def stop(self, where: str, message: str, remedy: str = "") -> ScenarioError:
        """The error for a problem that nothing can be read beyond, with all found before."""
        self.add(where, message, remedy)
        return ScenarioError(self.found)


def printable(text: object) -> str:
    """Someone's text in one line without control characters."""
    return "".join(letter if letter.isprintable() else "�" for letter in str(text))


def shown(text: object) -> str:
    """Someone's text as a message can hold it: short, in one line, without control characters."""
    line = printable(str(text)[:200])
    return line if len(line) <= 60 else line[:59] + "…"


def described(value: object) -> str:
    """A value as a message can hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{shown(value)}"'
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else "a number of too many digits"
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else shown(value)


def shown_path(path: object) -> str:
    """A path as a message can hold it: where it begins and how it ends, without control characters."""
    line = printable(path)
    return line if len(line) <= 160 else f"{line[:79]}…{line[-80:]}"


def nearest(name: str, known: Iterable[str], *, ours: bool = False) -> str:
    """A remedy for an unknown name: the nearest known one, else the first few of them.

    Args:
        name: the unknown one.
        known: the others.
        ours: whether they are functions, losses, rules …: then the nearest is none of something else that is called so.
    """
    names = list(known)
    if ours and (told := told_apart(name, names)):
        return told
    near = None if ours and is_another(name) else most_similar(name, names)
    if near:
        return f"the nearest is {shown(near)}"
    return f"there {'is' if len(names) == 1 else 'are'} {some_of(map(shown, names), 8)}"


def plural(count: int, noun: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
