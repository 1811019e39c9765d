"""A walk as a worked solution to hand out, in markdown or LaTeX: of every step the rule, names, numbers and results."""

from abc import ABC, abstractmethod

from engine.explain.parts import Explanation
from engine.explain.terms import explain
from engine.explain.trace import Entry, explanations
from engine.formula.quantity import ROW_KINDS, Quantity
from engine.program.notation import Notation
from engine.program.scenario import Scenario
from engine.program.steps import Row
from tui.paper.latex import formula, steps_of
from tui.paper.latex_names import number_latex, quantity_latex
from tui.words.batches import titled
from tui.words.format import number


class MathWriter(ABC):
    """What both formats have in common: which formulas stand where."""

    def __init__(self, notation: Notation, digits: int) -> None:
        self.notation, self.digits = notation, digits
        self._at: int | None = None

    def begin(self, scenario: Scenario) -> None:
        """What the walk is of."""
        rate = quantity_latex(Quantity("learning_rate"), self.notation)
        value = number_latex(number(scenario.training.learning_rate, self.digits))
        self._title(scenario, f"{rate} = {value}")

    def entry(self, entry: Entry) -> None:
        """The rule, and its calculations."""
        session, row = entry.session, entry.row
        if session.iteration != self._at:
            self._at = session.iteration
            self._iteration(f"Iteration {session.iteration}, {titled(session.values.examples)}")
        general = explain(session, Quantity(row.quantity, entry.names[0])).rule
        left = quantity_latex(Quantity(row.quantity), self.notation)
        self._step(place_of(entry), row, f"{left} = {formula(general, self.notation)}")
        words: list[str] = []
        for explanation, example in explanations(entry):
            for inner in explanation.where:
                if inner.quantity.kind not in ROW_KINDS:  # it has no step of its own
                    self._lines(inner, example)
            self._lines(explanation, example)
            words += [] if explanation.words in words else [explanation.words]
        for text in filter(None, words):
            self._words(text)

    def _lines(self, explanation: Explanation, example: int | None) -> None:
        left = quantity_latex(explanation.quantity, self.notation)
        if example is not None:
            left = rf"\text{{example {example}: }} {left}"
        forms = steps_of(explanation, self.notation, self.digits)
        self._equation(f"{left} &= " + " \\\\\n&= ".join(forms))

    @abstractmethod
    def _title(self, scenario: Scenario, rate: str) -> None: ...

    @abstractmethod
    def _iteration(self, text: str) -> None: ...

    @abstractmethod
    def _step(self, place: str, row: Row, rule: str) -> None: ...

    @abstractmethod
    def _equation(self, lines: str) -> None: ...

    @abstractmethod
    def _words(self, text: str) -> None: ...

    @abstractmethod
    def end(self) -> None:
        """What comes after the last step."""


def place_of(entry: Entry) -> str:
    """Which of how many steps; a dash for what no step computes."""
    return "–" if entry.step is None else f"{entry.step}/{entry.session.count}"


def heading(place: str, row: Row) -> str:
    """Of a step: which, and of what."""
    layer = "inputs" if row.layer == 0 else f"layer {row.layer}"
    return f"{place} {row.phase}, {layer}"
