"""Functions of four arguments: one of two, as a third and a fourth compare."""

from collections.abc import Callable
from typing import Any

from engine.formula.field import Number
from engine.formula.tree import ATOM, CHOICE, FUNCTIONS, SUM, Function, Writing

TEXT = "({0} if {1} ? {2}, else {3})"
"""Here and below `?` stands for the sign."""
LATEX = "\\begin{{cases}} {0} & \\text{{if }} {1} ? {2} \\\\\n{3} & \\text{{else}} \\end{{cases}}"
CODE = f"{FUNCTIONS}where({{1}} ? {{2}}, {{0}}, {{3}})"
OF_ONE = "({0} if {1}.real ? {2}.real else {3})"


def conditional(
    name: str, sign: str, value: Callable[..., Number], arrays: Callable[..., Any], of_code: str = ""
) -> Function:
    """The first argument where the second and the third are as the sign says, else the last.

    Args:
        name: what it is called.
        sign: between the second and the third.
        value: of numbers.
        arrays: of arrays.
        of_code: the sign in scripts, where that is another one.
    """
    looks, code = (SUM, SUM, SUM, SUM), of_code or sign
    return Function(
        name=name,
        value=value,
        writing=Writing(TEXT.replace("?", sign), ATOM, looks),
        latex=Writing(LATEX.replace("?", sign), ATOM, looks),
        code=Writing(CODE.replace("?", code), ATOM, (CHOICE, SUM, SUM, CHOICE)),
        of_one=Writing(OF_ONE.replace("?", code), ATOM, (CHOICE, ATOM, ATOM, CHOICE)),
        arrays=arrays,
    )
