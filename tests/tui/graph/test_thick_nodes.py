"""In a lecture each node has one number in thick digits, where all of them have room for it."""

import numpy as np
import pytest
from msgspec.structs import replace

from engine.files import load_scenario
from engine.formula.arithmetic import locked
from engine.walking.session import Session
from tests.networks import make
from tui.graph.from_view import picture_of
from tui.graph.layout import layout
from tui.graph.paint import draw
from tui.graph.picture import shape_of
from tui.view.seen import View
from tui.words.format import number
from tui.words.thick import THIN, thick


def picture(name, done, *, lecturing=True):
    return shown_in_lecture(Session.open(load_scenario(name)).seek(0, done), lecturing=lecturing)


def shown_in_lecture(session, *, lecturing=True):
    return picture_of(View(session, session, 0, session.scenario.names(canonical=True), 4, lecturing=lecturing))


def inside(drawing, box):
    """What stands in a box."""
    rows = drawing.text.splitlines()
    return [rows[row][box.x + 1 : box.right - 1] for row in box.inside]


# of iteration 0 of mazur: inputs only, total inputs, outputs, the errors, derivatives going back
@pytest.mark.parametrize(
    ("done", "hidden", "output"),
    [(3, ("y", True), (None, False)), (4, ("y", False), ("x", True)), (8, (None, False), ("dE/dx", True))],
)
def test_the_number_is_the_newest_one(done, hidden, output):
    shown = picture("mazur", done)
    drawing = draw(shown, 120, 18)
    for layer, (kind, lit) in ((1, hidden), (2, output)):
        for at, box in drawing.geometry.boxes.items():
            if at.layer != layer:
                continue
            lines = inside(drawing, box)
            assert len(lines) == THIN.rows
            field = next((field for field in shown.node(at).fields if field.role == kind), None)
            assert any(_in(lines, text) for text in spellings(field))
            assert ("•" in "".join(lines)) == lit


def spellings(field):
    """How a number may be written where there is little room: with fewer digits, and without the 0 before the point."""
    if field is None:
        return ["—"]
    texts = [number(field.value, digits) for digits in (4, 3)]
    return [*texts, *(text.replace("0.", ".", 1) for text in texts)]


def _in(lines, text):
    return all(part.strip() in line for part, line in zip(thick(text, THIN), lines, strict=True))


@pytest.mark.parametrize(("columns", "rows"), [(70, 12), (80, 10), (120, 7)])
def test_without_room_all_is_as_it_was(columns, rows):
    shown = picture("mazur", 5)
    assert draw(shown, columns, rows).text == draw(replace(shown, thick=False), columns, rows).text


def test_who_is_no_lecture_has_all_numbers():
    shape = shape_of(picture("mazur", 5, lecturing=False))
    assert not shape.thick
    assert not any(column.thick for column in layout(shape, 200, 60).layers)


@pytest.mark.parametrize("name", ["mazur", "google", "xor", "four-layer", "two-in-a-layer", "softmax"])
def test_boxes_stay_apart_and_inside(name):
    for columns, rows in ((100, 15), (120, 20), (200, 30), (240, 60)):
        geometry = layout(shape_of(picture(name, 3)), columns, rows)
        cells = [(x, y) for box in geometry.nodes for x in range(box.x, box.right) for y in range(box.y, box.bottom)]
        assert len(cells) == len(set(cells))
        assert all(0 <= x < columns and 0 <= y < rows for x, y in cells)
        assert {column.thick for column in geometry.layers} in ({True}, {False})


def numbers_by_form(drawing):
    """How many boxes have a number in thick digits, and how many have one in letters."""
    written = ["".join(inside(drawing, box)) for box in drawing.geometry.nodes]
    return (
        sum(any(block in text for block in "█▀▄") for text in written),
        sum(any(letter.isdigit() for letter in text) for text in written),
    )


def test_a_picture_has_all_its_numbers_thick_or_none():
    """Tiny and large numbers take more room, and words such as `tiny` have no thick form."""
    network = make((1, 2, 1), "identity", "identity")
    seen = set()
    for weights in (network.theta, [-1e-7, 0.35, 0.0, 0.0, 0.5, 123456.5, 0.0], [-1e-120, 2e-300, 0, 0, 1, 1, 0]):
        session = Session.open(replace(network, theta=locked(np.array(weights, dtype=float))))
        for done in range(2, session.count + 1):
            shown = shown_in_lecture(session.seek(0, done))
            for columns in range(64, 130, 3):
                drawing = draw(shown, columns, 16)
                thick_ones, thin_ones = numbers_by_form(drawing)
                if drawing.geometry.layers[0].thick:
                    assert not (thick_ones and thin_ones), drawing.text
                    seen.add(bool(thick_ones))
    assert seen == {True, False}
