"""A value of a file by its type: all that is wrong with it, in plain words.

The types are msgspec's. Its own decoder ends at the first thing wrong; here the rest is looked at all the same.
"""

import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from msgspec import ValidationError, convert
from msgspec.inspect import (
    BoolType,
    DictType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    NoneType,
    StrType,
    Type,
    UnionType,
)

from engine.files.kinds import Key, Table
from engine.files.meant import remedy_for
from engine.files.problems import described, nearest, plural
from engine.files.text import TextError
from engine.formula.similar import some_of

Where = tuple[int | str, ...]
"""The keys and indices that lead to a value."""

_PLAIN: dict[type[Type], tuple[type, str, str]] = {
    FloatType: (float, "a number", "write it without quotes, like 0.5"),
    IntType: (int, "a whole number", "write it without quotes and without a point, like 3"),
    BoolType: (bool, "true or false", "write true or false, without quotes"),
    StrType: (str, "text", 'put it in quotes, like "text"'),
}
"""Of each plain type: Python's, which msgspec converts to; what a value must be; what to do if it is not."""


_FILES = (".csv", ".npz", ".safetensors")
"""How the names of files end that hold numbers."""


class Reader:
    """Reads values and collects what is wrong with them.

    Attributes:
        wrong: where, what, and what to do about it.
    """

    def __init__(self) -> None:
        self.wrong: list[tuple[Where, str, str]] = []

    def fields(
        self, kind: Table, table: Mapping[str, Any], where: Where = (), keys: Collection[str] = ()
    ) -> dict[str, Any]:
        """The fields that a table has, by name; `keys` are those of which an unknown one may be meant."""
        values = {}
        for key in kind.keys:
            if key.written in table:
                values[key.name] = self.value(key.kind, table[key.written], (*where, key.written))
            elif key.required:
                self._add((*where, key.written), "it is missing", how_to_give(key))
        known = kind.written
        for written in table:
            if written not in (*known, kind.tag_field):
                self._add((*where, written), "there is no such key", remedy_for(written, keys or known))
        return values

    def value(self, kind: Type, value: Any, where: Where) -> Any:
        """A value as its type has it; as it is if something is wrong with it."""
        match kind:
            case Metadata():
                return self._cleaned(kind, value, where)
            case UnionType():
                return self._one_of(kind, value, where)
            case ListType():
                return self._list(kind, value, where)
            case DictType() | Table():
                return self._table(kind, value, where)
            case LiteralType():
                if not (isinstance(value, str) and value in kind.values):
                    self._unknown(value, [str(choice) for choice in kind.values], where)
                return value
        return self._plain(kind, value, where)

    def _add(self, where: Where, message: str, remedy: str) -> None:
        self.wrong.append((where, message, remedy))

    def _unknown(self, value: Any, choices: Collection[str], where: Where) -> None:
        near = nearest(value if isinstance(value, str) else "", choices, ours=True)
        self._add(where, f"{described(value)} is not known", near)

    def _cleaned(self, kind: Metadata, value: Any, where: Where) -> Any:
        before = len(self.wrong)
        choices = (kind.extra_json_schema or {}).get("enum")
        if choices and isinstance(value, list | dict):  # an item of a layer's list, a table of settings
            self._add(where, f"{described(value)} is not one name", f"give a single one: {', '.join(choices)}")
            return value
        value = self.value(kind.type, value, where)
        if len(self.wrong) == before and kind.extra is not None:
            try:
                return kind.extra["clean"](value)
            except TextError as error:
                self._add(where, error.message, error.remedy)
        return value

    def _one_of(self, kind: UnionType, value: Any, where: Where) -> Any:
        """Reads what was meant, so that an error is about that: by its outline, of tables by their tag."""
        choices = [choice for choice in kind.types if not isinstance(choice, NoneType)]
        tagged = {choice.tag: choice for choice in choices if isinstance(choice, Table) and choice.tag_field}
        if tagged and isinstance(value, dict):
            key = str(next(iter(tagged.values())).tag_field)
            tag = value.get(key)
            if isinstance(tag, str) and tag in tagged:
                return self.value(tagged[tag], value, where)
            if key in value:
                self._unknown(tag, [str(tag) for tag in tagged], (*where, key))
            else:
                self._add((*where, key), "it is missing", f"give {key}: {some_of(map(str, tagged), 12)}")
            return value
        if isinstance(value, str) and value.lower().endswith(_FILES) and any(_looks_like(one, {}) for one in choices):
            key = "csv" if value.lower().endswith(".csv") else "file"
            self._add(where, f"{described(value)} is the name of a file", f"write {{ {key} = {described(value)} }}")
            return value
        meant = next((choice for choice in choices if _looks_like(choice, value)), None)
        if meant is None and {FloatType, ListType} <= {type(choice) for choice in choices}:
            remedy = "write the numbers here, like 0.5 or [0.5, 1]"
            self._add(where, f"{described(value)} is neither a number nor a list", remedy)
            return value
        return self.value(meant or choices[0], value, where)

    def _list(self, kind: ListType, value: Any, where: Where) -> Any:
        if not isinstance(value, list):
            self._add(where, f"{described(value)} is not a list", "put it in brackets, like [1, 2]")
            return value
        if len(value) < (kind.min_length or 0):
            self._add(where, "it is empty", f"give at least {kind.min_length}")
        if isinstance(kind.item_type, FloatType):  # rows may be long: all at once, unless one is wrong
            with suppress(ValidationError):
                numbers = convert(value, list[float])
                if all(map(math.isfinite, numbers)):
                    return numbers
        return [self.value(kind.item_type, item, (*where, i)) for i, item in enumerate(value)]

    def _table(self, kind: DictType | Table, value: Any, where: Where) -> Any:
        if not isinstance(value, dict):
            keys = [kind.tag_field, *kind.written] if isinstance(kind, Table) else []
            key = next(filter(None, keys), "key")
            remedy = f"write it as {{ {key} = value }}"
            self._add(where, f"{described(value)} is not a table", remedy)
            return value
        before = len(self.wrong)
        if isinstance(kind, Table):
            fields = self.fields(kind, value, where, kind.written if kind.tag_field else [])
            return kind.part(**fields) if len(self.wrong) == before else value
        return {
            self.value(kind.key_type, key, (*where, key)): self.value(kind.value_type, item, (*where, key))
            for key, item in value.items()
        }

    def _plain(self, kind: Type, value: Any, where: Where) -> Any:
        if type(kind) not in _PLAIN:  # of any type: whoever needs it looks at it
            return value
        own, what, remedy = _PLAIN[type(kind)]
        try:
            result: Any = convert(value, own)
        except ValidationError:
            if own is int and isinstance(value, float):
                remedy = "write it without a point, like 3"
            elif isinstance(value, list | dict):
                remedy = f"give {what} alone, without {'brackets' if isinstance(value, list) else 'braces'}"
            self._add(where, f"{described(value)} is not {what}", remedy)
            return value
        if isinstance(kind, StrType):
            if len(result) > (kind.max_length or math.inf):
                self._add(where, "it is too long", f"{plural(kind.max_length or 0, 'character')} at most")
        elif isinstance(result, float) and not math.isfinite(result):
            self._add(where, f"{described(value)} is not finite", "give a number that is")
        elif isinstance(kind, FloatType | IntType) and (bound := _passed(kind, result)):
            self._add(where, f"{described(value)} is out of range", f"it must be {bound}")
        return result


def how_to_give(key: Key) -> str:
    """The remedy where a key is missing: what it is for."""
    told = key.kind.extra_json_schema if isinstance(key.kind, Metadata) else None
    return f"give {key.written}: {told['description']}" if told else f"give {key.written}"


def _looks_like(kind: Type, value: Any) -> bool:
    """Whether a value could be meant to be of this type."""
    if isinstance(kind, Metadata):
        kind = kind.type
    outlines = ((list, ListType), (dict, DictType | Table), (str, StrType | LiteralType))
    return next((isinstance(kind, of) for outline, of in outlines if isinstance(value, outline)), True)


def _passed(kind: FloatType | IntType, value: float) -> str:
    """The bound that a number passes, in words; nothing if it passes none."""
    if kind.gt is not None and not value > kind.gt:
        return f"above {kind.gt:,}"
    if kind.ge is not None and not value >= kind.ge:
        return f"at least {kind.ge:,}"
    if kind.lt is not None and not value < kind.lt:
        return f"below {kind.lt:,}"
    if kind.le is not None and not value <= kind.le:
        return f"at most {kind.le:,}"
    return ""
