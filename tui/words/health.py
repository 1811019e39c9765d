"""What a node suffers from, in words."""

from engine.ask.health import Ailment
from engine.program.notation import Notation
from tui.words.calculation import short_symbol
from tui.words.format import number

DIGITS = 3
ROWS = {"dead": "y", "saturated": "y", "vanishing": "dE/dx", "exploding": "dE/dx"}
"""The quantity by which each is found out."""


def sentence(ailment: Ailment, notation: Notation) -> str:
    """`saturated: slope at most 0.0025 for every example: …`."""
    if ailment.kind == "dead":
        return "dead: slope 0 for every example: no error gets through, its weights never move."
    if ailment.kind == "saturated":
        slope = number(ailment.number, DIGITS)
        return f"saturated: slope at most {slope} for every example: hardly any error gets through."
    delta = short_symbol("dE/dx", notation)
    if ailment.kind == "vanishing":
        times = number(1 / ailment.number, DIGITS)
        return f"vanishing: {delta} is {times} times smaller than at the output: it hardly learns."
    times = number(ailment.number, DIGITS)
    return f"exploding: {delta} is {times} times larger than at the output: updates overshoot."
