"""From text to a formula: what binds how, what signs mean, and that nothing typed ends in a traceback."""

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula.calculus import number_of
from engine.formula.field import REAL
from engine.formula.functions import ADD, DIVIDE, EXP, HALF, LOG, MULTIPLY, NEGATE, PI, RAISE, SQRT, SQUARE, SUBTRACT
from engine.formula.tree import Call, Formula, Ref
from engine.program.across.arrangement import TRANSPOSE, pick
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.grammar import parse_formula, parse_operations
from engine.program.operations import Shape
from engine.program.parser import Known
from engine.program.vocabulary import NAMES, VOCABULARY
from engine.program.words import FormulaError
from tests.engine.graphs.bad_graphs import GRAPH
from tests.engine.graphs.files import problems_of, read

NUMBERS: dict[str, Shape] = {"x": (), "y": (), "σ": ()}
SHAPES: dict[str, Shape] = {**NUMBERS, "x²": (), "v": (3,), "A": (2, 3), "B": (3, 2), "S": (3, 3), "P": (4, 4)}
KNOWN = Known(SHAPES, {"later"}, "f")
X, Y, A, B, V = (Ref(name) for name in "xyABv")


def parsed(text: str, known: Known = KNOWN) -> Formula:
    return parse_formula(text, known).formula


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x + y * 2", ADD(X, MULTIPLY(Y, 2.0))),
        ("x - y - 2", SUBTRACT(SUBTRACT(X, Y), 2.0)),
        ("x / y / 2", DIVIDE(DIVIDE(X, Y), 2.0)),
        ("A @ B @ A", MATRIX_PRODUCT(MATRIX_PRODUCT(A, B), A)),
        ("x * A @ B", MATRIX_PRODUCT(MULTIPLY(X, A), B)),  # @ binds like *
        ("-x ** 3", NEGATE(RAISE(X, 3.0))),
        ("x ** y ** 3", RAISE(X, RAISE(Y, 3.0))),
        ("x ** -1", RAISE(X, -1.0)),
        ("x ** 2", SQUARE(X)),
        ("x^2", SQUARE(X)),
        ("y²", SQUARE(Y)),
        ("y²²", SQUARE(SQUARE(Y))),
        ("x²", Ref("x²")),  # a name of its own
        ("(x)²", SQUARE(X)),
        ("-2", -2.0),
        ("- -2", 2.0),
        ("+x", X),
        ("−x", NEGATE(X)),
        ("x−y", SUBTRACT(X, Y)),
        ("x·y", MULTIPLY(X, Y)),
        ("x × y", MULTIPLY(X, Y)),
        ("½·x", MULTIPLY(HALF, X)),
        ("π·x", MULTIPLY(PI, X)),
        ("e^x", EXP(X)),
        ("e^−x", EXP(NEGATE(X))),
        ("e ** (x + y)", EXP(ADD(X, Y))),
        ("2·e^x", MULTIPLY(2.0, EXP(X))),
        ("ln x", LOG(X)),
        ("ln y²", LOG(SQUARE(Y))),
        ("ln(x) * y", MULTIPLY(LOG(X), Y)),
        ("√x", SQRT(X)),
        ("√(x + y)", SQRT(ADD(X, Y))),
        ("√x·y", MULTIPLY(SQRT(X), Y)),
        ("A.T", TRANSPOSE(A)),
        ("A.T @ A", MATRIX_PRODUCT(TRANSPOSE(A), A)),
        ("(A @ B).T", TRANSPOSE(MATRIX_PRODUCT(A, B))),
        ("A.2", pick(2)(A)),
        ("A.2.3", pick(2, 3)(A)),
        ("v.1*2", MULTIPLY(pick(1)(V), 2.0)),
        ("A.T.3", pick(3)(TRANSPOSE(A))),
        (".5", 0.5),
        ("1.5e-3", 0.0015),
        ("1e−3", 0.001),
        ("σ", Ref("σ")),
        ("σ(x)", VOCABULARY["sigmoid"].make([X], [()])),
        ("σ (σ)", VOCABULARY["sigmoid"].make([Ref("σ")], [()])),
    ],
)
def test_what_a_text_means(text: str, formula: Formula) -> None:
    assert parsed(text) == formula
    assert parsed(f"  {text}  ") == formula


