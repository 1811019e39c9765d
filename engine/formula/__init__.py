"""What formulas are made of: the functions of the field with their slopes, sums in one fixed order, quantities by name.

Here belongs what is true of a number or a formula by itself. Not here: anything that knows a network, a file or a walk.
"""
