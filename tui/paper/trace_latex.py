"""A worked solution as a LaTeX document."""

import sys

from engine.program.notation import Notation
from engine.program.scenario import Scenario
from tui.paper.latex_names import escaped
from tui.paper.trace_math import MathWriter
from tui.words.rows import shape_words

EQUATIONS_IN_A_BLOCK = 50
"""A block is set as a whole: of a layer with thousands of weights it would be too much for a TeX."""

_HEAD = r"""\documentclass[a4paper,fleqn]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{amsmath}
\usepackage[margin=2.5cm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\jot}{5pt}
\allowdisplaybreaks"""


class LatexWriter(MathWriter):
    """A document of its own. It is written as a whole: its head declares the characters that occur.

    The equations of a step stand under each other, their equal signs aligned; a page ends between two of them.
    """

    def __init__(self, notation: Notation, digits: int) -> None:
        super().__init__(notation, digits)
        self._body: list[str] = []
        self._block: list[str] = []

    def _title(self, scenario: Scenario, rate: str) -> None:
        self._add(f"\\section*{{{escaped(scenario.title)}}}\n{shape_words(scenario)}{rate}")

    def _iteration(self, text: str) -> None:
        self._add(f"\\subsection*{{{text}}}")

    def _step(self, title: str, rule: str) -> None:
        self._add(rf"\subsubsection*{{{escaped(title)} \hfill \normalfont$\displaystyle {rule}$}}")

    def _equation(self, lines: str) -> None:
        if len(self._block) == EQUATIONS_IN_A_BLOCK:
            self._end_block()
        self._block.append(lines.replace("\\\\\n", "\\\\*\n"))  # the star: no new page here

    def _words(self, text: str) -> None:
        self._add(escaped(text))

    def _add(self, text: str) -> None:
        self._end_block()
        self._body.append(text)

    def _end_block(self) -> None:
        if self._block:
            equations = " \\\\[1.5ex]\n".join(self._block)
            self._body.append(f"\\begin{{align*}}\n{equations}\n\\end{{align*}}")
            self._block = []

    def end(self) -> None:
        """Writes the document."""
        self._end_block()
        body = "\n\n".join(self._body)
        parts = [_HEAD, *_declarations(body), r"\begin{document}", "", body, "", r"\end{document}", ""]
        sys.stdout.write("\n".join(parts))


_SET_ANYWAY = frozenset("–—‘’“”…§©°äöüÄÖÜßéèêëáàâãåçíìîïñóòôõúùûýÿÉÈÊËÁÀÂÃÅÇÍÌÎÏÑÓÒÔÕÚÙÛÝæœøÆŒØ")


def _declarations(body: str) -> list[str]:
    """For an engine that knows few characters: each other one as its number, not as an error."""
    rare = sorted({letter for letter in body if not letter.isascii()} - _SET_ANYWAY)
    lines = [rf"\DeclareUnicodeCharacter{{{ord(c):04X}}}{{\textnormal{{[U+{ord(c):04X}]}}}}" for c in rare]
    return [r"\ifdefined\DeclareUnicodeCharacter", *lines, r"\fi"] if rare else []
