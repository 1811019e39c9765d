"""Formulas over numbers, vectors and matrices, laid out as matrices: what is written comes to what is computed."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from engine.explain.laid_out import LaidOut, form
from engine.explain.matrix import Matrix
from engine.explain.sheet import Sheet
from engine.formula.activations import ACTIVATIONS
from engine.formula.functions import ADD, DIVIDE, EXP, MULTIPLY, NEGATE, SQRT, SQUARE, SUBTRACT
from engine.formula.losses import LOSSES
from engine.formula.quantity import Quantity
from engine.formula.softmax import Softmax
from engine.formula.tree import ATOM, CHOICE, Call, Derivative, Function, Operand, Ref, Symbol, Writing
from engine.program.across.arrangement import JOIN, TRANSPOSE
from engine.program.across.products import DOT, MATRIX_PRODUCT
from engine.program.across.rows import ByRow
from engine.program.chain_rule import added, parts_of, pulled, pulled_formula, slopes
from engine.program.equations import Equation, Program, value_of
from engine.program.operations import NoFormulaError
from tests.engine.test_equations import cases, shape_of

SIGMOID, TANH = (ACTIVATIONS[name].function for name in ("sigmoid", "tanh"))
SOFTMAX = Function(name="softmax", writing=Writing("softmax({0})", ATOM, (CHOICE,)), across=ByRow(Softmax))
ERROR = LOSSES["half_squared_error"].function(1)
A, B, K, Q, S, T, V, W, X, b, c, h, m, o, s, t, u, z = map(Ref, [*"ABKQSTVWX", *"bchmostuz"])

ATTENTION = {
    "Q": MATRIX_PRODUCT(X, Ref("WQ")),
    "K": MATRIX_PRODUCT(X, Ref("WK")),
    "V": MATRIX_PRODUCT(X, Ref("WV")),
    "S": DIVIDE(MATRIX_PRODUCT(Q, TRANSPOSE(K)), SQRT(2.0)),
    "A": SOFTMAX(S),
    "O": MATRIX_PRODUCT(A, V),
    "E": ERROR(Ref("O"), T),
}
CELL = {  # of vectors, one of them on the left; products and squares number by number; one value used again and again
    "z": ADD(MATRIX_PRODUCT(JOIN(u, m), W), b),
    "h": TANH(z),
    "c": ADD(MULTIPLY(SIGMOID(h), m), MULTIPLY(SQUARE(h), s)),
    "o": MULTIPLY(DIVIDE(NEGATE(c), ADD(2.0, SQUARE(h))), EXP(h)),
    "E": ERROR(o, t),
}
LINES = {"B": ADD(SUBTRACT(MULTIPLY(X, u), m), s), "A": MATRIX_PRODUCT(TRANSPOSE(B), B), "E": ERROR(A, T)}
ROW = {"z": MATRIX_PRODUCT(W, u), "A": SOFTMAX(z), "c": MATRIX_PRODUCT(m, A), "E": ERROR(c, t)}

TARGETS = {"t", "T"}
PROGRAMS = {
    "attention": (ATTENTION, {"X": (3, 4), "WQ": (4, 2), "WK": (4, 2), "WV": (4, 2), "T": (3, 2)}),
    "a cell": (CELL, {"u": (2,), "m": (3,), "W": (5, 3), "b": (3,), "s": (), "t": (3,)}),
    "rows": (LINES, {"X": (4, 3), "u": (3,), "m": (3,), "s": (), "T": (3, 3)}),
    "one row": (ROW, {"W": (3, 2), "u": (2,), "m": (3,), "t": ()}),
}
SHOWN = {
    ("attention", "S"): "S = Q·Kᵀ / √(2)",
    ("attention", "A"): "A = softmax (S)",
    ("attention", "dO"): "dO = O − T",
    ("attention", "dV"): "dV = Aᵀ·dO",
    ("attention", "dA"): "dA = dO·Vᵀ",
    ("attention", "dS"): "dS = A/Sᵀ·dA",
    ("attention", "dQ"): "dQ = (dS / √(2))·K",
    ("attention", "dK"): "dK = (Qᵀ·(dS / √(2)))ᵀ",
    ("attention", "dX"): "dX = dQ·WQᵀ + dK·WKᵀ + dV·WVᵀ",
    ("attention", "dWQ"): "dWQ = Xᵀ·dQ",
    ("a cell", "z"): "z = Wᵀ·[u, m] + b",
    ("a cell", "h"): "h = tanh (z)",
    ("a cell", "c"): "c = σ (h) ∘ m + (h ∘ h)·s",
    ("a cell", "do"): "do = o − t",
    ("a cell", "dW"): "dW = [u, m]·dzᵀ",
    ("a cell", "db"): "db = dz",
    ("a cell", "dz"): "dz = h/z ∘ dh",
    ("a cell", "dm"): "dm = W·dz + σ (h) ∘ dc",
    ("a cell", "du"): "du = W·dz",
    ("rows", "B"): "B = X ∘ u − m + s",
    ("rows", "A"): "A = Bᵀ·B",
    ("rows", "dB"): "dB = (dA·Bᵀ)ᵀ + B·dA",
    ("rows", "dm"): "dm = Σ (−dB)",
    ("one row", "dz"): "dz = A/zᵀ·dA",
    ("one row", "dW"): "dW = dz·uᵀ",
}


class Numbers:
    """What signs of formulas mean to whole values: `*` is ·, `//` is ∘, `/` goes number by number."""

    def __init__(self, array):
        self.array = array

    def __mul__(self, other):
        return Numbers(self.array @ other.array if isinstance(other, Numbers) else self.array * other)

    def __rmul__(self, number):
        return Numbers(number * self.array)

    def __floordiv__(self, other):
        assert self.array.shape == other.array.shape
        return Numbers(self.array * other.array)

    def __truediv__(self, other):
        return Numbers(self.array / (other.array if isinstance(other, Numbers) else other))

    def __add__(self, other):
        assert self.array.shape == other.array.shape
        return Numbers(self.array + other.array)

    def __radd__(self, number):
        return Numbers(number + self.array)

    def __sub__(self, other):
        assert self.array.shape == other.array.shape
        return Numbers(self.array - other.array)

    def __rsub__(self, number):
        return Numbers(number - self.array)

    def __neg__(self):
        return Numbers(-self.array)

    @property
    def T(self):  # noqa: N802
        return Numbers(self.array.T)


def softmax(x):
    """Of each row; a vector, which is a column here, is one row."""
    rows = x.array.T if x.array.shape[1] == 1 else x.array
    powers = np.exp(rows)
    shares = powers / powers.sum(axis=1, keepdims=True)
    return Numbers(shares.T if x.array.shape[1] == 1 else shares)


MEANINGS = {
    "tanh": lambda x: Numbers(np.tanh(x.array)),
    "exp": lambda x: Numbers(np.exp(x.array)),
    "σ": lambda x: Numbers(1 / (1 + np.exp(-x.array))),
    "σ′": lambda x: Numbers(np.exp(-x.array) / (1 + np.exp(-x.array)) ** 2),
    "softmax": softmax,
    "√": np.sqrt,
    "Σ": lambda x: Numbers(x.array.sum(axis=0)[:, np.newaxis]),
}


class Walk:
    """A program with numbers, and the derivatives by all its values."""

    def __init__(self, name, batch=1):
        formulas, given = PROGRAMS[name]
        random = np.random.default_rng(3)
        parameters = [value for value in given if value[0] in "Wb"]
        empty = Program(dict(given), {}, {}, (), ("E",))
        for target, formula in formulas.items():
            empty.shapes[target] = empty.shape(formula)
        equations = tuple(Equation(target, formula) for target, formula in formulas.items())
        names = {
            value: (value if value == "E" else "w" if value in parameters else "y", element_names(value, shape))
            for value, shape in empty.shapes.items()
        }
        spans = dict.fromkeys(parameters, slice(0))
        self.program = Program(empty.shapes, names, spans, equations, ("E",))
        self.values = {
            value: random.normal(size=(1 if value in parameters else batch, *shape)) for value, shape in given.items()
        }
        for equation in equations:
            self.values[equation.target] = value_of(equation, self.values.__getitem__)
        self.adjoints = {"E": np.ones((batch, *empty.shapes["E"]))}
        for value in [*(equation.target for equation in equations[-2::-1]), *(set(given) - TARGETS)]:
            parts = parts_of(self.program, value, self.values.__getitem__, self.adjoints.__getitem__)
            self.adjoints[value] = added(parts)
        self.numbers = self._numbers()
        examples = [f"ex. {number + 1}" for number in range(batch)] if batch > 1 else ()
        self.sheet = Sheet(self.program, lambda quantity, example: self.numbers[quantity, example], examples=examples)

    def _numbers(self):
        found = {}
        for value, (kind, names) in self.program.names.items():
            for what, arrays in ((kind, self.values), (f"dE/d{kind}", self.adjoints)):
                for example, of_one in enumerate(arrays.get(value, ())):
                    numbers = zip(names, of_one.ravel().tolist(), strict=True)
                    found |= {(Quantity(what, name), example): number for name, number in numbers}
        return found

    def number(self, quantity, example):
        """Any number, local derivatives among them."""
        if quantity.kind != "dy/dy":
            return self.numbers[quantity, example]
        of, by = quantity.subject.split(".")[0], quantity.through.split(".")[0]
        found = slopes(self.program, of, self.values.__getitem__)[example]
        at = [int(number) - 1 for number in quantity.subject.split(".")[1:]]
        if found.ndim > len(self.program.shapes[by]):
            at.append(int(quantity.through.split(".")[-1]) - 1)
        return found[tuple(at)]

    def array(self, matrix):
        rows, columns = matrix.shape
        return np.array([[self.number(*matrix.place(i, j)) for j in range(columns)] for i in range(rows)])

    def right_side(self, one):
        text, matrices = "", []
        for piece in one.pieces[1:]:
            if isinstance(piece, Matrix):
                text += f"M[{len(matrices)}]"
                matrices.append(Numbers(self.array(piece)))
            else:
                text += f"({piece.value})" if isinstance(piece, Operand) else piece
        text = text.removeprefix(" = ").replace("−", "-").replace(")ᵀ", ").T")
        text = text.replace("·", "*").replace("∘", "//").replace("⊘", "/").replace("½", "0.5")
        text = re.sub(r"(tanh|exp|softmax|σ′|σ) (M\[\d+\])", r"\1(\2)", text)
        text = text.replace("Σ (", "Σ(")
        for _ in range(2):
            text = re.sub(r"Σ (M\[\d+\]|Σ\(M\[\d+\]\))", r"Σ(\1)", text)
        for number, sign in enumerate(("√", "σ′", "σ", "Σ")):
            text = text.replace(f"{sign}(", f"F{number}(")
        signs = {f"F{number}": MEANINGS[sign] for number, sign in enumerate(("√", "σ′", "σ", "Σ"))}
        return eval(text, {"M": matrices, **MEANINGS, **signs}).array  # the text is our own


def element_names(value, shape):
    places = product(*(range(1, size + 1) for size in shape))
    return tuple(".".join((value, *map(str, place))) for place in places)


def said(one):
    """An equation in one line; a derivative of E by Q is dQ, of A by S A/S."""
    texts = []
    for piece in one.pieces:
        if isinstance(piece, Matrix):
            kind = piece.kind
            text = f"d{piece.name}" if kind.startswith("dE") else piece.name
            if kind == "dy/dy":
                text = f"{piece.place(0, 0)[0].subject.split('.')[0]}/{piece.name}"
            text = f"({text})" if piece.argument else text
            texts.append(text + "ᵀ" * piece.transposed)
        else:
            texts.append(str(piece.quantity.subject) if isinstance(piece, Operand) else piece)
    return "".join(texts)


def forms_of(walk):
    """Every form by what it computes; numbers alone have none."""
    program, sheet, found = walk.program, walk.sheet, {}
    for value, shape in program.shapes.items():
        ways = {value: lambda name: [sheet.forward(name)]} if value in program.equation else {}
        if value in program.parameters:
            ways[f"d{value}"] = lambda name: [sheet.parameters(name, program.consumers[name])]
        elif value not in {"E", *TARGETS}:
            ways[f"d{value}"] = sheet.backward
        for what, way in ways.items():
            try:
                found[what] = way(value)
            except NoFormulaError:
                assert not shape
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_right_side_is_the_left_side(name):
    walk = Walk(name)
    for forms in forms_of(walk).values():
        for one in forms:
            left, right = walk.array(one.result), walk.right_side(one)
            assert left.shape == right.shape, said(one)
            np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-12, err_msg=said(one))


@pytest.mark.parametrize(("name", "what"), SHOWN)
def test_how_it_is_written(name, what):
    assert said(forms_of(Walk(name))[what][0]) == SHOWN[name, what]


def test_through_a_function_of_rows_each_row_has_its_own_jacobian():
    walk = Walk("attention")
    second = walk.sheet.backward("S")[1]
    assert [matrix.shape for matrix in second.matrices] == [(3, 1), (3, 3), (3, 1)]
    assert second.matrices[1].place(0, 2)[0] == Quantity("dy/dy", "A.2.3", "S.2.1")
    assert second.result.place(1, 0)[0] == Quantity("dE/dy", "S.2.2")


def test_of_a_batch_columns_times_rows_are_the_sum_over_the_examples():
    walk = Walk("a cell", batch=3)
    found = walk.sheet.parameters("W", walk.program.consumers["W"])
    assert [matrix.shape for matrix in found.matrices] == [(5, 3), (5, 3), (3, 3)]
    left, right = walk.array(found.matrices[1]), walk.array(found.matrices[2])
    np.testing.assert_allclose(left @ right, walk.adjoints["W"].sum(axis=0), rtol=1e-12)
    with pytest.raises(NoFormulaError):  # a sum over the examples that is no product of matrices
        walk.sheet.parameters("b", walk.program.consumers["b"])


def test_numbers_alone_are_no_matrices():
    shapes = {"u": (), "s": (), "z": (), "E": ()}
    names = {name: (name if name == "E" else "y", (name,)) for name in shapes}
    equations = (Equation("z", ADD(u, s)), Equation("E", SQUARE(z)))
    sheet = Sheet(Program(shapes, names, {}, equations, ("E",)), lambda quantity, example: 1.0)
    for way in (lambda: sheet.forward("z"), lambda: sheet.backward("u")):
        with pytest.raises(NoFormulaError):
            way()


SIGNS = {
    MATRIX_PRODUCT.name: lambda a, b: a @ b,
    TRANSPOSE.name: lambda a: a.T,
    DOT.name: lambda a, b: a.T @ b,
    JOIN.name: lambda a, b: np.concatenate([np.atleast_2d(a), np.atleast_2d(b)]),
    "∘": np.multiply,
    "⊘": np.divide,
    "()": lambda a: a,
    "sum of rows": lambda a: a.sum(axis=0)[:, np.newaxis],
    "softmax": lambda a: softmax(Numbers(a)).array,
    "σ": lambda a: 1 / (1 + np.exp(-a)),
    "σ′": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "sigmoid′": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
    "tanh′": lambda a: 1 - np.tanh(a) ** 2,
    "negate": np.negative,
    "square": np.square,
    "√": np.sqrt,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    **{name: getattr(np, name) for name in ("tanh", "exp", "log", "sqrt")},
}


def amounts_to(laid, walk):
    """What a formula with matrices comes to; what goes number by number takes equal sizes, or a number."""
    if isinstance(laid, Matrix):
        return walk.array(laid)
    if isinstance(laid, Operand):
        return laid.value
    if not isinstance(laid, Call):
        return laid.value if isinstance(laid, Symbol) else laid
    operands = [amounts_to(argument, walk) for argument in laid.arguments]
    sizes = {np.shape(operand) for operand in operands if np.size(operand) > 1}
    assert laid.function in (MATRIX_PRODUCT, JOIN, DOT) or len(sizes) < 2
    return SIGNS[laid.function.name](*operands)


@settings(max_examples=150, deadline=None)
@given(case=cases(across=False))
def test_any_formula_with_matrices_amounts_to_it_and_to_what_it_pulls_back(case):
    shapes, formula, values, _, random = case
    equation = Equation("z", formula)
    shapes["z"] = shape_of(formula, shapes)
    names = {value: ("y", element_names(value, shape)) for value, shape in shapes.items()}
    walk = object.__new__(Walk)
    walk.program = Program(shapes, names, {}, (equation,), ("E",))
    walk.values = {value: array[:1] for value, array in values.items()}
    walk.values["z"] = value_of(equation, walk.values.__getitem__)
    back = random.normal(size=(1, *shapes["z"]))
    walk.adjoints = {"z": back}
    for value in equation.operands:
        walk.adjoints[value] = pulled(walk.program, equation, value, walk.values.__getitem__, back)
    walk.numbers = walk._numbers()
    sheet = Sheet(walk.program, lambda quantity, example: walk.numbers[quantity, example])

    def number(leaf):
        (quantity, example) = sheet.matrix(leaf, "z").place(0, 0)
        return Operand(quantity, walk.number(quantity, example))

    of = {Ref("z"): lambda: formula}
    for value in equation.operands:
        of[Derivative(value)] = lambda value=value: pulled_formula(walk.program, equation, value)
    for leaf, way in of.items():
        result = sheet.matrix(leaf, "z")
        layout = LaidOut(walk.program, lambda leaf: sheet.matrix(leaf, "z"), number, result)
        try:
            laid = layout.of(way())
        except NoFormulaError:
            continue
        expected = walk.array(result)
        assert form(result, laid).result is result
        found = np.broadcast_to(amounts_to(laid, walk), expected.shape)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
