"""A walk as a worked solution to hand out, in markdown or LaTeX: of every step the rule, names, numbers and results."""

from abc import ABC, abstractmethod

from engine.explain.parts import Explanation
from engine.explain.trace import Entry, explanations, whole_row
from engine.formula.quantity import ROW_KINDS, Quantity
from engine.program.notation import Notation
from engine.program.scenario import Scenario
from tui.paper.latex import formula, steps_of
from tui.paper.latex_names import number_latex, quantity_latex
from tui.words.batches import titled
from tui.words.format import number
from tui.words.rows import rate_counts, subject_of


class MathWriter(ABC):
    """What both formats have in common: which formulas stand where."""

    def __init__(self, notation: Notation, digits: int) -> None:
        self.notation, self.digits = notation, digits
        self._at: int | None = None

    def begin(self, scenario: Scenario) -> None:
        """What the walk is of."""
        rate = quantity_latex(Quantity("learning_rate"), self.notation)
        if scenario.training.schedule is not None:
            rate += "_{0}"
        value = number_latex(number(scenario.training.learning_rate, self.digits))
        self._title(scenario, f", ${self._set(f'{rate} = {value}')}$" if rate_counts(scenario) else "")

    def entry(self, entry: Entry) -> None:
        """The rule, and its calculations."""
        session = entry.session
        if session.iteration != self._at:
            self._at = session.iteration
            self._iteration(f"Iteration {session.iteration}, {titled(session.values.examples)}")
        general = whole_row(entry)
        left, rule = self.notation.general(general.quantity), formula(general.rule, self.notation)
        rule = rule if left is None else f"{quantity_latex(left, self.notation)} = {rule}"
        self._step(heading(entry), rule)
        words: list[str] = []
        told = set[Quantity]()
        for explanation, example in explanations(entry):
            for inner in explanation.where:
                if inner.quantity.kind not in ROW_KINDS and inner.quantity not in told:  # it has no step of its own
                    self._lines(inner, example)
            self._lines(explanation, example)
            told.add(explanation.quantity)
            words += [] if explanation.words in words else [explanation.words]
        for text in filter(None, words):
            self._words(text)

    def _lines(self, explanation: Explanation, example: int | None) -> None:
        left = quantity_latex(explanation.quantity, self.notation)
        if example is not None:
            left = rf"\text{{example {example}: }} {left}"
        forms = steps_of(explanation, self.notation, self.digits)
        self._equation(f"{left} &= " + " \\\\\n&= ".join(forms))

    def _set(self, latex: str) -> str:
        """A formula as the format takes it."""
        return latex

    @abstractmethod
    def _title(self, scenario: Scenario, rate: str) -> None: ...

    @abstractmethod
    def _iteration(self, text: str) -> None: ...

    @abstractmethod
    def _step(self, title: str, rule: str) -> None: ...

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


def heading(entry: Entry) -> str:
    """Of a step: which, and of what."""
    row, scenario = entry.row, entry.session.scenario
    layered = f"layer {row.layer}" if row.layer else "inputs"
    return f"{place_of(entry)} {row.phase}, {layered if scenario.graph is None else subject_of(row, scenario)}"
