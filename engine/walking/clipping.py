"""The derivatives as an update rule takes them: with their bound, where they have one."""

import numpy as np
from numpy.typing import NDArray

from engine.program.clip import Clip
from engine.program.steps import Row
from engine.walking.values import Values

Array = NDArray[np.float64]


def clipped(clip: Clip | None, values: Values, row: Row, derivatives: Array | None = None) -> Array:
    """dE/dw of a row as the rule takes it.

    Args:
        clip: the bound, if there is one.
        values: with the derivatives of all that have a norm in common.
        row: of new parameters, or of their derivatives.
        derivatives: dE/dw of this row, where it is another one than in the values.

    Raises:
        LookupError: a derivative is not computed yet over which the norm goes.
    """
    own = values.need("dE/dw", row.subject) if derivatives is None else derivatives
    if clip is None:
        return own
    span, norms = values.steps.span(row), np.zeros_like(own)
    for group in values.steps.together(clip):
        within = group[(group >= span.start) & (group < span.stop)] - span.start
        if within.size:
            norms[within] = clip.size(_of(values, group, span, own))
    return clip.clipped(own, norms)


def clipped_if_known(clip: Clip | None, values: Values, row: Row, derivatives: Array) -> Array | None:
    """The same, or None where the norm goes over what is computed later."""
    try:
        return clipped(clip, values, row, derivatives)
    except LookupError:
        return None


def norm_of(clip: Clip, values: Values, index: int) -> float | None:
    """The norm that the derivative by a parameter has its bound with; None of what has none.

    Raises:
        LookupError: a derivative is not computed yet over which the norm goes.
    """
    group = next((group for group in values.steps.together(clip) if index in group), None)
    return None if group is None else float(clip.size(_of(values, group)))


def _of(values: Values, group: NDArray[np.intp], span: slice = slice(0, 0), own: Array | None = None) -> Array:
    """The derivatives by these parameters; `own` stands for those of a slice of θ."""
    steps, whole = values.steps, np.zeros(len(values.theta), values.theta.dtype)
    for row in steps.rows:
        if row.quantity == "w+":
            at = steps.span(row)
            if own is not None and at == span:
                whole[at] = own
            elif at.start <= group[-1] and group[0] < at.stop:
                whole[at] = values.need("dE/dw", row.subject)
    return whole[group]
