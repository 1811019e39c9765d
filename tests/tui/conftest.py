"""What several tests of the app need."""

import pytest

from tests.tui import quick
from tui.app import GradstepApp
from tui.picker import catalogue

quick.install()

UNTIL_THE_END = 3600.0
"""Seconds that a message stays: longer than any test."""


@pytest.fixture
def told(monkeypatch):
    """The messages, as they are sent; a toast would be gone after its seconds."""
    messages = []
    monkeypatch.setattr(GradstepApp, "notify", lambda app, message, **options: messages.append(message))
    return messages


@pytest.fixture(autouse=True)
def _said(monkeypatch):
    """An app keeps in `said` what it told, and shows it until told something else: a message of two seconds is gone
    before anybody looks where the machine is busy."""
    notify = GradstepApp.notify

    def kept(app, message, **options):
        app.__dict__.setdefault("said", []).append(message)
        notify(app, message, **options | {"timeout": UNTIL_THE_END})

    monkeypatch.setattr(GradstepApp, "notify", kept)


@pytest.fixture(scope="session")
def read_before():
    return catalogue.Catalogue()


@pytest.fixture
def known(monkeypatch, read_before):
    """Apps share what they know of files: the shipped scenarios are read and checked once for all tests."""
    monkeypatch.setattr(catalogue, "Catalogue", lambda: read_before)
