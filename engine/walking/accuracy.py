"""How often the outputs tell the right class, where targets are classes."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def are_classes(targets: Array | None) -> bool:
    """Whether targets are classes: 0 or 1 at one output, or 1 at one of several outputs and 0 at the others.

    At least two classes must be there: one example's target that happens to be 1 is no class.

    Args:
        targets: shape (examples, outputs), or None where there are none.
    """
    if targets is None or not np.isin(targets, (0.0, 1.0)).all():
        return False
    one_hot = targets.shape[1] == 1 or bool((np.count_nonzero(targets, axis=1) == 1).all())
    return one_hot and bool((targets != targets[0]).any())


def count_right(outputs: Array, targets: Array) -> int:
    """How many examples' outputs tell their class: the largest output is its own, or the only one is beyond ½.

    Where two outputs are the same, or the only one is ½, no class is told.

    Args:
        outputs: shape (examples, outputs).
        targets: classes, of the same shape.
    """
    if targets.shape[1] == 1:
        right = np.where(targets == 1.0, outputs > 0.5, outputs < 0.5)
        return int(np.count_nonzero(right))
    own = outputs[np.arange(len(outputs)), targets.argmax(axis=1)]
    others = outputs.max(axis=1, where=targets == 0.0, initial=-np.inf)
    return int(np.count_nonzero(own > others))
