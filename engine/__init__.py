"""Backpropagation, one step at a time: the numbers, without a screen.

Nothing here knows a terminal. Values go in and come out immutable; the only code that computes a propagation value
is `engine.advance`.
"""
