"""The drawn graph of a scenario that is formulas: a box for each value, a port for each use of one.

`picture_of` makes a picture of a walk, `draw` rows of text of a picture; what has no box (parameters, constants,
targets) stands at the ports where it is used.
"""
