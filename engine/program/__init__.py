"""What is computed, from what and in which order: networks, steps, update rules, the scenario that holds them.

Here belongs what can be said of a walk before its first number is computed, and the expressions that name its numbers.
Not here: the numbers themselves.
"""
