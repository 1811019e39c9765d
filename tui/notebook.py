"""How a notebook shows a walk's place and a calculation: the same drawing and the same words as on the screen.

Pictures are drawn without an app, for a notebook has a loop of its own that no app may run in. `engine.showing` finds
the functions here by the package's metadata.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from engine.explain.parts import Explanation
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from tui.graph.canvas import Run as Drawn
from tui.graph.paint import draw
from tui.graph.picture import GraphPicture
from tui.graph.pictures import picture_of, wanted_by
from tui.graph.styles import LOOKS
from tui.panels.calculation import styled, wrapped
from tui.panels.equation import equation
from tui.panels.lines import pieces
from tui.terminal.picture.shot import Shot
from tui.terminal.picture.svg import svg
from tui.terminal.theme import LIGHT, theme_variables
from tui.view.seen import View
from tui.words.calculation import known, numbers_of, result_of, rule, shortened, symbol, symbols_of, text_of
from tui.words.rows import place_words

COLUMNS = 100
MOST_ROWS = 30, 16
"""Rows of a network, and of a calculation."""
DIGITS = 6
MOST_TERMS = 24
"""Of a sum."""
LEAST_COLUMNS = 40
EDGE = 2
"""Blank cells at each side."""
GROUND = "$foreground on $background"

Line = Sequence[tuple[str, tuple[str | Style, ...]]]
"""Pieces with their styles, later ones over earlier ones."""


def session(shown: Session) -> dict[str, str]:
    """Network and calculation at the walk's place."""
    view = View(shown, shown, 0, shown.scenario.names(canonical=False), DIGITS)
    title = place_words(shown)
    calculation = equation(view, COLUMNS, MOST_ROWS[1]) if view.explanation is not None else []
    words = [line.plain.rstrip() for line in calculation]
    lines: list[Line] = [[(title, ("bold",))], [], *_network(view), []]
    lines += [list(pieces(line)) for line in calculation]
    return _bundle(title, [title, *words], lines)


def explanation(shown: Explanation) -> dict[str, str]:
    """A calculation: the rule, the names, the numbers, the result."""
    told = shortened(shown, MOST_TERMS)
    left = symbol(told.quantity, CANONICAL)
    drawn = _forms(told, left.text)
    general = styled(rule(told, CANONICAL))
    if general.plain and general.plain not in (line.plain for line in drawn):
        drawn.insert(0, general)
    for where in told.where:
        drawn += [line.stylize("dim") for line in _forms(where, f"with {symbol(where.quantity, CANONICAL).text}")]
    if told.words:
        drawn += Content.styled(told.words, "italic").wrap(COLUMNS)
    wide = max(line.cell_length for line in drawn)
    words = [line.plain.rstrip() for line in drawn]
    return _bundle(left.text, words, [list(pieces(line)) for line in drawn], max(wide, LEAST_COLUMNS))


def _forms(shown: Explanation, left: str) -> list[Content]:
    """The calculation with names, with numbers, and its result, each if it says more than the one before."""
    forms = [symbols_of(shown, CANONICAL), numbers_of(shown, DIGITS) if known(shown) else []]
    forms.append(result_of(shown, DIGITS) if shown.value is not None else [])
    texts = [text_of(form) for form in forms]
    kept = [form for number, form in enumerate(forms) if texts[number] and texts[number] not in texts[:number]]
    indent = " " * cell_len(left)
    lines = [line for number, form in enumerate(kept) for line in wrapped(indent if number else left, form, COLUMNS)]
    return [*lines[:-1], lines[-1].stylize("bold")] if shown.value is not None else lines


def _network(view: View) -> list[Line]:
    picture = picture_of(view)
    rows = min(wanted_by(picture).rows(COLUMNS), MOST_ROWS[0])
    if isinstance(picture, GraphPicture):
        found: Iterable[Sequence[Drawn]] = draw(picture, COLUMNS, rows).rows
    else:
        from tui.graph.formulas.draw import draw_formulas

        found = draw_formulas(picture, COLUMNS, rows).rows
    return [[(text, tuple(LOOKS[name] for name in names.split())) for text, names in row] for row in found]


def _bundle(title: str, words: Sequence[str], lines: Sequence[Line], wide: int = COLUMNS) -> dict[str, str]:
    columns = wide + 2 * EDGE
    shot = Shot(columns, tuple(_segments(line, columns) for line in [[], *lines, []]))
    return {"text/plain": "\n".join(words), "image/svg+xml": svg(shot, title)}


def _segments(line: Line, columns: int) -> tuple[Segment, ...]:
    parts = [(" " * EDGE, ()), *line]
    segments = [Segment(text, _look(styles).rich_style) for text, styles in parts if text]
    return tuple(Strip(segments).adjust_cell_length(columns, _look(()).rich_style))


@cache
def _look(styles: tuple[str | Style, ...]) -> Style:
    """Styles in the variables of the light theme, for pages are light."""
    look = Style.parse(GROUND, _variables())
    for style in styles:
        look += Style.parse(style, _variables()) if isinstance(style, str) else style
    return look


@cache
def _variables() -> dict[str, str]:
    return theme_variables(LIGHT) | LIGHT.to_color_system().generate() | LIGHT.variables
