"""The kinds of text in a scenario file: choices, names, lines, prose. What reaches a screen is clean from here on."""

from collections.abc import Callable, Iterable
from typing import Annotated

from msgspec import Meta

from engine.files.problems import nearest, shown
from engine.program.tokens import FORBIDDEN_IN_GRAPHS, FORBIDDEN_IN_NAMES

RESERVED = ("E", "exp")
MAX_NAME = 100


class TextError(Exception):
    """A text that can't stay as it is: what is wrong, and what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message, remedy)


def _kept(clean: Callable[[str], str], max_length: int | None = None) -> Meta:
    """A text is as this function gives it back; it raises `TextError`."""
    return Meta(max_length=max_length, extra={"clean": clean})


def one_of(names: Iterable[str]) -> Meta:
    """Text that is one of a registry's names: an entry added there is known here."""
    known = tuple(names)

    def check(text: str) -> str:
        if text not in known:
            raise TextError(f'"{shown(text)}" is not known', nearest(text, known, ours=True))
        return text

    return Meta(extra={"clean": check}, extra_json_schema={"enum": list(known)})


def _name(text: str) -> str:
    text = _own_name(text)
    if found := [letter for letter in text if letter in FORBIDDEN_IN_NAMES]:
        raise TextError(f"the name holds {found[0]}", "none of [ ] < > , + - * / ( ) may be in a name")
    if text in RESERVED:
        raise TextError(f"the name {text} is reserved", "take another")
    return text


def graph_name(text: str) -> str:
    """A name of a graph as it is.

    Raises:
        TextError: it can be none.
    """
    text = _own_name(text)
    if found := [letter for letter in text if letter in FORBIDDEN_IN_GRAPHS]:
        remedy = f"none of {' '.join(FORBIDDEN_IN_GRAPHS)} may be in a name of a graph"
        raise TextError(f"the name holds {found[0]}", remedy)
    if text[0] in "0123456789":
        raise TextError(f"the name {shown(text)} begins with a digit", "begin it with a letter")
    return text


def _own_name(text: str) -> str:
    if len(text) > MAX_NAME:
        raise TextError(f"the name has {len(text):,} characters", f"{MAX_NAME} are the most")
    return _any_name(text)


def _any_name(text: str) -> str:
    if not text:
        raise TextError("the name is empty", "give it at least one letter")
    if any(letter.isspace() for letter in text):
        raise TextError("the name holds white space", "write it as one word, with _ for instance")
    if not text.isprintable():
        raise TextError("the name holds a control character or an invisible one", "take it out")
    return text


def _line(text: str) -> str:
    return " ".join(_prose(text).split())


def _prose(text: str) -> str:
    # str.isprintable is false for escape sequences' ESC, C0, C1 and for invisible marks that turn text around
    lines = text.replace("\t", " ").split("\n")
    if not all(map(str.isprintable, lines)):  # as a rule all are: then no letter is looked at by itself
        lines = ["".join(filter(str.isprintable, line)) for line in lines]
    return "\n".join(lines).strip()


def _symbol(text: str) -> str:
    if not text or len(text) > 40 or not text.isprintable():
        raise TextError("a symbol must be 1 to 40 printable characters", 'write it like "δ" or "∂E/∂out"')
    return text


Name = Annotated[str, _kept(_name)]
"""A node's or a parameter's."""
AnyName = Annotated[str, _kept(_any_name)]
"""One that stands for something named elsewhere, of layers or of a graph."""
GraphName = Annotated[str, _kept(graph_name)]
"""One of a graph: of an input, a target, a constant, a parameter or a node."""
Line = Annotated[str, _kept(_line, 10_000)]
"""One line for people: control characters are taken out, white space becomes single spaces."""
Prose = Annotated[str, _kept(_prose, 100_000)]
"""Text for people, of any number of lines: control characters are taken out."""
Symbol = Annotated[str, _kept(_symbol)]
"""A quantity's, in a document's own notation."""
