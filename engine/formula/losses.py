"""Every loss function by its name.

Adding one is writing its record, in the file of those like it, and naming it here.
"""

from engine.formula.distances import (
    ABSOLUTE_ERROR,
    HALF_SQUARED_ERROR,
    HINGE,
    HUBER,
    LOG_COSH,
    MEAN_SQUARED_ERROR,
    SMOOTH_L1,
    SQUARED_ERROR,
    SQUARED_HINGE,
)
from engine.formula.likelihoods import BINARY_CROSS_ENTROPY, CROSS_ENTROPY, KL_DIVERGENCE, POISSON
from engine.formula.loss import Loss

OUTPUT = Loss("output", lambda y, t, m: y, lambda y, t, m: 1.0, needs_targets=False)

LOSSES = {
    record.name: record
    for record in (
        *(HALF_SQUARED_ERROR, SQUARED_ERROR, MEAN_SQUARED_ERROR, BINARY_CROSS_ENTROPY, CROSS_ENTROPY, OUTPUT),
        *(ABSOLUTE_ERROR, HUBER, SMOOTH_L1, LOG_COSH, HINGE, SQUARED_HINGE, KL_DIVERGENCE, POISSON),
    )
}
