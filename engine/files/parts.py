"""Reading one table of a file: pydantic's findings in plain words, and what is well formed in spite of them.

Pydantic skips what checks fields together once one field is wrong. Here every good field of a bad table is kept, so
that the checks across tables can say all they have to say in the same run.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.files.model import LIST, PLAIN, TABLE, TEXT, Part
from engine.files.problems import MOST_SHOWN, Problems, nearest, plural, shown

P = TypeVar("P", bound=Part)

_TAGS = (LIST, TABLE, PLAIN, TEXT)
_TABLE_TAGS = {("weights", "csv"), ("weights", "init"), ("batch", "all")} | {
    ("optimizer", name) for name in ("sgd", "momentum", "adam")
}
_OPTIMIZERS = ("sgd", "momentum", "adam")


@dataclass(frozen=True)
class Partial(Generic[P]):
    """A table as far as it is well formed.

    Attributes:
        value: the table. Fields that are `bad` may be missing from it.
        bad: the keys that are wrong or missing; the problem is noted already.
        raw: the table as it stands in the file.
    """

    value: P
    bad: frozenset[str]
    raw: Mapping[str, Any]

    def good(self, *keys: str) -> bool:
        """Whether these keys are well formed, so that they can be used."""
        return not self.bad.intersection(keys)

    def rough(self, key: str) -> Any:
        """The value of a key, well formed or not: for checks that need only its outline. None where it is missing."""
        return self.raw.get(key) if key in self.bad else getattr(self.value, key)


def read_part(
    model: type[P], data: Mapping[str, Any], place: str, problems: Problems, keys: Iterable[str] = ()
) -> Partial[P]:
    """Reads one table and notes every problem in it.

    Args:
        model: what it should be.
        data: the table as TOML gives it.
        place: where it is, as `training`; empty for the top of the file.
        problems: gets what is wrong.
        keys: all that may stand here, where `model` has not all of them.
    """
    try:
        return Partial(model.model_validate(data), frozenset(), data)
    except ValidationError as error:
        found = error.errors(include_url=False)
    known = tuple(keys) or tuple(model.model_fields)
    for detail in found[:MOST_SHOWN]:
        message, remedy = _in_words(detail, known, model)
        problems.add(_place(place, detail["loc"]), message, remedy)
    if len(found) > MOST_SHOWN:
        problems.add(place, f"there are {len(found) - MOST_SHOWN:,} more problems", "first put these right")
    bad = frozenset(str(detail["loc"][0]) for detail in found if detail["loc"])
    value = model.model_construct()
    for key, item in data.items():
        if key not in bad:
            setattr(value, key, item)  # validated again, by itself
    return Partial(value, bad, data)


def join(place: str, more: str) -> str:
    """`training` and `batch` make `training.batch`."""
    return f"{place}.{more}" if place and more else place or more


def _without_tags(location: tuple[int | str, ...]) -> list[int | str]:
    kept: list[int | str] = []
    before: int | str = ""
    for item in location:
        if item not in _TAGS and (before, item) not in _TABLE_TAGS:
            kept.append(item)
        before = item
    return kept


def _place(place: str, location: tuple[int | str, ...]) -> str:
    """Where an error is: `network.layer[2].weights row 1, number 3`."""
    items = _without_tags(location)
    text = place
    for i, item in enumerate(items):
        if isinstance(item, str):
            if item != "[key]":
                text = join(text, shown(item))
        elif items[0] in ("weights", "weight_names"):
            text += f" row {item + 1}" if i == 1 else f", number {item + 1}"
        else:
            text += f"[{item + 1}]"
    return text


_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_TYPES = {
    "float_type": ("a number", "write it without quotes, like 0.5"),
    "int_type": ("a whole number", "write it without quotes and without a point, like 3"),
    "int_from_float": ("a whole number", "write it without a point, like 3"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "string_type": ("text", 'put it in quotes, like "text"'),
    "list_type": ("a list", "put it in brackets, like [1, 2]"),
    "dict_type": ("a table", "write it as { key = value }"),
    "model_type": ("a table", "write it as { key = value }"),
    "model_attributes_type": ("a table", "write it as { key = value }"),
}


def _in_words(detail: ErrorDetails, keys: tuple[str, ...], model: type[Part]) -> tuple[str, str]:
    """What is wrong and what to do about it."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    location = _without_tags(detail["loc"])
    key = str(location[-1]) if location else ""
    if kind == "plain":
        return str(context["message"]), str(context["remedy"])
    if kind == "missing":
        field = model.model_fields.get(key) if len(location) == 1 else None
        return "it is missing", f"give {key}: {field.description}" if field and field.description else f"give {key}"
    if kind == "extra_forbidden":
        return "there is no such key", nearest(key, keys) if len(location) == 1 else "take it out"
    if kind == "literal_error":
        choices = _OPTIMIZERS if location[0] == "optimizer" else str(context["expected"]).replace("'", "").split(" or ")
        names = [name for choice in choices for name in choice.split(", ")]
        return f"{described(value)} is not known", nearest(value if isinstance(value, str) else "", names)
    if kind in _BOUNDS:
        bound, word = _BOUNDS[kind]
        return f"{described(value)} is out of range", f"it must be {word} {context[bound]:,}"
    if kind == "finite_number":
        return f"{described(value)} is not finite", "give a number that is"
    if kind == "too_short":
        return "it is empty", f"give at least {context['min_length']}"
    if kind in ("too_long", "string_too_long"):
        return (
            "it is too long",
            f"{plural(int(context['max_length']), 'item' if kind == 'too_long' else 'character')} at most",
        )
    if kind in _TYPES:
        what, remedy = _TYPES[kind]
        return f"{described(value)} is not {what}", remedy
    return shown(detail["msg"]), ""


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
