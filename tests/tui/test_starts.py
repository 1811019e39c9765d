"""What a start does without: each module that is imported before anything is seen is waited for, every time."""

import os
import subprocess
import sys

import pytest

AT_ONCE = """
import sys, tui.cli
tui.cli.main(sys.argv[1:])
sys.stderr.write(" ".join(sys.modules))
"""
FIRST_SCREEN = """
import sys, tui.cli, tui.stepper.ready
tui.stepper.ready.LATER = ()  # what is imported while nobody waits
tui.cli.main(sys.argv[1:])
sys.stderr.write(" ".join(sys.modules))
"""
OF_DATA = {"csv", "safetensors", "tomlkit", "numpy.random"} | {
    f"engine.files.{part}" for part in ("data", "tables", "cells", "weights", "stored", "matching", "initial")
}
"""For scenarios that have numbers in files, or draw them, and to save them."""
OF_FORMULAS = {"engine.program.parser", "engine.program.words", "engine.files.graph", "engine.files.lines"}
"""The grammar of graphs, which layers do without."""
ASKED_FOR = {"engine.check.audit", "engine.check.gradients", "engine.comparison", "engine.predict.mistakes"}
"""What a key or a command asks for."""
OTHER_SCREENS = {"tui.palette", "tui.picker.screen", "tui.picker.catalogue"}


def imported(program, *words, **environment):
    run = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
    )
    return set(run.stderr.split())


def test_version_needs_nothing_else():
    found = imported(AT_ONCE, "--version")
    assert not {"argparse", "numpy", "engine", "msgspec", "textual", "importlib.metadata"} & found


@pytest.mark.parametrize(
    "words", [("trace", "mazur"), ("value", "mazur", "E"), ("train", "mazur", "--iterations", "2"), ("list",)]
)
def test_a_command_needs_no_screen(words):
    found = imported(AT_ONCE, *words)
    assert "engine.files" in found
    assert not {"textual", "asyncio", "rich.console"} & found


def test_trace_needs_neither_archives_nor_the_grammar_of_graphs():
    found = imported(AT_ONCE, "trace", "mazur")
    assert "engine.explain.trace" in found
    assert not ({"shutil", "bz2", "lzma", "engine.walking.fast"} | OF_DATA | OF_FORMULAS | ASKED_FOR) & found


def test_the_first_screen_needs_no_dialog_and_nothing_that_a_key_asks_for():
    found = imported(
        FIRST_SCREEN,
        "mazur",
        TEXTUAL_DRIVER="textual.drivers.headless_driver:HeadlessDriver",
        TEXTUAL_PRESS="ctrl+q",
        GRADSTEP_SETTINGS="",
    )
    assert "tui.stepper.screen" in found
    assert (
        not ({"tui.palette", "tui.picker.screen", "tui.picker.catalogue"} | OF_DATA | OF_FORMULAS | ASKED_FOR) & found
    )
    assert not {name for name in found if name.startswith("tui.dialogs.")}
