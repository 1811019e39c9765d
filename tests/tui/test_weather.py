"""A little bad weather in each run of the tests; `python -m tests.tui.weather` sends thousands of events."""

import os

import pytest

from engine.files import load_scenario
from tests.tui.weather import failure, forecast, shrunk

EVENTS = int(os.environ.get("GRADSTEP_EVENTS", "30"))
SEED = int(os.environ.get("GRADSTEP_SEED", "1"))


@pytest.mark.usefixtures("with_ahead", "drawn_at_once")
@pytest.mark.parametrize("scenario", ["mazur", "unrolled-rnn"])
def test_bad_weather(scenario, tmp_path, monkeypatch):
    """No exception, and in the end the screen of a fresh drawing."""
    monkeypatch.chdir(tmp_path)  # what is saved is saved there
    monkeypatch.setenv("HOME", str(tmp_path))
    words = failure(load_scenario(scenario), forecast(SEED, EVENTS))
    assert not words, f"python -m tests.tui.weather --storm {EVENTS} --seed {SEED} {scenario} shrinks it:\n{words}"


def test_a_failure_is_shrunk_to_what_it_takes(monkeypatch):
    """Of many events only those two are left without which nothing fails."""
    fails = {("key", "x"), ("key", "y")}
    monkeypatch.setattr("tests.tui.weather.failure", lambda _, events: "Error" if fails <= set(events) else "")
    events = [("size", 80, 24), ("key", "x"), *[("key", "right")] * 9, ("key", "y"), ("click", 1, 1)]
    assert shrunk(None, events) == [("key", "x"), ("key", "y")]
