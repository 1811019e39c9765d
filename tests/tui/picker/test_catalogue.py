"""What is known of files: read once, checked in slices, and forgotten when they change."""

import pytest

from engine.check.audit import audit
from engine.files import load_scenario, shipped_path
from tui.picker import catalogue
from tui.picker.catalogue import Catalogue

SHIPPED = shipped_path("one-neuron")


async def test_the_tally_is_the_audit(monkeypatch):
    monkeypatch.setattr(catalogue, "SLICE", 0)
    known, turns = Catalogue(), 0

    async def breathe():
        nonlocal turns
        turns += 1

    await known.audit(SHIPPED, breathe)
    assert known.tally(SHIPPED) is None  # not read yet
    known.read(SHIPPED)
    await known.audit(SHIPPED, breathe)
    verdicts = [check.verdict for check in audit(load_scenario(SHIPPED)).figures]
    assert known.tally(SHIPPED) == {verdict: verdicts.count(verdict) for verdict in verdicts}
    assert turns >= len(verdicts) - 1
    await known.audit(SHIPPED, pytest.fail)  # known already


async def test_a_far_figure_is_reached_in_slices(tmp_path, monkeypatch):
    path = tmp_path / "far.toml"
    figure = '\n[[published]]\nquantity = "E"\niteration = 20000\nvalue = "0.1"\n'
    path.write_text(shipped_path("mazur-with-biases").read_text() + figure)
    monkeypatch.setattr(catalogue, "SLICE", 0.001)
    known, turns = Catalogue(), 0

    async def breathe():
        nonlocal turns
        turns += 1

    known.read(path)
    await known.audit(path, breathe)
    assert turns > 2
    assert known.tally(path) == {"mismatch": 1}


def test_a_file_that_changes(tmp_path):
    path, known = tmp_path / "net.toml", Catalogue()
    path.write_text('title = "x"')
    assert not known.is_current(path)
    assert {problem.where for problem in known.read(path).problems} == {"network", "example"}
    assert known.is_current(path)
    path.write_text(SHIPPED.read_text())
    assert not known.is_current(path)
    assert known.read(path).scenario.title == "One neuron"
    assert known.is_current(path)
    known.forget(path)
    assert not known.is_current(path)
    path.unlink()
    assert known.read(path).problems[0].message == "there is no such file"


async def test_the_tally_of_a_file_that_was_read_again_is_of_before(tmp_path):
    path, known = tmp_path / "net.toml", Catalogue()
    path.write_text(SHIPPED.read_text())
    known.read(path)
    await known.audit(path)
    assert known.tally(path)
    known.read(path)
    assert known.tally(path) is None
