"""The scenarios that come with gradstep, whether run from a clone or installed."""

from importlib.resources import files
from pathlib import Path


def shipped_names() -> tuple[str, ...]:
    """Their names, sorted."""
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def shipped_path(name: str) -> Path:
    """The file of the shipped scenario of this name."""
    return _folder() / f"{name}.toml"


def _folder() -> Path:
    return Path(str(files("scenarios")))
