"""Someone's own numbers beside the walk's: which of them is wrong first, and what was done to get it.

(The room is not called `compare`: as a module that would hide the function of this name in `engine`.)
"""
