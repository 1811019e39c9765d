r"""Text on its way out, in whatever encoding the output has: a sign that it lacks becomes one that says the same.

A minus that turned into a question mark would be another number. So what has a meaning in ASCII is written so; any
other letter is written as its number, `\u0142`, which two different ones never share.
"""

import io
import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Any, TextIO, cast

MEANINGS = {
    "−": "-",
    "·": "*",
    "×": "*",
    "±": "+/-",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "∂": "d",
    "Σ": "sum",
    "∇": "grad ",
    "√": "sqrt",
    "∞": "inf",
    "≈": "~",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "←": "<-",
    "↑": "up",
    "↓": "down",
    "′": "'",
    "∘": "o",
    "⊙": "*",
    "⊘": "/",
    "ŷ": "yhat",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "hat",
    "µ": "mu",
    "✓": "ok",
    "✗": "x",
    "•": "*",
    "…": "...",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "\N{NO-BREAK SPACE}": " ",
    "\N{THIN SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
    "\N{REPLACEMENT CHARACTER}": "?",
}
"""Of signs that an encoding may lack; Greek letters, exponents and indices follow a rule."""

DRAWN = "−·∂→─╭┃⣿⠤▸●"
"""What the screen can't do without."""

_GREEK = r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)"


def can_encode(text: str, encoding: str) -> bool:
    """Whether an encoding has all these characters, and has them back."""
    try:
        return text.encode(encoding).decode(encoding) == text
    except (UnicodeError, LookupError):
        return False


def in_encoding(text: str, encoding: str) -> str:
    """A text with only such characters as the encoding has, where they have a meaning in others."""
    return text if text.isascii() else _rare().sub(partial(_replaced, encoding), text)


@lru_cache(maxsize=1)
def _rare() -> re.Pattern[str]:
    """What may be missing; an exponent or an index is replaced as a whole, or not at all: 10¹⁰ is not 10¹^0."""
    raised, lowered = (
        "".join(chr(code) for code in range(0x80, 0x2100) if unicodedata.decomposition(chr(code)).startswith(kind))
        for kind in ("<super>", "<sub>")
    )
    return re.compile(rf"(?P<raised>[{raised}]+)|(?P<lowered>[{lowered}]+)|[^\x00-\x7f]")


def _replaced(encoding: str, found: re.Match[str]) -> str:
    signs = found[0]
    if _fits(signs, encoding):
        return signs
    mark = {"raised": "^", "lowered": "_"}.get(found.lastgroup or "")
    if mark is not None:
        return mark + in_encoding(unicodedata.normalize("NFKC", signs), "ascii")
    said = _in_ascii(signs)
    before = found.string[found.start() - 1 : found.start()]
    return f" {said}" if said[0].isdigit() and before.isdigit() else said  # 3½ is not 31/2


@lru_cache(maxsize=1024)
def _fits(signs: str, encoding: str) -> bool:
    return can_encode(signs, encoding)


@lru_cache(maxsize=1024)
def _in_ascii(sign: str) -> str:
    if sign in MEANINGS:
        return MEANINGS[sign]
    greek = re.fullmatch(_GREEK, unicodedata.name(sign, ""))
    if greek is not None:
        return greek[2].capitalize() if greek[1] == "CAPITAL" else greek[2].lower()
    return sign.encode("ascii", "backslashreplace").decode()


class Translated:
    """A stream whose encoding lacks signs that are written."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self.stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Writes a text as the stream's encoding can hold it; gives the length of the text."""
        self.stream.write(in_encoding(text, self.stream.encoding))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes each."""
        for line in lines:
            self.write(line)


def made_safe(stream: TextIO) -> TextIO:
    """A standard stream, so that nothing that is printed raises or loses its sign."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    stream.reconfigure(errors="backslashreplace")
    return stream if can_encode("".join(MEANINGS), stream.encoding) else cast(TextIO, Translated(stream))


def for_programs() -> None:
    """From now on the output is UTF-8, which files for programs are, unless a terminal shows it."""
    stream = sys.stdout
    if isinstance(stream, Translated) and not stream.isatty():
        stream.stream.reconfigure(encoding="utf-8")
        sys.stdout = stream.stream
