"""What several tests of the app need."""

import pytest
from textual.screen import Screen

from tests.tui import quick
from tui.app import GradstepApp
from tui.picker import catalogue
from tui.stepper.ahead import Ahead

quick.install()


@pytest.fixture
def told(monkeypatch):
    """The messages, as they are sent."""
    messages = []
    monkeypatch.setattr(GradstepApp, "notify", lambda app, message, **options: messages.append(message))
    return messages


@pytest.fixture(autouse=True)
def _said(monkeypatch):
    """An app keeps in `said` what it told."""
    notify = GradstepApp.notify

    def kept(app, message, **options):
        app.__dict__.setdefault("said", []).append(message)
        notify(app, message, **options)

    monkeypatch.setattr(GradstepApp, "notify", kept)


@pytest.fixture
def with_ahead(monkeypatch):
    """Places near by are drawn ahead, as for a person: for tests of that, and of what it may come between."""
    monkeypatch.setattr("tui.stepper.ahead.LONGEST", float("inf"))  # however long a busy machine takes for a part


@pytest.fixture(autouse=True)
def _nothing_ahead(request, monkeypatch):
    """Else no place is drawn before somebody goes there, which takes three times the drawing: `test_ahead` proves that
    what is drawn ahead is what would be drawn."""
    if "with_ahead" not in request.fixturenames:
        monkeypatch.setattr(Ahead, "begin", lambda ahead: None)


@pytest.fixture
def drawn_at_once(monkeypatch):
    """Screens are drawn as for a person, as often as Textual has it: for tests of what is sent."""
    monkeypatch.setattr(Screen, "_compositor_refresh", quick.AT_ONCE)


@pytest.fixture(scope="session")
def read_before():
    return catalogue.Catalogue()


@pytest.fixture
def known(monkeypatch, read_before):
    """Apps share what they know of files: the shipped scenarios are read and checked once for all tests."""
    monkeypatch.setattr(catalogue, "Catalogue", lambda: read_before)