def test_names_win_over_signs_and_functions_where_they_are_known() -> None:
    known = Known({"e": (), "ln": (), "π": (), "x": ()})
    assert parsed("e^x", known) == RAISE(Ref("e"), X)
    assert parsed("ln * ln(x)", known) == MULTIPLY(Ref("ln"), LOG(X))
    assert parsed("π", known) == Ref("π")


def test_what_is_not_known_yet_is_no_problem_of_its_own() -> None:
    made = parse_formula("u @ A + conv(u, A)", Known({"u": None, "A": (2, 3)}))
    assert made.shape is None


CALLS = {
    "conv": "conv(P, S)",
    "max_pool": "max_pool(P, 2)",
    "avg_pool": "avg_pool(P, 2)",
    "reshape": "reshape(A, 3, 2)",
    "dot": "dot(v, v)",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_function_of_the_vocabulary_is_called(name: str) -> None:
    entry = VOCABULARY[name]
    text = CALLS.get(name, f"{name}({', '.join(['A'] * entry.least)})")
    assert parse_formula(text, KNOWN).shape is not None
    assert name in entry.like


def test_operations_as_nodes() -> None:
    made = parse_operations("1 / (1 + e^(−(x * y + sqrt(2)))) + A.T.1.2", KNOWN)
    assert [(part.name, part.text) for part in made] == [
        ("f_1", "x * y"),
        ("f_2", "f_1 + sqrt(2)"),
        ("f_3", "−f_2"),
        ("f_4", "e^f_3"),
        ("f_5", "1 + f_4"),
        ("f_6", "1 / f_5"),
        ("", "f_6 + A.T.1.2"),
    ]
    assert [part.text for part in parse_operations("x", KNOWN)] == ["x"]
    assert [part.text for part in parse_operations("(A @ B).T", KNOWN)] == ["A @ B", "f_1.T"]


# Written and read again


def leaf() -> st.SearchStrategy[Formula]:
    return st.one_of(st.sampled_from([X, Y]), st.floats(0, 1e300).map(float), st.sampled_from([HALF, PI]))


def formulas() -> st.SearchStrategy[Formula]:
    def grown(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        two = st.sampled_from([ADD, SUBTRACT, MULTIPLY, DIVIDE, RAISE])
        one = st.sampled_from([NEGATE, EXP, SQRT, SQUARE, LOG])
        pairs = st.tuples(two, inner, inner).map(lambda drawn: drawn[0](*drawn[1:]))
        return st.one_of(pairs, st.tuples(one, inner).map(lambda drawn: drawn[0](drawn[1])))

    return st.recursive(leaf(), grown, max_leaves=12)


BINDS = {"+": (1, 1, 2), "-": (1, 1, 2), "*": (2, 2, 3), "/": (2, 2, 3), "**": (4, 5, 4)}


def written(formula: Formula, least: int = 0) -> str:
    """As short as the grammar allows, in brackets where it binds less."""
    if isinstance(formula, Ref):
        return formula.name
    if isinstance(formula, float):
        return repr(formula)
    if not isinstance(formula, Call):
        return formula.text  # type: ignore[union-attr]
    name = formula.function.name
    if name in BINDS:
        level, left, right = BINDS[name]
        a, b = formula.arguments
        text = f"{written(a, left)} {name} {written(b, right)}"
    elif name == "negate":
        level, text = 3, f"-{written(formula.arguments[0], 3)}"
    elif name == "square":
        level, text = 4, f"{written(formula.arguments[0], 5)}²"
    else:
        level, text = 5, f"{name}({written(formula.arguments[0])})"
    return f"({text})" if level < least else text


def folded(formula: Formula) -> Formula:
    """What the parser makes of signs before numbers, and of a power of 2."""
    if not isinstance(formula, Call):
        return formula
    arguments = tuple(map(folded, formula.arguments))
    if formula.function is NEGATE and isinstance(arguments[0], float):
        return -arguments[0]
    if formula.function is RAISE and arguments[1] == 2.0:
        return SQUARE(arguments[0])
    return Call(formula.function, arguments)


@settings(max_examples=400, deadline=None)
@given(formulas())
def test_a_formula_is_read_as_it_was_written(formula: Formula) -> None:
    found, expected = parsed(written(formula), Known(NUMBERS)), folded(formula)
    assert written(found) == written(expected)
    numbers: dict[Any, float] = {X: 0.75, Y: 1.5}
    one, other = (number_of(which, numbers, REAL) for which in (found, expected))
    assert one == other or (math.isnan(one) and math.isnan(other))


# Whatever is typed

PIECES = [
    *("x", "y", "v", "A", "B", "later", "f", "q", "e", "ln", "σ", "x²", "π"),
    *("+", "-", "*", "/", "**", "^", "@", ".T", ".1", ".2.3", ".", "(", ")", ",", "=", "²", "½", "√", "·", "−", "×"),
    *("1", "2.5", "1e-3", "1e999", ".5", "0", " ", "  ", "\t", "[", "]", "{t}", "|", "%", ">", "☃", "\u202e"),
    *("sum(", "conv(", "max(", "reshape(", "concat(", "cross_entropy(", "tahn(", "axis=rows", "stride = 1", "eps="),
]


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=40)))
def test_a_formula_is_read_or_told_why_not(text: str) -> None:
    for parse in (parse_formula, parse_operations):
        found = re.match(r"column (\d+): \S", why_not(parse, text) or "column 1: read")
        assert found
        assert 1 <= int(found[1]) <= len(text) + 1


