"""What stands at a port going back: the factor by which a derivative is multiplied on its way through a formula."""

from functools import lru_cache

from engine.formula.functions import MULTIPLY
from engine.formula.tree import Call, Derivative, Formula, Ref, Symbol, filled, leaves
from engine.formula.written import text_pieces
from engine.program.across.products import MatrixProduct
from engine.program.chain_rule import pulled_formula
from engine.program.elementwise import operation
from engine.program.equations import Program
from engine.program.formulas import program_of
from engine.program.graph import Graph
from engine.program.operations import NoFormulaError
from tui.graph.formulas.columns import Known
from tui.graph.formulas.geometry import Edge, Factor
from tui.graph.formulas.outline import said

BACK = "∂"
"""What comes back to the port, where a formula is no product of it and a factor."""
TIMES = "·"


@lru_cache(maxsize=16)
def known_factors(graph: Graph) -> Known:
    """The factors at a graph's ports: by value and user as a formula, where they are no single numbers."""
    return Known(_factors(graph))


def _factors(graph: Graph) -> dict[Edge, Factor]:
    program = program_of(graph)
    found = {}
    for node in graph.graph_nodes:
        equation = program.equation[node.name]
        for source in equation.operands:
            if not graph.shapes[source] and not graph.shapes[node.name]:
                continue
            try:
                found[source, node.name] = _factor(program, pulled_formula(program, equation, source), node.name)
            except NoFormulaError:
                found[source, node.name] = Factor(BACK)
    return found


def _factor(program: Program, formula: Formula, target: str) -> Factor:
    by: dict[Formula, Formula] = {
        leaf: Symbol(BACK if leaf == Derivative(target) else _name(leaf)) for leaf in leaves(formula)
    }
    text = "".join(piece for piece in text_pieces(filled(formula, by)) if isinstance(piece, str))
    if text.startswith(BACK + TIMES) and BACK not in text[1:]:
        return Factor(text[1:], _shape(program, formula, 1))
    if text.endswith(TIMES + BACK) and BACK not in text[:-1]:
        return Factor(text[:-1], _shape(program, formula, 0))
    return Factor("" if text == BACK else text)


def _shape(program: Program, formula: Formula, place: int) -> str:
    """The shape of one factor of a product; nothing where what is multiplied is no matrix that the formula has."""
    products = isinstance(formula, Call) and (
        formula.function is MULTIPLY or isinstance(operation(formula.function), MatrixProduct)
    )
    return said(program.shape(formula.arguments[place])) if products and isinstance(formula, Call) else ""


def _name(leaf: object) -> str:
    if isinstance(leaf, Ref):
        return leaf.name
    if isinstance(leaf, Derivative):
        return f"∂{leaf.of or 'E'}/∂{leaf.by}"
    assert isinstance(leaf, Symbol)
    return leaf.text
