"""What is known of the files that can be opened: what reading them gave, and how their figures fare.

Kept as long as the app runs, so that the picker opens at once the second time. A file that has changed is read again.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import get_args

from msgspec import Struct

from engine.check.kept import Audits
from engine.check.verdict import Verdict
from engine.files import Problem, ScenarioError, load_scenario
from engine.files.disk import Signature, signature_of
from engine.program.scenario import Scenario
from engine.told import Told, untold

SLICE = 0.004
"""Seconds of an audit at a time: a key never waits longer for it."""

Tally = Counter[Verdict]
"""How many figures have which verdict."""


class Reading(Struct, frozen=True, eq=False):
    """What reading a file gave: a scenario, or problems.

    Attributes:
        signature: the file as it was then, or None if there was none.
    """

    signature: Signature | None
    scenario: Scenario | None = None
    problems: tuple[Problem, ...] = ()


class Catalogue:
    """Readings and tallies by file.

    Attributes:
        audits: the checks of figures, of the walk's own scenario, too.
    """

    def __init__(self) -> None:
        self.audits = Audits()
        self._readings: dict[Path, Reading] = {}
        self._tallies: dict[Path, tuple[Scenario, Tally]] = {}

    def known(self, path: Path) -> Reading | None:
        """What reading it gave, if it was read."""
        return self._readings.get(path)

    def is_current(self, path: Path) -> bool:
        """Whether it was read, and its file has not changed since."""
        known = self.known(path)
        return known is not None and known.signature == signature_of(path)

    def read(self, path: Path, told: Told = untold) -> Reading:
        """Reads it, whatever is known; what is raised where it is told leaves what is known."""
        signature = signature_of(path)  # first: what changes while it is read is then read again
        try:
            reading = Reading(signature, load_scenario(path, told))
        except ScenarioError as error:
            reading = Reading(signature, problems=error.problems)
        self._readings[path] = reading
        return reading

    def forget(self, path: Path) -> None:
        """What was read of it does not count any more: tables of numbers beside it may have changed."""
        self._readings.pop(path, None)

    def tally(self, path: Path) -> Tally | None:
        """How the figures of its scenario fare, as far as that is known."""
        known = self.known(path)
        if known is None or known.scenario is None:
            return None
        if not known.scenario.published:
            return Tally()
        scenario, tally = self._tallies.get(path, (None, None))
        return tally if known.scenario is scenario else None

    def check(self, path: Path, seconds: float) -> bool:
        """Checks the figures of its scenario for about so long; whether that is all, or there is nothing to check."""
        known = self.known(path)
        if known is None or known.scenario is None or self.tally(path) is not None:
            return True
        checks = self.audits.of(known.scenario)
        if not checks.go_on(seconds):
            return False
        count = Tally(check.verdict for check in checks.done)
        in_order = Tally({verdict: count[verdict] for verdict in get_args(Verdict) if count[verdict]})
        self._tallies[path] = (known.scenario, in_order)
        return True

    async def audit(self, path: Path, breathe: Callable[[], Awaitable[None]] | None = None) -> None:
        """Checks the figures of its scenario in slices, in between which everything else has its turn."""
        while not self.check(path, SLICE):
            await (breathe or _breathe)()


async def _breathe() -> None:
    await asyncio.sleep(0)
