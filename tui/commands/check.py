"""Hold the figures that documents print against the computed ones, and check every derivative numerically.

Verdicts: match, or weak of a figure with fewer than two significant digits, which says little; rounded, variant,
erratum (declared in the scenario, each with a note that says why); mismatch and stale (found by the audit): an
undeclared difference, and a declared one that is not there. Those two fail. What was done to get a figure that differs
is searched as compare does it, and said with the lines that declare it.

Example:
  gradstep check mazur
"""

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from engine.check.audit import Audit, audit
from engine.check.gradients import GradientCheck, nothing_to_check
from engine.check.verdict import FigureCheck
from engine.files import load_scenario, shipped_names
from engine.files.problems import plural
from engine.program.scenario import Scenario
from tui.commands.progress import waiting
from tui.paper.encodings import for_programs
from tui.paper.json_numbers import finite
from tui.words.origins import origins_of
from tui.words.verdicts import (
    SIGNS,
    agrees,
    computed,
    counted,
    declaration,
    quantity_of,
    remedy,
    settings_of,
    under_variant,
    when,
    word_of,
)

if TYPE_CHECKING:
    from engine.comparison.cause import Cause

FAILED = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument(
        "scenarios", metavar="SCENARIO", nargs="*", help="files or shipped names; none: all shipped ones"
    )
    parser.add_argument("--json", action="store_true", help="one list of objects, for programs")


def run(options: argparse.Namespace) -> int:
    """Prints the audit; 1 if a figure is not as declared or a derivative is wrong."""
    audits = _audits(options.scenarios or shipped_names())
    if options.json:
        for_programs()
        print(json.dumps([entry for done in audits for entry in _objects(done)], ensure_ascii=False, indent=1))
    else:
        for done in audits:
            _print(done)
        _print_summary(audits)
    return 0 if all(done.ok for done in audits) else FAILED


def _audits(names: Sequence[str]) -> list[Audit]:
    """All of them; a terminal sees how far it is."""
    audits = list[Audit]()
    of_all = f"  ({{}} of {len(names)} scenarios)" if len(names) > 1 else ""
    with waiting() as sign:

        def told(done: int, of: int | None, what: str) -> None:
            sign(done, of, what + of_all.format(len(audits) + 1))

        scenarios = [load_scenario(name, sign) for name in names]
        for scenario in scenarios:
            audits.append(audit(scenario, told))
    return audits


def _causes(done: Audit) -> "dict[int, tuple[Cause, ...]]":
    """What was done to get figures that differ, by their number."""
    if not any(check.verdict == "mismatch" for check in done.figures):
        return {}
    from engine.comparison.figures import causes_of  # here, since right figures need none

    with waiting() as sign:
        return causes_of(
            done,
            lambda number, count: sign(0, None, f"looking for what was done to get figure {number} of {count}"),
        )


def _objects(done: Audit) -> list[dict[str, Any]]:
    name, causes = done.scenario.name, _causes(done)
    figures = [
        {
            "kind": "figure",
            "scenario": name,
            "quantity": check.figure.expression.text,
            "iteration": check.figure.iteration,
            "printed": check.figure.value,
            "computed": finite(check.computed),
            "verdict": check.verdict,
            "ok": check.ok,
            "weak": check.weak,
            "agreement": check.agreement,
            "note": check.figure.note,
            "variant": None if check.figure.variant is None else dict(check.figure.variant.told),
            "under_variant": finite(check.under_variant),
            **({"cause": [cause.told for cause in causes.get(i, ())]} if check.verdict == "mismatch" else {}),
        }
        for i, check in enumerate(done.figures)
    ]
    gradient = done.gradient
    found: dict[str, Any] = {"max_relative_error": None, "ok": False, "why_not": done.why_not}
    if gradient is not None:
        found = {
            "max_relative_error": gradient.max_relative_error,
            "ok": gradient.ok,
            "parameters": len(gradient.parameters),
            **({"inputs": len(gradient.inputs)} if done.scenario.graph else {}),
            "kinks": len(_named(gradient, "kink")),
            "wrong": _named(gradient, "wrong"),
        }
        if nothing := nothing_to_check(done.scenario):
            found["why_not"] = nothing
    arrays = [{"kind": "array", "scenario": name, **asdict(origin)} for origin in done.scenario.origins]
    return [*arrays, *figures, {"kind": "gradient", "scenario": name, "gradient_check": found}]


