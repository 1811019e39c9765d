"""A worked solution in markdown."""

import re

from engine.program.scenario import Scenario
from engine.program.steps import Row
from tui.paper.trace_math import MathWriter, heading


class MarkdownWriter(MathWriter):
    """Markdown with formulas between dollar signs, as code hosts and notebooks show them.

    Some hosts read a formula as markdown first. So it keeps clear of what means something there: an underscore has a
    space before it (then none can end an emphasis), and a backslash never stands before a sign, but for two of them at
    the end of a line.
    """

    def _title(self, scenario: Scenario, rate: str) -> None:
        title = re.sub(r"([\\`*_\[\]<>#|$&~])", r"\\\1", scenario.title)
        print(f"# {title}\n\nLayers {scenario.shape}, ${_unmarked(rate)}$")

    def _iteration(self, text: str) -> None:
        print(f"\n## {text}")

    def _step(self, place: str, row: Row, rule: str) -> None:
        print(f"\n### {heading(place, row)}\n\n${_unmarked(rule)}$")

    def _equation(self, lines: str) -> None:
        print(f"\n$$\n\\begin{{aligned}}\n{_unmarked(lines)}\n\\end{{aligned}}\n$$")

    def _words(self, text: str) -> None:
        print(f"\n{text}")

    def end(self) -> None:
        """Nothing more."""


def _unmarked(latex: str) -> str:
    return latex.replace("_{", " _{").replace(r"\,", r"\thinspace")
