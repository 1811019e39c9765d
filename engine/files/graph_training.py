"""What a graph asks of `[training]`, and how much one step of it handles."""

from collections.abc import Mapping

from engine.files.model import TrainingPart, VariantPart
from engine.files.parts import Partial
from engine.files.problems import Problems
from engine.formula.tree import Call, Formula, Ref
from engine.program.across.batch import BATCH_VARIANCE
from engine.program.elementwise import operation
from engine.program.graph import Graph
from engine.program.operations import Shape


def check_graph_training(
    part: Partial[TrainingPart] | Partial[VariantPart], where: str, graph: Graph, count: int | None, problems: Problems
) -> None:
    """Notes settings that a graph cannot have.

    Args:
        part: the settings.
        where: in the file.
        graph: the function.
        count: the number of examples, or None where it is not known.
        problems: gets what is wrong.
    """
    if part.good("update") and part.value.update == "immediate":
        problems.add(f"{where}.update", "immediate goes by layers, and a graph has none", 'give "simultaneous"')
    if not part.good("batch") or count is None or not _has_variance(graph):
        return
    size = count if part.value.batch == "all" else part.value.batch
    if size == 1 or count % size == 1:
        batch = "a batch has one example" if size == 1 else f"the last batch of {count} examples has one"
        message = f"{batch}, and batch_var is 0 there"
        problems.add(f"{where}.batch", message, 'give a batch of several that leaves no single one, or "all"')


def _has_variance(graph: Graph) -> bool:
    return any(_holds_variance(node.formula) for node in graph.graph_nodes)


def _holds_variance(formula: Formula) -> bool:
    if not isinstance(formula, Call):
        return False
    return formula.function is BATCH_VARIANCE or any(map(_holds_variance, formula.arguments))


def numbers_of(formula: Formula, shapes: Mapping[str, Shape]) -> int:
    """The most numbers that one operation of a formula handles for one example, local derivatives included."""
    most = 0

    def shape(part: Formula) -> Shape:
        nonlocal most
        if isinstance(part, Ref):
            return shapes[part.name]
        if not isinstance(part, Call):
            return ()
        does, given = operation(part.function), [shape(argument) for argument in part.arguments]
        made = does.shape(given)
        most = max(most, does.handled(given))
        return made

    shape(formula)
    return most
