"""A walk as text to read: what is computed, then each number with its calculation."""

from rich.cells import cell_len

from engine.explain.parts import Explanation
from engine.explain.trace import Entry, explanations, whole_row
from engine.formula.quantity import Quantity
from engine.program.notation import Notation
from engine.program.scenario import Scenario
from tui.paper.trace_math import place_of
from tui.words.batches import titled
from tui.words.calculation import known, numbers_of, result_of, rule, symbol, symbols_of, text_of
from tui.words.format import number
from tui.words.rows import rate_counts, subject_of


class TextWriter:
    """Writes steps for reading."""

    def __init__(self, notation: Notation, digits: int) -> None:
        self.notation, self.digits = notation, digits
        self._iteration: int | None = None

    def begin(self, scenario: Scenario) -> None:
        """What the walk is of."""
        rate = symbol(Quantity("learning_rate"), self.notation).text + "₀" * (scenario.training.schedule is not None)
        value = number(scenario.training.learning_rate, self.digits)
        print(f"{scenario.title}  ({scenario.shape}{f', {rate} = {value}' if rate_counts(scenario) else ''})")

    def entry(self, entry: Entry) -> None:
        """What is computed, and how."""
        session, row = entry.session, entry.row
        if session.iteration != self._iteration:
            self._iteration = session.iteration
            print(f"\niteration {session.iteration}, {titled(session.values.examples)}")
        general = text_of(rule(whole_row(entry), self.notation))
        print(f"\n{place_of(entry)}  {row.phase}  {subject_of(row, session.scenario)}  {general}")
        for explanation, example in explanations(entry):
            self._print(explanation, example)

    def end(self) -> None:
        """Nothing more."""

    def _print(self, explanation: Explanation, example: int | None) -> None:
        left = symbol(explanation.quantity, self.notation).text
        if example is not None:
            left += f" (example {example})"
        forms = (
            (symbols_of(explanation, self.notation), numbers_of(explanation, self.digits)) if known(explanation) else ()
        )
        lines = [text_of(form) for form in forms if form]
        lines.append(text_of(result_of(explanation, self.digits)))
        lines = [line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1]]
        blank = " " * cell_len(left)
        for i, line in enumerate(lines):
            print(f"  {blank if i else left} = {line}")
        if explanation.words:
            print(f"  {blank}   {explanation.words}")
