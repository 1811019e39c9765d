"""The picker's words: a line of the list in so many cells, and what is said of a scenario or a faulty file."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from rich.cells import cell_len
from textual.content import Content

from engine.files import Problem
from engine.files.problems import MOST_SHOWN, plural, shown
from engine.program.graph import Graph
from engine.program.notation import Notation
from engine.program.scenario import Note, Scenario
from tui.picker.catalogue import Reading, Tally
from tui.picker.entries import Entry, in_words
from tui.words.format import number
from tui.words.names import in_cells, shorten
from tui.words.notes import set_words
from tui.words.origins import in_short
from tui.words.verdicts import SIGNS, STYLES, called

FIGURES_IN_WORDS, FIGURES_IN_SIGNS = 28, 11
"""Cells for the tally of figures."""
WIDE = 84
"""Cells from which figures are told in words."""
LEAST_TITLE = 20
"""Cells that a title keeps beside a tally of figures, which the details tell as well."""
LABEL = 10
INDENT = "  "


class Columns(NamedTuple):
    """How wide the columns of the list are: name, title, shape, figures; 0 is none."""

    width: int = 0
    name: int = 0
    title: int = 0
    shape: int = 0
    figures: int = 0


def columns(listed: Sequence[tuple[Entry, Scenario | None]], width: int) -> Columns:
    """Columns in which names, which can be typed, and shapes are whole, if they leave half of the line to others."""
    name = max((cell_len(entry.text) for entry, scenario in listed if scenario is not None), default=0)
    shape = max((len(scenario.shape) for _, scenario in listed if scenario is not None), default=0)
    name, shape = min(name, width // 2), min(shape, width // 4)
    title = max(0, width - len(INDENT) - name - 2 - 1 - shape)
    figures = FIGURES_IN_WORDS if width >= WIDE else FIGURES_IN_SIGNS
    if title - figures - 1 < LEAST_TITLE:
        figures = 0
    return Columns(width, name, title - (figures + 1 if figures else 0), shape, figures)


def line(entry: Entry, reading: Reading | None, tally: Tally | None, columns: Columns) -> Content:
    """A line of the list."""
    width = columns.width
    if entry.kind == "heading":
        return Content.styled(shorten(entry.text, width), "bold $chart-label")
    if entry.kind == "remark":
        return Content.styled(shorten(INDENT + entry.text, width), "$chart-label")
    if reading is None or entry.kind == "folder":
        return Content(shorten(INDENT + entry.text, width))
    scenario = reading.scenario
    if scenario is None:
        wrong = shorten(f"✗ {plural(len(reading.problems), 'problem')}", width // 2)
        return Content.assemble(
            INDENT, _filled(entry.text, width - len(INDENT) - len(wrong) - 1), " ", (wrong, "$text-error")
        )
    parts = [
        Content(f"{INDENT}{_filled(entry.text, columns.name)}  "),
        Content.styled(_filled(scenario.title, columns.title), "$chart-label"),
        Content.styled(" " + _filled(scenario.shape, columns.shape), "$chart-label"),
    ]
    if columns.figures:
        told = _tally(scenario, tally, columns.figures)
        parts.append(Content(" " * (1 + columns.figures - told.cell_length)) + told)
    return Content("").join(parts)


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
    training = scenario.training
    learning = f"{training.optimizer.name}, rate {number(training.learning_rate, 4)}"
    if training.schedule is not None:
        learning += f", {training.schedule.name}"
    if not scenario.network.parameter_names:
        learning = "nothing is trained"
    examples = plural(len(scenario.inputs), "example")
    if scenario.test is not None:
        examples += f", {len(scenario.test.inputs):,} more for the test"
    if len(scenario.inputs) > 1:
        examples += f", batch of {training.batch:,}"
    figures = Content("none printed")
    if scenario.published:
        figures = Content("checking …") if tally is None else tally_in_words(tally)
    rows = [
        *_function(scenario),
        *[("weights", Content(words)) for words in filter(None, [in_short(scenario)])],
        ("learning", Content(learning)),
        ("data", Content(examples)),
        ("figures", figures),
        ("open with", Content(opens_with)),
    ]
    lines = [Content.styled(scenario.title, "bold")]
    if scenario.document:
        lines.append(Content.styled(scenario.document, "$chart-label"))
    lines += [Content.assemble((f"{label:{LABEL}}", "$chart-label"), value) for label, value in rows]
    if scenario.notes:
        lines += [Content(""), _in_one_piece(scenario.notes[0], scenario.names(canonical=False))]
    return Content("\n").join(lines)


def _function(scenario: Scenario) -> list[tuple[str, Content]]:
    """What is computed."""
    network = scenario.network
    if isinstance(network, Graph):
        parameters = plural(len(network.parameter_names), "parameter")
        error = " + ".join(network.errors) or "derivatives are given"
        return [("graph", Content(f"{scenario.shape}, {parameters}")), ("error", Content(error))]
    layers = [network.layer(index).function_name.replace("_", " ") for index in range(1, network.depth + 1)]
    activations = layers[0] if len(set(layers)) == 1 else " → ".join(layers)
    return [
        ("network", Content(f"{scenario.shape}, {activations}")),
        ("error", Content(network.loss.called.replace("_", " "))),
    ]


def _in_one_piece(note: Note, notation: Notation) -> Content:
    return set_words(replace(note, text=" ".join(note.text.split())), notation)


def problems_of(problems: Sequence[Problem], path: Path) -> Content:
    """Every problem with its place and its remedy."""
    lines: list[Content] = []
    for problem in problems[:MOST_SHOWN]:
        # the file itself is named above; a table of numbers beside it is named here
        other = "" if problem.file == shown(path) else problem.file
        where = ": ".join(part for part in (other, problem.where) if part)
        lines.append(Content.assemble(("✗ ", "$text-error"), (where, "bold"), ": " if where else "", problem.message))
        if problem.remedy:
            lines.append(Content.assemble("  → ", problem.remedy))
    more = len(problems) - MOST_SHOWN
    return Content("\n").join([*lines, Content(f"and {plural(more, 'more problem')}")] if more > 0 else lines)


def headline(problems: Sequence[Problem], path: Path) -> str:
    """`3 problems in ~/networks/xor.toml`."""
    return f"{plural(len(problems), 'problem')} in {in_words(path)}"


def _filled(text: str, width: int) -> str:
    """Words in exactly so many cells."""
    return in_cells(text, width, shorten)
