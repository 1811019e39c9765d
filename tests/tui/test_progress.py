"""The sign of a long work on the command line: only on a terminal, gone afterwards, and ctrl+C leaves nothing half."""

import io
import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from engine.files import ScenarioError, load_scenario, plain_table
from engine.files.problems import Problems
from engine.files.tables import read_columns
from engine.program.notation import CANONICAL
from engine.walking.session import Session
from engine.walking.timeline import Timeline
from tui.cli import main
from tui.commands import progress
from tui.commands.progress import Sign, goes_into_a_file, picture, waiting
from tui.paper.plain import walk_plainly
from tui.words.progress import progress_words


class AtOnce:
    """Draws whatever is said, when it is said; at the word `last` somebody presses ctrl+C."""

    said, last = 0, None

    def __init__(self, draw):
        self._draw = draw

    def told(self):
        AtOnce.said += 1
        self._draw()
        if AtOnce.said == AtOnce.last:
            raise KeyboardInterrupt

    def stop(self):
        pass


@pytest.fixture
def terminal(monkeypatch):
    """Standard error is a terminal, and time goes by at every word; the word at which it is stopped may be set."""
    monkeypatch.setattr(progress, "Beat", AtOnce)
    monkeypatch.setattr(AtOnce, "said", 0)
    monkeypatch.setattr(AtOnce, "last", None)
    monkeypatch.setattr(progress, "somebody_looks", lambda: True)
    return AtOnce


WORK = {
    "page": (["page", "mazur", "--iterations", "2", "-o", "FILE"], "3 of 29 places"),
    "record": (["record", "mazur", "-o", "FILE.cast"], "3 of 14 steps"),
    "picture": (["picture", "mazur", "--at", "100", "-o", "FILE.svg"], "drawing the picture"),
    "train": (["train", "mazur", "--iterations", "100"], "96 of 100 iterations  E = 0.0"),
    "history": (["train", "mazur", "--iterations", "100", "--history", "FILE"], "99 of 100 errors written"),
    "trace": (["trace", "mazur", "--iterations", "3"], "30 of 42 steps"),
    "value": (["value", "mazur", "--at", "400:E", "E"], "16 of 400 iterations"),
    "set": (["value", "mazur", "--set", "w1=0.3", "--at", "400:E", "E"], "16 of 400 iterations"),
    "from": (["trace", "mazur", "--from", "400", "--only", "E"], "16 of 400 iterations"),
    "export": (["export", "mazur", "--format", "numpy"], "writing the script"),
    "worksheet": (["worksheet", "mazur", "--key", "FILE"], "13 of 14 steps"),
    "check": (["check", "softmax", "xor"], "9 of 9 derivatives  (2 of 2 scenarios)"),
    "compare": (["compare", "mazur", "NUMBERS"], "looking for what was done to get the wrong numbers, 1 tried"),
    "list": (["list"], "5 of "),
    "new": (["new", "FILE.toml", "--data", "spiral"], "making the scenario"),
}
"""Commands, and what they say on the way."""


