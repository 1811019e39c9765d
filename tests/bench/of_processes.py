"""Commands from nothing to their end, in turn with the least that a process can be which does the same."""

import contextlib
import io
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine.files.beginning import beginning
from tests.bench import GIVEN
from tests.bench.measure import in_turn, line
from tui.command_line import run

GRADSTEP = ("-c", "import sys; from tui.cli import main; sys.exit(main())")
"""As the installed script has it."""
ENDING = {
    "TEXTUAL_DRIVER": "textual.drivers.headless_driver:HeadlessDriver",
    "TEXTUAL_PRESS": "ctrl+q",
    "GRADSTEP_SETTINGS": "",  # whoever measures may have chosen another theme
}
"""An app starts and ends at once; it has no terminal, and draws nothing."""
ON_A_TERMINAL = {"GRADSTEP_SETTINGS": "", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
COLUMNS, ROWS = 120, 40
CTRL_Q = b"\x11"
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
"""As gradstep has it: a second thread of numpy's spins while it is imported."""

PICTURES, PIXELS, CLASSES = 60_000, 784, 10
DARK = 0.8
"""The part of MNIST's pixels that are 0."""
AT_ONCE = 2_000
"""Pictures that are made and written at once, so that this process stays small."""


class Ended(NamedTuple):
    """Seconds of processor time and of waiting, and the bytes of memory at its largest, of a process."""

    cpu: float
    wall: float
    memory: float


def start():
    """From nothing to the first screen on a terminal, and to the end; without a terminal nothing is drawn."""
    walk, minimal = ("-m", "tui", "mazur"), ("-m", "tests.bench.minimal")
    ours, least = _medians(9, partial(_drawn, walk, b"quit"), partial(_drawn, minimal, b"palette"))
    what = "mazur's first screen : a minimal Textual app's; as one waits"
    line(what, f"{ours.cpu / least.cpu:.2f}; {ours.wall / least.wall:.2f}", "≤ 1.5; ≤ 1.3")
    ours, least = _pair(walk, minimal, 9, ENDING)
    line("    without a terminal", f"{ours.cpu / least.cpu:.2f}; {ours.wall / least.wall:.2f}", "")


def version():
    """What needs nothing of gradstep's."""
    ours, least = _pair((*GRADSTEP, "--version"), ("-c", "pass"), 60)
    line("gradstep --version : python -c pass", f"{ours.cpu / least.cpu:.2f}", "≤ 1.2")


def trace():
    """A whole trace, which needs numpy: that starts a thread for each processor, unless somebody forbids it."""
    command = (*GRADSTEP, "trace", "mazur")
    ratios = []
    for threads in ({}, ONE_THREAD):
        ours, least = _pair(command, ("-c", "import numpy"), 20, threads)
        ratios.append(ours.cpu / least.cpu)
    line("trace mazur : import numpy; on one thread", "; ".join(f"{ratio:.2f}" for ratio in ratios), "≤ 1.2")


def objects():
    """A trace for programs, of a network whose steps have many numbers, and those objects as json writes them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "wide.toml")
        file.write_text(beginning((64, 64, 10), "sigmoid", "half_squared_error"), encoding="utf-8")
        command = ["trace", str(file), "--iterations", "20", "--format", "jsonl"]

        def ours():
            with contextlib.redirect_stdout(io.StringIO()) as out:
                run(command)
            return out.getvalue()

        found = [json.loads(row) for row in ours().splitlines()]
        fast, least = in_turn(ours, lambda: "".join(json.dumps(one) + "\n" for one in found))
    line("trace --format jsonl of 64-64-10 : json.dumps of the same", f"{fast / least:.2f}", "≤ 2.5")


def table():
    """A table as large as MNIST's, to the first screen, and numpy's own reader; the memory against that of its numbers.

    First of all that is large: a process begins as large as the one that starts it.
    """
    with tempfile.TemporaryDirectory() as folder:
        scenario, csv = _pictures(Path(folder))
        reader = f"import numpy; numpy.loadtxt({str(csv)!r}, delimiter=',', skiprows=1)"
        ours, least = _pair(("-m", "tui", str(scenario)), ("-c", reader), 4, ENDING | ONE_THREAD)
    memory = ours.memory / (PICTURES * (PIXELS + 1) * 8)
    what = f"a CSV of {PICTURES:,} x {PIXELS + 1}, to the first screen : np.loadtxt"
    line(what, f"{ours.cpu / least.cpu:.2f}", "≤ 1.2")
    line("    memory at its largest : the table's numbers", f"{memory:.2f}", "≤ 2.5")


def _pictures(folder):
    """(scenario, CSV) of digits: a label, then pixels from 0 to 255."""
    rng = np.random.default_rng(1)
    columns = [f"p{number}" for number in range(PIXELS)]
    csv = folder / "pictures.csv"
    with csv.open("w", encoding="utf-8") as file:
        file.write(",".join(("label", *columns)) + "\n")
        for _ in range(PICTURES // AT_ONCE):
            numbers = rng.integers(0, 256, (AT_ONCE, PIXELS + 1))
            numbers[rng.random(numbers.shape) < DARK] = 0
            numbers[:, 0] = rng.permutation(AT_ONCE) % CLASSES
            file.writelines(",".join(map(str, row)) + "\n" for row in numbers.tolist())
    scenario = folder / "pictures.toml"
    network, *_ = beginning((PIXELS, 100, CLASSES), "softmax", "cross_entropy").split("\n[[example]]")
    data = {"csv": csv.name, "inputs": columns}
    told = "".join(f"{key} = {json.dumps(value)}\n" for key, value in data.items())
    told += 'targets = { column = "label", one_hot = true }\n'
    scenario.write_text(f"{network}\n[data]\n{told}", encoding="utf-8")
    return scenario, csv


def _pair(ours, least, rounds, environment=None):
    """The medians of two programs that run in turn."""
    return _medians(rounds, *(partial(_ended, program, environment or {}) for program in (ours, least)))


def _medians(rounds, *runs):
    """The medians of what ends in turn; the first of each, which compiles, is left out."""
    found = [[run() for run in runs] for _ in range(rounds + 1)][1:]
    return [Ended(*map(statistics.median, zip(*ended, strict=True))) for ended in zip(*found, strict=True)]


def _ended(program, environment):
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *program], env=GIVEN | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    used = _waited_for(process)
    return _told(used, time.perf_counter() - begun)


def _drawn(program, words):
    """Likewise on a terminal, where one waits until these words are there; then it is told to end."""
    import fcntl  # here, and below: Windows has no such terminals
    import termios

    terminal, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *program], env=GIVEN | ON_A_TERMINAL, start_new_session=True, **streams)
    os.close(theirs)
    shown, wall = b"", 0.0
    with contextlib.suppress(OSError):  # which is how Linux says that nobody writes there any more
        while piece := os.read(terminal, 1 << 16):
            shown += piece
            if not wall and words in shown:
                wall = time.perf_counter() - begun
                os.write(terminal, CTRL_Q)
    used = _waited_for(process)
    os.close(terminal)
    return _told(used, wall)


def _waited_for(process):
    """What a process used, which must end well."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used


def _told(used, wall):
    unit = 1 if sys.platform == "darwin" else 1024
    return Ended(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * unit)
