"""`gradstep picture`, and the key `z`: what is seen, as SVG, PNG and text."""

import asyncio
import re
import struct
import sys
import unicodedata
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.widgets import Input

from engine.ask.whereabouts import place_called
from engine.files import load_scenario, shipped_path
from engine.walking.session import Session
from tests.tui.screens import at_rest, opened, press, screen_text, settled
from tests.tui.test_trace import DIVERGING
from tui.cli import main
from tui.commands.picture import KINDS, PANELS
from tui.terminal.picture.shapes import HEIGHT, WIDTH, shape
from tui.terminal.picture.shot import Shot, taken
from tui.terminal.picture.svg import svg
from tui.view.keys import PANEL_KEYS

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def at(name, place):
    start = Session.open(load_scenario(name))
    return start.seek_position(place_called(start, place))


async def screen_at(name, place, size, *keys):
    async with opened(at(name, place), size, notes=True) as (app, pilot):
        await press(pilot, *keys)
        app.clear_notifications()
        await settled(pilot)
        return screen_text(app)


def letters_of(picture):
    """Cell by cell, what an SVG writes there: `{(row, column): letter}`."""
    found = {}
    for text in ElementTree.fromstring(picture).iter(f"{SVG}text"):
        places, words = text.get("x").split(), text.text
        assert len(places) == len(words)
        for x, sign in zip(places, words, strict=True):
            column, beside = divmod(float(x), WIDTH)
            assert beside == 0
            found[int(float(text.get("y")) // HEIGHT), int(column)] = sign
    return {cell: sign for cell, sign in found.items() if sign != " "}


def cells_of(text):
    """Cell by cell, what the lines hold that is no shape."""
    found = {}
    for row, line in enumerate(text.splitlines()):
        column = 0
        for sign in unicodedata.normalize("NFC", line):
            if sign != " " and not shape(sign):
                found[row, column] = sign
            column += cell_len(sign)
    return found


@pytest.mark.parametrize(
    ("name", "place", "size"),
    [("mazur", "dE/dw[w5]", (120, 40)), ("mazur", "1000", (80, 24)), ("attention", "E", (120, 40))],
)
@pytest.mark.parametrize("panel", [None, *PANEL_KEYS])
def test_it_is_the_screen_at_that_place(name, place, size, panel):
    words = ["picture", name, "--at", place, "--size", f"{size[0]}x{size[1]}"]
    words += [] if panel is None else ["--panel", panel]
    for kind in (".txt", ".svg"):
        assert main([*words, "-o", f"seen{kind}"]) == 0
    keys = [] if panel is None else [PANEL_KEYS[panel]]
    seen = asyncio.run(screen_at(name, place, size, *keys))
    assert Path("seen.txt").read_text(encoding="utf-8") == seen
    assert letters_of(Path("seen.svg").read_text(encoding="utf-8")) == cells_of(seen)


def test_panels_are_those_of_the_keys():
    assert list(PANELS) == [*PANEL_KEYS, "landscape"]


def test_the_landscape_is_that_of_the_keys():
    async def seen():
        async with opened(at("mazur", "dE/dw[w5]"), (120, 40)) as (app, pilot):
            await press(pilot, "w", "w")
            await press(pilot, "enter")
            await at_rest(pilot)
            app.clear_notifications()
            await settled(pilot)
            return screen_text(app)

    assert main(["picture", "mazur", "--at", "dE/dw[w5]", "--panel", "landscape", "--no-notes", "-o", "l.txt"]) == 0
    text = Path("l.txt").read_text(encoding="utf-8")
    assert "w5" in text
    assert text == asyncio.run(seen())


ONE_WEIGHT = """
title = "One weight"
[network]
inputs = ["i"]
loss = "half_squared_error"
[[network.layer]]
nodes = ["o"]
activation = "identity"
weights = [[2.0]]
[[example]]
inputs = [1.0]
targets = [3.0]
"""


def test_a_landscape_needs_two_parameters(capsys):
    Path("one.toml").write_text(ONE_WEIGHT, encoding="utf-8")
    assert main(["picture", "one.toml", "--panel", "landscape", "-o", "x.svg"]) == 2
    assert "There are no two parameters here" in capsys.readouterr().err
    assert not Path("x.svg").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_picture_has_the_same_bytes(kind):
    if kind == ".png":
        pytest.importorskip("resvg_py")
    contents = []
    for number in range(2):
        assert main(["picture", "google", "--at", "x[h1]", "-o", f"{number}{kind}"]) == 0
        contents.append(Path(f"{number}{kind}").read_bytes())
    assert contents[0] == contents[1]


async def test_the_key_saves_the_same_picture():
    async with opened(at("mazur", "3:dE/dw[w5]"), (100, 30), notes=True) as (app, pilot):
        await press(pilot, "z")
        await settled(pilot)
        path = Path(app.said[-1].removeprefix("The picture is "))
        picture = path.read_text(encoding="utf-8")
        public = app.export_screenshot()
        assert "Mazur: " in ElementTree.fromstring(picture).find(f"{SVG}title").text
        shot = taken(app)
    words = re.sub(r"\s+", "", "".join(ElementTree.fromstring(public).itertext()))
    for line in shot.text.splitlines():  # Textual's own picture has every line
        assert re.sub(r"\s+", "", line) in words
    assert path.parent == Path.cwd()
    assert path.name == "mazur-3-9.svg"


OVER = {
    "function": [*["right"] * 3, "f"],
    "what if": [*["right"] * 9, "w"],
    "landscape": ["w", "w", "enter"],
    "check": ["c"],
    "figures": ["v"],
    "help": ["?"],
    "branches": [*["down"] * 4, "e", *"0.3", "enter", "b"],
}


@pytest.mark.parametrize("keys", OVER.values(), ids=OVER)
async def test_of_what_stands_over_the_walk_there_is_a_picture_too(keys):
    async with opened("mazur") as (app, pilot):
        await press(pilot, *keys)
        await at_rest(pilot)
        above = app.screen
        title = str(above.query_one(".dialog").border_title)
        await press(pilot, "z")
        await settled(pilot)
        (path,) = Path.cwd().glob("mazur-*.svg")
        assert app.screen is above
        letters = "".join(letters_of(path.read_text(encoding="utf-8")).values())
        assert title.replace(" ", "") in letters.replace(" ", "")


async def test_in_a_line_to_type_in_the_key_is_a_letter():
    for keys in (["g"], ["/"], ["w", "w"], ["s"], ["e"]):
        async with opened("mazur") as (app, pilot):
            await press(pilot, *keys)
            before = app.screen.query_one(Input).value
            await press(pilot, "z")
            await settled(pilot)
            assert app.screen.query_one(Input).value in (f"{before}z", "z"), keys
            assert not list(Path.cwd().glob("*.svg"))


def test_the_key_and_the_command_agree():
    async def saved():
        async with opened(at("mazur", "3:dE/dw[w5]"), (100, 30), notes=True) as (_, pilot):
            await press(pilot, "z")
            await settled(pilot)

    asyncio.run(saved())
    assert main(["picture", "mazur", "--at", "3:dE/dw[w5]", "--size", "100x30", "-o", "command.svg"]) == 0
    assert Path("mazur-3-9.svg").read_bytes() == Path("command.svg").read_bytes()


def test_themes_differ_in_colours_only():
    for theme in ("gradstep-light", "gradstep-dark"):
        assert main(["picture", "mazur", "--at", "E", "--theme", theme, "-o", f"{theme}.ans"]) == 0
    light, dark = (Path(f"gradstep-{theme}.ans").read_text(encoding="utf-8") for theme in ("light", "dark"))
    assert light != dark
    assert re.sub(r"\x1b\[[\d;]*m", "", light) == re.sub(r"\x1b\[[\d;]*m", "", dark)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mazur", "-o", "x.gif"], ".svg, .png, .txt or .ans"),
        (["mazur", "-o", "x"], "is no picture"),
        (["mazur", "-o", "nowhere/x.svg"], "can't be written: No such file or directory"),
        (["mazur", "--at", "w[w99]", "-o", "x.svg"], "w99"),
        (["mazur", "--theme", "gradstep-lihgt", "-o", "x.svg"], "gradstep-light"),
        (["mazur", "--size", "10x10", "-o", "x.svg"], "from 60x16 to 400x200"),
        (["mazur", "--size", "120", "-o", "x.svg"], "like 120x40"),
        (["mazur", "--panel", "tables", "-o", "x.svg"], "'graph'"),
        (["circuit", "--panel", "history", "-o", "x.svg"], "There is no error history"),
        (["mazzur", "-o", "x.svg"], "mazur"),
        (["mazur"], "-o"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(words, said, capsys):
    assert main(["picture", *words]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""
    assert list(Path.cwd().iterdir()) == []


def test_a_walk_that_ends_before_the_place(capsys):
    Path("diverging.toml").write_text(DIVERGING, encoding="utf-8")
    assert main(["picture", "diverging.toml", "--at", "1000", "-o", "end.txt"]) == 1
    assert "the walk ends here" in capsys.readouterr().err
    assert Path("end.txt").exists()


# PNG


def test_without_the_extra_a_png_is_refused_before_any_work(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "tui.terminal.picture.png", raising=False)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert main(["picture", "mazur", "-o", "x.png"]) == 2
    assert "pip install '.[picture]'" in capsys.readouterr().err
    assert list(Path.cwd().iterdir()) == []


def named_scenario(node):
    text = shipped_path("mazur").read_text(encoding="utf-8").partition("[[published]]")[0]
    text = re.sub(r"\[\[note\]\].*?(?=\[\[example\]\]|\Z)", "", text, flags=re.DOTALL)
    Path("own.toml").write_text(text.replace('"h1"', f'"{node}"'), encoding="utf-8")


def test_signs_that_the_font_lacks_are_told(capsys):
    pytest.importorskip("resvg_py")
    named_scenario("入力")
    assert main(["picture", "own.toml", "-o", "x.png"]) == 2
    assert "lacks 入力: write an .svg" in capsys.readouterr().err
    assert main(["picture", "own.toml", "-o", "x.svg"]) == 0
    assert "入" in letters_of(Path("x.svg").read_text(encoding="utf-8")).values()


def test_the_font_has_every_sign_that_gradstep_writes():
    fonts = pytest.importorskip("fontTools.ttLib")
    files = [*ROOT.glob("tui/**/*.py"), *ROOT.glob("engine/**/*.py"), *ROOT.glob("scenarios/*.toml")]
    signs = {sign for path in files for sign in path.read_text(encoding="utf-8") if sign.isprintable()}
    for path in (ROOT / "tui/terminal/picture/fonts").glob("*.ttf"):
        font = fonts.TTFont(path)
        known, widths = font.getBestCmap(), font["hmtx"]
        assert {sign for sign in signs if ord(sign) not in known and not shape(sign)} == set()
        assert {widths[known[ord(sign)]][0] for sign in signs if ord(sign) in known} == {1233}


def decoded(picture):
    """(columns, rows, brightness of each dot) of a PNG as it is written here: 8 bits of red, green, blue, opacity."""
    columns, rows, depth, kind = struct.unpack(">IIBB", picture[16:26])
    assert (depth, kind) == (8, 6)
    data, at = b"", 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            data += picture[at + 8 : at + 8 + length]
        at += length + 12
    raw, before, lines = zlib.decompress(data), bytearray(columns * 4), []
    for row in range(rows):
        kind, line = raw[row * (columns * 4 + 1)], bytearray(raw[row * (columns * 4 + 1) + 1 :][: columns * 4])
        for i in range(len(line)):
            left, up, corner = line[i - 4] if i > 3 else 0, before[i], before[i - 4] if i > 3 else 0
            near = min((left, up, corner), key=lambda value, s=left + up - corner: abs(s - value))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, near)[kind]) % 256
        lines.append([sum(line[x * 4 : x * 4 + 3]) / 765 for x in range(columns)])
        before = line
    return columns, rows, lines


BRIGHT = Style(color="#ffffff", bgcolor="#000000")


def drawn(*lines):
    png = pytest.importorskip("tui.terminal.picture.png", exc_type=ImportError).png
    shot = Shot(len(lines[0]), tuple((Segment(line, BRIGHT),) for line in lines))
    return decoded(png(shot, "a test"))


def test_every_sign_stands_in_its_cell():
    """Letters that touch no edge; lines that reach from edge to edge; blocks that fill just what they say."""
    columns, rows, dots = drawn("8│█▄", "W─ ▌")
    assert (columns, rows) == (4 * 20, 2 * 40)

    def cell(row, column):
        return [line[column * 20 : column * 20 + 20] for line in dots[row * 40 : row * 40 + 40]]

    for letter in (cell(0, 0), cell(1, 0)):
        assert max(map(max, letter)) > 0.9
        assert max(letter[0]) == max(letter[-1]) == 0
    assert all(line[10] > 0.9 and line[0] == 0 for line in cell(0, 1))
    assert all(value > 0.9 for value in cell(1, 1)[20])
    assert all(value == 1 for line in cell(0, 2) for value in line)
    assert [round(line[7]) for line in cell(0, 3)] == [0] * 20 + [1] * 20
    assert [round(value) for value in cell(1, 3)[7]] == [1] * 10 + [0] * 10
    assert max(map(max, cell(1, 2))) == 0


def test_boxes_close_and_a_missing_glyph_would_be_seen():
    """Round and heavy corners meet the lines beside them; every second dot of braille is where it belongs."""
    _, _, dots = drawn("╭─╮┏━┓", "│⡁│┃ ┃", "╰─╯┗━┛")
    for column in (10, 50, 70, 110):
        assert all(line[column] > 0.5 for line in dots[30:90])
    for row in (20, 100):
        assert all(value > 0.5 for value in dots[row][15:45] + dots[row][70:110])
    inner = [(x, y) for y in range(40, 80) for x in range(20, 40) if dots[y][x] > 0.9]
    assert {(x // 10, (y - 40) // 10) for x, y in inner} == {(2, 0), (2, 3)}


def test_every_sign_of_boxes_is_a_shape_or_a_letter_of_the_font():
    fonts = pytest.importorskip("fontTools.ttLib")
    known = fonts.TTFont(ROOT / "tui/terminal/picture/fonts/DejaVuSansMono.ttf").getBestCmap()
    signs = {chr(code) for code in (*range(0x2500, 0x25A0), *range(0x2801, 0x2900))}
    letters = {sign for sign in signs if not shape(sign)}
    assert all(ord(sign) in known for sign in letters)
    names = {unicodedata.name(sign) for sign in letters}
    assert all(re.search("DOUBLE|SINGLE|DIAGONAL", name) for name in names)


def test_a_title_is_text():
    shot = Shot(3, ((Segment("<&>", BRIGHT),),))
    picture = svg(shot, "a < b & c")
    assert ElementTree.fromstring(picture).find(f"{SVG}title").text == "a < b & c"
    assert sorted(letters_of(picture).items()) == [((0, 0), "<"), ((0, 1), "&"), ((0, 2), ">")]
