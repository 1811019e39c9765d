"""The verdict on a figure: as declared, or not."""

import math
from typing import Literal

from msgspec import Struct

from engine.check.agreement import Agreement, digits_agree, is_weak, within
from engine.program.scenario import Published

Verdict = Literal["match", "rounded", "variant", "erratum", "mismatch", "stale"]

FAILED: tuple[Verdict, ...] = ("mismatch", "stale")
"""What the audit finds beside what is declared: an undeclared difference, and a declared one that is not there."""


class FigureCheck(Struct, frozen=True):
    """One figure, checked.

    Attributes:
        figure: what is printed.
        computed: the number under the file's own settings; nan where the walk does not get there.
        under_variant: the number under the variant's settings, if there is one.
        verdict: the declared one if it holds, else `mismatch` or `stale`.
        agreement: how the figure agrees with the number, or with the variant's; None where it does not.
        like_single: whether it does not, by no more than single precision would make it differ.
    """

    figure: Published
    computed: float
    under_variant: float | None
    verdict: Verdict
    agreement: Agreement | None = None
    like_single: bool = False

    @property
    def ok(self) -> bool:
        """Whether the figure is as declared."""
        return self.verdict not in FAILED

    @property
    def weak(self) -> bool:
        """Whether it is a match that says little, of fewer than two significant digits."""
        return self.verdict == "match" and self.agreement is not None and is_weak(self.figure, self.agreement)


def judged(figure: Published, own: float, how: Agreement | None) -> Verdict:
    """The verdict on a figure.

    Args:
        figure: what is printed.
        own: the number under the file's own settings.
        how: how the figure agrees with it, or with the number under the variant's settings; None where it does not.
    """
    if figure.verdict == "match":
        return "mismatch" if how is None else "match"
    if digits_agree(figure, own):
        return "stale"
    holds = {
        "rounded": figure.within is not None and within(own - figure.number, figure.within, own, figure.number),
        "variant": how is not None,
        "erratum": math.isfinite(own),
    }
    return figure.verdict if holds[figure.verdict] else "mismatch"
