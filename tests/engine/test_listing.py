"""What scripts write of formulas over whole values computes what the walk computes, forward and back."""

import functools
import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula.activations import ACTIVATIONS
from engine.formula.functions import (
    ADD,
    BY_NAME,
    DIVIDE,
    EXP,
    LOG,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATE,
    RAISE,
    SQRT,
    SQUARE,
    SUBTRACT,
)
from engine.formula.tree import Ref
from engine.program.across.arrangement import CONCAT, CONCAT_COLUMNS, JOIN, STOP, TRANSPOSE, pick, reshape
from engine.program.across.batch import BATCH_MEAN, BATCH_VARIANCE
from engine.program.across.fused_losses import fused_loss
from engine.program.across.joined import REDUCTIONS, reduction
from engine.program.across.pictures import avg_pool, conv, max_pool
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.across.rows import LOG_SOFTMAX, SOFTMAX, layer_norm
from engine.program.chain_rule import pulled
from engine.program.coded import NUMPY, TORCH, Code, Language
from engine.program.equations import Equation, Program, value_of
from engine.program.graph import is_shared
from engine.program.listing import Listing
from engine.program.operations import ShapeError

SHAPES = {
    "s": (),
    "u": (3,),
    "v": (3,),
    "A": (2, 3),
    "B": (3, 2),
    "C": (3, 3),
    "P": (2, 4, 5),
    "K": (3, 2, 2, 2),
    "k": (2, 2),
}
UNARY = [
    *(ACTIVATIONS[name].function for name in ("sigmoid", "tanh")),
    *(NEGATE, SQUARE, TRANSPOSE, SOFTMAX),
    lambda a: EXP(ACTIVATIONS["tanh"].function(a)),
    lambda a: LOG(ADD(2.0, SQUARE(a))),
    lambda a: MAXIMUM(0.25, a),
    lambda a: MULTIPLY(SQRT(2.0), a),
    lambda a: ADD(a, STOP(SQUARE(a))),
    *(reduction(name, axis) for name in REDUCTIONS for axis in ("", "rows", "columns")),
    *(pick(1), pick(2), pick(2, 1), pick(1, 1, 2)),
    *(reshape(3, 2), reshape(1, 6), reshape(6), reshape(1, 3)),
    *(layer_norm(), layer_norm(0.5), LOG_SOFTMAX),
    *(BATCH_MEAN, BATCH_VARIANCE),
    *(max_pool(2), avg_pool(2)),
    *(BY_NAME[name] for name in ("abs", "sign", "step", "erf", "sin", "tan", "cosh")),
    *(ACTIVATIONS[name].function for name in ("relu", "leaky_relu", "gelu", "silu", "elu", "softplus")),
    lambda a: RAISE(a, 3.0),
    lambda a: RAISE(ADD(2.0, SQUARE(a)), 0.5),
    lambda a: RAISE(2.0, a),
]
BINARY = [ADD, SUBTRACT, MULTIPLY, lambda a, b: DIVIDE(a, ADD(2.0, SQUARE(b))), MATRIX_PRODUCT, JOIN, CONCAT_COLUMNS]
BINARY += [fused_loss("cross_entropy", "softmax"), fused_loss("binary_cross_entropy", "sigmoid")]
BINARY += [MAXIMUM, MINIMUM, CONCAT, lambda a, b: RAISE(ADD(2.0, SQUARE(a)), b), conv(), conv(2, 1)]
OF_ONE = ("A", "C", "s", "K")
"""The values of `numbers` that are the same for every example."""


def shape_of(formula):
    return Program(SHAPES, {}, {}, (), ("E",)).shape(formula)


def numbers(seed, batch):
    random = np.random.default_rng(seed)
    return {name: random.normal(size=(1 if name in OF_ONE else batch, *shape)) for name, shape in SHAPES.items()}


