"""Gets ready, while nobody presses a key, what else would be read from the disk when it is first opened."""

import sys
from importlib import import_module

LATER = (
    "engine.check.audit",
    "tui.dialogs.verify",
    "engine.check.gradients",
    "tui.dialogs.gradient",
    "tui.picker.catalogue",
    "tui.picker.screen",
)
"""Modules that take some milliseconds each, those they are built on before them: a key that comes waits for one."""


def get_ready() -> bool:
    """Imports the next of them; whether there may be more."""
    name = next((name for name in LATER if name not in sys.modules), None)
    if name is not None:
        import_module(name)
    return name is not None
