"""`gradstep page`: a walk as one file for a browser, read back here as the page itself does it."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from engine.ask.lookup import value_at
from engine.ask.notes import notes_at
from engine.explain.trace import walk
from engine.files import load_scenario
from engine.formula.quantity import Quantity
from engine.walking.session import Session
from tests import GRADSTEP
from tui.cli import main
from tui.page import walked
from tui.page.document import document
from tui.page.walked import TooLargeError
from tui.panels.tables import nodes_shown, parameters_shown
from tui.view.seen import View
from tui.words.format import UNKNOWN, number
from tui.words.notes import plain_words

HOSTILE = "</script><script>window.taken = 1</script><!-- <b>&amp; \"'` @data@ ${1} \\u003c"
HOSTILE_NOTE = HOSTILE.replace("`", "")
SEVERAL = [("google", 1), ("mazur", 2), ("circuit", 1), ("attention", 1), ("baeldung-batches", 3), ("softmax", 1)]


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self._in = [], {}, None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._in = dict(attributes).get("id", tag)

    def handle_endtag(self, tag):
        self._in = None

    def handle_data(self, data):
        self.texts[self._in] = self.texts.get(self._in, "") + data

    @property
    def walk(self):
        return json.loads(self.texts["data"])


def made(tmp_path, *words):
    path = tmp_path / "page.html"
    assert main(["page", *words, "-o", str(path)]) == 0
    return path


def seen_at(data, place, slot):
    """What the page shows at a place: all changes up to it, in an example's slot."""
    kept = {"wide": {}, "narrow": {}, "cells": {}}
    for one in data["places"][: place + 1]:
        if slot < len(one["views"]):
            for part, things in kept.items():
                changes = one["views"][slot][part]
                things.update(zip(changes[::2], changes[1::2], strict=True))
    return {part: [things[i] for i in range(len(things))] for part, things in kept.items()}


def text_of(runs):
    return "".join(runs[::2])


def value_of(text):
    plain = text.strip().rstrip("✓≈≠✗…").strip().replace("−", "-").replace("∞", "inf")
    return None if plain in (UNKNOWN, "") else float(plain)


def rounded(value, digits=4):
    return None if value is None else value_of(number(value, digits))


@pytest.mark.parametrize(("name", "iterations"), SEVERAL)
def test_every_number_is_that_of_the_walk(name, iterations, tmp_path):
    data = Page(made(tmp_path, name, "--iterations", str(iterations)).read_text(encoding="utf-8")).walk
    scenario = load_scenario(name)
    start = Session.open(scenario)
    notation = scenario.names(canonical=False)
    sessions = [start.home(), *walk(start, 0, iterations)]
    assert len(data["places"]) == len(sessions)
    compared = 0
    for at, (place, session) in enumerate(zip(data["places"], sessions, strict=True)):
        assert (place["iteration"], place["step"], place["of"]) == (*session.position[:2], session.count)
        words = [plain_words(note, notation) for note in notes_at(session)]
        assert [text_of(note) for note in place["notes"]] == words
        for slot, view in enumerate(place["views"]):
            cells = iter(seen_at(data, at, slot)["cells"])
            lit = {i for first, end in view["lit"] for i in range(first, end)}
            index = 0
            shown = View(session, session, slot, notation, 4, wide=True)
            for table in (nodes_shown(shown, large=True), parameters_shown(shown, large=True)):
                for kind, _ in table.columns:
                    for row in table.names:
                        text, applies = next(cells), table.applies(kind, row)
                        value = value_at(session, Quantity(kind, row), slot) if applies else None
                        assert value_of(text) == rounded(value), (at, kind, row)
                        assert bool(text) == applies
                        assert (index in lit) == (applies and shown.is_lit(kind, row))
                        index += 1
                        compared += value is not None
            assert next(cells, None) is None
    assert compared > 90


