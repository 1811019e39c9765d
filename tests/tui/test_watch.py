"""A file that changes, as an editor changes it: nothing is told twice, nor half a change."""

from pathlib import Path

import pytest

from engine.files.disk import Signature, signature_of
from tui.stepper.watch import Watch

A, B, C = Signature(1, 10, 5), Signature(2, 10, 5), Signature(2, 11, 6)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ([A, A, A], [None, None, None]),
        ([B, B, B, B], [None, "changed", None, None]),
        ([None, B, B, B], [None, None, "changed", None]),  # written anew: for a moment it is not there
        ([B, C, C], [None, None, "changed"]),  # still being written
        ([None, None, None, None], [None, "missing", None, None]),
        ([B, B, C, C], [None, "changed", None, "changed"]),
        ([None, None, A, A], [None, "missing", None, None]),  # moved away and back
        ([None, None, B, B], [None, "missing", None, "changed"]),
    ],
)
def test_what_is_told(seen, told):
    looks = iter([A, *seen])
    watch = Watch(Path("net.toml"), lambda path: next(looks))
    assert [watch.look() for _ in seen] == told


def test_changed_as_long_as_it_is_another_file():
    looks = iter([A, B, B, A, A])
    watch = Watch(Path("net.toml"), lambda path: next(looks))
    states = []
    for _ in range(4):
        watch.look()
        states.append(watch.changed)
    assert states == [False, True, True, False]


def test_a_real_file(tmp_path):
    path = tmp_path / "net.toml"
    assert signature_of(path) is None
    assert signature_of(Path("no\0path")) is None
    path.write_text("one")
    first = signature_of(path)
    assert first == signature_of(path)
    path.write_text("three")
    assert signature_of(path) != first
