"""Whole iterations without looking at each row, equal to stepping to the last bit: as straight-line code, and on
arrays.
"""
