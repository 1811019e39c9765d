"""What each kind of number tells, in a line."""

MEANINGS = (
    ("x", "total input of a node: its weighted inputs and its bias, summed"),
    ("y", "output of a node: its activation function at x"),
    ("E", "error: how far the outputs are from their targets"),
    ("dE/dy", "how E changes with a node's output"),
    ("dE/dx", "how E changes with a node's total input"),
    ("dE/dw", "how E changes with a weight or a bias"),
)
"""Of the quantities that have a colour, in the order of the walk."""
