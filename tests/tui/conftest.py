"""What several tests of the app need."""

import pytest

from tests.tui import quick
from tui.app import GradstepApp
from tui.picker import catalogue

quick.install()


@pytest.fixture
def told(monkeypatch):
    """The messages, as they are sent; a toast would be gone after its seconds."""
    messages = []
    monkeypatch.setattr(GradstepApp, "notify", lambda app, message, **options: messages.append(message))
    return messages


@pytest.fixture(autouse=True)
def _said(monkeypatch):
    """An app keeps in `said` what it told: its toasts are gone after their seconds, which may pass at once."""
    notify = GradstepApp.notify

    def kept(app, message, **options):
        app.__dict__.setdefault("said", []).append(message)
        notify(app, message, **options)

    monkeypatch.setattr(GradstepApp, "notify", kept)


@pytest.fixture(scope="session")
def read_before():
    return catalogue.Catalogue()


@pytest.fixture
def known(monkeypatch, read_before):
    """Apps share what they know of files: the shipped scenarios are read and checked once for all tests."""
    monkeypatch.setattr(catalogue, "Catalogue", lambda: read_before)
