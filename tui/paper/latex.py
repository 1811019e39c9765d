"""A calculation in LaTeX: read as a formula, written with fractions, roots and brackets that grow.

Formulas of the engine's records are plain text with operands in between. What is not understood here (words, or a new
record's own signs) is set as text: right, if less beautiful.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from engine.explain.terms import Explanation, Operand, Piece
from engine.program.notation import Notation
from tui.paper.latex_names import escaped, number_latex, quantity_latex
from tui.words.format import number

_FUNCTIONS = {
    "tanh": r"\tanh",
    "max": r"\max",
    "σ": r"\sigma",
    "ReLU": r"\mathrm{ReLU}",
    "LReLU": r"\mathrm{LReLU}",
    "id": r"\mathrm{id}",
    "softmax": r"\mathrm{softmax}",
}
_CONSTANTS = {
    "½": r"\tfrac{1}{2}",
    "μ": r"\mu",
    "ε": r"\varepsilon",
    "β₁": r"\beta_{1}",
    "β₂": r"\beta_{2}",
    "∞": r"\infty",
    "nan": r"\text{nan}",
    **{letter: letter for letter in ("e", "b", "t", "x", "y", "m")},
}
_NUMBER = r"[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?"
_TOKEN = re.compile(rf"\s*({_NUMBER}|β[₁₂]|[A-Za-z]+|[−+·/^()²√Σσμε½∞,>])")

WIDEST = 60
"""Signs of a formula in a line, about: with what stands left of it they fill a page's width."""


class _Token(NamedTuple):
    """A sign, or what is ready: a symbol or a number."""

    text: str
    ready: bool = False


class _NoFormulaError(Exception):
    """The pieces are something else."""


class _Factor(NamedTuple):
    """A factor, and the same without the brackets around the whole of it."""

    latex: str
    bare: str


def formula(
    pieces: Sequence[Piece],
    notation: Notation | None,
    digits: int | None = None,
    *,
    first: bool = True,
    batch: Sequence[int] = (),
) -> str:
    """The pieces in LaTeX.

    Args:
        pieces: in reading order.
        notation: the names of the operands; None for their numbers.
        digits: of the numbers.
        first: whether a negative number at the beginning needs no brackets.
        batch: where names need their example with them, the numbers in the file, from 0.
    """
    ready = [piece if isinstance(piece, str) else _operand(piece, notation, digits, batch) for piece in pieces]
    try:
        parser = _Parser(_tokens(pieces, ready, first or notation is not None))
        text = parser.choice()
        parser.finish()
    except _NoFormulaError:
        pairs = zip(pieces, ready, strict=True)
        return "".join(rf"\text{{{escaped(text)}}}" if isinstance(piece, str) else text for piece, text in pairs)
    return text


def steps_of(explanation: Explanation, notation: Notation, digits: int | None) -> list[str]:
    """What stands after the equal signs: with names, with numbers, the result; each once."""
    result = "—" if explanation.value is None else number(explanation.value, digits)
    forms = [_sum(explanation, notation, None), _sum(explanation, None, digits), number_latex(result)]
    known = all(
        piece.value is not None for part in explanation.parts for piece in part.pieces if isinstance(piece, Operand)
    )
    forms = [form for form in forms[:-1] if form and known] + forms[-1:]
    return [form for i, form in enumerate(forms) if i == 0 or form != forms[i - 1]]


def _sum(explanation: Explanation, notation: Notation | None, digits: int | None) -> str:
    """The summands, a few in a line."""
    parts = [
        formula(part.pieces, notation, digits, first=i == 0, batch=explanation.batch)
        for i, part in enumerate(explanation.parts)
    ]
    text = " \\\\\n&\\quad + ".join(" + ".join(line) for line in in_lines(parts))
    mean = re.fullmatch(r"\) / ([0-9]+)", explanation.around[1])
    if explanation.around[0] and mean:
        return rf"\dfrac{{1}}{{{mean[1]}}} \bigl({text}\bigr)"
    return text


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


def _operand(operand: Operand, notation: Notation | None, digits: int | None, batch: Sequence[int]) -> str:
    if notation is None:
        return number_latex("—" if operand.value is None else number(operand.value, digits))
    name = quantity_latex(operand.quantity, notation)
    if not batch:
        return name
    return (rf"\left({name}\right)" if "frac" in name else name) + f"^{{({batch[operand.example] + 1})}}"


