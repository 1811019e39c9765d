"""Why a number is what it is: rule, operands and result as structured terms; rows as matrices; the walk as records.

Not here: text. Whoever shows a term decides on names, digits and colours.
"""
