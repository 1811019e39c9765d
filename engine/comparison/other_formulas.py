"""A graph in which a node's formula is another one, and all derivatives are those of that one.

Who has them differentiated by a library makes no mistake on the way back: what is wrong is a formula, and everything
else follows from it. Of layers that is a setting; of graphs it is each way to rewrite each node.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from engine.comparison.cause import WORDS
from engine.comparison.faults import Place
from engine.comparison.forward_faults import fits, rewritten
from engine.comparison.row_faults import without_numbers
from engine.comparison.settings import Setting
from engine.formula.tree import Formula, Ref, Symbol, filled, leaves
from engine.formula.written import text_pieces
from engine.program.graph import Graph, GraphNode
from engine.program.steps import Row, Steps

MOST = 2_000
"""So many formulas are tried."""

Other = tuple[str, Formula, Mapping[str, Any]]
"""The mistake, what it makes of a formula, and what more there is to say."""


def other_formulas(place: Place) -> Iterator[Setting]:
    """Every graph that has another formula in one node, or in those of each step that are called alike."""
    graph = place.scenario.graph
    if graph is None:
        return
    others = {node.name: list(_others(place, node)) for node in graph.graph_nodes}
    if sum(map(len, others.values())) > MOST:
        return
    for node in graph.graph_nodes:
        steps = [one for one in graph.graph_nodes if without_numbers(one.name) == without_numbers(node.name)]
        for number, (cause, its_own, details) in enumerate(others[node.name]):
            alone = {node.name: its_own}
            twins = {one.name: others[one.name][number] for one in steps if number < len(others[one.name])}
            all_of_them = {name: formula for name, (its_cause, formula, _) in twins.items() if its_cause == cause}
            for scope in (alone, all_of_them) if len(all_of_them) > 1 and node is steps[0] else (alone,):
                setting = _with(place, graph, cause, scope, details)
                if setting is not None:
                    yield setting


def _others(place: Place, node: GraphNode) -> Iterator[Other]:
    for cause, _, formula, details in rewritten(place, node.formula):
        if formula != node.formula and fits(place, formula, node.name):
            yield cause, formula, details


def _with(
    place: Place, graph: Graph, cause: str, formulas: dict[str, Formula], details: Mapping[str, Any]
) -> Setting | None:
    """The graph with other formulas; None where it takes another walk, as where a node is one of all examples."""
    nodes = tuple(
        replace(node, formula=formulas[node.name]) if node.name in formulas else node for node in graph.graph_nodes
    )
    changed = replace(graph, graph_nodes=nodes)
    scenario = replace(place.scenario, network=changed)
    steps = Steps(changed, scenario.training)
    if [*map(_same, steps.rows)] != [*map(_same, place.steps.rows)] or steps.program.shared != place.program.shared:
        return None
    name, formula = next(iter(formulas.items()))
    more = f" (and so in {', '.join(list(formulas)[1:])})" if len(formulas) > 1 else ""
    right = next(node.text for node in graph.graph_nodes if node.name == name)
    words = f"{WORDS[cause]}. Yours: {name} = {_text(formula)}{more}; it should be {name} = {right}"
    return Setting(cause, scenario, words, at=f"y:{name}", details=details)


def _same(row: Row) -> tuple[object, ...]:
    return row.quantity, row.layer, row.items, row.values, row.node


def _text(formula: Formula) -> str:
    symbols = {leaf: Symbol(leaf.name) for leaf in leaves(formula) if isinstance(leaf, Ref)}
    return "".join(map(str, text_pieces(filled(formula, symbols))))