def _tokens(pieces: Sequence[Piece], ready: Sequence[str], first: bool) -> list[_Token]:
    tokens: list[_Token] = []
    for piece, text in zip(pieces, ready, strict=True):
        if isinstance(piece, str):
            tokens += _split(text)
        elif text.startswith("-"):
            bare = tokens[-1] == _Token("(") if tokens else first
            value = [_Token("−"), _Token(text[1:], True)]
            tokens += value if bare else [_Token("("), *value, _Token(")")]
        else:
            tokens.append(_Token(text, True))
    return tokens


def _split(text: str) -> list[_Token]:
    tokens, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _NoFormulaError
        word, position = match[1], match.end()
        tokens.append(_Token(number_latex(word), True) if re.fullmatch(_NUMBER, word) else _Token(word))
    return tokens


class _Parser:
    """Sums of products of powers; each method reads one such and gives its LaTeX."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._next = [*tokens, _Token("")], 0

    def finish(self) -> None:
        """Nothing may be left."""
        if self._peek():
            raise _NoFormulaError

    def choice(self) -> str:
        """`a if b > c, else d`, or a sum."""
        first = self._sum()
        if not self._take("if"):
            return first
        left = self._sum()
        self._need(">")
        right = self._sum()
        self._need(",")
        self._need("else")
        rest = self._sum()
        rows = f"{first} & \\text{{if }} {left} > {right} \\\\\n{rest} & \\text{{else}}"
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def _sum(self) -> str:
        text = "-" if self._take("−") else ""
        text += self._product()
        while sign := self._take("+", "−"):
            text += (" + " if sign == "+" else " - ") + self._product()
        return text

    def _product(self) -> str:
        text, last = "", self._power()
        while True:
            if self._take("/"):
                below = self._power()
                fraction = rf"\dfrac{{{last.bare}}}{{{below.bare}}}"
                last = _Factor(fraction, fraction)
            elif self._take("·"):
                text, last = rf"{text}{last.latex} \cdot ", self._power()
            elif self._peek() in ("Σ", "ln"):
                text, last = rf"{text}{last.latex} \, ", self._power()
            else:
                return text + last.latex

    def _power(self) -> _Factor:
        base = self._single()
        while sign := self._take("^", "²"):
            exponent = "2"
            if sign == "^":
                exponent = "-" if self._take("−") else ""
                inner = self._single()
                exponent += inner.latex if exponent else inner.bare
            simple = not re.search(r"\^|\\dfrac|\\times", base.latex) or base.latex != base.bare
            text = (base.latex if simple else rf"\left({base.latex}\right)") + f"^{{{exponent}}}"
            base = _Factor(text, text)
        return base

    def _single(self) -> _Factor:
        token = self._tokens[self._next]
        self._next += 1
        if token.ready:
            return _Factor(token.text, token.text)
        if token.text == "(":
            inner = self.choice()
            self._need(")")
            return _Factor(_bracketed(inner), inner)
        if token.text == "√":
            text = rf"\sqrt{{{self._single().bare}}}"
        elif token.text == "Σ":
            text = rf"\sum {self._product()}"
        elif token.text == "ln":
            text = rf"\ln {self._power().latex}"
        elif token.text in _FUNCTIONS:
            text = _FUNCTIONS[token.text] + self._arguments()
        elif token.text in _CONSTANTS:
            text = _CONSTANTS[token.text]
        else:
            raise _NoFormulaError
        return _Factor(text, text)

    def _arguments(self) -> str:
        self._need("(")
        given = [self.choice()]
        while self._take(","):
            given.append(self.choice())
        self._need(")")
        return _bracketed(", ".join(given))

    def _peek(self) -> str:
        token = self._tokens[self._next]
        return "\0" if token.ready else token.text

    def _take(self, *signs: str) -> str:
        """The next sign, taken if it is one of these; else nothing."""
        sign = self._peek()
        if sign not in signs:
            return ""
        self._next += 1
        return sign

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise _NoFormulaError


def _bracketed(latex: str) -> str:
    """In brackets, which grow where something tall stands between them; a choice has its own."""
    if latex.startswith(r"\begin{cases}"):
        return latex
    tall = re.search(r"\\dfrac|\\sum|\\sqrt|\\begin", latex)
    return rf"\left({latex}\right)" if tall else f"({latex})"
