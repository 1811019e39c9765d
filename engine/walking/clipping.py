"""The derivatives as an update rule takes them: with their bound, where they have one."""

import numpy as np
from numpy.typing import NDArray

from engine.program.clip import Clip
from engine.program.steps import Row
from engine.walking.values import Values, following_rows

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
    together = values.steps.together(clip)
    for number in values.steps.norms(clip, row):
        indices = together[number].indices
        first, stop = np.searchsorted(indices, (span.start, span.stop))
        if first < stop:
            size = _size(clip, values, number) if derivatives is None else _with(clip, values, number, span, own)
            norms[indices[first:stop] - span.start] = size
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
    together = values.steps.together(clip)
    number = next((number for number, one in enumerate(together) if index in one.indices), None)
    return None if number is None else float(_size(clip, values, number))


def _size(clip: Clip, values: Values, number: int) -> Array:
    """A norm: over what is known of an iteration it is the same in all its stages, and computed once."""
    last = values.steps.together(clip)[number].rows[-1]
    if values.get("dE/dw", last.subject) is None:
        return _with(clip, values, number)
    return following_rows(values, ("norm", clip, number), lambda: _with(clip, values, number))


def _with(clip: Clip, values: Values, number: int, span: slice = slice(0, 0), own: Array | None = None) -> Array:
    """A norm; `own` stands for the derivatives by a slice of θ."""
    steps, together = values.steps, values.steps.together(clip)[number]
    spans = [steps.span(row) for row in together.rows]
    first, stop = min(one.start for one in spans), max(one.stop for one in spans)
    whole = np.zeros(stop - first, values.theta.dtype)
    for row, at in zip(together.rows, spans, strict=True):
        part = own if own is not None and at == span else values.need("dE/dw", row.subject)
        whole[at.start - first : at.stop - first] = part
    return clip.size(whole[together.indices - first])
