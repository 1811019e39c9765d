"""The greatest, the least and the absolute value with another slope at their corner: `max(a, b, corner = 1)`."""

from collections.abc import Callable
from functools import cache

from msgspec.structs import replace

from engine.formula.corner import Corner, at_corner, chosen
from engine.formula.functions import ABSOLUTE, CHOOSE, MAXIMUM, MINIMUM, SIGN
from engine.formula.tree import ATOM, SUM, Call, Formula, Function, Spelled, Writing


@cache
def absolute(corner: float = 0.5) -> Function:
    """|x|, whose slope jumps from −1 to 1 at 0."""
    of = Corner(0.0, -1.0, 1.0, corner)
    if corner == 0.5:
        return ABSOLUTE

    def slope(call: Call) -> Formula:
        (x,) = call.arguments
        return chosen(SIGN(x), of.slope, x)

    text = f"torch.abs({{0}}) + torch.where({{0}} == 0, {of.slope!r} * {{0}}, 0.0)"
    return replace(ABSOLUTE, slopes=(slope,), corners=(of,), scripts={"torch": Spelled(Writing(text, SUM, (ATOM,)))})


@cache
def extreme(name: str, corner: float | None = None) -> Function:
    """`max` or `min` of two.

    Args:
        name: which.
        corner: the slope by each where both are the same, by which of the two slopes beside it; None where all goes to
            the first.
    """
    own = {"max": MAXIMUM, "min": MINIMUM}[name]
    if corner is None:
        return own
    slope = share(name, corner)

    def by(place: int) -> Callable[[Call], Formula]:
        def made(call: Call) -> Formula:
            a, b = call.arguments
            greater, less = (1.0, 0.0) if (name == "max") == (place == 0) else (0.0, 1.0)
            return chosen(CHOOSE(greater, a, b, less), slope, a, b)

        return made

    torch = own.scripts["torch"].value
    assert torch is not None
    missing = " + ".join(
        f"{slope - usual!r} * ({{{place}}} - {{{place}}}.detach())"
        for place, usual in enumerate((1.0, 0.0))
        if slope != usual
    )
    return replace(
        own,
        slopes=(by(0), by(1)),
        scripts={
            "torch": Spelled(Writing(f"{torch.template} + torch.where({{0}} == {{1}}, {missing}, 0.0)", SUM, (ATOM,)))
        },
        tie=of_each(name, f"{slope:g}", f"{corner:g}"),
    )


def of_each(name: str, slope: str, corner: str) -> str:
    """What is said where several are the same."""
    which = "greatest" if name == "max" else "least"
    return f"Several are the {which}: the slope by each of them is taken as {slope} (corner = {corner})."


def share(name: str, corner: float) -> float:
    """The slope by each of those that are the same: it jumps from 0 to 1 where one becomes the greatest."""
    return at_corner(0.0, 1.0, corner) if name == "max" else at_corner(1.0, 0.0, corner)
