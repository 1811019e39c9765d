"""Matrices as text: aligned, never wider than there is room, `…` for what is left out."""

import pytest
from msgspec.structs import replace
from textual.content import Content

from engine.program.notation import CANONICAL, NOTATIONS
from engine.walking.session import Session
from tests.networks import make, mazur
from tui.panels.equation import equation
from tui.panels.matrix import visible
from tui.view.seen import View


def at(scenario, done, width=76, height=12, digits=4, notation=CANONICAL, detail="layer", example=0):
    session = Session.open(scenario, detail).seek(0, done)
    return joined(View(session, session, example, notation, digits, matrices=True), width, height).plain


def joined(view, width, height):
    return Content("\n").join(equation(view, width, height))


def lines(text):
    return [line.rstrip() for line in text.splitlines()]


def test_total_inputs():
    assert lines(at(mazur(), 2)) == [
        "     x⁽¹⁾   =    W⁽¹⁾     ·     y⁽⁰⁾  +  b⁽¹⁾",
        "                i1    i2",
        "h1 ⎡0.3775⎤ = ⎡0.15  0.2⎤ · i1 ⎡0.05⎤ + ⎡0.35⎤",
        "h2 ⎣0.3925⎦   ⎣0.25  0.3⎦   i2 ⎣0.1 ⎦   ⎣0.35⎦",
        "    (2×1)   =    (2×2)    ·    (2×1)  + (2×1)",
        "",
        "x[h1] = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775",
    ]


def test_outputs():
    assert lines(at(mazur(), 3))[:5] == [
        "     y⁽¹⁾   = σ  (x⁽¹⁾)",
        "h1 ⎡0.5933⎤ = σ ⎡0.3775⎤",
        "h2 ⎣0.5969⎦     ⎣0.3925⎦",
        "    (2×1)   = σ  (2×1)",
        "σ is applied to each number.",
    ]


def test_an_outer_product():
    assert lines(at(mazur(), 9, notation=NOTATIONS["mazur"]))[:5] == [
        "         ∂E/∂W⁽²⁾       =    δ⁽²⁾    ·     out⁽¹⁾ᵀ",
        "       h1        h2",
        "o1 ⎡ 0.08217   0.08267⎤ = ⎡ 0.1385 ⎤ · [0.5933  0.5969]",
        "o2 ⎣−0.02260  −0.02274⎦   ⎣−0.03810⎦",
        "          (2×2)         =   (2×1)    ·      (1×2)",
    ]


def test_shapes_of_four_layers_at_80x24():
    text = at(make((4, 2, 2, 1)), 2, 76, 6, notation=NOTATIONS["four-layer"])
    assert " ".join(lines(text)[0].split()) == "z⁽¹⁾ = W⁽¹⁾ · a⁽⁰⁾ + b⁽¹⁾"
    assert " ".join(lines(text)[-1].split()) == "(2×1) = (2×4) · (4×1) + (2×1)"
    assert "…" not in text


def test_biases_stand_beside_where_there_is_room():
    wide, narrow = (at(make((2, 2, 2)), 9, width) for width in (150, 70))
    assert "dE/db⁽²⁾ = dE/dx⁽²⁾" in " ".join(lines(wide)[0].split())
    assert "dE/db⁽²⁾ = dE/dx⁽²⁾" in " ".join(narrow.split())


def test_the_last_layer_has_its_own_symbol():
    notation = NOTATIONS["four-layer"].with_outputs(["o1"])
    assert "s⁽³⁾" in at(make((4, 2, 2, 1)), 7, notation=notation)
    assert "∂C/∂s⁽³⁾ = s⁽³⁾ − y⁽³⁾" in " ".join(at(make((4, 2, 2, 1)), 9, notation=notation).split())


def test_a_batch_has_a_column_for_each_example():
    text = at(make((2, 2, 1), examples=3, batch=3), 9, 120)
    assert "ex. 1" in text
    assert "ex. 3" in text
    assert "1/3 ·" in text


def test_what_is_not_computed_yet_is_not_shown():
    text = at(mazur(), 3, detail="scalar")
    assert "⎡0.3775⎤" in text
    assert "⎣ —    ⎦" in text


def test_where_there_is_no_form_or_no_room_the_numbers_stand():
    plain = Session.open(mazur()).seek(0, 6)
    view = View(plain, plain, 0, CANONICAL, 4)
    assert joined(view, 76, 10).plain == joined(replace(view, matrices=True), 76, 10).plain
    assert "w1·y[i1]" in at(mazur(), 2, 18, 10)
    assert "w1·y[i1]" in at(mazur(), 2, 76, 3)


@pytest.mark.parametrize("shape", [(2, 2, 2), (4, 2, 2, 1), (9, 5, 3), (16, 30, 10), (1, 1)])
@pytest.mark.parametrize("size", [(76, 6), (60, 4), (116, 11), (196, 50), (30, 5), (56, 3)])
def test_nothing_is_wider_or_higher_than_the_panel(shape, size):
    session = Session.open(make(shape, examples=2, batch=2))
    for _ in range(session.count):
        session = session.forward()
        for digits in (4, None):
            lines = equation(View(session, session, 1, CANONICAL, digits, matrices=True), *size)
            assert len(lines) <= size[1]
            assert max(line.cell_length for line in lines) <= size[0]


def test_what_is_left_out_has_a_sign():
    text = at(make((9, 30, 2)), 2, 60, 8)
    assert text.count("…") >= 8
    assert "(30×9)" in text


@pytest.mark.parametrize("room", range(2, 12))
@pytest.mark.parametrize("keep", [0, 1, 5, 18, 19])
def test_visible_rows(room, keep):
    shown = visible(20, room, keep)
    numbers = [number for number in shown if number is not None]
    assert keep in numbers
    assert len(shown) <= room or room < 3
    assert numbers == sorted(set(numbers))
    for before, after in zip(numbers, numbers[1:], strict=False):
        assert after == before + 1 or None in shown[shown.index(before) : shown.index(after)]
    assert visible(3, 3, 1) == [0, 1, 2]


def test_the_number_in_focus_is_bold_and_the_others_are_lit():
    session = Session.open(mazur()).seek(0, 2)
    content = joined(View(session, session, 0, CANONICAL, 4, matrices=True), 76, 8)
    styles = {content.plain[span.start : span.end]: str(span.style) for span in content.spans}
    assert "bold" in styles["0.3775"] or styles["0.3775"] == "$role-x"
    lit = [str(span.style) for span in content.spans if content.plain[span.start : span.end] == "0.3925"]
    assert lit == ["$role-x on $role-x-lit"]
    used = [str(span.style) for span in content.spans if content.plain[span.start : span.end] == "0.15"]
    assert "bold $text" in used
