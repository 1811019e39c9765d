"""Whether numbers are right: published figures, derivatives by methods that know no derivative, and how
exact all that is.
"""
