"""Saving by someone who is asked: what is there is replaced only after it was said so, and as it was then."""

import os
from pathlib import Path

from engine.files.disk import Signature, read_text
from engine.files.problems import ScenarioError
from engine.files.read import MAX_BYTES
from engine.files.save.where import TakenError
from engine.program.scenario import Scenario
from engine.told import Told, untold


class Saver:
    """Writes the files of one walk, and knows what it read and wrote: so it notices what others wrote meanwhile."""

    def __init__(self, scenario: Scenario) -> None:
        """For a walk of this scenario, which came from a file perhaps."""
        self._known: dict[str, str] = {}
        """The text of files as this walk read or wrote it, by their real paths."""
        self._there: tuple[Path, Signature | None] | None = None
        """The file of which it was said that it is there."""
        if scenario.path is not None:
            self._known[os.path.realpath(scenario.path)] = scenario.text

    def save(self, scenario: Scenario, path: Path, told: Told = untold) -> bool:
        """Writes a file; a second time, in the place of the one of which it was said that it is there.

        Returns:
            whether the author's own file was kept as it was written, but for the numbers.

        Raises:
            TakenError: something has that name: the message says what, and whether it was edited meanwhile.
            SaveError: it can't be saved or written.
        """
        from engine.files.save.save import save  # here, because tomlkit takes a while to import

        there, self._there = self._there, None
        try:
            kept = save(scenario, path, over=there[1] if there is not None and there[0] == path else None, told=told)
        except TakenError as error:
            self._there = (path, error.seen)
            if there is None and self._is_edited(path):
                raise TakenError(path, "was edited since it was read") from error
            raise
        self._known[os.path.realpath(path)] = _text(path)
        return kept

    def forget(self) -> None:
        """What was said of a name no longer holds: another one is being typed."""
        self._there = None

    def _is_edited(self, path: Path) -> bool:
        known = self._known.get(os.path.realpath(path))
        return known is not None and known != _text(path)


def _text(path: Path) -> str:
    try:
        return read_text(path, path.name, MAX_BYTES)
    except ScenarioError:
        return ""
