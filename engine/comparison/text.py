"""Numbers out of text, as one prints them: `name = number`, or arrays as numpy, PyTorch, JAX, TensorFlow show them."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from engine.comparison.entries import GAP, Entry, NumbersError, Printed, once, printed

_DIGITS = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+\-−]?[0-9]+)?"
_NUMBER = re.compile(rf"[+\-−]?{_DIGITS}(?![\w.])")
_NO_NUMBER = re.compile(r"[+\-−]?(?:nan|inf|infinity)\b", re.IGNORECASE)
_PARTS = re.compile(r"([+\-−]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+\-−]?[0-9]+))?")
_WRAPPED = re.compile(
    r"(?:Parameter containing:\s*)?(?:<tf\.\w+[^>]*?numpy=\s*)?((?:[A-Za-z_][\w.]*\(\s*)*)"
    rf"(?=\[|[+\-−]?{_DIGITS}|[+\-−]?(?:nan|inf))"
)
"""What libraries write before the numbers themselves: `tensor(`, `np.float64(`."""
_SIGNED = r"[ \t]*(?P<quote>[\"']?)(?P<name>[^\s=,;{}\"'#()][^=,;{}\"'\n#()]*?)(?P=quote)[ \t]*(?:=(?!=)|:(?=\s))\s*"
_NAMED = re.compile(
    rf"(?:^|[,;{{]){_SIGNED}"
    r"|^[ \t]*(?P<printed>(?:[0-9]+\.)?[^\W\d][\w.\[\]<>/∂∇+-]*)(?:[ \t]+|[ \t]*\n[ \t]*)"
    r"(?=(?:[A-Za-z_][\w.]*\()?\[|(?:tensor|Array|array)\(|[+\-−]?[0-9]*\.[0-9]+(?:[eE][+\-−]?[0-9]+)?[ \t]*$)",
    re.MULTILINE,
)
"""A name and its sign; or, as `print("loss", loss)` has it, a name and what is printed after it, or below it."""
_NAMED_AFTER = re.compile(_SIGNED)
"""A name and its sign after another one on the same line: `epoch 3: loss = 0.3 acc = 0.5`."""
_COMMA = re.compile(r"(?:^|[=:≈])[ \t]*[+\-−]?[0-9]+,[0-9]+[ \t]*$", re.MULTILINE)
"""A number by itself at the end of a line, with a comma where others have a point."""
_MORE = re.compile(rf"(?:[ \t]*,[ \t]*|[ \t]+)([+\-−]?{_DIGITS})(?![\w.])")
_ROW = re.compile(rf"(?:{_MORE.pattern})+[ \t]*(?=$|\n|;)")
_END = re.compile(r"[ \t]*(?=$|\n|;)")
_OF_ARRAYS = frozenset(["grad_fn", "requires_grad", "dtype", "device", "shape", "numpy", "weak_type", "size"])
"""What libraries print of an array besides its numbers."""
_SCALE = re.compile(rf"({_DIGITS})\s*\*\s*(?=\[)")
_SPACE = re.compile(r"[\s,]*")
_GOES_ON = re.compile(r"[ \t]*(?:[-+−*/·×^=≈]|\([ \t]*[-+−(]*[\d.])")
_RESULT = re.compile(rf"[^\n;,]*[=≈][ \t]*([+\-−]?{_DIGITS})[ \t]*(?=$|[\n;,])")
"""Of a line that shows how a number was calculated, what it came to."""


class Text(Struct, frozen=True, eq=False):
    """What a text holds: entries, and lines that name something but give no number for it."""

    entries: tuple[Entry, ...]
    passed_over: tuple[str, ...]


def read_text(text: str, where: str) -> Text:
    """The entries of a text.

    Raises:
        NumbersError: there are none, one is there twice, or one is not finite or ragged.
    """
    found, passed_over = [], []
    position, text = 0, with_points(text)
    match = _NAMED.search(text, position)
    while match:
        name = (match["name"] or match.groupdict().get("printed") or "").strip()
        entry, position = _value(text, match.end(), name, where)
        if entry is None:
            passed_over += [name] if name not in _OF_ARRAYS else []
        else:
            found.append(entry)
        goes_on = entry is not None or "\n" not in match[0]
        match = (_NAMED_AFTER.match(text, position) if goes_on else None) or _NAMED.search(text, position)
    return Text(once(found, where), tuple(passed_over))


def with_points(text: str) -> str:
    """The text with points in its numbers, where it has commas in their place, as many languages write them."""
    if not _COMMA.search(text) or re.search(r"[0-9]\.[0-9]", text):
        return text
    return _COMMA.sub(lambda match: match[0].replace(",", "."), text)


def number_of(text: str) -> Printed | None:
    """A number as it is written; None of any other text."""
    parts = _PARTS.fullmatch(text.strip())
    if parts is None or not (parts[2] or parts[3]):
        return None
    value = float(text.strip().replace("−", "-"))
    exponent = None if parts[4] is None else int(parts[4].replace("−", "-"))
    return Printed(value, len(parts[3] or ""), exponent)


def _value(text: str, start: int, name: str, where: str) -> tuple[Entry | None, int]:
    """The entry whose numbers begin at `start`, and where the text goes on."""
    wrapped = _WRAPPED.match(text, start)
    if wrapped is None:
        return None, start
    position, factor = wrapped.end(), 1.0
    if scale := _SCALE.match(text, position):
        factor, position = float(scale[1]), scale.end()
    tree: Any
    if text[position] == "[":
        tree, position = _list(text, position, f"{where}: {name}")
    else:
        number, position = _single(text, position, f"{where}: {name}")
        if number is None:
            return None, position
        tree, position = _with_more(text, position, number)
    end = _closed(text, position, wrapped[1].count("(")) if wrapped[1] else position
    single = "float32" in text[position:end] or "dtype=float32" in wrapped[0]
    return printed(name, tree, where, factor, single=single), end


def _single(text: str, position: int, where: str) -> tuple[Printed | None, int]:
    """A number by itself; of a calculation its result."""
    if _NO_NUMBER.match(text, position):
        raise NumbersError(f"{where} is not a finite number")
    match = _NUMBER.match(text, position)
    if match is None:
        return None, position + 1
    if _GOES_ON.match(text, match.end()) and not _ROW.match(text, match.end()):
        result = _RESULT.match(text, match.end())
        return (number_of(result[1]), result.end()) if result else (None, match.end())
    return number_of(match[0]), match.end()


def _with_more(text: str, position: int, number: Printed) -> tuple[Any, int]:
    """A number, or the list of all on its line, if there is nothing else on it; and where the text goes on."""
    numbers, end = [number], position
    while more := _MORE.match(text, end):
        found = number_of(more[1])
        numbers, end = [*numbers, *([found] if found else [])], more.end()
    return (numbers, end) if len(numbers) > 1 and _END.match(text, end) else (number, position)


def _list(text: str, start: int, where: str) -> tuple[list[Any], int]:
    """Nested lists from an opening bracket on, and where they end."""
    waiting: list[list[Any]] = []
    position = start
    for position, part in _tokens(text, start, where):
        if part == "[":
            waiting.append([])
        elif part == "]":
            closed = waiting.pop()
            if not waiting:
                return closed, position
            waiting[-1].append(closed)
        else:
            waiting[-1].append(part)
    raise NumbersError(f"{where}: a closing ] is missing")


def _tokens(text: str, position: int, where: str) -> Iterator[tuple[int, Any]]:
    """Brackets, numbers and gaps, each with where it ends."""
    while True:
        space = _SPACE.match(text, position)
        position = space.end() if space else position
        if position == len(text):
            return
        if text[position] in "[]":
            position += 1
            yield position, text[position - 1]
        elif text.startswith(("...", GAP), position):
            position += 3 if text[position] == "." else 1
            yield position, GAP
        elif number := _NUMBER.match(text, position):
            position = number.end()
            yield position, number_of(number[0])
        elif wrapper := re.compile(r"[A-Za-z_][\w.]*\(|\)").match(text, position):
            position = wrapper.end()  # a list of np.float64(…)
        elif _NO_NUMBER.match(text, position):
            raise NumbersError(f"{where} holds a number that is not finite")
        else:
            raise NumbersError(f"{where}: {text[position : position + 20].split()[0]!r} is no number")


def _closed(text: str, position: int, depth: int) -> int:
    """Where the brackets that were opened before the numbers are closed."""
    while depth and position < len(text):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
    return position
