"""The one list of keys. Footer, help and command palette all come from it."""

from collections.abc import Collection, Container, Iterable
from typing import NamedTuple

from textual.binding import Binding, BindingType
from textual.keys import format_key


class Key(NamedTuple):
    """A key, and what it does.

    Attributes:
        pressed: what to press, in Textual's names, the first being the one that is shown.
        does: what it does, as Textual writes actions; of the stepper, `run.on` is the method `on` of its `run`.
        label: one or two words, for footer and palette.
        purpose: a sentence, for help and palette.
        group: under which heading the help lists it.
    """

    pressed: str
    does: str
    label: str
    purpose: str
    group: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Each of the keys that do it."""
        return tuple(self.pressed.split())

    @property
    def action(self) -> str:
        """The same for Textual, which knows no names before a dot but its own."""
        return f"do({self.does!r})" if "." in self.does and not self.does.startswith("app.") else self.does

    @property
    def also(self) -> str:
        """Other words by which the palette finds it."""
        return ALSO.get(self.does, "")


KEYS = (
    Key("right space", "walk.forward", "step", "One step on", "Walk"),
    Key("left", "walk.back", "back", "One step back", "Walk"),
    Key(
        "right_square_bracket comma shift+right",
        "walk.go('phase')",
        "phase",
        "To the first step of the next phase",
        "Walk",
    ),
    Key(
        "left_square_bracket semicolon shift+left",
        "walk.go('phase back')",
        "phase back",
        "To the first step of this phase, or of the one before",
        "Walk",
    ),
    Key("n pagedown", "walk.go('iteration')", "iteration", "Same step of the next iteration", "Walk"),
    Key("p pageup", "walk.go('iteration back')", "iteration back", "Same step of the iteration before", "Walk"),
    Key("home", "walk.go('start')", "start", "Back to the start: nothing computed", "Walk"),
    Key("end", "walk.go('furthest')", "furthest", "To the furthest step reached", "Walk"),
    Key("g", "run.to", "go to", "Go to an iteration (1000) or a place (3:dE/dw[w5])", "Walk"),
    Key("r", "run.on", "run on", "Run on for iterations, or until the error is small; escape stops", "Walk"),
    Key("a", "play.toggle", "play", "Play by itself, step by step; again, or any moving key: stop", "Walk"),
    Key("plus", "play.change_speed(1)", "faster", "Play faster", "Walk"),
    Key("minus", "play.change_speed(-1)", "slower", "Play slower", "Walk"),
    Key("down", "select.move('down')", "select", "Select the next node or parameter", "Ask"),
    Key("up", "select.move('up')", "select up", "Select the node or parameter before", "Ask"),
    Key("tab", "select.move('right')", "select across", "Select in the next layer, or what leads to it", "Ask"),
    Key("shift+tab", "select.move('left')", "select back", "Select in the layer before, or what leads here", "Ask"),
    Key("slash", "select.find", "find", "Find a node or a parameter by name", "Ask"),
    Key("enter", "select.trace", "trace", "To the step that computed the number shown; there: to its operands", "Ask"),
    Key("backspace", "select.go_back", "return", "Back to where enter was pressed", "Ask"),
    Key("escape", "see.unselect", "unselect", "From a note or a selection back to what the step computed", "Ask"),
    Key("e", "branch.edit", "edit", "Change the selected number here, or the learning rate: a branch starts", "Change"),
    Key("b", "branch.choose", "branches", "Branches: go to another, or compare its errors in the chart", "Change"),
    Key("i", "notes.turn", "note", "Read on in a note; notes put away, or shown again", "View"),
    Key("m", "notes.lecture", "lecture", "Lecture: large, and → ← go from note to note; again: back", "View"),
    Key(
        "w",
        "explore.what_if",
        "what if",
        "What if a parameter were different: E along it; again: over two of them",
        "Ask",
    ),
    Key(
        "f",
        "explore.activation",
        "activation",
        "The node's activation function and its slope, and where it stands",
        "Ask",
    ),
    Key(
        "h",
        "maps.toggle",
        "map",
        "The map: what a node computes over two inputs; again: the tables",
        "View",
    ),
    Key("j", "maps.over", "map inputs", "Over which two inputs the map is; of two: which is across", "View"),
    Key("d", "see.detail", "detail", "How much one step computes: a whole layer, or one number", "View"),
    Key("x", "see.example", "example", "Show the next example of the batch, then the file's others", "View"),
    Key("y", "see.notation", "notation", "Names: canonical, or the document's", "View"),
    Key("full_stop", "see.digits", "digits", "Digits: 4, 6, 9, all", "View"),
    Key("k", "see.matrices", "matrices", "The calculation as matrices, or number by number", "View"),
    Key("1", "see.large('graph')", "graph", "Show the network large; again: back", "View"),
    Key("2", "see.large('nodes')", "nodes", "Show the nodes large; again: back", "View"),
    Key("3", "see.large('parameters')", "parameters", "Show the parameters large; again: back", "View"),
    Key("4", "see.large('equation')", "equation", "Show the calculation large; again: back", "View"),
    Key("5", "see.large('history')", "history", "Show the error history large; again: back", "View"),
    Key("6", "see.large('map')", "large map", "Show the map large, arrows move on it; again: back", "View"),
    Key("l", "see.logarithmic", "log axis", "Error history: linear, logarithmic, or accuracy", "View"),
    Key("v", "explore.verify", "verify", "Published figures beside the computed ones", "Check"),
    Key("u", "explore.own", "yours", "Your own numbers beside the computed ones: which is wrong, and why", "Check"),
    Key("c", "explore.gradients", "gradients", "Every derivative beside two numeric methods", "Check"),
    Key(
        "t", "predict.toggle", "predict", "Test yourself: predict each number before it is shown; again: leave", "Learn"
    ),
    Key("o", "open.choose", "open", "Open another scenario: a shipped one, or a file", "gradstep"),
    Key("ctrl+r", "open.reload", "reload", "Read the scenario's file again, and stay at this place", "gradstep"),
    Key("s", "save.ask", "save", "Save the walk as it stands here to a new scenario file", "gradstep"),
    Key("z", "app.picture", "picture", "Save a picture of the screen (SVG) in the folder you are in", "gradstep"),
    Key("question_mark", "explore.help", "more", "Every key", "gradstep"),
    Key("q", "save.quit", "quit", "Leave; asks only if an edit is not saved", "gradstep"),
)

FOOTER = (
    *("question_mark", "q", "right", "left", "right_square_bracket", "n", "down", "g", "r", "e", "slash", "enter"),
    *("s", "b", "t", "a", "v", "h", "o", "w"),
)
"""Keys that the footer shows where there is room, the one that stays to the last first."""

LECTURE = ("right", "left", "e", "r", "m", "question_mark", "q")
"""Those that it shows in a lecture: who listens need not read more."""

BY_KEY = {key: entry for entry in KEYS for key in entry.keys}
PANEL_KEYS = {entry.does.split("'")[1]: entry.keys[0] for entry in KEYS if entry.does.startswith("see.large(")}
"""What can be shown large, and the keys that do it and undo it."""

CHOOSE = "Choose a scenario"
PICKER_KEYS = (
    Key("enter", "open", "open", "Open what is chosen; a file with problems shows them", CHOOSE),
    Key("down", "move('cursor_down')", "next", "Choose the next", CHOOSE),
    Key("up", "move('cursor_up')", "previous", "Choose the one before", CHOOSE),
    Key("pagedown", "move('page_down')", "page down", "A page on", CHOOSE),
    Key("pageup", "move('page_up')", "page up", "A page back", CHOOSE),
    Key("home", "move('first')", "first", "To the first", CHOOSE),
    Key("end", "move('last')", "last", "To the last", CHOOSE),
    Key("slash", "search", "search", "Search by words (a name, a document, relu), or type a path: ~/networks/", CHOOSE),
    Key("r", "reload", "reload", "Read the folder and the chosen file again", CHOOSE),
    Key("tab", "details", "details", "To the details, where ↑ ↓ scroll; again: back to the list", CHOOSE),
    Key("escape", "return", "back", "End the search; back to the walk", CHOOSE),
    Key("question_mark", "help", "help", "Every key", CHOOSE),
    Key("q", "quit", "quit", "Leave; from a walk: back to it", CHOOSE),
)
"""The picker's."""

