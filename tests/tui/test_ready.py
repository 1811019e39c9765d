"""What is imported while nobody waits."""

import sys
from importlib.util import find_spec

from tui.stepper import ready


def test_one_module_at_a_time_until_all_are_there(monkeypatch):
    names = ("calendar", "colorsys")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(ready, "LATER", names)
    assert [ready.get_ready(), "colorsys" in sys.modules] == [True, False]
    assert [ready.get_ready(), *(name in sys.modules for name in names)] == [True, True, True]
    assert not ready.get_ready()


def test_they_are_modules_of_ours():
    assert all(find_spec(name) is not None for name in ready.LATER)