@pytest.mark.parametrize(("name", "iterations"), SEVERAL)
def test_every_calculation_ends_in_the_number_of_the_walk(name, iterations, tmp_path):
    data = Page(made(tmp_path, name, "--iterations", str(iterations)).read_text(encoding="utf-8")).walk
    scenario = load_scenario(name)
    start = Session.open(scenario)
    for place, session in zip(data["places"][1:], walk(start, 0, iterations), strict=True):
        for slot, view in enumerate(place["views"]):
            shown = View(session, session, slot, scenario.names(canonical=False), 4, wide=True)
            told = view["calculation"]["all"]
            quantities = [shown.focus, *shown.others().first]
            assert len(told) + view["calculation"]["more"] == 1 + shown.others().total
            for one, quantity in zip(told, quantities, strict=False):
                expected = rounded(value_at(session, quantity, slot))
                assert value_of(text_of(one["short"]).rpartition("=")[2]) == expected, quantity
                results = [line for line in one["lines"] if line[0] == "result"]
                assert [value_of(text_of(line[2]).rpartition("=")[2]) for line in results] in ([expected], [])


def test_the_picture_is_that_of_the_screen(tmp_path):
    data = Page(made(tmp_path, "mazur").read_text(encoding="utf-8")).walk
    rows = seen_at(data, 9, 0)["wide"]
    drawn = [data["rows"][row] for row in rows[:-1]]
    texts = " ".join(run[2] for row in drawn for run in row)
    assert "+.08217" in texts
    assert "0.1385" in texts
    lines = data["rows"][rows[-1]]
    assert len({tuple(line[:4]) for line in lines}) >= 8  # each weight has its line
    assert {line[5] for line in lines} == {0, 1}
    columns, height = data["sizes"]["wide"]
    assert len(drawn) == height
    assert all(run[0] + len(run[2]) <= columns for row in drawn for run in row)


def test_a_question_holds_the_number_and_the_usual_mistakes(tmp_path):
    data = Page(made(tmp_path, "mazur").read_text(encoding="utf-8")).walk
    question = data["places"][8]["views"][0]["question"]
    session = Session.open(load_scenario("mazur")).seek(0, 9)
    assert question["number"] == value_at(session, Quantity("dE/dw", "w5"))
    assert question["asks"] == "What will ∂E_total/∂w5 be?"
    assert any(
        words == "The sign is turned." and wrong == -question["number"] for wrong, _, _, words in question["mistakes"]
    )
    assert [len(hint) > 0 for hint in question["hints"]] == [True, True]
    assert "question" not in data["places"][0]["views"][0]  # the inputs are given