def why_not(parse: Callable[[str, Known], object], text: str) -> str:
    """What is wrong with a formula; nothing if it is read."""
    try:
        parse(text, KNOWN)
    except FormulaError as error:
        return str(error)
    return ""


WORDS = st.sampled_from(["a", "W", "csv", "init", "for", "nodes", "shape"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.integers(-3, 3), st.floats(), st.booleans(), st.text(max_size=3), st.sampled_from(["a", "h", "E", "W"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "W", "csv", "init", "for", "nodes", "shape"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(c if c.isalnum() else "_" for c in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    return repr(value)


KEYS = ["inputs", "targets", "constants", "nodes", "error", "upstream", "gates", "shown", "parameters", "quantity"]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(KEYS), VALUES, st.sampled_from(["graph", "example", "data"]))
def test_a_file_is_read_or_told_why_not(key: str, value: Any, table: str) -> None:
    lines = GRAPH.split("\n")
    at = lines.index({"graph": "[graph]", "example": "[[example]]", "data": "[[example]]"}[table])
    if table == "data":
        lines[at:] = ["[data]"]
    elif key == "nodes":
        lines = [line for line in lines if not line.startswith(("nodes", "  ", "]"))]
        at = lines.index("[graph]")
    else:
        lines = lines[: at + 1] + [line for line in lines[at + 1 :] if not line.startswith(f"{key} ")]
    lines.insert(at + 1, f"{key} = {toml(value)}")
    assert all(problem.message for problem in problems_of("\n".join(lines)))


def test_a_thousand_nodes_are_read_at_once() -> None:
    text = GRAPH.replace(
        '  "E = half', '  { for = "t = 1..3000", nodes = ["s{t} = s{t-1} + a"] },\n  "E = s3000 + half', 1
    ).replace("c = 2", "c = 2, s0 = 0")
    graph = read(text).graph
    assert graph is not None
    assert len(graph.graph_nodes) == 3002