@st.composite
def formulas(draw, depth=3):
    """A formula over the given values, whatever its shape."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return Ref(draw(st.sampled_from(sorted(SHAPES))))
    operands = [draw(formulas(depth - 1)) for _ in range(draw(st.integers(1, 2)))]
    for kind in draw(st.permutations(UNARY if len(operands) == 1 else BINARY)):
        formula = kind(*operands)
        try:
            shape_of(formula)
        except ShapeError:
            continue
        return formula
    return operands[0]


def program_of(formula):
    equation = Equation("E", formula)
    shared = frozenset(OF_ONE) | ({"E"} if is_shared(formula, OF_ONE) else set())
    return Program(SHAPES | {"E": shape_of(formula)}, {}, {}, (equation,), ("E",), shared=shared), equation


def computed(text, language, given):
    space = {"np": np}
    exec("\n".join(language.definitions), space)
    return eval(text, space | given)


def given_numbers(known, alone=False):
    return {name: value[0] if alone or name in OF_ONE else value for name, value in known.items()}


def written_as_walked(formula, seed, batch):
    program, equation = program_of(formula)
    known = numbers(seed, batch)
    made = value_of(equation, known.__getitem__)
    space = given_numbers(known)
    language = Language(NUMPY, batch)
    listing = Listing(program, language, lambda name: name)
    per_example = "E" not in program.shared
    code = listing.made(equation)
    assert (code.shape, code.per_example) == (program.shapes["E"], per_example)
    forward = computed(code.text, language, space)
    np.testing.assert_allclose(forward, made if per_example else made[0], rtol=1e-9, atol=1e-9)
    adjoint = np.random.default_rng(seed + 1).normal(size=(batch if per_example else 1, *program.shapes["E"]))
    space |= {"E": forward, "dE": adjoint if per_example else adjoint[0]}
    for name in equation.operands:
        back = pulled(program, equation, name, {**known, "E": made}.__getitem__, adjoint)
        own = name not in program.shared
        expected = np.broadcast_to(back, (batch, *program.shapes[name])) if own else back.sum(axis=0)
        for one in (False, True):
            given_as = language.number(1.0) if one else Code("dE", 4, program.shapes["E"], per_example)
            if one:
                ones = np.ones_like(adjoint)
                back = pulled(program, equation, name, {**known, "E": made}.__getitem__, ones)
                expected = back if own else back.sum(axis=0)
            total = sum(computed(part.text, language, space) for part in listing.pulled(equation, name, given_as))
            np.testing.assert_allclose(total, np.broadcast_to(expected, np.shape(total)), rtol=1e-9, atol=1e-9)
            assert np.shape(total) == ((batch,) if own else ()) + SHAPES[name]


def written_alone(formula, seed):
    """Of a single example, with no axis for it; of numbers Python's own."""
    program, equation = program_of(formula)
    known = numbers(seed, 1)
    made = value_of(equation, known.__getitem__)
    space = {name: float(v) if v.shape == () else v for name, v in given_numbers(known, alone=True).items()}
    language = Language(NUMPY, 1, alone=True)
    listing = Listing(program, language, lambda name: name)
    code = listing.made(equation)
    assert (code.shape, code.per_example) == (program.shapes["E"], False)
    forward = computed(code.text, language, space)
    np.testing.assert_allclose(forward, made[0], rtol=1e-9, atol=1e-9)
    adjoint = np.random.default_rng(seed + 1).normal(size=(1, *program.shapes["E"]))
    space |= {"E": forward, "dE": adjoint[0]}
    for name in equation.operands:
        back = pulled(program, equation, name, {**known, "E": made}.__getitem__, adjoint)[0]
        parts = listing.pulled(equation, name, listing.named("E", "dE"))
        total = sum((computed(part.text, language, space) for part in parts), np.zeros(SHAPES[name]))
        np.testing.assert_allclose(total, back, rtol=1e-9, atol=1e-9)
        assert all(np.shape(computed(part.text, language, space)) == SHAPES[name] for part in parts)


@settings(max_examples=300, deadline=None)
@given(formula=formulas(), seed=st.integers(0, 99), batch=st.sampled_from([1, 2, 3]), alone=st.booleans())
def test_formulas_of_any_shape(formula, seed, batch, alone):
    if alone:
        written_alone(formula, seed)
    else:
        written_as_walked(formula, seed, batch)


@pytest.mark.parametrize("name", sorted(SHAPES))
@pytest.mark.parametrize("number", range(len(UNARY)))
def test_every_function_of_every_shape(name, number):
    try:
        shape_of(UNARY[number](Ref(name)))
    except ShapeError:
        return
    for batch in (1, 3):
        written_as_walked(UNARY[number](Ref(name)), 1, batch)
        written_as_walked(SQUARE(UNARY[number](SQUARE(Ref(name)))), 1, batch)
    written_alone(UNARY[number](Ref(name)), 1)


