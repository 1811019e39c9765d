"""A worked solution in markdown."""

import re

from engine.program.scenario import Scenario
from tui.paper.latex_names import ESCAPES
from tui.paper.trace_math import MathWriter
from tui.words.rows import shape_words

_WIDE = {escape: chr(ord(sign) + 0xFEE0) for sign, escape in ESCAPES.items()}
"""In place of a sign in a name that LaTeX has an escape for, the same sign full-width, which means nothing anywhere."""
_ESCAPED = re.compile("|".join(map(re.escape, _WIDE)))


class MarkdownWriter(MathWriter):
    """Markdown with formulas between dollar signs, as code hosts and notebooks show them.

    Some hosts read a formula as markdown first. So it keeps clear of what means something there: an underscore has a
    space before it (then none can end an emphasis), and a backslash never stands before a sign, but for two of them at
    the end of a line. Where a name has a sign that needs one, it is written full-width.
    """

    def _title(self, scenario: Scenario, rate: str) -> None:
        print(f"# {_escaped(scenario.title)}\n\n{shape_words(scenario)}{rate}")

    def _iteration(self, text: str) -> None:
        print(f"\n## {text}")

    def _set(self, latex: str) -> str:
        return _unmarked(latex)

    def _step(self, title: str, rule: str) -> None:
        print(f"\n### {_escaped(title)}\n\n${_unmarked(rule)}$")

    def _equation(self, lines: str) -> None:
        print(f"\n$$\n\\begin{{aligned}}\n{_unmarked(lines)}\n\\end{{aligned}}\n$$")

    def _words(self, text: str) -> None:
        print(f"\n{text}")

    def end(self) -> None:
        """Nothing more."""


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|$&~])", r"\\\1", text)


def _unmarked(latex: str) -> str:
    plain = _ESCAPED.sub(lambda found: _WIDE[found[0]], latex)
    return plain.replace("_{", " _{").replace(r"\,", r"\thinspace")
