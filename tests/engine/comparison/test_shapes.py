"""Arrays in other shapes: biases with two axes, examples that are not summed, the layers of a network in one list."""

import json

import numpy as np
import pytest

from engine import compare
from engine.comparison.compared import read_file
from tests.engine.comparison.numbers import arrays_of, completed
from tests.networks import make

DERIVATIVES = ("dW1", "db1", "dW2", "db2")


def per_example(session):
    """Derivatives of each example's own error."""
    numbers, x = arrays_of(session), session.values.inputs
    ins = {"1": x, "2": numbers["a1"]}
    found = {f"db{k}": numbers[f"dz{k}"] for k in ins}
    return found | {f"dW{k}": np.einsum("ei,ej->eij", numbers[f"dz{k}"], ins[k]) for k in ins}


@pytest.mark.parametrize("way", [lambda b: b[np.newaxis], lambda b: b[:, np.newaxis]], ids=["(1, n)", "(n, 1)"])
@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("bias", ["each", "shared"])
def test_biases_with_two_axes(way, outputs, bias):
    session = completed(make((3, 4, outputs), examples=3, batch=3, bias=bias, seed=2))
    numbers = arrays_of(session)
    numbers |= {name: way(np.atleast_1d(numbers[name])) for name in ("b1", "b2", "db1", "db2")}
    found = compare(session, numbers)
    assert found.agrees
    assert {"dE/db:1", "dE/dw[b1]"} & {row.whole for row in found.rows}


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("divided", [False, True])
@pytest.mark.parametrize("shape", [(3, 4, 2), (2, 3, 1), (4, 4, 4)], ids=str)
def test_examples_that_are_not_summed(reduction, divided, shape):
    """Of each example's own E, or of its part in the mean: which of the two, the numbers say."""
    if divided and reduction == "sum":
        return
    session = completed(make(shape, examples=4, batch=4, reduction=reduction, seed=3))
    numbers = {name: array / (4 if divided else 1) for name, array in per_example(session).items()}
    found = compare(session, numbers)
    assert found.agrees
    joined = "mean" if reduction == "mean" and not divided else "sum"
    said = f"dW1 is not summed over the batch: it has numbers for each of its 4 examples, whose {joined} is compared"
    assert said in found.said
    assert len([words for words in found.said if "not summed" in words]) == 4


def test_examples_in_columns_and_kernels_turned():
    session = completed(make((3, 4, 2), examples=5, batch=5, seed=3))
    numbers = per_example(session)
    turned = {name: array.T if array.ndim == 2 else array.transpose(0, 2, 1) for name, array in numbers.items()}
    assert compare(session, turned).agrees


def test_a_mistake_in_what_is_not_summed():
    session = completed(make((3, 4, 2), examples=5, batch=5, seed=3))
    (cause,) = compare(session, {"db2": -per_example(session)["db2"]}).causes
    assert cause.cause == "sign"


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 4, 2), (2, 3, 3, 1)], ids=str)
@pytest.mark.parametrize("names", [("weights", "biases"), ("W", "b")])
def test_the_layers_in_one_list(shape, names, tmp_path):
    session = completed(make(shape, examples=2, batch=2, seed=3))
    own, count = arrays_of(session), len(shape) - 1
    by = {name: [own[f"{name}{k + 1}"] for k in range(count)] for name in ("W", "b", "dW", "db")}
    numbers = {names[0]: by["W"], names[1]: by["b"], f"grad_{names[0]}": by["dW"], f"grad_{names[1]}": by["db"]}
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps({name: [array.tolist() for array in arrays] for name, arrays in numbers.items()}))
    for given in (path, numbers):
        found = compare(session, given)
        assert found.agrees
        assert not found.unknown
        assert len(found.rows) == 2 * len(session.scenario.network.parameter_names)
    assert len(read_file(path).entries) == (4 if len(set(shape)) == 1 else 4 * count)


def test_activations_with_the_inputs_first():
    session = completed(make((3, 4, 2), examples=2, batch=2, seed=3))
    own = arrays_of(session)
    found = compare(
        session, {"activations": [session.values.inputs, own["a1"], own["a2"]], "zs": [own["z1"], own["z2"]]}
    )
    assert found.agrees
    assert not found.unknown
    assert len(found.rows) == 6 + 2 * (8 + 4)
