"""Pictures of the screen: what is seen, as text, as a terminal's bytes, as SVG and as PNG.

All are made of one `Shot`, so that they can't differ. Lines, blocks and dots are drawn as shapes, as good terminals do,
for in most fonts they leave gaps; only letters and signs are left to a font.
"""


class LackingError(Exception):
    """Signs that a picture's font has not: a number with a hole in it would be a wrong one."""