@pytest.fixture(params=list(WORK))
def work(request, tmp_path, monkeypatch):
    """The words of a command, what it says, and the file that it writes, of which there may be an older one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.commands.trace.goes_into_a_file", lambda stream: True)
    typed, says = WORK[request.param]
    folder = tmp_path / "there"
    folder.mkdir()
    (tmp_path / "numbers.txt").write_text("E = 0.29127")
    names = {"NUMBERS": "numbers.txt"} | {f"FILE{end}": f"there/a{end}" for end in ("", ".cast", ".svg", ".toml")}
    if request.param != "new":
        for word in typed:
            if word.startswith("FILE"):
                (tmp_path / names[word]).write_text("an older one")
    return request.param, [names.get(word, word) for word in typed], says, folder


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_it_is_seen_and_gone_afterwards_and_changes_nothing(work, terminal, capsys):
    name, typed, says, folder = work
    code = main(typed)
    seen, written = capsys.readouterr(), contents(folder)
    assert says in seen.err
    assert seen.err.endswith(" \r")
    assert "\n" not in seen.err
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "somebody_looks", lambda: False)
        for path in folder.iterdir():
            if name == "new":
                path.unlink()
        assert main(typed) == code
    unseen = capsys.readouterr()
    assert (unseen.out, unseen.err, contents(folder)) == (seen.out, "", written)


@pytest.mark.parametrize("when", ["at once", "on the way", "at the end"])
def test_ctrl_c_ends_it_and_leaves_nothing_half(work, when, terminal, capsys):
    name, typed, _, folder = work
    before = contents(folder)
    main(typed)
    if name == "new":
        next(folder.iterdir()).unlink()
    else:
        for path in folder.iterdir():
            path.write_text(before[path.name])
    many, terminal.said = terminal.said, 0
    terminal.last = {"at once": 1, "on the way": many // 2 + 1, "at the end": many}[when]
    capsys.readouterr()
    assert main(typed) == 130
    told = capsys.readouterr()
    if name in ("train", "history") and "interrupted" in told.out:  # a run prints what was reached
        return
    assert contents(folder) == before
    assert "Traceback" not in told.err
    last = told.err.rpartition("\r")[2]
    assert last.startswith("gradstep: stopped: ")
    assert last.count("\n") == 1
    if name != "trace" and name != "from":
        assert told.out == ""


def test_before_the_first_beat_and_without_a_terminal_nothing_is_drawn(capsys, monkeypatch):
    with waiting() as sign:
        sign(1, 2, "things")
    monkeypatch.setattr(progress, "somebody_looks", lambda: True)
    monkeypatch.setattr(progress, "Beat", lambda draw: AtOnceNever())
    with suppress(KeyboardInterrupt), waiting() as sign:
        sign(1, 2, "things")
        raise KeyboardInterrupt
    assert capsys.readouterr().err == ""


class AtOnceNever:
    """Less than a tenth of a second."""

    def told(self):
        pass

    def stop(self):
        pass


def test_what_an_error_says_comes_after_it(terminal, capsys):
    assert main(["value", "mazur", "--at", "nowhere", "E"]) == 2
    lines = capsys.readouterr().err.replace("\r", "\n").splitlines()
    assert lines[-1].startswith("gradstep: --at nowhere: ")


def test_output_that_is_seen_is_a_sign_by_itself(terminal, capsys):
    assert main(["trace", "mazur"]) == 0
    assert "of 14 steps" not in capsys.readouterr().err  # what the first one takes is told, before it is printed


def test_a_file_is_where_nobody_looks(tmp_path):
    with (tmp_path / "a.txt").open("w") as file:
        assert goes_into_a_file(file)
    with Path(os.devnull).open("w") as file:
        assert not goes_into_a_file(file)


@pytest.mark.parametrize(
    ("said", "width", "line"),
    [
        ((43, 1000, "iterations", 0.3), 120, f"[#{'.' * 29}]   4 %  43 of 1,000 iterations"),
        ((43, 1000, "iterations", 75.0), 120, f"[#{'.' * 29}]   4 %  43 of 1,000 iterations  1 min 15 s"),
        ((43, 1000, "iterations", 75.0), 60, "  4 %  43 of 1,000 iterations  1 min 15 s"),
        ((43, 1000, "iterations", 75.0), 30, "  4 %  43 of 1,000 iterations"),
        ((43, 1000, "iterations", 75.0), 10, "  4 %  43 "),
        ((43, None, "iterations", 0.0), 120, "43 iterations"),
        ((0, None, "reading a.csv", 0.0), 120, "reading a.csv …"),
        ((0, None, "reading a.csv", 12.5), 120, "reading a.csv …  12 s"),
        ((12, 10, "derivatives", 0.0), 40, "100 %  12 of 10 derivatives"),
    ],
)
def test_the_picture(said, width, line):
    assert picture(*said, width) == line


def test_the_words():
    assert progress_words(0, None, "reading a.csv") == "reading a.csv"
    assert progress_words(0, 12, "steps") == "0 of 12 steps"


def test_the_sign_has_its_seconds(terminal, capsys):
    now = iter([0.0, 0.1, 3.2]).__next__
    sign = Sign(clock=now)
    sign(1, None, "steps")
    sign(2, None, "steps")
    sign.hide()
    sign(3, None, "steps")
    drawn = capsys.readouterr().err.split("\r")
    assert drawn[1:3] == ["1 steps", "2 steps  3 s"]
    assert [text.strip() for text in drawn[3:]] == ["", ""]


def test_what_is_read_aloud_has_a_line_for_each_tenth(terminal, capsys):
    with waiting(redrawn=False) as sign:
        for done in range(100):
            sign(done, 100, "iterations")
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"{done} of 100 iterations …" for done in range(0, 100, 10)]


def test_a_plain_walk_is_told_how_far_it_goes(terminal, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("g 400\nq\n"))
    assert main(["mazur", "--plain"]) == 0
    seen = capsys.readouterr()
    assert "16 of 400" not in seen.err  # not a tenth
    assert "48 of 400 iterations …\n" in seen.err
    assert "Iteration 400, step 1 of 14" in seen.out


def test_ctrl_c_stops_a_move_of_a_plain_walk_and_not_the_walk(capsys):
    @contextmanager
    def stopped():
        def told(done, of, what):
            if done == 48:
                raise KeyboardInterrupt

        yield told

    walk_plainly(Session.open(load_scenario("mazur")), CANONICAL, ["", "g 400", ""], stopped)
    out = capsys.readouterr().out
    assert "Stopped: you are where you were.\nIteration 0, step 2 of 14" in out


# What the engine tells, and what ends it


class StoppedError(Exception):
    """By whoever was told."""


def until(count):
    """Somebody who is told, and ends the work at a word; and what was told."""
    said = []

    def told(*words):
        said.append(words)
        if len(said) == count:
            raise StoppedError

    return told, said


def test_a_walk_that_was_stopped_is_as_far_as_it_came_and_goes_on_from_there():
    timeline, whole = Timeline(load_scenario("mazur")), Timeline(load_scenario("mazur"))
    told, said = until(4)
    with pytest.raises(StoppedError), timeline.telling(told):
        timeline.extend(1000)
    assert said[1:] == [(16, 1000, "iterations"), (32, 1000, "iterations"), (48, 1000, "iterations")]
    assert timeline.recorded == 48
    assert timeline.errors(1000).tolist() == whole.errors(1000).tolist()
    assert len(said) == 4  # nobody is told any more


@pytest.mark.parametrize("at_once", [1, 3, 7, 100])
def test_numbers_are_the_same_in_however_small_pieces(at_once):
    whole, pieces = Timeline(load_scenario("mazur")), Timeline(load_scenario("mazur"))
    pieces.__dict__["_at_once"] = at_once
    assert pieces.errors(300).tolist() == whole.errors(300).tolist()
    for iteration in (299, 17, 160, 288):
        assert pieces.start(iteration).theta.tolist() == whole.start(iteration).theta.tolist()


@pytest.mark.parametrize("quote", ["", '"'])
def test_the_rows_of_a_table_are_told_and_it_can_be_left(quote, tmp_path, monkeypatch):
    monkeypatch.setattr(plain_table, "PIECE", 300)
    rows = "".join(f"{quote}{i}{quote},2\n" for i in range(250))
    (tmp_path / "a.csv").write_text("x,y\n" + rows)
    told, said = until(0)
    problems = Problems("s.toml", told=told)
    assert len(read_columns(tmp_path, "a.csv", ["x", "y"], [], "data.csv", problems).lines) == 250
    counts = [(done, of) for done, of, what in said if what == ("lines of a.csv" if quote else "rows of a.csv")]
    assert len(counts) > 3
    assert counts == sorted(set(counts))
    assert {of for _, of in counts} == {251 if quote else 250}
    assert counts[-1][0] == counts[-1][1]
    told, said = until(3)
    with pytest.raises(StoppedError):
        read_columns(tmp_path, "a.csv", ["x", "y"], [], "data.csv", Problems("s.toml", told=told))


def test_reading_a_file_tells_what_it_reads():
    told, said = until(0)
    assert load_scenario("baeldung-batches", told).name == "baeldung-batches"
    assert said[0] == (0, None, "reading baeldung-batches.toml")
    with pytest.raises(ScenarioError):
        load_scenario("nowhere.toml", told)
