"""The types of files' tables are msgspec's own, table by table."""

import pytest
from msgspec.inspect import DictType, ListType, Metadata, StructType, UnionType, type_info
from msgspec.structs import fields

from engine.files import kinds, model, weight_parts  # noqa: F401 (all the tables there are)
from engine.files.kinds import Table, table_of
from engine.files.part import Part


def every_table(part=Part):
    for below in part.__subclasses__():
        yield below
        yield from every_table(below)


def alike(ours, msgspecs, seen=()):
    """Whether two types are the same, with a table's keys in the place of a struct's fields."""
    if isinstance(msgspecs, StructType):
        assert isinstance(ours, Table)
        assert (ours.part, ours.tag, ours.tag_field) == (msgspecs.cls, msgspecs.tag, msgspecs.tag_field)
        for key, field in zip(ours.keys, msgspecs.fields, strict=True):
            assert (key.name, key.written, key.required) == (field.name, field.encode_name, field.required)
            if ours.part not in seen:
                alike(key.kind, field.type, (*seen, ours.part))
        assert ours.written == [field.encode_name for field in msgspecs.fields]
        return
    assert type(ours) is type(msgspecs)
    match msgspecs:
        case Metadata():
            assert (ours.extra_json_schema, ours.extra) == (msgspecs.extra_json_schema, msgspecs.extra)
            alike(ours.type, msgspecs.type, seen)
        case ListType():
            assert ours.min_length == msgspecs.min_length
            alike(ours.item_type, msgspecs.item_type, seen)
        case DictType():
            alike(ours.key_type, msgspecs.key_type, seen)
            alike(ours.value_type, msgspecs.value_type, seen)
        case UnionType():
            for one, other in zip(ours.types, msgspecs.types, strict=True):
                alike(one, other, seen)
        case _:
            assert ours == msgspecs


TABLES = sorted(set(every_table()) - {model.ScenarioFile}, key=lambda part: part.__name__)
"""Those that are read as tables: of the whole file its parts are."""


@pytest.mark.parametrize("part", TABLES)
def test_a_table_has_the_keys_of_its_class(part):
    alike(table_of(part), type_info(part))


def test_a_table_that_is_not_there_is_not_looked_at(monkeypatch):
    looked_at = []
    monkeypatch.setattr(kinds, "fields", lambda part: looked_at.append(part) or fields(part))
    published = Table(model.PublishedPart)
    written = {key.written: key.kind for key in published.keys}
    assert isinstance(written["variant"], Metadata)
    assert looked_at == [model.PublishedPart]
