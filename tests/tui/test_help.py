"""The help of the program itself; what each command's help promises is in the tests of the contract."""

import subprocess

from tests import GRADSTEP
from tui.command_line import COMMANDS


def test_the_help_of_all_names_every_command():
    result = subprocess.run([GRADSTEP, "--help"], capture_output=True, text=True, check=True)
    assert all(f"gradstep {command}" in result.stdout for command in COMMANDS)
