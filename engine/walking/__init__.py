"""The numbers of a walk, and time: one row after the other, iterations, branches, sessions that go anywhere.

Here alone are numbers of a walk computed (`advance`, and `fast` for whole iterations, equal to the last bit). Not here:
what a number means, or how it is said.
"""
