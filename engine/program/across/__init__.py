"""Operations across the elements of a value, by family.

Each is an `Operation`: what it computes, what it pulls back, and of one element which formula it is. Here belongs how
whole values go through a function of formulas. Not here: functions that take each element by itself.
"""
