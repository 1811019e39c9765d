"""Branches and edits in words."""

from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from engine.program.scenario import Scenario
from engine.walking.changes import RATE, spot_of
from engine.walking.tree import Branch, Edit
from tui.words.format import number

MAIN = "main"
OF_PENALTY = {"l2": "λ of w²", "l1": "λ of |w|"}
"""What the strengths of a penalty are called."""


def name_of(scenario: Scenario, name: str, notation: Notation) -> str:
    """What a number that can be changed is called: `w5`, `i1`, `target_o1 of example 2`, `η`."""
    spot = spot_of(scenario, name)
    if spot.part == RATE:
        return notation.symbol(Quantity("learning_rate"))
    if spot.part == "penalty":
        return OF_PENALTY[spot.name]
    if spot.part == "theta":
        return spot.name
    example, node = spot.at
    network = scenario.network
    is_input = spot.part == "inputs"
    called = network.inputs[node] if is_input else notation.symbol(Quantity("t", network.targets[node]))
    return f"{called} of example {example + 1}" if len(scenario.inputs) > 1 else called


def change_words(scenario: Scenario, edit: Edit, notation: Notation, digits: int | None) -> str:
    """`w5 0.4 → 0.41`; where so few digits show no difference, with all of them."""
    old, new = number(edit.old, digits), number(edit.new, digits)
    if old == new:
        old, new = number(edit.old, None), number(edit.new, None)
    return f"{name_of(scenario, edit.name, notation)} {old} → {new}"


def branch_title(branch: Branch, notation: Notation, digits: int | None) -> str:
    """`main`, or `1: w5 0.4 → 0.41 at iteration 3`."""
    if not branch.edits:
        return MAIN
    changes = (change_words(branch.timeline.scenario, edit, notation, digits) for edit in branch.edits)
    return f"{branch.number}: {', '.join(changes)} at iteration {branch.iteration:,}"


def branch_short(branch: Branch, notation: Notation, digits: int | None) -> str:
    """`main`, or `1: w5 → 0.41`, for a legend."""
    if not branch.edits:
        return MAIN
    scenario = branch.timeline.scenario
    changes = (f"{name_of(scenario, edit.name, notation)} → {number(edit.new, digits)}" for edit in branch.edits)
    return f"{branch.number}: {', '.join(changes)}"


def branch_name(branch: Branch) -> str:
    """`main`, or `branch 1`."""
    return f"branch {branch.number}" if branch.edits else MAIN
