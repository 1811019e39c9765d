"""The kinds of text in a scenario file: choices, names, lines, prose. What reaches a screen is clean from here on."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from engine.files.problems import nearest, shown
from engine.tokens import FORBIDDEN_IN_NAMES

RESERVED = ("E", "exp")
MAX_NAME = 100


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """An error for a pydantic validator to raise, already in plain words."""
    return PydanticCustomError("plain", "{message}", {"message": message, "remedy": remedy})


class OneOf:
    """Text that is one of a registry's names: an entry added there is known here."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    def check(self, text: str) -> str:
        """The text, if it is one of the names."""
        if text not in self.names:
            raise wrong(f'"{shown(text)}" is not known', nearest(text, self.names))
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.names)}


def _name(text: str) -> str:
    if not text:
        raise wrong("the name is empty", "give it at least one letter")
    if len(text) > MAX_NAME:
        raise wrong(f"the name has {len(text):,} characters", f"{MAX_NAME} are the most")
    if any(letter.isspace() for letter in text):
        raise wrong("the name holds white space", "write it as one word, with _ for instance")
    if not text.isprintable():
        raise wrong("the name holds a control character or an invisible one", "take it out")
    if found := [letter for letter in text if letter in FORBIDDEN_IN_NAMES]:
        raise wrong(f"the name holds {found[0]}", "none of [ ] < > , + - * / ( ) may be in a name")
    if text in RESERVED:
        raise wrong(f"the name {text} is reserved", "take another")
    return text


def _line(text: str) -> str:
    return " ".join(_prose(text).split())


def _prose(text: str) -> str:
    # str.isprintable is false for escape sequences' ESC, C0, C1 and for invisible marks that turn text around
    return "".join(letter for letter in text.replace("\t", " ") if letter.isprintable() or letter == "\n").strip()


def _symbol(text: str) -> str:
    if not text or len(text) > 40 or not text.isprintable():
        raise wrong("a symbol must be 1 to 40 printable characters", 'write it like "δ" or "∂E/∂out"')
    return text


Name = Annotated[str, AfterValidator(_name)]
"""A node's or a parameter's."""
Line = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_line)]
"""One line for people: control characters are taken out, white space becomes single spaces."""
Prose = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(_prose)]
"""Text for people, of any number of lines: control characters are taken out."""
Symbol = Annotated[str, AfterValidator(_symbol)]
"""A quantity's, in a document's own notation."""
