"""The command: first of all it makes sure that what is imported is gradstep's own.

Its packages have common names. Where gradstep shares its place with other programs, another package of such a name may
come first, or may have been installed into the same folder.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("engine", "tui", "scenarios")
MISTAKE = 2
REMEDY = "install gradstep in a place of its own: pipx install . (or uv tool install .) from its clone"


def main() -> int:
    """Runs gradstep; gives its exit code, which is 2 where something else takes the place of its packages."""
    here = Path(__file__).resolve().parent
    for name in PACKAGES:
        found = _place(name)
        if found is None:
            return _complain(f"its package {name} is missing")
        if found != here / name / "__init__.py":
            return _complain(f"another package called {name} hides gradstep's own: {found}")
    try:
        from tui.cli import main as run
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in PACKAGES:
            raise
        return _complain(f"something else was installed into its package {error.name}: {error}")
    return run()


def _place(name: str) -> Path | None:
    """The file that an import of this name would read, or its folder where it has none."""
    spec = find_spec(name)
    if spec is None:
        return None
    return Path(spec.origin or next(iter(spec.submodule_search_locations or ()), name)).resolve()


def _complain(message: str) -> int:
    print(f"gradstep: {message}: {REMEDY}", file=sys.stderr)
    return MISTAKE
