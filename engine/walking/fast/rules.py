"""What straight-line code calls the quantities of an update rule, and what of it is the same for every parameter."""

from collections.abc import Iterator

from engine.formula.quantity import ON_THE_WAY
from engine.formula.tree import Call, Formula, Leaf, leaves
from engine.program.rule import RATE, TIME

ONCE: dict[Leaf, str] = {RATE: "rate", TIME: "(k + 1)"}


def largest_once(formula: Formula) -> Iterator[Formula]:
    """The largest parts of a rule that are the same for every parameter."""
    if not isinstance(formula, Call):
        return
    if all(leaf in (RATE, TIME) for leaf in leaves(formula)):
        yield formula
    else:
        for argument in formula.arguments:
            yield from largest_once(argument)


def of_rule(kind: str, index: int) -> str:
    """What a quantity of an update rule is called: `m3`, `m3_new` for `m+`; what is computed on its way `m_hat_3`."""
    if kind.endswith("+"):
        return f"{kind[:-1]}{index}_new"
    return f"{kind}_{index}" if kind in ON_THE_WAY else f"{kind}{index}"
