"""`gradstep record`: played in a terminal emulator, each moment is what the app shows at that place."""

import asyncio
import json
from pathlib import Path

import pyte
import pytest
from rich.segment import Segment
from rich.style import Style

from engine.files import load_scenario
from engine.walking.session import Session
from tests.tui.screens import opened, press, screen_text
from tests.tui.test_trace import DIVERGING
from tui.cli import main
from tui.terminal.picture.cast import Recording, difference
from tui.terminal.picture.shot import Shot


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def recorded(*words):
    assert main(["record", *words, "-o", "a.cast"]) == 0
    return Path("a.cast").read_text(encoding="utf-8")


def read(text):
    """(header, events) of a recording, by the rules of the format."""
    first, *others = text.splitlines()
    header, events = json.loads(first), [json.loads(line) for line in others]
    assert header["version"] == 2
    assert all(isinstance(header[key], int) and header[key] > 0 for key in ("width", "height"))
    assert all(len(event) == 3 and event[1] == "o" and isinstance(event[2], str) for event in events)
    times = [event[0] for event in events]
    assert all(isinstance(time, int | float) and time >= 0 for time in times)
    assert times == sorted(times)
    assert header["duration"] == times[-1]
    return header, events


def played(text):
    """What is seen after each event: `(second, screen)`."""
    header, events = read(text)
    screen = pyte.Screen(header["width"], header["height"])
    stream = pyte.Stream(screen)
    for second, _, data in events:
        stream.feed(data)
        yield second, "\n".join(line.rstrip() for line in screen.display) + "\n"


async def walked(name, size, count, *, notes):
    """The screens of a walk, place by place, as an app shows them whose key is pressed."""
    seen = []
    async with opened(Session.open(load_scenario(name)), size, notes=notes) as (app, pilot):
        app.clear_notifications()
        for _ in range(count):
            await press(pilot)
            seen.append(screen_text(app))
            await press(pilot, "right")
    return seen


@pytest.mark.parametrize(
    ("name", "size", "iterations", "steps"), [("mazur", (120, 40), 2, 28), ("lstm-cell", (80, 24), 1, 30)]
)
def test_every_step_is_the_apps_screen(name, size, iterations, steps):
    count = Session.open(load_scenario(name)).count
    steps = iterations * count + 1  # and the beginning, with nothing computed
    text = recorded(name, "--iterations", str(iterations), "--size", f"{size[0]}x{size[1]}", "--no-notes")
    *moments, (end, last) = played(text)
    screens = asyncio.run(walked(name, size, steps, notes=False))
    assert [second for second, _ in moments] == list(range(steps))
    assert [screen for _, screen in moments] == screens
    assert (end, last) == (steps, screens[-1])


def test_notes_are_seen_page_by_page_as_long_as_they_take_to_read():
    text = recorded("unrolled-rnn", "--size", "60x16", "--speed", "2")
    *moments, (end, _) = played(text)
    noted = [number for number, (_, screen) in enumerate(moments) if "note 1/" in screen]
    assert noted
    assert all("note 2/" in moments[number + 1][1] for number in noted)
    waits = [after - before for (before, _), (after, _) in zip(moments, [*moments[1:], (end, "")], strict=True)]
    assert min(waits) == 0.5
    assert all(waits[number] == waits[number + 1] > 2 for number in noted)
    silent = read(recorded("unrolled-rnn", "--size", "60x16", "--speed", "2", "--no-notes"))[0]
    assert silent["duration"] == (Session.open(load_scenario("unrolled-rnn")).count + 1) * 0.5


def test_a_part_of_a_walk_at_a_speed():
    text = recorded(
        "mazur", "--at", "1000", "--iterations", "3", "--speed", "4", "--no-notes", "--notation", "canonical"
    )
    *moments, (end, last) = played(text)
    assert "iteration 1,000" in moments[0][1]
    assert "iteration 1,002" in last
    assert "step 14/14" in last
    assert "dE/dw" in "".join(screen for _, screen in moments)
    assert end == 14 * 3 / 4


def test_the_same_walk_has_the_same_bytes():
    assert recorded("xor") == recorded("xor")


def test_only_what_changes_is_sent():
    whole, *others, _ = read(recorded("mazur", "--no-notes"))[1]
    assert all(len(event[2]) < len(whole[2]) for event in others)
    assert sum(len(event[2]) for event in others) / len(others) < len(whole[2]) / 2


BRIGHT, DARK = Style(color="#ffffff", bgcolor="#000000"), Style(color="#ff0000", bgcolor="#000000")


def shot(*lines):
    return Shot(4, tuple(tuple(line) for line in lines))


def test_a_wide_letter_that_goes_is_written_over():
    before = shot([Segment("入", BRIGHT), Segment("ab", DARK)])
    now = shot([Segment("x", BRIGHT), Segment("y", BRIGHT), Segment("ab", DARK)])
    screen = pyte.Screen(4, 1)
    stream = pyte.Stream(screen)
    for data in (difference(None, before), difference(before, now)):
        stream.feed(data)
    assert screen.display == ["xyab"]
    assert difference(now, now) == ""
    assert "ab" not in difference(before, now)


def test_what_looks_the_same_is_only_seen_longer():
    recording = Recording("t")
    one = shot([Segment("abcd", BRIGHT)])
    recording.add(one, 1)
    recording.add(one, 2)
    _, events = read("".join(recording.lines()))
    assert [event[0] for event in events] == [0, 3]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mazur", "--iterations", "100000", "-o", "a.cast"], "1,400,000 steps: 20,000 are the most"),
        (["mazur", "--speed", "0", "-o", "a.cast"], "not a number above 0"),
        (["mazur", "--speed", "1e9", "-o", "a.cast"], "can't be seen"),
        (["mazur", "-o", "nowhere/a.cast"], "can't be written"),
        (["mazur", "--theme", "nothing", "-o", "a.cast"], "is not known"),
        (["mazur"], "-o"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(words, said, capsys):
    assert main(["record", *words]) == 2
    assert said in capsys.readouterr().err
    assert list(Path.cwd().iterdir()) == []


def test_a_walk_that_ends_early(capsys):
    Path("diverging.toml").write_text(DIVERGING, encoding="utf-8")
    assert main(["record", "diverging.toml", "--iterations", "100", "-o", "a.cast"]) == 1
    assert "the walk ends here" in capsys.readouterr().err
    read(Path("a.cast").read_text(encoding="utf-8"))
