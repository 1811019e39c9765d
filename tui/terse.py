"""Fewer bytes to the terminal: of a style only what differs from the one before is sent.

Textual sends for every piece of text its whole style, two colours of 19 bytes each, and an end. Over a slow line a step
waits mostly for these; in most pieces one colour is another than in the piece before, and in a few the ground.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from textual.driver import Driver

SGR = re.compile(r"\x1b\[([\d;]*)m")
"""How a terminal is told a style ("select graphic rendition", ECMA-48 8.3.117)."""

ENDS = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
"""What ends an attribute: bold and dim have one end."""


class Look(NamedTuple):
    """What a terminal's style is: attributes, and the parameters of both colours."""

    attributes: frozenset[str] = frozenset()
    colour: str = "39"
    ground: str = "49"


PLAIN = Look()


def terse(data: str) -> str:
    """What makes of a terminal the same as `data` does, from a plain style on; at its end the style is as after it."""
    if "\x1b[0m" not in data:
        return data
    out: list[str] = []
    sent = wanted = PLAIN
    for number, piece in enumerate(SGR.split(data)):
        if number % 2:
            wanted = _after(wanted, piece)
        elif piece:
            if wanted != sent:
                out.append(_change(sent, wanted))
                sent = wanted
            out.append(piece)
    if wanted != sent:
        out.append(_change(sent, wanted))
    return "".join(out)


@lru_cache(maxsize=4096)
def _after(look: Look, parameters: str) -> Look:
    """The style after these parameters."""
    codes = iter(parameters.split(";"))
    for code in codes:
        if code in ("", "0"):
            look = PLAIN
        elif code in ("38", "48"):
            kind = next(codes, "5")
            colour = ";".join([code, kind, *(next(codes, "0") for _ in range(3 if kind == "2" else 1))])
            look = look._replace(colour=colour) if code == "38" else look._replace(ground=colour)
        elif code in ENDS.values():
            look = look._replace(attributes=frozenset(a for a in look.attributes if ENDS.get(a) != code))
        elif code[0] in "39" and len(code) == 2:
            look = look._replace(colour=code)
        elif code[0] in "41" and len(code) > 1:
            look = look._replace(ground=code)
        else:
            look = look._replace(attributes=look.attributes | {code})
    return look


@lru_cache(maxsize=4096)
def _change(old: Look, new: Look) -> str:
    """The shortest that leads from one style to another."""
    lost = old.attributes - new.attributes
    ends = {ENDS.get(attribute, "0") for attribute in lost}
    kept = {attribute for attribute in old.attributes if ENDS.get(attribute) not in ends}
    codes = [*sorted(ends), *sorted(new.attributes - kept)]
    codes += [new.colour] * (new.colour != old.colour) + [new.ground] * (new.ground != old.ground)
    afresh = ["0", *sorted(new.attributes), *(code for code in (new.colour, new.ground) if code not in PLAIN)]
    if "0" in ends or len(";".join(afresh)) < len(";".join(codes)):
        codes = afresh
    return f"\x1b[{';'.join(codes)}m"


def terse_driver(driver: type[Driver]) -> type[Driver]:
    """The driver, made to send less."""

    class TerseDriver(driver):  # type: ignore[valid-type, misc]
        def write(self, data: str) -> None:
            super().write(terse(data))

    return TerseDriver
