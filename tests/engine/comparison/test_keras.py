"""A Keras model's own arrays, in its names, its layout and its single precision, agree without an option."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine import Session, compare
from engine.files.read import parse_scenario

RECORDED = json.loads((Path(__file__).parents[2] / "record" / "keras_gradients.json").read_text(encoding="utf-8"))


@pytest.fixture
def session():
    start = Session.open(parse_scenario(RECORDED["scenario"], "keras"))
    return start.seek(0, start.count)


def arrays():
    return {
        name: np.array(numbers, dtype=np.float32).reshape(RECORDED["shapes"][name])
        for name, numbers in RECORDED["arrays"].items()
    }


def test_its_arrays_agree(session):
    found = compare(session, arrays())
    assert found.agrees
    assert len(found.rows) == 52
    assert {row.verdict for row in found.rows} == {"agrees", "float32"}


def test_a_gradient_of_another_sign_does_not(session):
    numbers = arrays()
    numbers["sequential/dense/kernel.grad"] *= -1
    found = compare(session, numbers)
    assert not found.agrees
    assert [cause.cause for cause in found.causes] == ["sign"]


def test_a_ten_thousandth_more_does_not(session):
    numbers = arrays()
    numbers["sequential/dense_1/kernel.grad"][0, 0] *= np.float32(1.0001)
    assert not compare(session, numbers).agrees
