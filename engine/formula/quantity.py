"""What can be asked of a walk, by name: `x[h1]`, `dE/dw[w5]`, `dE/dy[h1<-o1]`, `E`."""

from msgspec import Struct

NODE_KINDS = ("x", "y", "t", "dy/dx", "dE/dy", "dE/dx")
"""Quantities of a node."""
PARAMETER_KINDS = ("dE/dw", "w", "w+")
"""Quantities of a parameter, weights and biases alike."""
THROUGH = ("dE/dy", "dE/dw", "dy/dx")
"""Quantities that may name a node after `<-`."""
ALIASES = {"dE/db": "dE/dw", "b": "w", "b+": "w+"}
"""Other spellings: a bias has the same three quantities as a weight."""


class Quantity(Struct, frozen=True):
    """One number of a walk, or (without a subject, where there is one) a row of them.

    Attributes:
        kind: one of `NODE_KINDS`, `PARAMETER_KINDS`, `E`, `E_epoch`, `learning_rate`.
        subject: the node or parameter; for `E` an output or none (the total).
        through: the second node of `dE/dy[h1<-o1]` and `dy/dx[o1<-o2]`; of `dE/dw[w<-h2]` the node at which w is used.
        epoch: of `E_epoch[3]`.
    """

    kind: str
    subject: str | None = None
    through: str | None = None
    epoch: int | None = None

    def __str__(self) -> str:
        """As scenario files write it."""
        if self.epoch is not None:
            return f"{self.kind}[{self.epoch}]"
        if self.subject is None:
            return self.kind
        through = f"<-{self.through}" if self.through else ""
        return f"{self.kind}[{self.subject}{through}]"
