"""The checks of figures that somebody has begun: each is done once, by whoever has time for it first."""

import numpy as np

from engine.check.audit import Checks
from engine.program.scenario import Array, Scenario

MOST = 8
"""Scenarios whose checks are kept."""


class Audits:
    """The checks of the scenarios that were asked for last."""

    def __init__(self) -> None:
        """None so far."""
        self._kept: list[Checks] = []

    def of(self, scenario: Scenario) -> Checks:
        """Those of a scenario, as far as they are done."""
        known = (checks for checks in self._kept if same_figures(checks.scenario, scenario))
        found = next(known, None) or Checks(scenario)
        self.keep(found)
        return found

    def take(self, scenario: Scenario) -> Checks:
        """Those of a scenario, for somebody who may go on with them alone, in a thread; who has done so keeps them."""
        found = self.of(scenario)
        if not found.over:
            self._kept.remove(found)
        return found

    def keep(self, checks: Checks) -> None:
        """These are the ones of their scenario, and asked for last."""
        others = [other for other in self._kept if not same_figures(other.scenario, checks.scenario)]
        self._kept = [*others, checks][-MOST:]


def same_figures(one: Scenario, other: Scenario) -> bool:
    """Whether all that figures depend on is the same: it is one scenario, or the same file was read twice.

    Where it isn't plain to see they are taken for different ones: graphs, and walks that were saved on their way.
    """
    if one is other:
        return True
    if (one.path, one.text) != (other.path, other.text):
        return False
    plain = all(each.graph is None and each.resume is None and each.preparation is None for each in (one, other))
    records = plain and all(getattr(one, name) == getattr(other, name) for name in ("network", "training", "published"))
    arrays = ("theta", "inputs", "targets", "weights")
    return records and all(_same_array(getattr(one, name), getattr(other, name)) for name in arrays)


def _same_array(one: Array | None, other: Array | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)