@pytest.mark.parametrize("left", sorted(SHAPES))
@pytest.mark.parametrize("right", sorted(SHAPES))
@pytest.mark.parametrize("kind", [MATRIX_PRODUCT, JOIN, CONCAT_COLUMNS, ADD, MULTIPLY, MAXIMUM, RAISE, *BINARY[-7:]])
def test_every_pair_of_shapes(left, right, kind):
    """Also those that are not drawn often: one for all with one for each example, numbers with matrices."""
    formula = kind(ADD(1.0, SQUARE(Ref(left))) if kind is RAISE else Ref(left), Ref(right))
    try:
        shape_of(formula)
    except ValueError:
        return
    written_as_walked(formula, 1, 3)
    written_alone(formula, 1)


@pytest.mark.parametrize("name", ["u", "A", "B"])
def test_functions_of_whole_rows(name):
    written_as_walked(SOFTMAX(Ref(name)), 2, 3)
    written_as_walked(MULTIPLY(SOFTMAX(ADD(Ref(name), Ref("s"))), Ref(name)), 2, 3)


@pytest.mark.parametrize(
    ("formula", "forward", "back"),
    [
        (
            ADD(MATRIX_PRODUCT(Ref("A"), Ref("u")), Ref("s")),
            "u @ A.T + s",
            {"A": "dE.T @ u", "u": "dE @ A", "s": "dE.sum()"},
        ),
        (MATRIX_PRODUCT(Ref("B"), Ref("A")), "B @ A", {"B": "dE @ A.T", "A": "(B.swapaxes(1, 2) @ dE).sum(axis=0)"}),
        (MATRIX_PRODUCT(Ref("u"), Ref("v")), 'np.einsum("bq,bq->b", u, v)', {"v": "u * dE[:, np.newaxis]"}),
        (JOIN(Ref("u"), Ref("v")), "np.concatenate((u, v), axis=1)", {"u": "dE[:, :3]", "v": "dE[:, 3:]"}),
    ],
)
def test_it_is_written_as_one_writes_it(formula, forward, back):
    program, equation = program_of(formula)
    listing = Listing(program, Language(NUMPY, 3), lambda name: name)
    assert listing.made(equation).text == forward
    for name, text in back.items():
        (part,) = listing.pulled(equation, name, listing.named("E", "dE"))
        assert part.text == text


def found_by_autograd(formula, seed, batch):
    import torch

    program, equation = program_of(formula)
    known = numbers(seed, batch)
    space = {name: torch.tensor(value) for name, value in given_numbers(known).items()}
    library = {"tensor": functools.partial(torch.tensor, dtype=torch.float64), "torch": torch, "F": torch.nn.functional}
    for tensor in space.values():
        tensor.requires_grad_()
    language = Language(TORCH, batch)
    made, expected = (
        Listing(program, language, lambda name: name).made(equation),
        value_of(equation, known.__getitem__),
    )
    exec("\n".join(language.definitions), library)
    result = eval(made.text, library | space)
    np.testing.assert_allclose(result.detach(), expected if made.per_example else expected[0], rtol=1e-9, atol=1e-9)
    result.sum().backward()
    for name in equation.operands:
        back = pulled(program, equation, name, {**known, "E": expected}.__getitem__, np.ones_like(expected))
        summed = back if name not in program.shared else back.sum(axis=0)
        np.testing.assert_allclose(space[name].grad, np.broadcast_to(summed, space[name].shape), rtol=1e-9, atol=1e-9)


needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")


@needs_torch
@settings(max_examples=200, deadline=None)
@given(formula=formulas(), seed=st.integers(0, 99), batch=st.sampled_from([1, 3]))
def test_autograd_finds_what_comes_back(formula, seed, batch):
    found_by_autograd(formula, seed, batch)


@needs_torch
@pytest.mark.parametrize("name", sorted(SHAPES))
@pytest.mark.parametrize("number", range(len(UNARY)))
def test_autograd_through_every_function(name, number):
    formula = UNARY[number](Ref(name))
    try:
        shape_of(formula)
    except ShapeError:
        return
    for batch in (1, 3):
        found_by_autograd(formula, 1, batch)


@needs_torch
@pytest.mark.parametrize("left", sorted(SHAPES))
@pytest.mark.parametrize("right", sorted(SHAPES))
def test_autograd_through_two(left, right):
    for kind in BINARY:
        formula = kind(ADD(1.0, SQUARE(Ref(left))) if kind is RAISE else Ref(left), Ref(right))
        try:
            shape_of(formula)
        except ValueError:
            continue
        found_by_autograd(formula, 1, 3)
