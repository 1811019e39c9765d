"""What a script says beside its lines: which node of a layer stands where; a graph's own formulas, and paths."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from engine.program.equations import Equation, Program
from engine.program.graph import TOTAL_OF_UPSTREAM, Graph
from tui.paper.literals import NAMED


class Remarks(ABC):
    """What is said beside the lines of a script."""

    parameters: str
    """Above the parameters."""
    backward: str = ""
    """Behind the heading of the way back."""

    def elements(self, names: Sequence[str]) -> list[Sequence[str]]:
        """The names that stand beside a given value's numbers."""
        return []

    def of_parameter(self, name: str) -> tuple[list[Sequence[str]], str]:
        """The names beside each row of a parameter, and what is said behind it."""
        return [], ""

    def of_value(self, equation: Equation, line: str) -> str:
        """Behind the line that computes a value."""
        return ""

    def of_path(self, use: Equation) -> str:
        """Behind what comes back through an equation."""
        return ""

    @abstractmethod
    def examples(self, *, alone: bool) -> str:
        """Above the examples."""


class OfLayers(Remarks):
    """Of a layered network."""

    parameters = "# The parameters: in W, a row for each node, a column for each node of the layer before"

    def __init__(self, program: Program) -> None:
        self._program = program

    def examples(self, *, alone: bool) -> str:
        """Above the examples."""
        return "# The examples, a row for each"

    def elements(self, names: Sequence[str]) -> list[Sequence[str]]:
        """The nodes."""
        return [names]

    def of_parameter(self, name: str) -> tuple[list[Sequence[str]], str]:
        """The weights of each node; of a number that several use those."""
        names, shape = self._program.names[name][1], self._program.shapes[name]
        rows = [names[i : i + shape[-1]] for i in range(0, len(names), shape[-1])] if len(shape) == 2 else []
        if not shape:
            return rows, "one for all of " + ", ".join(use.target for use in self._program.consumers[name])
        return rows, ", ".join(names) if len(shape) == 1 and len(names) <= NAMED else ""


class OfGraph(Remarks):
    """Of a graph of formulas."""

    parameters = "# The parameters"
    backward = ": to each value through every node that uses it"

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def examples(self, *, alone: bool) -> str:
        """Above what is given."""
        return "# What is given" if alone else "# What is given, with a row for each example"

    def of_value(self, equation: Equation, line: str) -> str:
        """The file's formula, where the line does not say the same."""
        text = " ".join(self._graph.node[equation.target].text.split())
        return "" if _bare(line) == _bare(f"{equation.target} = {text}") else text

    def of_path(self, use: Equation) -> str:
        """The node through which it comes."""
        return "given" if use.target == TOTAL_OF_UPSTREAM else f"through {use.target}"


def _bare(line: str) -> str:
    """A line without what a library asks for."""
    return re.sub(r"\b(np|torch|F)\.|\.0\b|\s", "", line)
