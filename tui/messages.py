"""Messages to whoever typed the command: on standard error, so that the output stays clean."""

import sys

MISTAKE = 2
"""The exit code of the user's mistakes."""


def complain(message: str) -> int:
    """Says what the user's mistake is, on standard error; gives the exit code for it."""
    for line in message.splitlines():
        print(f"gradstep: {line}", file=sys.stderr)
    return MISTAKE
