"""Colours whose lightness moves while their hue stays, and the contrast between them.

Oklab (Björn Ottosson, 2020) is the space in which that is simple: lightness is one coordinate, hue the angle of the
other two.
"""

import math
from collections.abc import Sequence

from textual.color import Color

Lab = tuple[float, float, float]
"""Lightness from 0 to 1, and the two coordinates of colour."""

_COLOURED = (0.38, 0.87)
"""The lightness within which a hue is still a colour: beyond it only the least contrast is sought."""


def legible(start: Lab, grounds: Sequence[Lab], dark: bool, least: float, wanted: float = 0.0) -> Lab:
    """The colour nearest to `start` in lightness with at least this contrast, and the wanted one if there is room."""
    luminances = [_luminance(_linear_parts(ground)) for ground in grounds]
    decisive = max(luminances) if dark else min(luminances)
    far = 1.0 if dark else 0.0
    limit = _COLOURED[dark]
    comfortable = _lightness_for(start, decisive, max(least, wanted), limit)
    enough = _lightness_for(start, decisive, least, far)
    lightness = max(comfortable, enough) if dark else min(comfortable, enough)
    return in_gamut((lightness, start[1], start[2]))


def _lightness_for(start: Lab, ground: float, contrast: float, end: float) -> float:
    """How far towards `end` the lightness has to go for this contrast on a background of that luminance."""
    goal = contrast + 0.03  # a little more: the colour is still to be rounded to 8 bits

    def reached(lightness: float) -> bool:
        own = _luminance(_linear_parts(in_gamut((lightness, start[1], start[2]))))
        # Contrast on the wrong side of the background (darker on a dark one) does not count.
        return (own > ground) == (end > 0.5) and _ratio(own, ground) >= goal

    near, far = start[0], end
    if reached(near):
        return near
    if (far - near) * (end - 0.5) <= 0:
        return end
    for _ in range(9):
        middle = (near + far) / 2
        near, far = (near, middle) if reached(middle) else (middle, far)
    return far


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours, from 1 to 21, as WCAG 2 defines it."""
    return _ratio(_luminance(linear(one)), _luminance(linear(other)))


def in_gamut(colour: Lab) -> Lab:
    """The colour, greyer if the screen cannot show it: lightness and hue stay."""
    low, high = 0.0, 1.0
    if _shown(colour):
        return colour
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (middle, high) if _shown(greyer(colour, middle)) else (low, middle)
    return greyer(colour, low)


def greyer(colour: Lab, part: float) -> Lab:
    """With only this part of its colourfulness."""
    return colour[0], colour[1] * part, colour[2] * part


def of_hue(lightness: float, chroma: float, hue: float) -> Lab:
    """The colour with this lightness, colourfulness, and hue in radians."""
    return lightness, chroma * math.cos(hue), chroma * math.sin(hue)


def _shown(colour: Lab) -> bool:
    return all(-1e-4 <= part <= 1 + 1e-4 for part in _linear_parts(colour))


def to_lab(colour: Color) -> Lab:
    """A screen colour in Oklab."""
    red, green, blue = linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear_parts(colour: Lab) -> tuple[float, float, float]:
    """Linear red, green and blue of an Oklab colour."""
    lightness, a, b = colour
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def linear(colour: Color) -> tuple[float, float, float]:
    """Red, green and blue as amounts of light, from 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return red, green, blue


def _luminance(linear: tuple[float, float, float]) -> float:
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def to_hex(colour: Lab) -> str:
    """As CSS writes it: `#0f9d58`."""
    parts = []
    for light in _linear_parts(colour):
        part = min(1.0, max(0.0, light))
        parts.append(12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)
