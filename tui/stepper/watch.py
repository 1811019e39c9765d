"""Whether a file is still what it was when it was opened: its time and size, looked at now and then."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from engine.files.disk import Signature, signature_of


class Watch:
    """One file, from now on.

    An editor that saves may leave nothing, or half a file, for a moment: a change counts once two looks agree.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, signature: Callable[[Path], Signature | None] = signature_of) -> None:
        self.path, self._signature = path, signature
        self._opened = self._last = self._told = signature(path)

    @property
    def changed(self) -> bool:
        """Whether there is something else to be read now than what was opened, as far as was told."""
        return self._told is not None and self._told != self._opened

    def look(self) -> Literal["changed", "missing"] | None:
        """What is new since it was last told, if anything is."""
        now = self._signature(self.path)
        steady, self._last = now == self._last, now
        if not steady or now == self._told:
            return None
        self._told = now
        if now is None:
            return "missing"
        return "changed" if self.changed else None
