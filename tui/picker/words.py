"""The picker's words: a line of the list in so many cells, and what is said of a scenario or a faulty file."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace
from textual.content import Content

from engine.files import Problem
from engine.files.problems import MOST_SHOWN, plural, shown
from engine.notation import Notation
from engine.scenario import Note, Scenario
from tui.figures import SIGNS, STYLES, called
from tui.format import number
from tui.names import in_cells, shorten
from tui.note_words import set_words
from tui.picker.catalogue import Reading, Tally
from tui.picker.entries import Entry, in_words

SHAPE = 8
"""Cells for a shape, `4-2-2-1`; longer ones are shortened."""
FIGURES_IN_WORDS, FIGURES_IN_SIGNS = 28, 11
"""Cells for the tally of figures."""
NAME = 24
"""Cells for a shipped scenario's name, where there is room for it."""
WIDE, WIDEST = 84, 112
"""Cells from which figures are told in words, and from which names stand beside titles."""
LABEL = 10
INDENT = "  "


def line(entry: Entry, reading: Reading | None, tally: Tally | None, width: int) -> Content:
    """A line of the list."""
    if entry.kind == "heading":
        return Content.styled(shorten(entry.text, width), "bold $chart-label")
    if entry.kind == "remark":
        return Content.styled(shorten(INDENT + entry.text, width), "$chart-label")
    scenario = None if reading is None else reading.scenario
    figures = FIGURES_IN_WORDS if width >= WIDE else FIGURES_IN_SIGNS
    left = width - len(INDENT) - SHAPE - figures - 2
    text = entry.text
    if entry.kind == "shipped" and scenario is not None:
        text = scenario.title
        if width >= WIDEST:
            text = f"{_filled(text, left - NAME - 2)}  {_filled(entry.text, NAME)}"
    if reading is None or entry.kind == "folder":
        return Content(shorten(INDENT + text, width))
    if scenario is None:
        wrong = shorten(f"✗ {plural(len(reading.problems), 'problem')}", SHAPE + 1 + figures)
        return Content.assemble(
            INDENT, _filled(text, width - len(INDENT) - len(wrong) - 1), " ", (wrong, "$text-error")
        )
    told = _tally(scenario, tally, figures)
    gap = " " * (1 + figures - told.cell_length)
    return Content.assemble(
        INDENT, _filled(text, left), " ", (_filled(scenario.shape, SHAPE), "$chart-label"), gap, told
    )


def _tally(scenario: Scenario, tally: Tally | None, width: int) -> Content:
    """How the figures fare, in words or in signs; nothing where there are none."""
    if not scenario.published:
        return Content("")
    if tally is None:
        return Content.styled("…", "$chart-label")
    by_sign: Counter[str] = Counter()
    for verdict, count in tally.items():
        by_sign[SIGNS[verdict]] += count
    styles = {SIGNS[verdict]: STYLES[verdict] for verdict in tally}
    signs = [Content.styled(f"{by_sign[sign]}{sign}", style) for sign, style in styles.items()]
    words = tally_in_words(tally)
    if width > FIGURES_IN_SIGNS and words.cell_length <= width:
        return words
    return Content(" ").join(signs).truncate(width, ellipsis=True)


def tally_in_words(tally: Tally) -> Content:
    """`62 ✓ · 1 rounded · 4 variants`."""
    told = {
        verdict: SIGNS[verdict] if verdict == "match" else called(verdict, count) for verdict, count in tally.items()
    }
    return Content(" · ").join(
        [Content.styled(f"{tally[verdict]} {told[verdict]}", STYLES[verdict]) for verdict in told]
    )


def about(scenario: Scenario, tally: Tally | None, opens_with: str) -> Content:
    """What is in a scenario."""
    training, network = scenario.training, scenario.network
    layers = [network.layer(index).activation.name.replace("_", " ") for index in range(1, network.depth + 1)]
    activations = layers[0] if len(set(layers)) == 1 else " → ".join(layers)
    rate = f"rate {number(training.learning_rate, 4)}"
    examples = plural(len(scenario.inputs), "example")
    if len(scenario.inputs) > 1:
        examples += f", batch of {training.batch:,}"
    figures = Content("none printed")
    if scenario.published:
        figures = Content("checking …") if tally is None else tally_in_words(tally)
    rows = [
        ("network", Content(f"{scenario.shape}, {activations}")),
        ("error", Content(network.loss.name.replace("_", " "))),
        ("learning", Content(f"{training.optimizer.name}, {rate}")),
        ("data", Content(examples)),
        ("figures", figures),
        ("open with", Content(opens_with)),
    ]
    lines = [Content.styled(scenario.title, "bold")]
    if scenario.document:
        lines.append(Content.styled(scenario.document, "$chart-label"))
    lines += [Content.assemble((f"{label:{LABEL}}", "$chart-label"), value) for label, value in rows]
    if scenario.notes:
        lines += [Content(""), _in_one_piece(scenario.notes[0], scenario.notation)]
    return Content("\n").join(lines)


def _in_one_piece(note: Note, notation: Notation) -> Content:
    return set_words(replace(note, text=" ".join(note.text.split())), notation)


def problems_of(problems: Sequence[Problem], path: Path) -> Content:
    """Every problem with its place and its remedy."""
    lines: list[Content] = []
    for problem in problems[:MOST_SHOWN]:
        # the file itself is named above; a table of numbers beside it is named here
        other = "" if problem.file == shown(path) else problem.file
        place = ": ".join(part for part in (other, problem.place) if part)
        lines.append(Content.assemble(("✗ ", "$text-error"), (place, "bold"), ": " if place else "", problem.message))
        if problem.remedy:
            lines.append(Content.assemble("  → ", problem.remedy))
    more = len(problems) - MOST_SHOWN
    return Content("\n").join([*lines, Content(f"and {more:,} more problems")] if more > 0 else lines)


def headline(problems: Sequence[Problem], path: Path) -> str:
    """`3 problems in ~/networks/xor.toml`."""
    return f"{plural(len(problems), 'problem')} in {in_words(path)}"


def _filled(text: str, width: int) -> str:
    """Words in exactly so many cells."""
    return in_cells(text, width, shorten)
