"""Questions, views and help: screens over the walk, each imported when it is first opened."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.dialogs.activation import ActivationView
    from tui.dialogs.ask import Ask
    from tui.dialogs.branches import Branches
    from tui.dialogs.edit import ask_value, choose_what
    from tui.dialogs.find import Find
    from tui.dialogs.gradient import Gradients
    from tui.dialogs.help import Help
    from tui.dialogs.landscape import LandscapeView, second_of
    from tui.dialogs.leave import Leave
    from tui.dialogs.operands import Operands
    from tui.dialogs.own import OwnNumbers
    from tui.dialogs.run_on import ask_how_far
    from tui.dialogs.save import Save
    from tui.dialogs.scores import Scores
    from tui.dialogs.told_curve import nearest_curve
    from tui.dialogs.verify import Verify
    from tui.dialogs.what_if import WhatIfView, could_differ

__all__ = [
    "ActivationView",
    "Ask",
    "Branches",
    "Find",
    "Gradients",
    "Help",
    "LandscapeView",
    "Leave",
    "Operands",
    "OwnNumbers",
    "Save",
    "Scores",
    "Verify",
    "WhatIfView",
    "ask_how_far",
    "ask_value",
    "choose_what",
    "could_differ",
    "nearest_curve",
    "second_of",
]

_HOMES = {
    "ActivationView": "activation",
    "Ask": "ask",
    "Branches": "branches",
    "Find": "find",
    "Gradients": "gradient",
    "Help": "help",
    "LandscapeView": "landscape",
    "Leave": "leave",
    "Operands": "operands",
    "OwnNumbers": "own",
    "Save": "save",
    "Scores": "scores",
    "Verify": "verify",
    "WhatIfView": "what_if",
    "ask_how_far": "run_on",
    "ask_value": "edit",
    "choose_what": "edit",
    "could_differ": "what_if",
    "nearest_curve": "told_curve",
    "second_of": "landscape",
}


def __getattr__(name: str) -> Any:
    """A dialog when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tui.dialogs' has no attribute {name!r}")
    return getattr(import_module(f"tui.dialogs.{_HOMES[name]}"), name)
