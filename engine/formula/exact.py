"""exp, tanh, log and their like of many numbers at once, to the last bit as `math` has them.

np.exp and its like are other functions than those of `math`: they differ in the last bit of some results, and a walk
has one value for one place. So the system's own functions, the ones that `math` calls, are made into functions of
arrays by numpy's C interface for that. It is no public part of numpy, which is why all of it stands here and is tried
before it is trusted: a function is compared with `math`'s on some thousand numbers, and where anything is missing or
different, each number gets a call of `math` as before.
"""

import ctypes
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.formula.field import REAL

Array = NDArray[Any]

einsum: Callable[..., Array] = np.einsum
try:  # what it comes to, without asking first how to go about it, which takes longer than small sums do
    from numpy._core.multiarray import c_einsum

    einsum = c_einsum
except ImportError:
    pass

DOUBLE = 12
"""numpy's number of float64."""
FROM_FUNCTION, LOOP = 1, 5
"""Where in the table of numpy's interface the maker stands, and the loop over a function of one double."""

FUNCTIONS = ("exp", "tanh", "log", "log1p", "expm1", "erfc")
"""What of `math` there is of arrays."""

_kept: list[Any] = []
"""What numpy holds by address only."""


@cache
def of_arrays(name: str) -> Callable[[Array], Array]:
    """A function of `math`, of arrays: one of `FUNCTIONS`.

    Out of its range it gives what the system does, ±inf or nan, and never raises.
    """
    made = _made(name)
    return made if made is not None and _is_as_math(name, made) else _one_by_one(name)


def ways_in_use() -> tuple[str, ...]:
    """How arrays are computed on this machine, a sentence each: what was probed and is trusted, else the slow way."""
    slow = [name for name in FUNCTIONS if (made := _made(name)) is None or not _is_as_math(name, made)]
    quick = [name for name in FUNCTIONS if name not in slow]
    lines = []
    if quick:
        lines.append(f"{', '.join(quick)} of arrays: the system's own, the same to the last bit as math has them")
    if slow:
        lines.append(f"{', '.join(slow)} of arrays: number by number, since this system's are not at hand or differ")
    sums = "whole arrays at once (einsum adds in order here)" if adds_in_order() else "term by term (einsum fuses here)"
    return (*lines, f"sums of products: {sums}")


@cache
def _made(name: str) -> Callable[[Array], Array] | None:
    try:
        from numpy._core._multiarray_umath import _UFUNC_API  # type: ignore[import-not-found]

        address = ctypes.cast(getattr(_library(), name), ctypes.c_void_p)
        pointer = ctypes.pythonapi.PyCapsule_GetPointer
        pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
        table = ctypes.cast(pointer(_UFUNC_API, None), ctypes.POINTER(ctypes.c_void_p))
        signature = [*[ctypes.c_void_p] * 2, ctypes.c_char_p, *[ctypes.c_int] * 4, *[ctypes.c_char_p] * 2, ctypes.c_int]
        maker = ctypes.PYFUNCTYPE(ctypes.py_object, *signature)(table[FROM_FUNCTION])
        loops, data = (ctypes.c_void_p * 1)(table[LOOP]), (ctypes.c_void_p * 1)(address.value)
        types, called = ctypes.create_string_buffer(bytes([DOUBLE, DOUBLE])), name.encode()
        _kept.append((loops, data, types, called))
        places = ctypes.addressof(loops), ctypes.addressof(data)
        found: Callable[[Array], Array] = maker(*places, types, 1, 1, 1, -1, called, b"as math has it", 0)
    except (ImportError, AttributeError, OSError, TypeError, ValueError):
        return None
    return found


@cache
def adds_in_order() -> bool:
    """Whether `einsum` rounds each product and adds them one after the other: some processors do both at once."""
    for count, rows, columns in ((3, 2, 5), (7, 1, 4), (33, 8, 3), (64, 32, 64), (5, 1, 2)):
        first, second = _mixed(count * rows, 1).reshape(count, rows), _mixed(count * columns, 2).reshape(count, columns)
        expected = np.add.reduce(first[:, :, np.newaxis] * second[:, np.newaxis, :], axis=0, initial=0.0)
        turned = np.asfortranarray(first)  # what is not gone through at once may have its numbers anywhere
        if any(not np.array_equal(einsum("ie,ij->ej", one, second), expected) for one in (first, turned)):
            return False
        if not np.array_equal(einsum("ij->j", second), np.add.reduce(second, axis=0, initial=0.0)):
            return False
    return True


def _mixed(count: int, which: int) -> Array:
    """Numbers of all bits, of both signs and some sizes: numpy's random ones would cost a fifth of the start."""
    numbers = np.arange(1.0, count + 1.0)
    spread = np.mod(numbers * (math.sqrt(5.0) + which), 1.0) - 0.5
    return spread * np.mod(numbers * (math.sqrt(2.0) + which), 1.0) * 4.0


def _library() -> ctypes.CDLL:
    """Where the system keeps what `math` calls."""
    for name in (None, "libm.so.6", "ucrtbase", "m"):
        try:
            library = ctypes.CDLL(_found("m") if name == "m" else name)
            getattr(library, "exp")  # noqa: B009 (it raises where there is none)
        except (OSError, AttributeError, TypeError):
            continue
        return library
    raise OSError("no library of mathematical functions")


def _found(name: str) -> str | None:
    """What the system calls a library, which other programs are asked about."""
    from ctypes.util import find_library  # here: where the library is known by name, nobody needs those programs

    return find_library(name)


@cache
def _is_as_math(name: str, made: Callable[[Array], Array]) -> bool:
    """Whether some thousand results are those of `math`, bit by bit."""
    numbers = np.concatenate((np.linspace(-40, 40, 4001) / 3, np.linspace(-1, 1, 1001), [0.0, 1e-300, 5e-324, 700.0]))
    if name.startswith("log"):
        numbers = np.abs(numbers) + (1e-9 if name == "log" else 0.0)
    expected = np.array([getattr(math, name)(number) for number in numbers.tolist()])
    with np.errstate(all="ignore"):
        return bool((made(numbers).view(np.int64) == expected.view(np.int64)).all())


def _one_by_one(name: str) -> Callable[[Array], Array]:
    """With a call for each number."""
    function = getattr(REAL, name)
    return lambda array: np.array([function(number) for number in array.ravel().tolist()]).reshape(array.shape)
