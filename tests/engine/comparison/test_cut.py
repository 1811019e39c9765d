"""Printed digits that are cut off and not rounded."""

import numpy as np
import pytest

from engine import compare
from engine.comparison.rounding import cut, roundings
from tests.engine.comparison.numbers import arrays_of, completed
from tests.networks import make, mazur


def truncated(number, decimals):
    return f"{np.trunc(number * 10**decimals) / 10**decimals:.{decimals}f}"


def written(path, numbers, decimals):
    lines = []
    for name, array in numbers.items():
        rows = [", ".join(truncated(one, decimals) for one in row) for row in np.atleast_2d(array)]
        lines.append(f"{name} = [[{'], ['.join(rows)}]]")
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("decimals", [4, 6])
@pytest.mark.parametrize("scenario", [mazur(), make((3, 4, 2), "tanh", examples=3, batch=3, seed=8)], ids=str)
def test_a_printout_that_is_cut_off_agrees(scenario, decimals, tmp_path):
    session = completed(scenario)
    found = compare(session, written(tmp_path / "n.txt", arrays_of(session), decimals))
    assert found.agrees
    assert "printed digits are cut off, not rounded" in found.said
    row = next(row for row in found.rows if row.cut)
    assert abs(row.given) < abs(row.computed)
    assert "agrees, cut off" in str(compare(session, {row.quantity: row.given})) or row.example


def test_one_number_with_digits_enough():
    session = completed(mazur())
    for number, right in ((0.7513, True), (0.75, True), (0.7512, False), (0.7515, False), (0.7514, True), (0.7, False)):
        assert compare(session, {"y[o1]": number}).agrees == right
    assert compare(session, {"dy/dx[o1]": 0.18681}).agrees  # 0.186815…
    assert not compare(session, {"E": 0.2}).agrees  # of one digit, that says nothing


def test_rounded_numbers_are_not_taken_for_cut_off_ones(tmp_path):
    """One number that is wrong by one in its last digit stays wrong where the others are rounded."""
    session = completed(mazur())
    numbers = {name: float(f"{array[0, 0]:.4f}") for name, array in arrays_of(session).items() if array.ndim == 2}
    given = {"x[h1]": 0.3775, "y[h1]": 0.5932, "x[o1]": 1.1059, "y[o1]": 0.7514, "dE/dx[o1]": 0.1385, "w+[w5]": 0.3589}
    found = compare(session, given)
    assert [row.quantity for row in found.rows if row.verdict == "wrong"] == ["y[h1]"]
    assert not found.said
    assert numbers["da2"]


def test_the_cause_is_found_in_numbers_that_are_cut_off(tmp_path):
    session = completed(make((3, 4, 2), seed=3))
    numbers = arrays_of(session)
    dz1 = numbers["da1"]
    wrong = {name: numbers[name] for name in ("z1", "a1", "z2", "a2", "dz2", "da1")}
    wrong |= {"dz1": dz1, "dW1": dz1.T @ session.values.inputs}
    found = compare(session, written(tmp_path / "n.txt", wrong, 5))
    assert [(cause.cause, cause.at) for cause in found.causes] == [("slope-forgotten", "dE/dx:1")]
    assert found.first.given == float(truncated(dz1[0, 0], 5))


def test_every_step_cut_off():
    """By whoever goes on from what is written down."""
    session = completed(mazur())
    w, o = arrays_of(session), session.values

    def kept(array):
        return np.array([[float(truncated(one, 3)) for one in row] for row in np.atleast_2d(array)])

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    h = kept(sigmoid(kept(o.inputs @ w["W1"].T + 0.35)))
    out = kept(sigmoid(kept(h @ w["W2"].T + 0.6)))
    dz2 = kept(kept(out - o.targets) * out * (1 - out))
    back = kept(dz2 @ w["W2"])
    numbers = {"dE/dw[w5]": kept(dz2.T @ h)[0, 0], "dE/dw[w6]": kept(dz2.T @ h)[0, 1]}
    numbers |= {"dE/dx[h1]": kept(back * h * (1 - h))[0, 0], "dE/dy[h1]": back[0, 0]}
    exact = {name: np.array(number) for name, number in numbers.items()}
    (cause,) = compare(session, exact).causes
    assert (cause.cause, dict(cause.details)) == ("rounded", {"decimals": 3, "cut": True})
    assert "cut off after 3 decimals, not rounded" in cause.words


@pytest.mark.parametrize(
    ("number", "exponent", "left"),
    [(0.59326999, -4, 0.5932), (-0.0226, -4, -0.0226), (0.3, -1, 0.3), (123.9, 1, 120.0), (-0.00009, -4, 0.0)],
)
def test_what_is_left(number, exponent, left):
    assert cut(number, exponent) == left


def test_each_way_keeps_what_it_says():
    numbers = np.array([0.59326999, -123.456, 0.0])
    for one in roundings():
        made = one.made(numbers)
        (kind, count), *_ = one.details.items()
        unit = 10.0**-count if kind == "decimals" else 10.0 ** (np.floor(np.log10(np.abs(numbers[:2]))) - count + 1)
        off = np.abs(made - numbers)[:2]
        assert (off <= unit * (1.0 if one.details.get("cut") else 0.5) * (1 + 1e-6)).all()
        assert made[2] == 0
        assert (np.abs(made) <= np.abs(numbers) + 1e-15).all() or not one.details.get("cut")
