"""A teacher's notes appear where the walk reaches them; a lecture goes from one to the next."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.color import Color

from engine.files import load_scenario
from engine.program.notation import CANONICAL, NOTATIONS
from engine.program.scenario import Note
from engine.walking.session import Session
from tests.networks import mazur
from tests.tui.screens import TextFile, opened, press, screen_text, size_id, sizes
from tui.graph.from_view import picture_of
from tui.panels.big_number import BigNumber, large_number
from tui.panels.equation import EquationPanel
from tui.panels.note import note_lines, note_title, page_count, page_of
from tui.view.seen import View
from tui.words.notes import plain_words, set_words
from tui.words.thick import Dot, dots_wide, largest, thick

LONG = " ".join(f"word{number}" for number in range(300))


def noted(*notes):
    return Session.open(replace(mazur(), notes=notes))


def place(app):
    return app.screen.session.iteration, app.screen.session.done


def test_every_word_of_a_note_is_on_one_page():
    for width, height in ((20, 5), (57, 6), (300, 9)):
        lines = note_lines([Note("E", LONG), Note("E", "another\nline")], CANONICAL, width)
        assert all(line.cell_length <= min(width, 88) for line in lines)
        pages = [page_of(lines, height, page) for page in range(page_count(lines, height))]
        assert all(1 <= len(page) <= height for page in pages)
        words = " ".join(line.plain for page in pages for line in page).split()
        assert words == [*LONG.split(), "another", "line"]
        assert page_of(lines, height, 1000) == pages[-1]


def test_words_of_wide_letters_and_of_markup_fit():
    lines = note_lines([Note("E", "重み[b]とバイアスを更新する[/b]。" * 9)], CANONICAL, 20)
    assert max(line.cell_length for line in lines) in (19, 20)
    assert "[b]" in "".join(line.plain for line in lines)


@pytest.mark.parametrize(
    ("text", "canonical", "mazur"),
    [
        ("no marks, **half, `one", "no marks, **half, `one", "no marks, **half, `one"),
        ("a **total input** is", "a total input is", "a total input is"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("`x = Σ w·y + b`", "x = Σ w·y + b", "net = Σ w·out + b"),
        ("`dE/dw[w5] = y[h1]·dE/dx[o1]`", "dE/dw[w5] = y[h1]·dE/dx[o1]", "∂E_total/∂w5 = out_h1·δ_o1"),
        ("`w[w5] − α·dE/db[b2]`", "w5 − α·dE/dw[b2]", "w5 − η·∂E_total/∂b2"),
        ("`dE/dy[h1<-o1]`", "dE/dy[h1<-o1]", "∂E_o1/∂out_h1"),
        ("`max(0, x)` and `f′(x)`", "max(0, x) and f′(x)", "max(0, net) and f′(net)"),
        ("`[b]x[/b]`", "[b]x[/b]", "[b]x[/b]"),
    ],
)
def test_bold_words_and_formulas_are_set(text, canonical, mazur):
    note = Note("E", text)
    assert plain_words(note, CANONICAL) == set_words(note, CANONICAL).plain == canonical
    assert plain_words(note, NOTATIONS["mazur"]) == set_words(note, NOTATIONS["mazur"]).plain == mazur


def test_bold_is_bold_and_a_quantity_has_its_colour():
    words = set_words(Note("E", "the **slope** of `dE/dx[h1]`"), CANONICAL)
    assert [(words.plain[span.start : span.end], span.style) for span in words.spans] == [
        ("slope", "bold"),
        ("dE/dx[h1]", "$role-de-dx"),
    ]


@pytest.mark.parametrize(
    ("page", "pages", "room", "title"),
    [
        (0, 1, 60, "note   esc: calculation, i: notes off"),
        (0, 3, 60, "note 1/3   esc: calculation, i: goes on"),
        (2, 3, 60, "note 3/3   esc: calculation, i: notes off"),
        (9, 3, 30, "note 3/3   i: notes off"),
        (0, 1, 4, "note"),
    ],
)
def test_the_border_says_what_there_is_and_which_keys_lead_on(page, pages, room, title):
    assert note_title([Note("E", "words")], page, pages, room) == title


@given(
    st.none() | st.floats(allow_nan=True, allow_infinity=True),
    st.integers(16, 90),
    st.integers(3, 30),
    st.sampled_from([4, 6, 9, None]),
)
def test_a_large_number_fits_its_room(value, columns, rows, digits):
    lines = large_number(value, columns, rows, digits)
    assert len(lines) <= rows
    assert all(len(line) <= columns for line in lines)
    assert any(line.strip() for line in lines)


@pytest.mark.parametrize("text", ["-0.32", "−1.2e-5", "1234567890", "∞", "nan", "—", ".0078"])
@given(wide=st.integers(1, 4), taller=st.integers(0, 4))
def test_thick_digits_are_dots_of_their_size(text, wide, taller):
    dot = Dot(wide, min(2 * wide, wide + taller))
    lines = thick(text, dot)
    halves = [[cell in on for cell in line] for line in lines for on in ("▀█", "▄█")]
    assert {len(line) for line in lines} == {dots_wide(text) * dot.wide}
    dots = [row[:: dot.wide] for row in halves[:: dot.high]][:5]
    for y, row in enumerate(halves[: 5 * dot.high]):
        assert row == [dots[y // dot.high][x // dot.wide] for x in range(len(row))]


def test_no_two_digits_look_alike():
    assert len({thick(digit, Dot(2, 2)) for digit in "0123456789"}) == 10


@pytest.mark.parametrize(
    ("columns", "rows", "dot"),
    [(44, 9, Dot(1, 2)), (70, 20, Dot(2, 4)), (29, 3, Dot(1, 1)), (26, 3, None), (29, 2, None)],
)
def test_a_number_takes_the_largest_dots_that_fit(columns, rows, dot):
    assert largest("0.008771", columns, rows) == dot


async def test_a_note_takes_the_place_of_the_calculation_until_that_is_asked_for():
    async with opened(noted(Note("x[h2]", f"[b]hidden[/b] {LONG}"), Note("y[h1]", "short")), (80, 24), notes=True) as (
        app,
        pilot,
    ):
        await press(pilot, "right")
        assert "note" not in screen_text(app)
        await press(pilot, "right")
        assert "[b]hidden[/b] word0 " in screen_text(app)
        assert "note 1/6" in screen_text(app)
        await press(pilot, "i")
        assert "note 2/6" in screen_text(app)
        await press(pilot, "escape")
        assert "= 0.25·0.05 + 0.3·0.1 + 0.35" in screen_text(app)  # of h2, of which the note speaks
        assert "i: note" in screen_text(app)
        await press(pilot, "i")
        assert "note 1/6" in screen_text(app)
        await press(pilot, "up")
        assert "= 0.15·0.05 + 0.2·0.1 + 0.35" in screen_text(app)
        await press(pilot, "escape", "right")
        assert "short" in screen_text(app)
        assert "= 1 / (1 + e^−0.3775)" in screen_text(app)
        await press(pilot, "i")
        assert app.said[-1].startswith("Notes are put away")
        await press(pilot, "left")
        assert "word0" not in screen_text(app)
        await press(pilot, "i", "right")
        assert "short" in screen_text(app)


async def test_with_room_a_note_stands_above_the_whole_calculation_as_matrices_too():
    async with opened("mazur", (120, 40), notes=True) as (app, pilot):
        await press(pilot, "right", "right")
        for line in (
            "A node first gathers",
            "net_h1 = w1·out_i1 + w2·out_i2 + b1",
            "= 0.3775",
            "net_h2 = 0.25·0.05 + 0.3",
        ):
            assert line in screen_text(app)
        await press(pilot, "k")
        for line in ("A node first gathers", "h1 ⎡0.3775⎤ = ⎡0.15  0.2⎤ · i1 ⎡0.05⎤ + ⎡0.35⎤", "(2×1)"):
            assert line in screen_text(app)


async def test_without_room_for_both_matrices_put_the_note_aside():
    async with opened("mazur", (80, 24), notes=True) as (app, pilot):
        await press(pilot, "right", "right")
        assert "A node first gathers" in screen_text(app)
        await press(pilot, "k")
        assert "A node first gathers" not in screen_text(app)
        assert "h1 ⎡0.3775⎤ = ⎡0.15  0.2⎤ · i1 ⎡0.05⎤ + ⎡0.35⎤" in screen_text(app)
        await press(pilot, "i")
        assert "A node first gathers" in screen_text(app)


async def test_of_a_step_without_a_form_as_matrices_the_key_says_so():
    async with opened("mazur") as (app, pilot):
        await press(pilot, *["right"] * 6, "k")
        assert "this one has no such form here" in screen_text(app)


async def test_where_its_numbers_come_from_stands_below_a_note():
    async with opened("google", (200, 60), notes=True) as (app, pilot):
        await press(pilot, "right", "right", "right")
        assert "Second calculation" in screen_text(app)
        assert "where its numbers come from:" in screen_text(app)


async def test_a_note_on_the_total_error_shows_that():
    async with opened("xor", (80, 24), notes=True) as (app, pilot):
        await press(pilot, *["right"] * 6)
        assert "their errors are added: 0.523" in screen_text(app)
        assert "= 0.5225" in screen_text(app)


async def test_a_lecture_goes_from_note_to_note():
    session = noted(Note("E", "error", 0), Note("dE/dw[w2]", "second", 0), Note("E", "far", 2000))
    async with opened(session) as (app, pilot):
        await press(pilot, "m")
        assert app.screen.has_class("lecture")
        visited = []
        for key in ("right", "right", "right", "right", "left", "left", "left", "left", "left"):
            await press(pilot, key)
            visited.append(place(app))
        assert visited == [
            (0, 6),
            (0, 12),
            (2000, 6),
            (2000, 7),
            (2000, 6),
            (0, 12),
            (0, 6),
            (0, 5),
            (0, 4),
        ]
        await press(pilot, "m", "right", "right", "right")
        assert place(app) == (0, 7)
        assert not app.screen.has_class("lecture")


async def test_the_large_number_has_its_quantitys_colour():
    async with opened("mazur") as (app, pilot):
        await press(pilot, "m", "]", "right")
        for role in ("x", "y"):
            number = app.screen.query_one(BigNumber)
            colours = {
                segment.style.color.triplet.hex
                for y in range(number.size.height)
                for segment in number.render_line(y)
                if segment.text.strip(" ") and set(segment.text) <= set(" █▀▄")
            }
            assert colours == {Color.parse(app.theme_variables[f"role-{role}"]).hex.lower()}
            await press(pilot, "right")


async def test_what_the_large_number_tells_is_whole_or_says_that_it_is_cut():
    async with opened("mazur", size=(80, 24), notes=True) as (app, pilot):
        await press(pilot, "m", "]", "right", "right")
        assert re.search(r"activation function at +│\n.*│  net +│\n", screen_text(app))
        app.screen.query_one(BigNumber).styles.height = 7
        await pilot.pause()
        assert "activation function at…" in screen_text(app)


@pytest.mark.parametrize(
    ("done", "kinds"), [(5, ("x", "y")), (7, ("dE/dy", "dE/dx")), (9, ("y", "dE/dx")), (13, ("y", "dE/dx"))]
)
def test_in_a_lecture_a_node_has_the_two_numbers_of_the_step(done, kinds):
    session = noted().seek(0, done)
    for lecturing, shown in ((True, kinds), (False, ("x", "y", "dE/dy", "dE/dx"))):
        layers = picture_of(View(session, session, 0, CANONICAL, 4, lecturing=lecturing)).layers
        assert {tuple(field.role for field in node.fields) for layer in layers[1:] for node in layer} == {shown}
        assert [field.role for node in layers[0] for field in node.fields] == ["y", "y"]


@sizes
async def test_a_lecture_shows_one_calculation_and_its_number_in_thick_digits(size):
    async with opened("google", size, notes=True) as (app, pilot):
        await press(pilot, "m", *["right"] * 4)
        text = screen_text(app)
        assert "h4 =" not in text
        assert "where its numbers come from" not in text
        assert "█" in text or "▀" in text
        await press(pilot, "escape")
        text = screen_text(app)
        small, names = "0.3·0.6035 + 0.8·0.4305 + (−0.1)", "x_h3 = w_h1_h3 · y_h1  +  w_h2_h3 · y_h2  +  b_h3"
        assert (small if size[0] == 80 else names) in text
        assert (small in text) == (size[0] == 80)  # else its numbers are thick


async def test_a_lecture_without_notes_says_so_and_steps():
    async with opened(noted()) as (app, pilot):
        await press(pilot, "m")
        assert "this scenario has no notes" in screen_text(app)
        await press(pilot, "right", "right", "left")
        assert place(app) == (0, 1)


async def test_playing_stops_at_the_notes_of_a_lecture_only():
    async with opened(noted(Note("x[h1]", "words")), notes=True) as (app, pilot):
        timers = []
        app.screen.play.beat.after = lambda seconds, then: timers.append(then) or app.screen.set_timer(1000, then)
        await press(pilot, "a")
        for _ in range(2):
            timers.pop()()
        await press(pilot)
        assert app.screen.play.beat.on
        assert "words" not in screen_text(app)
        await press(pilot, "home", "home", "m", "a")
        for _ in range(2):
            timers.pop()()
        await press(pilot)
        assert not app.screen.play.beat.on
        assert (place(app), "words" in screen_text(app)) == ((0, 2), True)


@sizes
async def test_looks(size, snapshot):
    """A note with the calculation below it, in as much of it as there is room for; a lecture at the same place."""
    async with opened(Session.open(load_scenario("google")), size, notes=True) as (app, pilot):
        seen = [screen_text(app)]
        for keys in (["right"] * 4, ["m", "left", "right"]):
            await press(pilot, *keys)
            app.clear_notifications()
            await press(pilot)
            seen.append(screen_text(app))
        assert "\n".join(seen) == snapshot(extension_class=TextFile, name=size_id(size))


def test_the_pages_of_notes_are_known_before_anything_is_drawn():
    """A key may come as soon as a walk is opened."""
    session = Session.open(load_scenario("google"))
    view = View(session, session, 0, CANONICAL, 4, notes=session.scenario.notes[:1])
    assert EquationPanel().pages(view) > 0