def test_it_takes_nothing_from_elsewhere(tmp_path):
    text = made(tmp_path, "google").read_text(encoding="utf-8")
    page = Page(text)
    assert not re.findall(r"(?i)https?://(?!www\.w3\.org/2000/svg)|//cdn|@import|url\(", text)
    assert not [tag for tag, attributes in page.tags if attributes.get("src")]
    assert [attributes["href"] for tag, attributes in page.tags if tag == "link"] == ["data:,"]
    policy = next(attributes["content"] for _, attributes in page.tags if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy


def hostile(tmp_path):
    path = tmp_path / "hostile.toml"
    path.write_text(
        f"title = {json.dumps(HOSTILE)}\ndocument = {json.dumps(HOSTILE)}\n"
        """
[network]
inputs = ["i1&lt;'"]
loss = "half_squared_error"

[[network.layer]]
nodes = ['h&amp;"']
activation = "sigmoid"
weights = [[0.5]]
weight_names = [["w`${1}"]]

[[example]]
inputs = [1]
targets = [0]

[[note]]
at = "start"
""" + f"text = {json.dumps(HOSTILE_NOTE + ' **bold** `dE/dw`')}\n",
        encoding="utf-8",
    )
    return path


def test_texts_of_a_scenario_stay_texts(tmp_path):
    page = Page(made(tmp_path, str(hostile(tmp_path))).read_text(encoding="utf-8"))
    names = [tag for tag, _ in page.tags]
    assert names.count("script") == 2
    assert "b" not in names
    assert "img" not in names
    assert page.walk["title"] == HOSTILE
    assert text_of(page.walk["places"][0]["notes"][0]) == HOSTILE_NOTE + " bold dE/dw"
    assert page.texts["h1"] == HOSTILE


def test_two_runs_write_the_same_bytes(tmp_path):
    for name, seed in (("one.html", "1"), ("two.html", "2")):
        command = [GRADSTEP, "page", "mazur", "-o", name]
        subprocess.run(command, cwd=tmp_path, check=True, env={"PYTHONHASHSEED": seed, "GRADSTEP_SETTINGS": ""})
    one, two = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert one == two


def test_the_places_begin_where_it_is_asked(tmp_path):
    data = Page(made(tmp_path, "mazur", "--from", "1000", "--set", "w5=0.41").read_text(encoding="utf-8")).walk
    assert [place["step"] for place in data["places"]] == list(range(1, 15))
    assert {place["iteration"] for place in data["places"]} == {1000}
    scalar = Page(made(tmp_path, "mazur", "--detail", "scalar", "--digits", "9").read_text(encoding="utf-8")).walk
    assert len(scalar["places"]) == 39
    assert "0.593269992" in " ".join(seen_at(scalar, 38, 0)["cells"])


def test_a_walk_too_large_is_refused_with_what_has_room(tmp_path, monkeypatch, capsys):
    start = Session.open(load_scenario("mazur"))
    notation = start.scenario.names(canonical=False)
    size = len(json.dumps(walked.walked(start, 0, 3, notation, 4), ensure_ascii=False))
    monkeypatch.setattr(walked, "MOST_BYTES", size)
    with pytest.raises(TooLargeError) as caught:
        walked.walked(start, 0, 100, notation, 4)
    room = caught.value.iterations
    assert room >= 2
    walked.walked(start, 0, room, notation, 4)
    assert main(["page", "mazur", "--iterations", "100", "-o", str(tmp_path / "x.html")]) == 2
    assert f"that is too much for one page; --iterations {room} has room" in capsys.readouterr().err
    monkeypatch.setattr(walked, "MOST_BYTES", 1000)
    assert main(["page", "mazur", "-o", str(tmp_path / "x.html")]) == 2
    assert "not one iteration of it has room; gradstep trace mazur prints it" in capsys.readouterr().err
    assert main(["page", "mazur", "--detail", "scalar", "-o", str(tmp_path / "x.html")]) == 2
    assert "take --detail layer" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


def test_a_network_too_large_is_refused_at_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "wide.toml", "--layers", "784-64-10"]) == 0
    monkeypatch.setattr(walked, "frames_of", lambda view: pytest.fail("no table is made"))
    assert main(["page", "wide.toml", "-o", "wide.html"]) == 2
    assert "the network is too large for a page" in capsys.readouterr().err
    assert not (tmp_path / "wide.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mazur"], "-o/--output"),
        (["circuit", "--iterations", "2", "-o", "x.html"], "nothing is trained in this graph"),
        (["mazur", "-o", "."], "can't be written"),
        (["mazur", "-o", "nowhere/x.html"], "can't be written"),
        (["mazur", "--set", "w5", "-o", "x.html"], "--set"),
        (["mazurr", "-o", "x.html"], "mazurr"),
    ],
)
def test_mistakes_are_told_in_one_line(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["page", *words]) == 2
    assert said in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


def test_a_walk_that_leaves_the_finite_numbers_says_so(tmp_path, capsys):
    path = tmp_path / "page.html"
    words = ["page", "mazur", "--set", "w5=1e308", "--set", "w6=1e308", "--set", "learning_rate=1e308", "-o", str(path)]
    code = main([*words, "--iterations", "3"])
    data = Page(path.read_text(encoding="utf-8")).walk
    assert code == bool(data["ends"])
    assert ("the walk ends here" in capsys.readouterr().err) == bool(data["ends"])


def test_what_a_document_is_made_of_is_finite():
    start = Session.open(load_scenario("mazur"))
    data = walked.walked(start, 0, 1, start.scenario.names(canonical=False), 4)
    assert document(data) == document(data)
    assert sys.getsizeof(document(data)) < 400_000
