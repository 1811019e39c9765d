"""A walk as a worksheet: results left out, numbered, and collected for the answer key."""

from collections.abc import Iterator

from engine.ask.lookup import value_at
from engine.explain.parts import Explanation
from engine.formula.quantity import KINDS, ROW_KINDS, Quantity
from engine.formula.tree import Operand
from engine.program.graph import UPSTREAM, WEIGHT, Graph
from engine.program.notation import Notation
from engine.walking.session import Session
from tui.paper.latex import in_lines, steps_of
from tui.paper.latex_names import number_latex, quantity_latex
from tui.paper.trace_latex import LatexWriter
from tui.paper.trace_markdown import MarkdownWriter
from tui.paper.trace_math import MathWriter
from tui.words.format import number


class Blanks(MathWriter):
    """What both formats have in common: what is left out.

    A number that was asked for is not told by a later calculation either: that one keeps to names.
    """

    def __init__(self, notation: Notation, digits: int, blank: str) -> None:
        super().__init__(notation, digits)
        self.blank = blank
        self.answers: list[str] = []
        self._asked: set[tuple[Quantity, int]] = set()
        self._seen = 0

    def given(self, session: Session) -> None:
        """The numbers to start from: parameters, and targets (inputs are the first step)."""
        examples = session.values.examples
        terms = []
        for quantity, example in _given(session):
            value = number_latex(number(value_at(session, quantity, example or 0) or 0.0, self.digits))
            of = "" if example is None else rf"\text{{example {examples[example] + 1}: }} "
            terms.append(f"{of}{quantity_latex(quantity, self.notation)} = {value}")
        if terms:
            self._iteration("Given")
        for line in in_lines(terms):
            self._equation("& " + r" \quad ".join(line))

    def _lines(self, explanation: Explanation, example: int | None) -> None:
        left = quantity_latex(explanation.quantity, self.notation)
        if example is not None:
            left = rf"\text{{example {example}: }} {left}"
        forms = steps_of(explanation, self.notation, self.digits)
        if explanation.quantity.kind not in ROW_KINDS:
            self._write(left, forms[:1])  # its rule helps, its number would tell
        elif self._is_blank(explanation):
            self._asked.add((explanation.quantity, explanation.example))
            place = len(self.answers) + 1
            self.answers.append(rf"({place}) \quad {left} &= " + " \\\\\n&= ".join(forms[1:] or forms))
            self._write(left, [*forms[:-1][:1], rf"\underline{{\hspace{{6em}}}} \quad ({place})"])
        else:
            told = any((operand.quantity, operand.example) in self._asked for operand in _operands(explanation))
            self._write(left, [forms[0], forms[-1]] if told and len(forms) > 1 else forms)

    def _write(self, left: str, forms: list[str]) -> None:
        self._equation(f"{left} &= " + " \\\\\n&= ".join(forms))

    def _is_blank(self, explanation: Explanation) -> bool:
        if not explanation.parts:  # given, not computed
            return False
        self._seen += 1
        if self.blank == "backward":
            return KINDS[explanation.quantity.kind].goes_back
        return self.blank == "all" or self._seen % 2 == 0

    def write_answers(self, page: MathWriter) -> None:
        """The answer key, onto this page or another."""
        page._iteration("Answers")
        for answer in self.answers:
            page._equation(answer)


def _given(session: Session) -> list[tuple[Quantity, int | None]]:
    """What a walk is given besides inputs; with the example, where each of several has a number of its own."""
    network, program = session.scenario.network, session.timeline.steps.program
    count = len(session.values.examples)
    each = list[int | None](range(count)) if count > 1 else [None]
    found: list[tuple[Quantity, int | None]] = [(Quantity("w", name), None) for name in network.parameter_names]
    kind, upstream = "t", list[str]()
    if isinstance(network, Graph):
        kind, upstream = "y", [*(UPSTREAM + node for node in network.upstream), *[WEIGHT] * network.weighted]
        found += [(Quantity("y", name), None) for value in network.constants for name in network.elements(value)]
    if session.values.targets is not None:
        found += [(Quantity(kind, name), example) for example in each for name in network.targets]
    for value in upstream:
        own = [None] if value in program.shared else each
        found += [(Quantity("t", name), example) for example in own for name in program.names[value][1]]
    return found


def _operands(explanation: Explanation) -> Iterator[Operand]:
    for part in explanation.summands:
        yield from part.operands


class MarkdownWorksheet(Blanks, MarkdownWriter):
    """A worksheet in markdown."""


class LatexWorksheet(Blanks, LatexWriter):
    """A worksheet as a LaTeX document."""

    def __init__(self, notation: Notation, digits: int, blank: str) -> None:
        Blanks.__init__(self, notation, digits, blank)
        self._body, self._block = [], []
