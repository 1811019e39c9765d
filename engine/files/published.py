"""The `[[published]]` figures and the `[[note]]`s of a file."""

from typing import Any, TypeVar

from engine.files.clip import check_known
from engine.files.model import NotePart, PublishedPart
from engine.files.part import Part
from engine.files.parts import Partial, read_parts
from engine.files.prepared import Examples
from engine.files.printed import Printed, closing_zeros, decimals_of, goes_on, parse_printed, two_readings
from engine.files.problems import MOST_SHOWN, Problems, described, nearest, plural
from engine.files.shape import Draft
from engine.files.training import check_variant, read_variant
from engine.program.batches import iteration_in
from engine.program.expression import Expression, ExpressionError, check_quantity, parse_expression, parse_place
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.quantity_check import check_rule
from engine.program.scenario import Note, Published, Training, Variant
from engine.program.steps import PHASES
from engine.program.tokens import MAX_ITERATIONS

ENDS = ("start", "end")

P = TypeVar("P", bound=Part)


def read_published(
    section: Any, training: Training, draft: Draft, examples: Examples, problems: Problems
) -> tuple[Published, ...]:
    """Reads every `[[published]]` and notes every problem in them.

    Args:
        section: what TOML gives for `published`, or None.
        training: the file's own.
        draft: the network as far as it is known.
        examples: the examples as far as they are known.
        problems: gets what is wrong.
    """
    figures = []
    for where, part in _parts(section, PublishedPart, "published", problems):
        before = len(problems.found)
        expression = _expression(part, f"{where}.quantity", draft.network, problems)
        if expression is not None and examples.count is not None:
            _check_epochs(expression, -(-examples.count // training.batch), f"{where}.quantity", problems)
        printed = _printed(part, where, problems)
        within = _within(part, f"{where}.within", problems)
        _check_verdict(part, where, problems)
        example = part.value.example if part.good("example") else None
        if example is not None and examples.count is not None and example > examples.count:
            message = f"there is no example {described(example)}"
            problems.add(
                f"{where}.example", message, f"the file has {plural(examples.count, 'example')}, counted from 1"
            )
        if part.good("variant") and part.value.variant is not None:
            check_variant(
                part.value.variant, part.raw.get("variant", {}), f"{where}.variant", draft, examples, problems
            )
        if len(problems.found) == before and not part.bad and expression is not None and printed is not None:
            given, keys = part.value.variant, part.raw.get("variant", ())
            variant = None if given is None else read_variant(given, keys, training, draft, examples)
            if variant is not None:
                check_known(variant.training, draft.network, f"{where}.variant", problems)
            _check_rules(expression, training if variant is None else variant.training, f"{where}.quantity", problems)
            iteration = _iteration(part.value, where, training, examples, problems)
            figures.append(_published(part.value, iteration, expression, printed, within, variant))
        if len(problems.found) > MOST_SHOWN:
            break
    return tuple(figures)


def _check_rules(expression: Expression, training: Training, where: str, problems: Problems) -> None:
    """Notes quantities that the update rule does not have under which the figure is right."""
    for quantity in expression.quantities():
        if reason := check_rule(quantity, training):
            problems.add(where, reason)


def _iteration(part: PublishedPart, where: str, training: Training, examples: Examples, problems: Problems) -> int:
    """After how many updates a figure is; notes an epoch that is beside an iteration, or that there is not."""
    if part.epoch is None or examples.count is None:
        return part.iteration
    if part.iteration:
        problems.add(f"{where}.epoch", "there are both epoch and iteration", "keep one of them")
        return part.iteration
    try:
        return iteration_in(training, examples.count, part.epoch, part.example)
    except LookupError as error:
        problems.add(f"{where}.epoch", str(error.args[0]), "give one that there is")
        return 0


def _published(
    part: PublishedPart,
    iteration: int,
    expression: Expression,
    printed: Printed,
    within: float | None,
    variant: Variant | None,
) -> Published:
    return Published(
        expression=expression,
        value=part.value,
        number=printed.number,
        resolution=printed.resolution,
        iteration=iteration,
        epoch=part.epoch,
        example=part.example,
        where=part.where,
        verdict=part.verdict,
        within=within,
        variant=variant,
        note=part.note,
        zeros=closing_zeros(part.value) if part.printed_decimals is None else 0,
        goes_on=goes_on(part.value),
    )


def _printed(part: Partial[PublishedPart], where: str, problems: Problems) -> Printed | None:
    if not part.good("value", "printed_decimals"):
        return None
    text, decimals = part.value.value, part.value.printed_decimals
    printed = parse_printed(text, decimals)
    if (readings := two_readings(text)) is not None:
        message = f"{described(text)} may be {readings[0]} or {readings[1]}"
        problems.add(f"{where}.value", message, f'write it as "{readings[0]}" or as "{readings[1]}"')
    elif printed is None:
        message = f"{described(text)} is not a printed number"
        problems.add(f"{where}.value", message, 'give it as printed, like "0.5", ".191", "2.4 × 10^-3" or "12 %"')
    elif decimals is not None and decimals < (there := decimals_of(text)):
        message = f"{decimals} is less than the {plural(there, 'decimal')} of {described(text)}"
        problems.add(f"{where}.printed_decimals", message, "count those that are printed and the zeros that are not")
    return printed


def _expression(
    part: Partial[PublishedPart], where: str, network: Network | Graph | None, problems: Problems
) -> Expression | None:
    if not part.good("quantity"):
        return None
    try:
        expression = parse_expression(part.value.quantity)
    except ExpressionError as error:
        problems.add(where, str(error))
        return None
    if not expression.quantities():
        problems.add(where, "it names no quantity", "give one like dE/dw[w5]")
    for quantity in expression.quantities() if network else ():
        reason = check_quantity(quantity, network, part.value.quantity) if network else None
        if reason is not None:
            problems.add(where, reason)
    return expression


def _check_epochs(expression: Expression, batches: int, where: str, problems: Problems) -> None:
    """Notes an epoch that ends beyond the last iteration there is."""
    for quantity in expression.quantities():
        if quantity.epoch is not None and (quantity.epoch + 1) * batches > MAX_ITERATIONS:
            message = f"{quantity} takes {(quantity.epoch + 1) * batches:,} iterations"
            problems.add(where, message, f"{MAX_ITERATIONS:,} are the most")


def _within(part: Partial[PublishedPart], where: str, problems: Problems) -> float | None:
    if not part.good("within") or part.value.within is None:
        return None
    within = part.value.within
    if isinstance(within, float):
        return within
    printed = parse_printed(within)
    if printed is None or printed.number <= 0:
        problems.add(where, f"{described(within)} is not a number above 0", 'give one like "0.003"')
        return None
    return printed.number


def _check_verdict(part: Partial[PublishedPart], where: str, problems: Problems) -> None:
    """Notes what a verdict needs and has not, or has and must not have."""
    if not part.good("verdict"):
        return
    figure, verdict = part.value, part.value.verdict
    for key, owner in (("within", "rounded"), ("variant", "variant")):
        if not part.good(key):
            continue
        given = getattr(figure, key) is not None
        if given and verdict != owner:
            problems.add(f"{where}.{key}", f"it goes with the verdict {owner} only", f'give verdict = "{owner}"')
        elif verdict == owner and not given:
            remedy = 'give how far it may be off, like "0.003"' if key == "within" else "give the other settings"
            problems.add(f"{where}.{key}", f"it is missing: the verdict is {verdict}", remedy)
    if part.good("variant") and part.raw.get("variant") == {}:
        problems.add(f"{where}.variant", "it is empty", "give the settings under which the figure is right")
    if verdict != "match" and part.good("note") and not figure.note:
        problems.add(f"{where}.note", f"it is missing: the verdict is {verdict}", "say why the figure differs")


def read_notes(section: Any, training: Training, draft: Draft, problems: Problems) -> tuple[Note, ...]:
    """Reads every `[[note]]` and notes every problem in them. Arguments as in `read_published`."""
    notes = []
    for where, part in _parts(section, NotePart, "note", problems):
        if part.good("at"):
            _check_at(part.value.at, f"{where}.at", training, draft.network, problems)
        if part.good("text") and not part.value.text:
            problems.add(f"{where}.text", "it is empty", "give the words")
        if not part.bad:
            notes.append(Note(part.value.at, part.value.text, part.value.iteration))
        if len(problems.found) > MOST_SHOWN:
            break
    return tuple(notes)


def _check_at(at: str, where: str, training: Training, network: Network | Graph | None, problems: Problems) -> None:
    if at in (*PHASES, *ENDS):
        if at == "backward" and training.learning_rule is not None:
            name = training.learning_rule.name
            problems.add(where, f"there is no backward phase: the {name} rule learns without derivatives", _AT_UPDATE)
        return
    try:
        iteration, quantity = parse_place(at)
    except ExpressionError as error:
        near = nearest(at, (*PHASES, *ENDS))
        remedy = near if near.startswith("the nearest") else f"or give one of {', '.join((*PHASES, *ENDS))}"
        problems.add(where, f"{described(at)} is no quantity and no phase ({error})", remedy)
        return
    if iteration is not None:
        problems.add(where, "it names an iteration", "give that as iteration = …")
    reason = check_quantity(quantity, network, at) if network is not None and quantity is not None else None
    if reason is not None:
        problems.add(where, reason)
    elif quantity is not None and (reason := check_rule(quantity, training)):
        problems.add(where, reason, _AT_UPDATE if training.learning_rule is not None else "")


_AT_UPDATE = 'put it at "update", or at a parameter\'s w+: there its correction is shown'


def _parts(section: Any, model: type[P], key: str, problems: Problems) -> list[tuple[str, Partial[P]]]:
    """Each table of `[[key]]` with where it is."""
    if section is None:
        return []
    if not isinstance(section, list):
        problems.add(key, f"{described(section)} is not a list of tables", f"write [[{key}]], with two brackets")
        return []
    return list(read_parts(model, section, key, problems))
