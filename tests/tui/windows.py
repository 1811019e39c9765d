"""gradstep where what only POSIX has is missing: `python -m tests.tui.windows mazur --plain`; `… app FILE` walks.

What it covers: our own modules, which are imported after the names are gone. What it does not: libraries, imported
before, of which each has its own form for Windows (Textual's driver, asyncio's loops, `pathlib`); so paths keep `/`.
"""

import asyncio
import asyncio.unix_events
import contextlib
import importlib
import os
import platform
import signal
import sys

MODULES = ("crypt", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
SIGNALS = tuple(
    f"SIG{name}"
    for name in "ALRM BUS CHLD CLD CONT HUP IO KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN STKFLT STOP SYS TRAP TSTP TTIN "
    "TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ".split()
)
SIGNAL_FUNCTIONS = ("alarm", "pause", "pthread_kill", "pthread_sigmask", "setitimer", "siginterrupt", "sigwait")
OF_OS = tuple(
    "O_NONBLOCK O_CLOEXEC O_NOFOLLOW O_DIRECTORY O_SYNC O_NOCTTY O_TMPFILE chown chroot confstr copy_file_range "
    "ctermid fchdir fchmod fchown fdatasync fork forkpty fpathconf get_blocking getegid geteuid getgid getgroups "
    "getloadavg getpgid getpgrp getpriority getsid getuid initgroups killpg lchown lockf login_tty major minor mkfifo "
    "mknod nice openpty pathconf pipe2 posix_fadvise posix_spawn posix_spawnp pread pwrite readv register_at_fork "
    "sched_getaffinity sched_yield sendfile setgid setpgid setsid setuid splice statvfs sync sysconf tcgetpgrp "
    "tcsetpgrp ttyname uname wait wait3 wait4 waitid writev WNOHANG WUNTRACED EX_OK EX_USAGE SCHED_OTHER".split()
)

LIBRARIES = """
numpy.random msgspec tomlkit textual.app textual.pilot textual.drivers.headless_driver textual.drivers.linux_driver
textual_serve.server
""".split()


def take_away(*, links):
    """Takes away what Windows hasn't; hard links, too, which some of its file systems refuse."""
    for library in LIBRARIES:
        with contextlib.suppress(ModuleNotFoundError):  # of an extra
            importlib.import_module(library)
    platform.node()
    for name in MODULES:
        sys.modules[name] = None
    for module, names in ((os, OF_OS), (signal, SIGNALS + SIGNAL_FUNCTIONS)):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    os.process_cpu_count = os.cpu_count  # from Python 3.13 on, the one of POSIX asks what is gone
    if not links:
        os.link = refused
    os.kill = refused  # it would end the process
    asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = not_implemented
    assert not [name for name in sys.modules if name.partition(".")[0] in ("engine", "tui")]
    from engine.files import system

    system.WINDOWS = True


def refused(*_):
    raise OSError(22, "Incorrect function")


def not_implemented(*_):
    raise NotImplementedError


async def walk(path):
    """Opens mazur in the app, walks, saves twice, ends as when the window is closed; the exit code."""
    from engine.files import load_scenario
    from engine.walking.session import Session
    from tui.app import GradstepApp

    app = GradstepApp(Session.open(load_scenario("mazur")))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("n", "right", "right")
        for _ in range(2):  # the second time over what is there
            await pilot.press("s", *["backspace"] * 20, *path)
            for _ in range(2):
                await pilot.press("enter")
                await app.workers.wait_for_complete()
                await pilot.pause()
        await pilot.press("o", "slash", *"./", "escape", "escape", "ctrl+z")
        await pilot.pause()
        signal.raise_signal(signal.SIGTERM)
        await pilot.pause(0.1)
    return app.return_code


if __name__ == "__main__":
    words = sys.argv[1:]
    take_away(links="--without-links" not in words)
    words = [word for word in words if word != "--without-links"]
    if words[:1] == ["app"]:
        sys.exit(asyncio.run(walk(words[1])))
    sys.argv = ["gradstep", *words]
    from tui.cli import main

    sys.exit(main())