def _named(gradient: GradientCheck, verdict: str) -> list[str]:
    return [check.name for check in gradient.all if check.verdict == verdict]


def _print(done: Audit) -> None:
    scenario, causes = done.scenario, _causes(done)
    print(f"{scenario.name}: {scenario.title}  ({scenario.shape})")
    for line in origins_of(scenario):
        print(f"  {line}")
    texts = [
        (quantity_of(check.figure) + when(check.figure), check.figure.value, computed(check)) for check in done.figures
    ]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for i, (check, row) in enumerate(zip(done.figures, texts, strict=True)):
        quantity, printed, own = (f"{text:{width}}" for text, width in zip(row, widths, strict=True))
        print(
            f"  {SIGNS[word_of(check)]} {word_of(check):8}  {quantity}  printed {printed}  computed {own}"
            f"  {check.figure.where}".rstrip()
        )
        if words := agrees(check):
            print(f"      {words}")
        if check.figure.variant is not None:
            print(f"      {settings_of(check.figure.variant)}: {under_variant(check)}")
        if check.verdict != "match" and check.figure.note:
            print(f"      {' '.join(check.figure.note.split())}")
        if not check.ok:
            print(f"      {remedy(check)}")
        if i in causes:
            _print_causes(scenario, check, causes[i])
    print(f"  {_gradient(done)}\n")


def _print_causes(scenario: Scenario, check: FigureCheck, causes: "tuple[Cause, ...]") -> None:
    """What was done to get a figure, and how to declare that."""
    from engine.comparison.figures import declared

    for cause in causes:
        print(f"      Cause: {cause.cause}, at {cause.at}: {cause.words}.")
    figure = declared(scenario, check, causes)
    if figure is not None:
        print("      If that is so, these lines below the figure's value declare it:")
        print("\n".join(f"        {line}" for line in declaration(figure)))


def _gradient(done: Audit) -> str:
    if done.gradient is None:
        return f"✗ gradient check: {done.why_not}"
    if nothing := nothing_to_check(done.scenario):
        return f"✓ gradient check: {nothing}"
    kinks, wrong = _named(done.gradient, "kink"), _named(done.gradient, "wrong")
    checked = plural(len(done.gradient.parameters), "parameter")
    if done.gradient.inputs:
        inputs = plural(len(done.gradient.inputs), "input")
        checked = f"{checked} and {inputs}" if done.gradient.parameters else inputs
    words = f"gradient check: {checked}, worst relative error {done.gradient.max_relative_error:.1e}"
    if kinks:
        words += f", {len(kinks)} at a kink"
    return f"✗ {words}; wrong: {', '.join(wrong)}" if wrong else f"✓ {words}"


def _print_summary(audits: list[Audit]) -> None:
    figures = [check for done in audits for check in done.figures]
    told = ", ".join(f"{count} {word}" for word, count in counted(figures).items())
    print(f"{plural(len(figures), 'figure')} in {plural(len(audits), 'scenario')}" + (f": {told}" if told else ""))
    for done in audits:
        bad = [check for check in done.figures if not check.ok]
        for check in bad:
            print(f"✗ {done.scenario.name}: {quantity_of(check.figure)}{when(check.figure)}: {check.verdict}")
        if done.gradient is None or not done.gradient.ok:
            print(f"✗ {done.scenario.name}: the gradient check failed")
