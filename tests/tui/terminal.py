"""The real program in a real pseudo-terminal, with an emulator that reads its screen."""

import os
import re
import select
import signal
import struct
import sys
import time
from contextlib import contextmanager

import pyte
import pytest

from tests.patience import PATIENCE

fcntl, termios = map(pytest.importorskip, ("fcntl", "termios"))  # Windows has no such terminals

KEYS = {
    "right": "\x1b[C",
    "left": "\x1b[D",
    "down": "\x1b[B",
    "escape": "\x1b",
    "enter": "\r",
    "ctrl+c": "\x03",
    "ctrl+z": "\x1a",
}


class Terminal:
    """A program's screen and keyboard."""

    def __init__(self, command, columns, rows, environment=None):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.fd, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        # COLUMNS would win over the terminal's own size; readline sets it behind Python's back, so no `del` helps
        clean = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        # not `pty.fork`: a copy of a process with threads may hang. The first terminal that the leader of a session
        # opens is its own, which ctrl+C and a hang-up reach it by
        streams = [(os.POSIX_SPAWN_OPEN, 0, os.ttyname(theirs), os.O_RDWR, 0)]
        streams += [(os.POSIX_SPAWN_DUP2, 0, other) for other in (1, 2)]
        variables = clean | {"TERM": "xterm-256color"} | (environment or {})
        self.pid = os.posix_spawnp(command[0], command, variables, file_actions=streams, setsid=True)
        os.close(theirs)

    def text(self):
        """What a person sees."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def press(self, *keys):
        """Types keys."""
        for key in keys:
            os.write(self.fd, KEYS.get(key, key).encode())

    def wait_for(self, words):
        """Reads until these words are on the screen."""
        end = time.monotonic() + PATIENCE
        while words not in self.text():
            assert time.monotonic() < end, f"{words!r} never came:\n{self.text()}"
            assert self._read(), f"the program ended:\n{self.text()}"

    def ended(self):
        """Reads until the program ends; its exit code."""
        while self._read():
            pass
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def stopped(self):
        """Reads until the program is stopped, as by ctrl+Z, and all that it wrote before is read."""
        end = time.monotonic() + PATIENCE
        while os.waitpid(self.pid, os.WUNTRACED | os.WNOHANG)[0] == 0:
            assert time.monotonic() < end, "it never stopped"
            if select.select([self.fd], [], [], 0.05)[0]:
                self._read()
        while select.select([self.fd], [], [], 0.05)[0]:
            self._read()

    def go_on(self):
        """Lets a stopped program go on, and reads until it takes keys again."""
        os.kill(self.pid, signal.SIGCONT)
        end = time.monotonic() + PATIENCE
        while self.is_cooked():
            assert time.monotonic() < end, "it never came back"
            if select.select([self.fd], [], [], 0.05)[0]:
                self._read()

    def hang_up(self):
        """Closes the terminal, as when its window is closed; the program's exit code."""
        os.close(self.fd)
        self.fd = os.open(os.devnull, os.O_RDONLY)
        end = time.monotonic() + PATIENCE
        while (ended := os.waitpid(self.pid, os.WNOHANG))[0] == 0:
            assert time.monotonic() < end, "it goes on without a terminal"
            time.sleep(0.02)
        self.pid = 0
        return os.waitstatus_to_exitcode(ended[1])

    def is_cooked(self):
        """Whether lines are edited, keys echoed and ctrl+C sends a signal, as a shell leaves a terminal."""
        flags = termios.tcgetattr(self.fd)[3]
        return all(flags & flag for flag in (termios.ICANON, termios.ECHO, termios.ISIG))

    def is_left(self):
        """Whether nothing of the program's own ways with the terminal is on any more."""
        modes = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", self.output))
        off = [modes[number] for number in (b"1049", b"1000", b"1003", b"1006", b"2004", b"1004")]
        return off == [b"l"] * 6 and modes[b"25"] == b"h" and self.is_cooked()

    def _read(self):
        ready, _, _ = select.select([self.fd], [], [], PATIENCE)
        assert ready, f"nothing came any more:\n{self.text()}"
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:  # the other side is gone
            data = b""
        self.output += data
        self.stream.feed(data)
        return bool(data)


@contextmanager
def gradstep(*arguments, columns=120, rows=40, environment=None):
    """The installed program, running."""
    terminal = Terminal([sys.executable, "-m", "tui", *arguments], columns, rows, environment)
    try:
        yield terminal
    finally:
        if terminal.pid:
            os.kill(terminal.pid, signal.SIGKILL)
            os.waitpid(terminal.pid, 0)
        os.close(terminal.fd)
