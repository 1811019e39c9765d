"""The scenarios that come with gradstep, whether run from a clone or installed."""

from pathlib import Path

import scenarios


def shipped_names() -> tuple[str, ...]:
    """Their names, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def shipped_path(name: str) -> Path:
    """The file of the shipped scenario of this name."""
    return _folder() / f"{name}.toml"


def _folder() -> Path:
    return Path(scenarios.__path__[0])
