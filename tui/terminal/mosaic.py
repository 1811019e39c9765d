"""An area of values as cells: two rows of them in a cell where there are colours, else shades of one sign.

A half block shows one colour above another, so a cell holds two values, each about as wide as it is high. Where there
are sixteen colours or none, a cell is one of five shades, and lines in dots tell where areas end.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.terminal.theme import CLASS_LEVELS, MAP_CLASSES, MAP_LEVELS, class_names, scale_names

Shading = Literal["colours", "sixteen", "shades"]
"""How values are told apart: by colours, by shades of a few colours, by shades alone."""
Floats = NDArray[np.float64]
Inks = NDArray[np.intp]
"""Places in `INKS`."""
Runs = tuple[tuple[str, str], ...]
"""A row: texts, and the names of their styles."""

INKS = (*scale_names(), *(name for number in range(MAP_CLASSES) for name in class_names(number)), "map-none")
NONE = len(INKS) - 1
"""Where there is no value."""
SHADES = " ░▒▓█"

LOOKS: dict[str, str] = {
    **{f"ink {name}".replace(" ", "-"): f"${name}" for name in INKS[:-1]},
    **{f"on-{name}": f"on ${name}" for name in INKS[:-1]},
    "ink-map-none": "$edge-idle",
    "on-map-none": "",
    "shade": "$foreground",
    "shade-negative": "$map-negative",
    "shade-positive": "$map-positive",
    **{f"map-class-{number}": f"$map-class-{number}" for number in range(MAP_CLASSES)},
}
"""What the names look like."""


class Area(NamedTuple):
    """Values on a grid, as they are to be seen.

    Attributes:
        parts: how far each is from the middle of the scale, −1 … 1; of classes how sure it is, 0 … 1; nan where there
            is none. Shape (2·rows, columns), the top first.
        classes: which class each is, from 0; None where there is one scale.
    """

    parts: Floats
    classes: Inks | None = None

    @property
    def inks(self) -> Inks:
        """The colour of each."""
        known = np.isfinite(self.parts)
        parts = np.where(known, np.clip(self.parts, -1.0, 1.0), 0.0)
        if self.classes is None:
            inks = np.rint(parts * MAP_LEVELS).astype(np.intp) + MAP_LEVELS
        else:
            step = np.clip(np.floor(parts * CLASS_LEVELS), 0, CLASS_LEVELS - 1).astype(np.intp)
            inks = 2 * MAP_LEVELS + 1 + self.classes % MAP_CLASSES * CLASS_LEVELS + step
        return np.where(known, inks, NONE)


class Mosaic:
    """An area as rows of cells, over which signs may be put."""

    def __init__(self, area: Area, shading: Shading) -> None:
        self.shading = shading
        self._signs: list[tuple[str, str]] = []
        if shading == "colours":
            inks = area.inks
            self._codes = inks[::2] * len(INKS) + inks[1::2]
        else:
            self._codes = _shaded(area, few=shading == "sixteen")
        self.rows, self.columns = self._codes.shape

    def put(self, row: int, column: int, sign: str, style: str) -> None:
        """A sign over what is there, which remains its ground; outside it is dropped."""
        if 0 <= row < self.rows and 0 <= column < self.columns:
            self._signs.append((sign, f"{style} {self._ground(int(self._codes[row, column]))}".rstrip()))
            self._codes[row, column] = -len(self._signs)

    def put_all(self, cells: Inks, signs: Sequence[tuple[str, str]]) -> None:
        """Many at once: rows and columns, shape (n, 2), of each its sign and style; later ones over earlier ones."""
        inside = np.flatnonzero(((cells >= 0) & (cells < (self.rows, self.columns))).all(axis=1))
        rows, columns = cells[inside].T
        # of very many most are under others
        _, behind = np.unique((rows * self.columns + columns)[::-1], return_index=True)
        seen = np.sort(len(inside) - 1 - behind)
        inside, rows, columns = inside[seen], rows[seen], columns[seen]
        known, codes = dict[tuple[tuple[str, str], int], int](), list[int]()
        for place, code in zip(inside.tolist(), self._codes[rows, columns].tolist(), strict=True):
            sign = signs[place]
            key = sign, code
            if key not in known:
                self._signs.append((sign[0], f"{sign[1]} {self._ground(code)}".rstrip()))
                known[key] = -len(self._signs)
            codes.append(known[key])
        self._codes[rows, columns] = codes

    def _ground(self, code: int) -> str:
        if code < 0:
            return next((name for name in self._signs[-code - 1][1].split() if name.startswith("on-")), "")
        return f"on-{INKS[code % len(INKS)]}" if self.shading == "colours" else ""

    def lines(self) -> list[Runs]:
        """Its rows, each in as few pieces as possible."""
        codes = self._codes
        begins = np.ones(codes.shape, np.bool_)
        begins[:, 1:] = codes[:, 1:] != codes[:, :-1]
        starts = np.flatnonzero(begins)
        lengths = np.diff(starts, append=codes.size).tolist()
        look, signs, known = _LOOK[self.shading], self._signs, dict[int, tuple[str, str]]()
        pieces = list[tuple[str, str]]()
        for code, length in zip(codes.ravel()[starts].tolist(), lengths, strict=True):
            found = known.get(code)
            if found is None:
                found = known[code] = signs[-code - 1] if code < 0 else look(code)
            sign, style = found
            pieces.append((sign * length, style))
        ends = np.cumsum(begins.sum(axis=1)).tolist()
        return [tuple(pieces[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _shaded(area: Area, *, few: bool) -> Inks:
    """A cell's shade by the mean of its two values, and beside it whether it has a sign, or a class."""
    parts = (area.parts[::2] + area.parts[1::2]) / 2
    known = np.isfinite(parts)
    parts, most = np.clip(np.where(known, parts, 0.0), -1.0, 1.0), len(SHADES) - 1
    if area.classes is not None:
        shade, beside = np.rint(parts * most).clip(1, most), 2 + area.classes[::2]
    elif few:
        shade, beside = np.rint(np.abs(parts) * most), (parts > 0).astype(np.intp)
    else:  # from one end to the other, as grey has no sign
        shade, beside = np.rint((parts + 1) / 2 * most), np.zeros(parts.shape, np.intp)
    return np.where(known, beside * len(SHADES) + shade.astype(np.intp), 0)


