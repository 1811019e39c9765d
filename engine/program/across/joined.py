"""The functions that join the elements of a value, of its rows or its columns, by their names."""

from collections.abc import Callable
from functools import cache

from engine.formula.tree import ATOM, CHOICE, Function, Writing
from engine.program.across.extremes import Greatest, Least, TiedGreatest, TiedLeast
from engine.program.across.groups import All, EachColumn, EachRow, Groups
from engine.program.across.reductions import Mean, Norm, Reduction, Sum

_REDUCTIONS: dict[str, type[Reduction]] = {"sum": Sum, "mean": Mean, "max": Greatest, "min": Least, "norm": Norm}
_TIED: dict[str, Callable[[Groups, float | str], Reduction]] = {"max": TiedGreatest, "min": TiedLeast}
REDUCTIONS = tuple(_REDUCTIONS)
"""By name what elements are joined by."""
AXES: dict[str, type[Groups]] = {"": All, "rows": EachRow, "columns": EachColumn}
"""What `axis = …` says: `rows` gives one number for each row, `columns` one for each column; left out, one for all."""


@cache
def reduction(name: str, axis: str = "", corner: float | str | None = None) -> Function:
    """The function that joins elements.

    Args:
        name: one of `REDUCTIONS`.
        axis: one of `AXES`.
        corner: of max and min the slope by each where several are the same; None where all goes to the first.
    """
    groups = AXES[axis]()
    said_axis, latex_axis = (f", axis = {axis}", rf", \text{{{{axis = {axis}}}}}") if axis else ("", "")
    return Function(
        name=name,
        writing=Writing(f"{name}({{0}}{said_axis})", ATOM, (CHOICE,)),
        latex=Writing(rf"\operatorname{{{{{name}}}}}({{0}}{latex_axis})", ATOM, (CHOICE,)),
        across=_REDUCTIONS[name](groups) if corner is None else _TIED[name](groups, corner),
    )
