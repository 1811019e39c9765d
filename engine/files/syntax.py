"""TOML text to plain values, with its errors in the form of all others."""

import re
import tomllib
from typing import Any

from engine.files.problems import Problem, ScenarioError, shown

MAX_DEPTH = 50
_KEY = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
# possessive throughout, so that looking for it is linear
_DEEP_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{MAX_DEPTH}}}")
_LONG_NUMBER = r"\d{4301,}+"
_WHERE = r" \((at line \d+, column \d+|at end of document)\)$"


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        ScenarioError: it is not TOML; where that is, is said as line and column.
    """
    # before anything is read: tomllib's memory grows with the square of a dotted key's length
    deep = _DEEP_KEY.search(text)
    if deep is not None:
        line = text.count("\n", 0, deep.start()) + 1
        raise ScenarioError(
            [Problem(name, f"line {line}", "a dotted key is nested too deeply", f"{MAX_DEPTH} are the most")]
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        match = re.search(_WHERE, message)
        where = match[1].removeprefix("at ").replace("document", "the file") if match else ""
        what = shown(message[: match.start()] if match else message)
        raise ScenarioError([Problem(name, where, what, "this is not TOML")]) from error
    except RecursionError as error:
        raise ScenarioError([Problem(name, "", "it is nested too deeply")]) from error
    except ValueError as error:  # a whole number of thousands of digits, a date that does not exist
        long = re.search(_LONG_NUMBER, text)
        if long is None:
            raise ScenarioError([Problem(name, "", shown(error), "this is not TOML")]) from error
        line, what = text.count("\n", 0, long.start()) + 1, f"a number of {len(long[0]):,} digits is too long"
        raise ScenarioError([Problem(name, f"line {line}", what, "write it like 1e100")]) from error
