"""The terminal side of gradstep: the command line and the Textual app.

Nothing here computes a propagation value: every number that a person sees comes from `engine`.
"""

__version__ = "0.1.0"
