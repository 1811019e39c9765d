"""Words of the engine, which have canonical names in them, with the names that a reader has chosen."""

import re

from engine.formula.quantity import SPELLINGS, any_of
from engine.program.expression import ExpressionError, parse_quantity
from engine.program.notation import Notation

_QUANTITY = re.compile(rf"(?<![\w/])(?:{any_of(SPELLINGS)})\[[^\[\]\s]+\]")


def in_notation(text: str, notation: Notation) -> str:
    """Words with the quantities in them, `dE/dx[h1]`, by their names in a notation."""

    def name(found: re.Match[str]) -> str:
        try:
            return notation.symbol(parse_quantity(found[0]))
        except ExpressionError:  # a matrix, or what only looks like one
            return found[0]

    return _QUANTITY.sub(name, text)
