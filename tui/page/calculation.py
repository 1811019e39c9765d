"""The calculation of a step as the page shows it: the number in focus in full, the others in a line that opens."""

from typing import Any

from engine.explain.parts import Explanation
from engine.formula.quantity import Quantity
from tui.page.runs import Runs, flat, joined
from tui.panels.calculation import lines_of
from tui.view.seen import View
from tui.words.calculation import Run, chained, numbers_of, result_of, rule, shortened, symbol, text_of
from tui.words.health import sentence
from tui.words.verdicts import SIGNS

ENDLESS = 1_000_000
"""Cells of a line: a browser breaks it where it must."""
MOST_TERMS = 24
"""Of a long sum; for the others there is a sign."""
MOST_NUMBERS = 48
"""Numbers of a step whose calculation is told: the tables have all of them."""


def calculations(view: View) -> dict[str, Any]:
    """What the step computed: each number's calculation, the one in focus first, and how many more there are."""
    if view.focus is None:
        return {"all": [], "more": 0}
    others = view.others()
    shown = [view.focus, *others.first][:MOST_NUMBERS]
    found = [_calculation(view, quantity) for quantity in shown]
    return {"all": found, "more": 1 + others.total - len(shown), "ails": _ailments(view)}


def _calculation(view: View, quantity: Quantity) -> dict[str, Any]:
    explanation = shortened(view.explain(quantity), MOST_TERMS)
    sign = view.sign(quantity)
    remark = "" if sign is None else f"{SIGNS[sign.word]} {sign.said}"
    return {
        "name": symbol(quantity, view.notation).text,
        "remark": remark,
        "short": _short(explanation, view),
        "lines": _lines(explanation, view),
    }


def _short(explanation: Explanation, view: View) -> Runs:
    """`net_h2 = 0.25·0.05 + 0.3·0.1 + 0.35 = 0.3925`."""
    numbers, result = numbers_of(explanation, view.digits), result_of(explanation, view.digits)
    said = text_of(numbers) not in ("", text_of(result))
    left = [symbol(explanation.quantity, view.notation), Run(" = ")]
    return flat([*left, *(numbers if said else []), *([Run(" = ")] if said else []), *result])


def _lines(explanation: Explanation, view: View) -> list[list[Any]]:
    """What kind of line, what stands before it, the line: of rule, names, numbers, result, what is put in, words."""
    words = [["words", "", joined([(explanation.words, "")])]] if explanation.words else []
    explanation = chained(explanation) or explanation
    general = rule(explanation, view.notation)
    if not explanation.parts:
        given = [*general, Run("   "), *result_of(explanation, view.digits)]
        earlier = [] if explanation.earlier is None else _lines(explanation.earlier, view)
        return [["rule", "", flat(given)], *earlier, *words]
    forms = lines_of(explanation, view, ENDLESS)
    said = f"{forms[0][0]} = {text_of(forms[0][1])}"
    lines: list[list[Any]] = [["rule", "", flat(general)]] if text_of(general) not in ("", said) else []
    lines += [["form", left, flat(form)] for left, form in forms]
    if explanation.value is not None:
        lines[-1][0] = "result"
    return [*lines, *(["with", *_with(where, view)] for where in explanation.where), *words]


def _with(where: Explanation, view: View) -> tuple[str, Runs]:
    """What is explained below a calculation: `with δ_o1 = names = numbers = result`."""
    line: list[Run] = []
    for _, form in lines_of(where, view, ENDLESS):
        line += [Run(" = "), *form]
    return symbol(where.quantity, view.notation).text, flat(line[1:])


def _ailments(view: View) -> list[str]:
    """What nodes suffer from."""
    return [f"{name} is {sentence(ailment, view.notation)}" for name, found in view.health.items() for ailment in found]
