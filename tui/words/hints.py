"""Hints of predict mode as runs of text: the rule in symbols, then its numbers; for the app and for the plain walk."""

from typing import NamedTuple

from engine.explain.parts import Explanation
from engine.formula.written import text_pieces
from engine.predict.lesson import Lesson
from engine.program.notation import Notation
from tui.words.calculation import Run, in_symbols, numbers_of, shortened, symbol, symbols_of, text_of


class HintLine(NamedTuple):
    """What stands before the `=`, and after it."""

    left: str
    runs: list[Run]


def hint_lines(lesson: Lesson, notation: Notation, digits: int | None, most: int = 24) -> list[HintLine]:
    """The hints that were asked for.

    Args:
        lesson: with its open question.
        notation: the names.
        digits: significant digits.
        most: summands of a sum.
    """
    if lesson.question is None or not lesson.hints:
        return []
    explanation = shortened(lesson.question.explanation, most)
    left = symbol(explanation.quantity, notation).text
    general = HintLine(
        symbol(notation.general(explanation.quantity) or explanation.quantity, notation).text,
        in_symbols(text_pieces(explanation.rule), notation),
    )
    lines = [general, HintLine(left, symbols_of(explanation, notation))]
    lines += [HintLine(f"with {_name(where, notation)}", symbols_of(where, notation)) for where in explanation.where]
    if lesson.hints > 1:
        lines = [general, HintLine(left, numbers_of(explanation, digits))]
        lines += [HintLine(f"with {_name(where, notation)}", numbers_of(where, digits)) for where in explanation.where]
    texts = [text_of(line.runs) for line in lines]
    return [line for i, line in enumerate(lines) if i == 0 or texts[i] != texts[i - 1]]


def _name(where: Explanation, notation: Notation) -> str:
    return symbol(where.quantity, notation).text
