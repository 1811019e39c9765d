r"""Names and numbers in LaTeX: `net_h1` as \mathrm{net}_{h1}, `dE/dw5` as a fraction, 1.5e-05 as a power of ten."""

import re
import unicodedata
from collections.abc import Sequence

from msgspec.structs import replace

from engine.formula.quantity import KINDS, Quantity
from engine.program.graph_notation import GraphNotation
from engine.program.notation import CANONICAL, Notation

_CANONICAL = CANONICAL.with_symbols("canonical in LaTeX", {"w+": "w⁺"})
"""With indices as documents write them: `x_h1` for `x[h1]`."""


def _greek(letter: str) -> str:
    *_, size, _, name = unicodedata.name(letter).replace("LAMDA", "LAMBDA").split()
    return "\\" + (name.lower() if size == "SMALL" else name.capitalize())


_SIGNS = {letter: _greek(letter) for letter in "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"} | {
    "∂": r"\partial",
    "∇": r"\nabla",
    "√": r"\surd",
    "∞": r"\infty",
    "·": r"\cdot",
    "×": r"\times",
    "−": "-",
    "±": r"\pm",
    "≤": r"\le",
    "≥": r"\ge",
    "→": r"\to",
    "←": r"\leftarrow",
    "½": r"\tfrac{1}{2}",
    "²": "^{2}",
    "⁺": "^{+}",
    "′": "'",
    "ŷ": r"\hat{y}",
}
ESCAPES = {letter: f"\\{letter}" for letter in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    '"': r"\textquotedbl{}",
}
"""Of signs that mean something to LaTeX, what stands for them in its text mode."""


def escaped(text: str) -> str:
    """Text for LaTeX's text mode; mathematical signs in it are set as such."""
    return "".join(ESCAPES.get(c, f"${_SIGNS[c]}$" if c in _SIGNS else c) for c in text)


def number_latex(text: str) -> str:
    """A number as `tui.words.format.number` writes it."""
    mantissa, power, exponent = text.replace("−", "-").partition("e")
    if "nan" in text or "—" in text:
        return rf"\text{{{text}}}"
    mantissa = mantissa.replace("∞", r"\infty")
    return rf"{mantissa}\times 10^{{{int(exponent)}}}" if power else mantissa


def quantity_latex(quantity: Quantity, notation: Notation) -> str:
    """A quantity's symbol; a parameter by its own name alone."""
    if isinstance(notation, GraphNotation):
        return _of_file(quantity, notation)
    if quantity.kind == "w" and quantity.subject:
        return _with_indices(quantity.subject)
    if quantity.kind.endswith(_HAT):
        letter = quantity.kind.removesuffix(_HAT)
        return _of_rule(quantity.kind) + quantity_latex(replace(quantity, kind=letter), notation).removeprefix(letter)
    return _symbol((_CANONICAL if notation.name == CANONICAL.name else notation).symbol(quantity))


_HAT = "_hat"


def _of_rule(kind: str) -> str:
    """What an update rule remembers or computes on its way, without its subject: m⁺, m̂."""
    if kind.endswith(_HAT):
        return rf"\hat{{{kind.removesuffix(_HAT)}}}"
    return _with_indices(kind.replace("+", "⁺"))


def _of_file(quantity: Quantity, names: GraphNotation) -> str:
    """Of a graph: derivatives as fractions, elements as indices."""
    fraction = names.fraction(quantity)
    if fraction is None and quantity.kind not in KINDS and quantity.subject:  # what an optimizer remembers
        return f"{_of_rule(quantity.kind)}_{{{_element(quantity.subject)}}}"
    if fraction is None:
        return _element(names.symbol(quantity))
    sign = _SIGNS.get(fraction.sign, fraction.sign)
    above, below = (rf"{sign} {_element(name)}" for name in (fraction.above, fraction.below))
    whole = rf"\dfrac{{{above}}}{{{below}}}"
    return rf"{whole}\,\text{{through }} {_element(fraction.through)}" if fraction.through else whole


def _element(text: str) -> str:
    """`A.2.3⁺` with its places as indices."""
    name, places, rest = re.fullmatch(r"(.*?)((?:\.[0-9]+)*)([^.]*)", text).groups()  # type: ignore[union-attr]
    return _with_indices(name + rest, places.split(".")[1:])


def _symbol(text: str) -> str:
    above, slash, below = text.partition("/")
    if not slash or "/" in below:
        return _called(text)
    return rf"\dfrac{{{_differential(above)}}}{{{_differential(below)}}}"


def _differential(text: str) -> str:
    """Above or below the line of a derivative: ∂, δ or d, and what it is of."""
    if len(text) > 1 and text[0] in "∂δd":
        sign = {"∂": r"\partial ", "δ": r"\delta "}.get(text[0], "d")
        return sign + _called(text[1:])
    return _called(text)


def _called(text: str) -> str:
    """`f′(z_h1)`, or a name with indices."""
    match = re.fullmatch(r"(\w+)(′*)\((.*)\)", text)
    if match is None:
        return _with_indices(text)
    return _with_indices(match[1]) + "'" * len(match[2]) + rf"\left({_called(match[3])}\right)"


def _with_indices(text: str, more: Sequence[str] = ()) -> str:
    raised = "^{+}" if "⁺" in text else ""
    base, _, index = text.replace("⁺", "").partition("_")
    if not base:
        return _word(text)
    indices = [*(_word(part) for part in re.split("[_←]", index) if part), *more]
    short = re.fullmatch(r"([A-Za-z])([0-9]+)", base)
    if short:
        base, indices = short[1], [short[2], *indices]
    else:
        base = _word(base)
    return base + (f"_{{{','.join(indices)}}}" if indices else "") + raised


def _word(text: str) -> str:
    if re.fullmatch(r"[A-Za-z]?[0-9]*", text):
        return text
    if text in _SIGNS:
        return _SIGNS[text]
    return rf"\mathrm{{{text}}}" if re.fullmatch(r"[A-Za-z0-9]+", text) else rf"\text{{{escaped(text)}}}"
