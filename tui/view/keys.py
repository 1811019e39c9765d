"""The one list of keys. Footer, help and command palette all come from it."""

from collections.abc import Container, Iterable
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Key(NamedTuple):
    """One action of the stepper.

    Attributes:
        keys: what to press, in Textual's names, the first being the one that is shown.
        action: the name of the action.
        label: one or two words, for footer and palette.
        purpose: a sentence, for help and palette.
        group: under which heading the help lists it.
    """

    keys: tuple[str, ...]
    action: str
    label: str
    purpose: str
    group: str


KEYS = (
    Key(("right", "space"), "forward", "step", "One step on", "Walk"),
    Key(("left",), "back", "back", "One step back", "Walk"),
    Key(
        ("right_square_bracket", "comma", "shift+right"),
        "next_phase",
        "phase",
        "To the first step of the next phase",
        "Walk",
    ),
    Key(
        ("left_square_bracket", "semicolon", "shift+left"),
        "previous_phase",
        "phase back",
        "To the first step of this phase, or of the one before",
        "Walk",
    ),
    Key(("n", "pagedown"), "next_iteration", "iteration", "Same step of the next iteration", "Walk"),
    Key(("p", "pageup"), "previous_iteration", "iteration back", "Same step of the iteration before", "Walk"),
    Key(("home",), "home", "start", "Back to the start: nothing computed", "Walk"),
    Key(("end",), "end", "furthest", "To the furthest step reached", "Walk"),
    Key(("g",), "go_to", "go to", "Go to an iteration (1000) or a place (3:dE/dw[w5])", "Walk"),
    Key(("r",), "run_on", "run on", "Run on for iterations, or until the error is small; escape stops", "Walk"),
    Key(("a",), "play", "play", "Play by itself, step by step; again, or any moving key: stop", "Walk"),
    Key(("plus",), "faster", "faster", "Play faster", "Walk"),
    Key(("minus",), "slower", "slower", "Play slower", "Walk"),
    Key(("down",), "select('down')", "select", "Select the next node or parameter", "Ask"),
    Key(("up",), "select('up')", "select up", "Select the node or parameter before", "Ask"),
    Key(("tab",), "select('right')", "select across", "Select in the next layer, or what leads to it", "Ask"),
    Key(("shift+tab",), "select('left')", "select back", "Select in the layer before, or what leads here", "Ask"),
    Key(("slash",), "find", "find", "Find a node or a parameter by name", "Ask"),
    Key(("enter",), "to_operand", "trace", "To the step that computed the number shown; there: to its operands", "Ask"),
    Key(("backspace",), "return", "return", "Back to where enter was pressed", "Ask"),
    Key(("escape",), "unselect", "unselect", "From a note or a selection back to what the step computed", "Ask"),
    Key(("e",), "edit", "edit", "Change the selected number here, or the learning rate: a branch starts", "Change"),
    Key(("b",), "branches", "branches", "Branches: go to another, or compare its errors in the chart", "Change"),
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
    Key(("t",), "predict", "predict", "Test yourself: predict each number before it is shown; again: leave", "Learn"),
    Key(("o",), "open_scenario", "open", "Open another scenario: a shipped one, or a file", "gradstep"),
    Key(("ctrl+r",), "reload", "reload", "Read the scenario's file again, and stay at this place", "gradstep"),
    Key(("s",), "save", "save", "Save the walk as it stands here to a new scenario file", "gradstep"),
    Key(("z",), "app.picture", "picture", "Save a picture of the screen (SVG) in the folder you are in", "gradstep"),
    Key(("question_mark",), "help", "more", "Every key", "gradstep"),
    Key(("q",), "quit", "quit", "Leave; asks only if an edit is not saved", "gradstep"),
)

FOOTER = (
    *("help", "quit", "forward", "back", "next_phase", "next_iteration", "select('down')", "go_to", "run_on", "edit"),
    *("find", "to_operand", "save", "branches", "predict", "play", "verify", "open_scenario", "what_if"),
)
"""The actions that the footer shows where there is room, the one that stays to the last first."""

PICKER_KEYS = (
    Key(("enter",), "open", "open", "Open what is chosen; a file with problems shows them", "Choose a scenario"),
    Key(("down",), "move('cursor_down')", "next", "Choose the next", "Choose a scenario"),
    Key(("up",), "move('cursor_up')", "previous", "Choose the one before", "Choose a scenario"),
    Key(("pagedown",), "move('page_down')", "page down", "A page on", "Choose a scenario"),
    Key(("pageup",), "move('page_up')", "page up", "A page back", "Choose a scenario"),
    Key(("home",), "move('first')", "first", "To the first", "Choose a scenario"),
    Key(("end",), "move('last')", "last", "To the last", "Choose a scenario"),
    Key(
        ("slash",),
        "search",
        "search",
        "Search by words (a name, a document, relu), or type a path: ~/networks/",
        "Choose a scenario",
    ),
    Key(("r",), "reload", "reload", "Read the folder and the chosen file again", "Choose a scenario"),
    Key(
        ("tab",), "details", "details", "To the details, where ↑ ↓ scroll; again: back to the list", "Choose a scenario"
    ),
    Key(("escape",), "return", "back", "End the search; back to the walk", "Choose a scenario"),
    Key(("question_mark",), "help", "help", "Every key", "Choose a scenario"),
    Key(("q",), "quit", "quit", "Leave; from a walk: back to it", "Choose a scenario"),
)
"""The picker's."""

PICKER_FOOTER = ("help", "quit", "open", "search", "reload", "return")

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


def bindings(keys: Iterable[Key] = KEYS, footer: Container[str] = FOOTER) -> list[BindingType]:
    """A list of keys as Textual wants it; those of `footer` are shown there."""
    return [
        Binding(
            ",".join(entry.keys),
            entry.action,
            entry.label,
            show=entry.action in footer,
            key_display=shown(entry.keys[0]),
            tooltip=entry.purpose,
            id=entry.action,
        )
        for entry in keys
    ]


def groups(keys: Iterable[Key] = KEYS) -> Iterable[tuple[str, list[Key]]]:
    """A list of keys by heading, in order."""
    by_heading: dict[str, list[Key]] = {}
    for entry in keys:
        by_heading.setdefault(entry.group, []).append(entry)
    yield from by_heading.items()
