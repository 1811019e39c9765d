"""Saving: a walk as it stands becomes a scenario file that opens again to the same numbers, to the last bit.

The author's file is changed where its numbers have changed, and kept as it was written everywhere else (`revised`).
Where there is none, or it can't be kept, the whole is written anew (`composed`). Either is read back and compared
before anything reaches the disk (`save`).
"""
