"""A calculation in LaTeX: a formula as it is, with fractions, roots and brackets that grow."""

import re
from collections.abc import Sequence

from engine.explain.parts import Explanation
from engine.formula.tree import Formula, Function, Leaf, Operand, Symbol, Writing
from engine.formula.written import Piece, Style
from engine.program.notation import Notation
from tui.paper.latex_names import escaped, number_latex, quantity_latex
from tui.words.calculation import known
from tui.words.format import number

WIDEST = 60
"""Signs of a formula in a line, about: with what stands left of it they fill a page's width."""


def formula(
    whole: Formula,
    notation: Notation | None,
    digits: int | None = None,
    *,
    first: bool = True,
    of: Explanation | None = None,
) -> str:
    """A formula in LaTeX.

    Args:
        whole: of symbols and operands.
        notation: the names of the operands; None for their numbers.
        digits: of the numbers.
        first: whether a negative number at the beginning needs no brackets.
        of: the calculation, which knows where names need their example with them.
    """

    def text_of(pieces: Sequence[Piece], *, bare: bool) -> str:
        """Pieces as text; a negative number in brackets, unless it begins the whole or a bracket."""
        text = ""
        for i, piece in enumerate(pieces):
            if isinstance(piece, str):
                text += piece
                continue
            leaf = _leaf(piece, notation, digits, of)
            raised = next((after.startswith("^") for after in pieces[i + 1 : i + 2] if isinstance(after, str)), False)
            if leaf.startswith("-") and (raised or not (text[-1] in "({" if text else bare)):
                leaf = f"({leaf})"
            elif raised and re.search(r"\^|\\dfrac|\\times", leaf):
                leaf = rf"\left({leaf}\right)"
            text += leaf
        return text

    style = Style(_writing, _number, lambda pieces: [_bracketed(text_of(pieces, bare=True))])
    return text_of(list(style.pieces(whole)), bare=first or notation is not None)


def _writing(function: Function) -> Writing:
    return function.writing if function.latex is None else function.latex


def _number(value: float) -> str:
    return number_latex(f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value))


def steps_of(explanation: Explanation, notation: Notation, digits: int | None) -> list[str]:
    """What stands after the equal signs: with names, with numbers, the result; each once."""
    result = "—" if explanation.value is None else number(explanation.value, digits)
    forms = [_sum(explanation, notation, None), _sum(explanation, None, digits), number_latex(result)]
    forms = [form for form in forms[:-1] if form and known(explanation)] + forms[-1:]
    return [form for i, form in enumerate(forms) if i == 0 or form != forms[i - 1]]


def _sum(explanation: Explanation, notation: Notation | None, digits: int | None) -> str:
    """The summands, a few in a line."""
    parts = [
        formula(part.formula, notation, digits, first=i == 0, of=explanation)
        for i, part in enumerate(explanation.summands)
    ]
    if explanation.divisor > 1:
        count = len(explanation.parts)
        mean = rf"\dfrac{{1}}{{{explanation.divisor}}} \bigl({_added(parts[:count])}\bigr)"
        return _added([mean, *parts[count:]])
    return _added(parts)


def _added(parts: Sequence[str]) -> str:
    return " \\\\\n&\\quad + ".join(" + ".join(line) for line in in_lines(parts)).replace("+ -", "- ")


def in_lines(terms: Sequence[str]) -> list[list[str]]:
    """As many in each line as there is room for, with a sign or a space between them."""
    lines: list[list[str]] = []
    room = 0
    for term in terms:
        width = _width(term) + 3
        if width > room:
            lines.append([])
            room = WIDEST
        lines[-1].append(term)
        room -= width
    return lines


def _width(latex: str) -> int:
    below = re.sub(r"\\dfrac\{[^{}]*\}", "", latex)
    return len(re.sub(r"\\[A-Za-z]+|[{}_^ ]", "", below.replace(r"\cdot", "··")))


def _leaf(leaf: Leaf, notation: Notation | None, digits: int | None, of: Explanation | None) -> str:
    if isinstance(leaf, Symbol):
        return leaf.latex or (leaf.text if len(leaf.text) == 1 else rf"\text{{{escaped(leaf.text)}}}")
    assert isinstance(leaf, Operand)
    if notation is None:
        return number_latex("—" if leaf.value is None else number(leaf.value, digits))
    name = quantity_latex(leaf.quantity, notation)
    example = None if of is None else of.example_of(leaf)
    if example is None:
        return name
    return (rf"\left({name}\right)" if "frac" in name else name) + f"^{{({example})}}"


def _bracketed(latex: str) -> str:
    """In brackets, which grow where something tall stands between them; a choice has its own."""
    if latex.startswith(r"\begin{cases}"):
        return latex
    tall = re.search(r"\\dfrac|\\sum|\\sqrt|\\begin", latex)
    return rf"\left({latex}\right)" if tall else f"({latex})"
