"""Reading one table of a file: what is wrong with it, and what is well formed in spite of that.

Every good field of a bad table is kept, so that the checks across tables can say all they have to say in the same run.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from engine.files.by_type import Reader, Where, how_to_give
from engine.files.kinds import table_of
from engine.files.part import Part
from engine.files.problems import MOST_SHOWN, Problems, described, plural, shown

P = TypeVar("P", bound=Part)


class Partial(Struct, Generic[P], frozen=True):
    """A table as far as it is well formed.

    Attributes:
        value: the table. Fields that are `bad` are as by default, or None.
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
    model: type[P], data: Mapping[str, Any], where: str, problems: Problems, keys: Collection[str] = ()
) -> Partial[P]:
    """Reads one table and notes every problem in it.

    Args:
        model: what it should be.
        data: the table as TOML gives it.
        where: in the file, as `training`; empty for the top of the file.
        problems: gets what is wrong.
        keys: all that may stand here, where `model` has not all of them.
    """
    table, reader = table_of(model), Reader()
    fields = reader.fields(table, data, keys=keys or keys_of(model))
    wrong = reader.wrong
    for below, message, remedy in wrong[:MOST_SHOWN]:
        problems.add(_whole(where, below), message, remedy)
    if len(wrong) > MOST_SHOWN:
        there = "is" if len(wrong) == MOST_SHOWN + 1 else "are"
        more = plural(len(wrong) - MOST_SHOWN, "more problem")
        problems.add(where, f"there {there} {more}", "first put these right")
    names = {key.written: key.name for key in table.keys}
    bad = frozenset(names.get(str(below[0]), str(below[0])) for below, *_ in wrong)
    good = {key: value for key, value in fields.items() if key not in bad}
    absent = {key.name: None for key in table.keys if key.required and key.name not in good}
    return Partial(model(**good, **absent), bad, data)


def read_parts(
    model: type[P], listed: Sequence[Any], key: str, problems: Problems, *, each: str = "each"
) -> Iterator[tuple[str, Partial[P]]]:
    """Reads the tables of `[[key]]` one by one, each with where it is; what is no table is noted, and left out."""
    for number, item in enumerate(listed, 1):
        where = f"{key}[{number}]"
        if isinstance(item, dict):
            yield where, read_part(model, item, where, problems)
        else:
            problems.add(where, f"{described(item)} is not a table", f"write [[{key}]] for {each}")


def keys_of(model: type[Part]) -> tuple[str, ...]:
    """The keys that a table may have."""
    return model.__struct_encode_fields__


def missing(model: type[Part], key: str) -> str:
    """The remedy where a key of a table is missing."""
    return next(how_to_give(one) for one in table_of(model).keys if one.name == key)


def join(where: str, more: str) -> str:
    """`training` and `batch` make `training.batch`."""
    return f"{where}.{more}" if where and more else where or more


def _whole(where: str, below: Where) -> str:
    """Where an error is: `network.layer[2].weights row 1, number 3`."""
    text = where
    for i, item in enumerate(below):
        if isinstance(item, str):
            text = join(text, shown(item))
        elif below[0] in ("weights", "weight_names"):
            text += f" row {item + 1}" if i == 1 else f", number {item + 1}"
        else:
            text += f"[{item + 1}]"
    return text
