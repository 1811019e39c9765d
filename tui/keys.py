"""The one list of keys. Footer, help and command palette all come from it."""

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Key(NamedTuple):
    """One action of the stepper.

    Attributes:
        keys: what to press, in Textual's names, the first being the one that is shown.
        action: the name of the action.
        label: one or two words, for the footer.
        purpose: a sentence, for help and palette.
        group: under which heading the help lists it.
        footer: whether the footer shows it.
    """

    keys: tuple[str, ...]
    action: str
    label: str
    purpose: str
    group: str
    footer: bool = False


KEYS = (
    Key(("right", "space"), "forward", "step", "One step on", "Walk", footer=True),
    Key(("left",), "back", "back", "One step back", "Walk", footer=True),
    Key(
        ("right_square_bracket", "comma", "shift+right"),
        "next_phase",
        "phase",
        "To the first step of the next phase",
        "Walk",
        footer=True,
    ),
    Key(
        ("left_square_bracket", "semicolon", "shift+left"),
        "previous_phase",
        "phase back",
        "To the first step of this phase, or of the one before",
        "Walk",
    ),
    Key(("n", "pagedown"), "next_iteration", "iteration", "Same step of the next iteration", "Walk", footer=True),
    Key(("p", "pageup"), "previous_iteration", "iteration back", "Same step of the iteration before", "Walk"),
    Key(("home",), "home", "start", "Back to the start: nothing computed", "Walk"),
    Key(("end",), "end", "furthest", "To the furthest step reached", "Walk"),
    Key(("g",), "go_to", "go to", "Go to an iteration (1000) or a place (3:dE/dw[w5])", "Walk", footer=True),
    Key(("r",), "run_on", "run on", "Run on for iterations, or until the error is small; escape stops", "Walk"),
    Key(("a",), "play", "play", "Play by itself, step by step; again, or any moving key: stop", "Walk"),
    Key(("plus",), "faster", "faster", "Play faster", "Walk"),
    Key(("minus",), "slower", "slower", "Play slower", "Walk"),
    Key(("down",), "select('down')", "select", "Select the next node or parameter", "Ask", footer=True),
    Key(("up",), "select('up')", "select up", "Select the node or parameter before", "Ask"),
    Key(("tab",), "select('right')", "select across", "Select in the next layer, or what leads to it", "Ask"),
    Key(("shift+tab",), "select('left')", "select back", "Select in the layer before, or what leads here", "Ask"),
    Key(("slash",), "find", "find", "Find a node or a parameter by name", "Ask"),
    Key(("enter",), "to_operand", "trace", "To the step that computed the number shown; there: to its operands", "Ask"),
    Key(("backspace",), "return", "return", "Back to where enter was pressed", "Ask"),
    Key(("escape",), "unselect", "unselect", "From a note or a selection back to what the step computed", "Ask"),
    Key(("i",), "note", "note", "Read on in a note; notes put away, or shown again", "View"),
    Key(("m",), "lecture", "lecture", "Lecture: large, and → ← go from note to note; again: back", "View"),
    Key(("w",), "what_if", "what if", "What if a parameter were different: E along it, tangent and update", "Ask"),
    Key(("f",), "activation", "activation", "The node's activation function and its slope, and where it stands", "Ask"),
    Key(("d",), "detail", "detail", "How much one step computes: a whole layer, or one number", "View"),
    Key(("x",), "example", "example", "Show the next example of the batch, then the file's others", "View"),
    Key(("y",), "notation", "notation", "Names: canonical, or the document's", "View"),
    Key(("full_stop",), "digits", "digits", "Digits: 4, 6, 9, all", "View"),
    Key(("k",), "matrices", "matrices", "The calculation as matrices, or number by number", "View"),
    Key(("1",), "large('graph')", "graph", "Show the network large; again: back", "View"),
    Key(("2",), "large('nodes')", "nodes", "Show the nodes large; again: back", "View"),
    Key(("3",), "large('parameters')", "parameters", "Show the parameters large; again: back", "View"),
    Key(("4",), "large('equation')", "equation", "Show the calculation large; again: back", "View"),
    Key(("5",), "large('history')", "history", "Show the error history large; again: back", "View"),
    Key(("l",), "logarithmic", "log axis", "Error history: linear or logarithmic", "View"),
    Key(("v",), "verify", "verify", "Published figures beside the computed ones", "Check"),
    Key(("c",), "gradients", "gradients", "Every derivative beside two numeric methods", "Check"),
    Key(("question_mark",), "help", "more", "Every key", "gradstep", footer=True),
    Key(("q",), "quit", "quit", "Leave", "gradstep", footer=True),
)

SHOWN = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "slash": "/",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "comma": ",",
    "semicolon": ";",
    "full_stop": ".",
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "shift+right": "shift+→",
    "shift+left": "shift+←",
    "pageup": "page up",
    "pagedown": "page down",
}


def shown(key: str) -> str:
    """A key as people write it."""
    return SHOWN.get(key, key)


def bindings() -> list[BindingType]:
    """The list as Textual wants it."""
    return [
        Binding(
            ",".join(entry.keys),
            entry.action,
            entry.label,
            show=entry.footer,
            key_display=shown(entry.keys[0]),
            tooltip=entry.purpose,
            id=entry.action,
        )
        for entry in KEYS
    ]


def groups() -> Iterable[tuple[str, list[Key]]]:
    """The list by heading, in order."""
    for heading in dict.fromkeys(entry.group for entry in KEYS):
        yield heading, [entry for entry in KEYS if entry.group == heading]