@lru_cache(maxsize=4096)
def _half_block(code: int) -> tuple[str, str]:
    above, below = (INKS[ink] for ink in divmod(code, len(INKS)))
    return (" ", f"on-{below}") if above == below else ("▀", f"ink-{above} on-{below}")


@lru_cache(maxsize=512)
def _few(code: int) -> tuple[str, str]:
    beside, shade = divmod(code, len(SHADES))
    style = f"map-class-{(beside - 2) % MAP_CLASSES}" if beside > 1 else ("shade-negative", "shade-positive")[beside]
    return SHADES[shade], style


@lru_cache(maxsize=512)
def _plain(code: int) -> tuple[str, str]:
    beside, shade = divmod(code, len(SHADES))
    return (str((beside - 1) % 10), "shade") if beside > 1 else (SHADES[shade], "shade")


_LOOK = {"colours": _half_block, "sixteen": _few, "shades": _plain}


@lru_cache(maxsize=16)
def ramp(shading: Shading, columns: int) -> tuple[Runs, Runs]:
    """The scale itself in one row: so many cells from one end to the middle, and as many to the other end."""
    line = np.linspace(-1.0, 1.0, 2 * columns)
    return _line(line[:columns], shading), _line(line[columns:], shading)


def _line(parts: Floats, shading: Shading) -> Runs:
    return Mosaic(Area(np.stack([parts, parts])), shading).lines()[0]
