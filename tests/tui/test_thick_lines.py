"""In a lecture the numbers of a calculation are drawn in thick digits, as large as there is room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.files import load_scenario, shipped_names
from engine.walking.session import Session
from tests.tui.screens import opened, press, screen_text, sizes
from tui.panels.equation import equation
from tui.panels.thick_lines import DOTS, thick_lines
from tui.view.keys import BY_KEY, LECTURE, shown
from tui.view.seen import View
from tui.words.calculation import Run, known, numbers_of, spaced, text_of
from tui.words.thick import GLYPHS, Dot, has_thick

ROOMS = [(46, 6), (68, 18), (118, 30)]


def read(lines, dot):
    """What thick lines say: a sign for each glyph, found by its dots alone."""
    rows = [line.plain for line in lines]
    texts = []
    for start in range(0, len(rows), dot.rows + 1):
        halves = [[cell in on for cell in row] for row in rows[start : start + dot.rows] for on in ("▀█", "▄█")]
        wide = max(map(len, halves))
        dots = [[half[x] if x < len(half) else False for x in range(0, wide, dot.wide)] for half in halves]
        grid = dots[:: dot.high][:5]
        texts.append(_signs(["".join("#" if cell else " " for cell in row) for row in grid]))
    return texts


def _signs(grid):
    """The glyphs one by one, each with a blank column after it."""
    found = ""
    while grid[0]:
        signs = sorted(GLYPHS, key=lambda sign: -len(GLYPHS[sign][0]))
        sign = next(sign for sign in signs if _begins(grid, GLYPHS[sign]))
        found += sign
        grid = [row[len(GLYPHS[sign][0]) + 1 :] for row in grid]
    return found


def _begins(grid, glyph):
    wide = len(glyph[0])
    return all(row[: wide + 1].ljust(wide + 1) == f"{part} " for row, part in zip(grid, glyph, strict=True))


@given(
    numbers=st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=3),
    dot=st.sampled_from(DOTS),
    columns=st.integers(30, 200),
)
def test_what_is_drawn_can_be_read_again(numbers, dot, columns):
    runs = [Run("= ")]
    for number in numbers:
        runs += [Run(str(number), "x"), Run(" + ")]
    runs = runs[:-1]
    lines = thick_lines(runs, columns, dot)
    if lines is None:
        return
    assert all(line.cell_length <= columns for line in lines)
    assert "".join(read(lines, dot)).replace(" ", "") == text_of(runs).replace(" ", "")


def test_signs_without_thick_ones_leave_the_line_as_it_is():
    assert thick_lines([Run("Ω")], 100, Dot(1, 1)) is None
    assert not has_thick("Ω")
    assert "".join(read(thick_lines([Run("½ · 4")], 100, Dot(1, 1)), Dot(1, 1))).replace(" ", "") == "1/2·4"


def lecture(session):
    return View(session, session, 0, session.scenario.names(canonical=False), 4, lecturing=True)


@pytest.mark.parametrize("name", shipped_names())
def test_every_calculation_of_a_lecture_fits_its_room(name):
    start = Session.open(load_scenario(name))
    for done in range(1, start.count + 1):
        view = lecture(start.seek(start.first, done))
        for width, height in ROOMS:
            lines = equation(view, width, height)
            assert len(lines) <= height
            assert all(line.cell_length <= width for line in lines)


@pytest.mark.parametrize("place", [2, 9, 14])
def test_numbers_are_thick_where_there_is_room(place):
    """Of mazur's steps: a sum over two lines, a product, an update."""
    view = lecture(Session.open(load_scenario("mazur")).seek(0, place))
    explanation = view.explanation
    assert known(explanation)
    wanted = text_of(spaced(numbers_of(explanation, 4))).replace(" ", "")
    lines = equation(view, 118, 30)
    first = next(number for number, line in enumerate(lines) if "█" in line.plain or "▄" in line.plain)
    last = max(number for number, line in enumerate(lines) if {*line.plain} & {*"▀▄█"})
    drawn = lines[first : last + 1]
    assert f"={wanted}" in {"".join(_read_if(drawn, dot)).replace(" ", "") for dot in DOTS}


def _read_if(lines, dot):
    """What the lines say if they are drawn with dots of this size."""
    try:
        return read(lines, dot)
    except (StopIteration, IndexError, ValueError):
        return []


@sizes
async def test_the_footer_of_a_lecture_has_its_keys_only(size):
    async with opened("google", size, notes=True) as (app, pilot):
        before = screen_text(app).splitlines()[-1]
        await press(pilot, "m")
        footer = screen_text(app).splitlines()[-1].split()
        assert [word for word in footer if word in {shown(key) for key in BY_KEY}] == [
            shown(key) for key in sorted(LECTURE, key=[*BY_KEY].index)
        ]
        await press(pilot, "m")
        assert screen_text(app).splitlines()[-1] == before
