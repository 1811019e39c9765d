"""What a value of a file must be, as msgspec has its types; a table's keys only once such a table is there.

`msgspec.inspect.type_info` goes through all that a type leads to: from a published figure to the settings under which
it is right, and to the tables of every update rule, activation and loss. That took longer than to read the file.
"""

from functools import cache, cached_property
from types import UnionType as BarUnion
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import Meta
from msgspec.inspect import DictType, ListType, Metadata, Type, UnionType, type_info
from msgspec.structs import FieldInfo, fields

from engine.files.part import Part


class Key:
    """A key of a table.

    Attributes:
        name: of its attribute.
        written: as it stands in the file.
        required: whether it must be there.
    """

    def __init__(self, field: FieldInfo) -> None:
        self.name, self.written, self.required = field.name, field.encode_name, field.required
        self._hint = field.type

    @cached_property
    def kind(self) -> Type:
        """What its value must be."""
        return kind_of(self._hint)


class Table(Type, dict=True, eq=False):
    """A table, of which all is known by its class."""

    part: type[Part]

    @property
    def tag_field(self) -> str | None:
        """The key that says which of several tables it is."""
        return self.part.__struct_config__.tag_field

    @property
    def tag(self) -> str | int | None:
        """What that key says of this one."""
        return self.part.__struct_config__.tag

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Its keys, in their order, without the one of the tag."""
        return tuple(map(Key, fields(self.part)))

    @property
    def written(self) -> list[str]:
        """Its keys as they stand in the file."""
        return list(self.part.__struct_encode_fields__)


@cache
def table_of(part: type[Part]) -> Table:
    """The table of this class."""
    return Table(part)


def kind_of(hint: Any) -> Type:
    """What a value of this type must be."""
    if not _has_table(hint):
        return type_info(hint)
    if isinstance(hint, type):
        return table_of(hint)
    outline, inner = get_origin(hint), get_args(hint)
    if outline is Annotated:
        return _told(kind_of(inner[0]), inner[1:])
    kinds = tuple(map(kind_of, inner))
    if outline is list:
        return ListType(kinds[0])
    if outline is dict:
        return DictType(kinds[0], kinds[1])
    assert outline in (Union, BarUnion)
    return UnionType(kinds)


def _has_table(hint: Any) -> bool:
    if isinstance(hint, type):
        return issubclass(hint, Part)
    return any(map(_has_table, get_args(hint)))


def _told(kind: Type, told: tuple[Meta, ...]) -> Type:
    """The same, with what is told about it."""
    words = [meta.description for meta in told if meta.description]
    if isinstance(kind, ListType):
        least = [meta.min_length for meta in told if meta.min_length is not None]
        kind = ListType(kind.item_type, min_length=max(least, default=None))
    return Metadata(kind, {"description": words[-1]}) if words else kind