PICKER_FOOTER = ("question_mark", "q", "enter", "slash", "r", "escape")

ALSO = {
    "walk.forward": "next advance forward right",
    "walk.back": "previous undo backward left",
    "walk.go('phase')": "skip forward error backward update",
    "walk.go('phase back')": "skip",
    "walk.go('iteration')": "next update epoch",
    "walk.go('iteration back')": "previous update epoch",
    "walk.go('start')": "reset restart rewind begin beginning",
    "walk.go('furthest')": "last",
    "run.to": "jump seek",
    "run.on": "train training fast epochs until stop",
    "play.toggle": "animate automatic pause",
    "play.change_speed(1)": "speed quicker",
    "play.change_speed(-1)": "speed",
    "select.find": "search",
    "select.trace": "origin source follow operands",
    "branch.edit": "set value weight bias input target alpha modify",
    "branch.choose": "undo tree history",
    "notes.turn": "hide words explanation off on",
    "notes.lecture": "presentation projector teach class big",
    "explore.what_if": "curve tangent landscape plot",
    "explore.activation": "sigmoid tanh relu softmax plot",
    "see.detail": "scalar granularity",
    "see.example": "data row sample",
    "see.notation": "symbols notation greek",
    "see.digits": "precision decimals rounding",
    "see.matrices": "matrix vector linear algebra",
    "maps.toggle": "heatmap heat surface decision boundary region plot",
    "maps.over": "axes axis features",
    "see.large('map')": "heatmap surface decision boundary zoom maximize",
    "see.large('graph')": "drawing zoom maximize",
    "see.large('nodes')": "table zoom maximize",
    "see.large('parameters')": "weights table zoom maximize",
    "see.large('equation')": "calculation formula math zoom maximize",
    "see.large('history')": "chart plot curve loss zoom maximize",
    "see.logarithmic": "logarithmic scale chart plot loss accuracy",
    "explore.verify": "audit document book paper",
    "explore.own": "compare mine my program file debug wrong",
    "explore.gradients": "gradient check numeric finite differences complex step",
    "predict.toggle": "quiz exercise practise practice question",
    "open.choose": "load file picker list examples",
    "open.reload": "refresh",
    "save.ask": "export write store toml",
    "app.picture": "picture screenshot image export print svg png copy",
    "explore.help": "help shortcuts manual bindings",
    "save.quit": "exit close end",
    "search": "find filter",
    "reload": "refresh",
    "help": "help shortcuts manual bindings",
    "quit": "exit close end",
}
"""Other words by which the palette finds them."""

SHOWN = {"backspace": "backspace", "enter": "enter", "escape": "escape", "pageup": "page up", "pagedown": "page down"}
"""Keys for which Textual has a sign, or another word."""


def shown(key: str) -> str:
    """A key as people write it."""
    *held, last = key.split("+")
    return "+".join([*held, SHOWN.get(last) or format_key(last)])


def bindings(keys: Iterable[Key] = KEYS, footer: Container[str] = FOOTER) -> list[BindingType]:
    """A list of keys as Textual wants it; those of `footer` are shown there."""
    return [
        Binding(
            ",".join(entry.keys),
            entry.action,
            entry.label,
            show=entry.keys[0] in footer,
            key_display=shown(entry.keys[0]),
            tooltip=entry.purpose,
            id=entry.keys[0],
        )
        for entry in keys
    ]


def groups(keys: Collection[Key]) -> Iterable[tuple[str, list[Key]]]:
    """A list of keys by heading, in order."""
    for heading in dict.fromkeys(entry.group for entry in keys):
        yield heading, [entry for entry in keys if entry.group == heading]
