"""How often the outputs tell the right class, where targets are classes."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def are_classes(targets: Array | None) -> bool:
    """Whether targets are classes: two numbers at one output, 0 and 1 or −1 and 1, or 1 at one of several and else 0.

    At least two classes must be there: one example's target that happens to be 1 is no class.

    Args:
        targets: shape (examples, outputs), or None where there are none.
    """
    if targets is None or not targets.size:
        return False
    if targets.shape[1] == 1:
        return np.unique(targets).tolist() in ([0.0, 1.0], [-1.0, 1.0])
    one_hot = np.isin(targets, (0.0, 1.0)).all() and (np.count_nonzero(targets, axis=1) == 1).all()
    return bool(one_hot) and bool((targets != targets[0]).any())


def boundary(targets: Array) -> float:
    """Between the classes of one output: ½ of 0 and 1, 0 of −1 and 1."""
    return 0.0 if (targets < 0).any() else 0.5


def count_right(outputs: Array, targets: Array, between: float = 0.5) -> int:
    """How many examples' outputs tell their class: the largest output is its own, or the only one is beyond `between`.

    Where two outputs are the same, or the only one lies on the boundary, no class is told.

    Args:
        outputs: shape (examples, outputs).
        targets: classes, of the same shape.
        between: the boundary of the only output, as `boundary` has it.
    """
    if targets.shape[1] == 1:
        right = np.where(targets == 1.0, outputs > between, outputs < between)
        return int(np.count_nonzero(right))
    own = outputs[np.arange(len(outputs)), targets.argmax(axis=1)]
    others = outputs.max(axis=1, where=targets == 0.0, initial=-np.inf)
    return int(np.count_nonzero(own > others))
