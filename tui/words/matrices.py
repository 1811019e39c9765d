"""What a matrix is called: with its layer, or by what holds all its elements."""

from itertools import takewhile

from engine.explain.matrix import NO_LAYER, Matrix
from engine.formula.quantity import SPELLINGS, Quantity
from engine.program.notation import Notation
from tui.words.calculation import raised, short_symbol


def symbol_of(matrix: Matrix, notation: Notation) -> str:
    """A matrix's name with its layer: `W⁽¹⁾`, `∂C/∂z⁽²⁾`, `W⁽²⁾ᵀ`."""
    if matrix.layer == NO_LAYER:
        text = _of_value(matrix, notation)
    else:
        base, layer = _base(matrix, notation), raised(matrix.layer)
        text = f"{base[:-1]}{layer})" if base.endswith(")") else base + layer
    if matrix.transposed:
        text = f"({text})ᵀ" if "/" in text else f"{text}ᵀ"
    return f"({text})" if matrix.argument else text


def _of_value(matrix: Matrix, notation: Notation) -> str:
    """Of a graph the value's own name, or the derivative's: `S`, `∂E/∂S`."""
    first, _ = matrix.place(0, 0)
    last, _ = matrix.place(len(matrix.rows) - 1, len(matrix.columns) - 1)
    whole = _common if first.through is not None or matrix.columns == ("",) else _whole
    by = None if first.through is None or last.through is None else whole(first.through, last.through)
    return notation.symbol(Quantity(first.kind, whole(first.subject or "", last.subject or ""), by))


def _whole(first: str, _: str) -> str:
    """The value of which an element is one."""
    return first.partition(".")[0]


def _common(first: str, last: str) -> str:
    """What holds both elements: a value, or a row of it."""
    parts = zip(first.split("."), last.split("."), strict=False)
    return ".".join(one for one, other in takewhile(lambda pair: pair[0] == pair[1], parts))


def _base(matrix: Matrix, notation: Notation) -> str:
    kind = SPELLINGS[matrix.kind]
    letter = "b" if kind != matrix.kind else "W"
    if kind == "w":
        return letter
    if kind in ("w+", "dE/dw"):
        text, weight = short_symbol(kind, notation), notation.symbols["w"]
        start = text.find(weight) if kind == "w+" else text.rfind(weight)
        return f"{text}_{letter}" if start < 0 else text[:start] + letter + text[start + len(weight) :]
    if kind == "dy/dx":
        return short_symbol(kind, notation)
    # by way of one of its nodes: a document may have another symbol for the last layer's
    name = matrix.rows[0] or matrix.columns[0]
    return (
        notation.symbol(Quantity(kind, name)).replace("_total", "").removesuffix(f"[{name}]").removesuffix(f"_{name}")
    )
