"""What differs between operating systems, and all of it: no other module knows which one it runs on.

Windows opens files as text unless told otherwise, has other signals, no terminal settings, paths with two separators
and drives, other shells, and names that are devices in every folder. File systems without hard links are on both.
"""

import errno
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

WINDOWS = os.name == "nt"
PLATFORM = sys.platform

_READ_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0)
    for name in (
        "O_NONBLOCK",  # opening a pipe does not wait for its other end
        "O_CLOEXEC",
        "O_BINARY",  # of Windows, whose descriptors read text else: \r\n as \n
    )
)

ENDING_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Those that end a program; Windows sends SIGBREAK where a window is closed."""

_DEVICES = frozenset(
    (
        "con",
        "prn",
        "aux",
        "nul",
        "conin$",
        "conout$",
        *(f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"),
    )
)
_NEVER_IN_NAMES = frozenset('<>:"|?*')
_SAFE_ON_WINDOWS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.\\/:~")
_STILL = 60.0
"""Seconds after which Windows' processes have closed what they were writing."""


# Files


def open_to_read(path: Path) -> int:
    """A descriptor that reads bytes, and never waits for another program. Raises OSError."""
    return os.open(path, _READ_FLAGS)


def give_name(source: Path, target: Path) -> None:
    """Gives a file a name that nothing has yet; whether the old one is left, differs.

    Raises:
        FileExistsError: something has the name.
        OSError: the file can't have it.
    """
    try:
        os.link(source, target)  # not a rename, which would take the name from what has it
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # this file system or this system has no links, and says so in many ways
        with target.open("x"):  # the name is ours, or it was another's: then nothing is replaced
            pass
        try:
            source.replace(target)
        except OSError:
            target.unlink()
            raise


def has_ended(process: int, touched: float) -> bool:
    """Whether a process of this computer, which last wrote to a file at `touched`, is no more."""
    if WINDOWS:  # where `os.kill` ends it; but what is open there can't be deleted
        return time.time() - touched > _STILL
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


# Names


def is_path(text: str) -> bool:
    """Whether a text is more than a file's name: with a folder, or a drive."""
    return any(separator in text for separator in separators()) or bool(os.path.splitdrive(text)[0])


def separators() -> str:
    """What stands between a folder and what is in it."""
    return os.sep + (os.altsep or "")


def why_no_name(name: str) -> str:
    """Why no file should have this name; empty where one may."""
    if not WINDOWS:
        return ""
    if name.partition(".")[0].rstrip(" ").casefold() in _DEVICES:
        return "it is the name of a device"
    found = sorted(_NEVER_IN_NAMES & set(name))
    return f"no name may hold {found[0]}" if found else ""


def settings_folder(environment: Mapping[str, str], platform: str) -> Path | None:
    """Where a system keeps what its user chose in programs; None where there is no home."""
    folder = environment.get("APPDATA" if platform == "win32" else "XDG_CONFIG_HOME", "")
    if folder and Path(folder).is_absolute():  # others are to be passed over (XDG Base Directory Specification)
        return Path(folder)
    try:
        home = Path.home()
    except RuntimeError:  # there is none
        return None
    below = {"win32": Path("AppData", "Roaming"), "darwin": Path("Library", "Application Support")}
    return home / below.get(platform, Path(".config"))


# Shells


def typed(words: Sequence[str]) -> str:
    """A command as a person types it: on Windows, in PowerShell."""
    return " ".join(map(_typed_word, words)) if WINDOWS else _joined(words)


def _typed_word(word: str) -> str:
    if word and _SAFE_ON_WINDOWS.issuperset(word):
        return word
    return "'" + word.replace("'", "''") + "'"


def for_shell(words: Sequence[str]) -> str:
    """A command as a program hands it to the system's own shell: on Windows, cmd."""
    if not WINDOWS:
        return _joined(words)
    from subprocess import list2cmdline  # here, as below

    return list2cmdline(words)


def _joined(words: Sequence[str]) -> str:
    from shlex import join  # here, because a command is seldom told

    return join(words)


# Streams and terminals


def is_closed_pipe(error: OSError) -> bool:
    """Whether writing failed because who read has gone: Windows knows no better than that something is invalid."""
    return isinstance(error, BrokenPipeError) or (WINDOWS and error.errno == errno.EINVAL)


def terminal_is_gone() -> bool:
    """Whether there was a terminal, and its window was closed."""
    try:
        import termios
    except ModuleNotFoundError:  # Windows takes the program away with the window
        return False
    try:
        termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ else 0)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)  # not that there never was one
    except (OSError, ValueError):
        return False
    return False
