"""A calculation in lines of so many cells: names shortened, and broken before an operator where one is too long."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from engine.explain.parts import Explanation
from engine.formula.quantity import Quantity
from tui.view.seen import View
from tui.words.calculation import Run, known, numbers_of, parts_of, result_of, spaced, symbol, symbols_of, text_of
from tui.words.kinds import role_style
from tui.words.names import shorten_name

LEAST_NAME, SHORTER_NAMES = 16, (3, 4, 5)
"""Cells of a name, or of a quantity of it, that are never too many; and what part of a line a long one may take."""


def styled(runs: Sequence[Run]) -> Content:
    """Runs in their quantities' colours."""
    return Content.assemble(*[(run.text, role_style(run.kind) if run.kind else "$text-muted") for run in runs])


def named(runs: Sequence[Run], most: int) -> list[Run]:
    """The runs with names of at most so many cells."""
    return [run._replace(text=shorten_name(run.text, most)) if run.kind else run for run in runs]


def lines_of(explanation: Explanation, view: View, width: int) -> list[tuple[str, list[Run]]]:
    """(what stands before the line, the line): names, numbers, result; a form that says nothing new is left out.

    Of a sum over paths, each path's part with its sign comes before the result.
    """
    most = _longest_name(explanation, view, width)
    left = name_before(explanation.quantity, view, most)
    forms = [named(symbols_of(explanation, view.notation), most)]
    if known(explanation):
        forms.append(numbers_of(explanation, view.digits))
    if explanation.quantity.kind == "dE/dy" or view.is_tied(explanation.quantity):
        forms.append(parts_of(explanation, view.digits))
    if explanation.value is not None:
        forms.append(result_of(explanation, view.digits))
    forms = [form for form in forms if form]
    texts = [text_of(form) for form in forms]
    kept = [form for i, form in enumerate(forms) if i == 0 or texts[i] != texts[i - 1]]
    if view.lecturing:
        wide = [spaced(form) for form in kept]
        kept = wide if all(cell_len(f"{left} = {text_of(form)}") <= width for form in wide) else kept
    return [(left if i == 0 else "", form) for i, form in enumerate(kept)]


def _longest_name(explanation: Explanation, view: View, width: int) -> int:
    """Cells of a name: so many that what can't be broken fits into a line."""
    symbols = symbols_of(explanation, view.notation)
    for part in SHORTER_NAMES:
        most = max(LEAST_NAME, width // part)
        left = cell_len(name_before(explanation.quantity, view, most))
        words = _words_of(named(symbols, most))
        if left + 3 + max((cell_len(text_of(word)) for word in words), default=0) <= width:
            break
    return most


def name_before(quantity: Quantity, view: View, most: int) -> str:
    """A quantity's name before the sign of equality."""
    return named([symbol(quantity, view.notation)], most)[0].text


def _words_of(runs: Sequence[Run]) -> list[list[Run]]:
    """The parts between which a line may be broken: before an operator."""
    words: list[list[Run]] = [[]]
    for run in runs:
        if run.kind is None and run.text.lstrip().startswith(("+ ", "− ")) and words[-1]:
            words.append([])
        words[-1].append(run)
    return words


def wrapped(prefix: str, runs: Sequence[Run], width: int) -> list[Content]:
    """`prefix = runs`, broken before an operator where it is too long, later lines indented under the first."""
    indent = cell_len(prefix) + 3
    lines: list[list[Run]] = [[]]
    for word in _words_of(runs):
        if lines[-1] and cell_len(text_of(lines[-1]) + text_of(word)) + indent > width:
            lines.append([])
        lines[-1] += word
    return [
        Content.assemble(f"{prefix} = " if i == 0 else " " * indent, styled(line)).truncate(width, ellipsis=True)
        for i, line in enumerate(lines)
    ]
