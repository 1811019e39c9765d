"""What scripts write of formulas over whole values computes what the walk computes, forward and back."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formula.activations import ACTIVATIONS
from engine.formula.functions import ADD, DIVIDE, EXP, LOG, MULTIPLY, NEGATE, SQUARE, SUBTRACT
from engine.formula.tree import Ref
from engine.program.across.arrangement import CONCAT_COLUMNS, JOIN, TRANSPOSE
from engine.program.across.products import MATRIX_PRODUCT
from engine.program.across.rows import SOFTMAX
from engine.program.chain_rule import pulled
from engine.program.coded import NUMPY, TORCH, Code, Language
from engine.program.equations import Equation, Program, value_of
from engine.program.listing import Listing
from engine.program.operations import ShapeError

SHAPES = {"s": (), "u": (3,), "v": (3,), "A": (2, 3), "B": (3, 2), "C": (3, 3)}
UNARY = [
    *(ACTIVATIONS[name].function for name in ("sigmoid", "tanh")),
    *(NEGATE, SQUARE, TRANSPOSE, SOFTMAX),
    lambda a: EXP(ACTIVATIONS["tanh"].function(a)),
    lambda a: LOG(ADD(2.0, SQUARE(a))),
]
BINARY = [ADD, SUBTRACT, MULTIPLY, lambda a, b: DIVIDE(a, ADD(2.0, SQUARE(b))), MATRIX_PRODUCT, JOIN, CONCAT_COLUMNS]
OF_ONE = ("A", "C", "s")
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
    shared = frozenset(OF_ONE) | (set() if set(equation.operands) - set(OF_ONE) else {"E"})
    return Program(SHAPES | {"E": shape_of(formula)}, {}, {}, (equation,), ("E",), shared=shared), equation


def computed(text, language, given):
    space = {"np": np, **given}
    exec("\n".join(language.definitions), space)
    return eval(text, space)


def given_numbers(known):
    return {name: value[0] if name in OF_ONE else value for name, value in known.items()}


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
        expected = np.broadcast_to(back, (len(adjoint), *program.shapes[name]))
        expected = np.broadcast_to(expected, (batch, *expected.shape[1:])) if own else expected.sum(axis=0)
        for one in (False, True):
            given_as = language.number(1.0) if one else Code("dE", 4, program.shapes["E"], per_example)
            if one:
                ones = np.ones_like(adjoint)
                back = pulled(program, equation, name, {**known, "E": made}.__getitem__, ones)
                expected = back if own else back.sum(axis=0)
            total = sum(computed(part.text, language, space) for part in listing.pulled(equation, name, given_as))
            np.testing.assert_allclose(total, np.broadcast_to(expected, np.shape(total)), rtol=1e-9, atol=1e-9)
            assert np.shape(total) == ((batch,) if own else ()) + SHAPES[name]


@settings(max_examples=300, deadline=None)
@given(formula=formulas(), seed=st.integers(0, 99), batch=st.sampled_from([1, 2, 3]))
def test_formulas_of_any_shape(formula, seed, batch):
    written_as_walked(formula, seed, batch)


@pytest.mark.parametrize("left", sorted(SHAPES))
@pytest.mark.parametrize("right", sorted(SHAPES))
@pytest.mark.parametrize("kind", [MATRIX_PRODUCT, JOIN, ADD, MULTIPLY], ids=lambda kind: kind.name)
def test_every_pair_of_shapes(left, right, kind):
    """Also those that are not drawn often: one for all with one for each example, numbers with matrices."""
    try:
        shape_of(kind(Ref(left), Ref(right)))
    except ValueError:
        return
    written_as_walked(kind(Ref(left), Ref(right)), 1, 3)


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


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@settings(max_examples=200, deadline=None)
@given(formula=formulas(), seed=st.integers(0, 99), batch=st.sampled_from([1, 3]))
def test_autograd_finds_what_comes_back(formula, seed, batch):
    import torch

    program, equation = program_of(formula)
    known = numbers(seed, batch)
    space = {name: torch.tensor(value) for name, value in given_numbers(known).items()}
    for tensor in space.values():
        tensor.requires_grad_()
    listing = Listing(program, Language(TORCH, batch), lambda name: name)
    made, expected = listing.made(equation), value_of(equation, known.__getitem__)
    result = eval(made.text, {"torch": torch, "F": torch.nn.functional, **space})
    np.testing.assert_allclose(result.detach(), expected if made.per_example else expected[0], rtol=1e-9, atol=1e-9)
    result.sum().backward()
    for name in equation.operands:
        back = pulled(program, equation, name, {**known, "E": expected}.__getitem__, np.ones_like(expected))
        summed = back if name not in program.shared else back.sum(axis=0)
        np.testing.assert_allclose(space[name].grad, np.broadcast_to(summed, space[name].shape), rtol=1e-9, atol=1e-9)
