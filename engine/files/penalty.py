"""The penalty of a `[training]`: its settings, and which parameters it is of."""

from collections.abc import Sequence

from engine.files.model import PenaltyPart, TrainingPart, VariantPart
from engine.files.parts import Partial
from engine.files.problems import Problems, nearest
from engine.program.equations import Program
from engine.program.formulas import program_of
from engine.program.graph import Graph
from engine.program.layers import expand
from engine.program.network import Network
from engine.program.penalty import Penalty, only_added


def penalty_of(part: PenaltyPart | None, network: Network | Graph | None, examples: int) -> Penalty | None:
    """The penalty of a table; `examples` are all of the file."""
    if part is None or network is None:
        return None
    return Penalty(
        l2=part.l2,
        l1=part.l1,
        half=part.half,
        per=part.per,
        biases=part.biases,
        parameters=tuple(part.parameters),
        of=tuple(_indices(part, network)),
        examples=examples,
    )


def _indices(part: PenaltyPart, network: Network | Graph) -> Sequence[int]:
    """The indices in θ of what is penalized, in order: weights, or all, or what is named."""
    program = _program(network)
    if part.parameters:
        named = (index for name in part.parameters for index in named_indices(name, network))
        return sorted({*named} & {*_of(program, [*program.parameters])})
    chosen = (name for name in program.parameters if part.biases or not only_added(program, name))
    return _of(program, [*chosen])


def _of(program: Program, names: Sequence[str]) -> Sequence[int]:
    spans = (program.parameters[name] for name in names if program.consumers[name])
    return sorted(index for span in spans for index in range(span.start, span.stop))


def _program(network: Network | Graph) -> Program:
    return program_of(network) if isinstance(network, Graph) else expand(network)


def named_indices(name: str, network: Network | Graph | None) -> Sequence[int]:
    """Where in θ a parameter stands, or of a graph one element of it; nowhere if there is none of this name."""
    if isinstance(network, Graph) and name in network.parameter_spans:
        span = network.parameter_spans[name]
        return range(span.start, span.stop)
    return [network.parameter_index[name]] if network is not None and name in network.parameter_index else []


def known_names(network: Network | Graph) -> Sequence[str]:
    """The names that parameters are called by: of a graph's those that are more than one number, too."""
    wholes = network.parameter_shapes.items() if isinstance(network, Graph) else ()
    return [*network.parameter_index, *(name for name, shape in wholes if shape)]


def check_penalty(
    part: Partial[TrainingPart] | Partial[VariantPart],
    where: str,
    network: Network | Graph | None,
    problems: Problems,
) -> None:
    """Notes a penalty without a strength, and parameters that there are not."""
    if not part.good("penalty") or part.value.penalty is None:
        return
    table, penalty = part.raw.get("penalty"), part.value.penalty
    if isinstance(table, dict) and not {"l1", "l2"} & table.keys():
        problems.add(f"{where}.penalty", "it has no strength", "give l2 = 0.01, or l1")
    if penalty.parameters and penalty.biases:
        problems.add(f"{where}.penalty.biases", "parameters says already which they are", "take one of them out")
    for number, name in enumerate(penalty.parameters if network is not None else (), 1):
        assert network is not None
        if not named_indices(name, network):
            remedy = nearest(name, known_names(network))
            problems.add(f"{where}.penalty.parameters[{number}]", f"there is no parameter {name}", remedy)
