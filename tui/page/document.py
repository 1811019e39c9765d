"""The file: what the page shows, its script and its style in one document that takes nothing from elsewhere.

What a scenario says is text here and nothing else: escaped in the markup, in the data without any sign that could end
them, and set as text by the script. Besides, a policy in the page lets the browser run this script and no other, and
load nothing.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from textual.theme import Theme

from tui.graph.styles import LOOKS
from tui.page.drawing import look_of
from tui.page.runs import ink_of
from tui.terminal.theme import DARK, LIGHT, theme_variables
from tui.words.kinds import SHOWN
from tui.words.verdicts import STYLES

OF_STYLE = ("background", "foreground", "panel", "accent", "edge-idle", "edge-positive", "lit-background")
FOR_ANSWERS = ("text-success", "text-error", "text-warning")
_ENDING = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""Signs that could end a script, or begin a comment, in markup."""


def document(walk: dict[str, Any]) -> str:
    """The page of a walk."""
    style, script = _variables() + _read("page.css"), _read("page.js")
    about = ". ".join(filter(None, (walk["document"], walk["shape"])))
    parts = {
        "title": html.escape(walk["title"]),
        "about": html.escape(about),
        "style": style,
        "script": script,
        "style-hash": _hash(style),
        "script-hash": _hash(script),
        "data": json.dumps(walk, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ENDING),
    }
    return re.sub(r"@([a-z-]+)@", lambda found: parts[found[1]], _read("page.html"))


def _read(name: str) -> str:
    return files("tui.page").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _variables() -> str:
    """The colours of our two themes: the light one, on paper too, and the dark one where the reader has that."""
    inks = sorted(_inks())
    names = sorted({*OF_STYLE, *FOR_ANSWERS, *inks})
    classes = "".join(f".i-{ink} {{ color: var(--{ink}); }}\n" for ink in inks)
    dark = f"@media screen and (prefers-color-scheme: dark) {{\n{_colours(DARK, names)}}}\n"
    return _colours(LIGHT, names) + dark + classes


def _inks() -> set[str]:
    """The colours of text and of grounds."""
    of_graph = {name for style in LOOKS for name in look_of(style)[:2]}
    of_kinds = {ink_of(kind) for kind in SHOWN} - {"text"}
    return {*filter(None, of_graph | of_kinds), *(style.removeprefix("$") for style in STYLES.values()), "text"}


def _colours(theme: Theme, names: Iterable[str]) -> str:
    colours = theme.to_color_system().generate() | theme_variables(theme)
    colours["text"] = colours["foreground"]
    return ":root {" + "".join(f" --{name}: {colours[name]};" for name in names) + " }\n"
