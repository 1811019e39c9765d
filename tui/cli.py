"""Where gradstep starts: what needs nothing else is answered here, before anything is imported."""

import os
import sys

from tui import __version__

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What libraries of linear algebra ask for how many threads to start."""


def main(arguments: list[str] | None = None) -> int:
    """Runs gradstep.

    Returns:
        the exit code: 0 done, 1 a check failed, 2 the user's mistake, 130 ended by ctrl+C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"] and sys.stdout is not None:
        return _show_version()
    for name in THREADS:  # the engine adds in its own order: a second thread would only spin, in every process
        os.environ.setdefault(name, "1")
    from tui.terminal.quick_start import without_collection

    with without_collection():
        from tui.command_line import run
    return run(words)


def _show_version() -> int:
    try:
        print(f"gradstep {__version__}", flush=True)
    except OSError:  # nobody reads it any more; when Python ends, what is left must not be tried again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
