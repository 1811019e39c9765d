"""Arrays by name as programs store them: `.npz` of numpy, `.safetensors` of many frameworks."""

import io
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.files.problems import shown

if TYPE_CHECKING:
    from zipfile import ZipInfo

MAX_BYTES = 64 << 20
"""Of a file."""
MAX_UNPACKED = 4 * MAX_BYTES
"""Of what a packed file holds: a small one may grow a thousandfold."""
READ = ".safetensors and .npz"
"""What is read, in words."""


class StoredError(Exception):
    """A file that cannot be read: what is wrong, and what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message, remedy)


class Stored(Struct, frozen=True, eq=False):
    """An array of a file.

    Attributes:
        name: its own.
        array: as the file holds it; numbers of bfloat16, which numpy has not, in single precision.
        bfloat: whether they are of bfloat16.
    """

    name: str
    array: NDArray[Any]
    bfloat: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's."""
        return self.array.shape


_FROM_KERAS = 'np.savez("model.npz", **{w.path: w.numpy() for w in model.weights}) saves the same arrays'
_FROM_TORCH = 'save_file(model.state_dict(), "model.safetensors") of safetensors.torch saves the same arrays'
_OTHERS = {
    ".keras": ("a model of Keras", _FROM_KERAS),
    ".h5": ("an HDF5 file", _FROM_KERAS),
    ".hdf5": ("an HDF5 file", _FROM_KERAS),
    ".pt": ("a file of PyTorch's own", _FROM_TORCH),
    ".pth": ("a file of PyTorch's own", _FROM_TORCH),
    ".bin": ("a file of PyTorch's own", _FROM_TORCH),
    ".ckpt": ("a checkpoint", _FROM_TORCH),
    ".onnx": ("a model of ONNX", "save its initializers by name, with np.savez"),
    ".npy": ("an array without a name", 'save it by name, like np.savez("model.npz", W1=W1)'),
    ".pkl": ("a pickle, which may hold programs", "save its arrays by name, with np.savez"),
    ".pickle": ("a pickle, which may hold programs", "save its arrays by name, with np.savez"),
}
"""What programs save besides: what it is, and how to have what is read."""


def stored_in(content: bytes, name: str) -> list[Stored]:
    """The arrays of a file, in its order.

    Args:
        content: of the file.
        name: the file's: its ending says what is in it.

    Raises:
        StoredError: it is something else, or cannot be read.
    """
    ending = Path(name).suffix.lower()
    if ending in _OTHERS:
        what, remedy = _OTHERS[ending]
        raise StoredError(f"it is {what}, and {READ} are read", remedy)
    if ending == ".safetensors":
        arrays = list(in_safetensors(content))
    elif ending == ".npz" or content.startswith(b"PK\x03\x04"):
        arrays = list(in_npz(content))
    else:
        raise StoredError(f"it is of no kind that is known: {READ} are read", "save the arrays as one of these")
    if not arrays:
        raise StoredError("there is no array in it", "save the weights and biases by their names")
    names = [array.name for array in arrays]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise StoredError(f"{shown(twice)} is in it twice", "leave one of the two out")
    return arrays


_BEGINNINGS = (b"\x93NUMPY", b"PK")
"""How .npy and .npz files begin."""


def numpy_loaded(content: bytes) -> Any:
    """What numpy makes of a file; never a pickle, which may hold programs.

    Raises:
        StoredError: nothing.
    """
    if not content.startswith(_BEGINNINGS):
        raise StoredError("it is no file of numpy arrays", "save it with np.savez")
    try:
        return np.load(io.BytesIO(content), allow_pickle=False)
    except Exception as error:  # numpy raises whatever a broken file makes of it
        raise _why_not("it", error) from error


def _why_not(name: str, error: Exception) -> StoredError:
    """Why an array cannot be read; numpy's own words advise to run whatever program a file holds."""
    if "allow_pickle" in str(error):
        return StoredError(f"{name} holds Python objects, not numbers", "save it as np.asarray(…, dtype=float)")
    return StoredError(f"{name} is damaged, or not whole", "save it anew, with np.savez")


def in_npz(content: bytes) -> Iterator[Stored]:
    """The arrays of an `.npz` file; raises a StoredError where one cannot be read."""
    arrays = numpy_loaded(content)
    if isinstance(arrays, np.lib.npyio.NpzFile) and arrays.zip is not None:
        _check_unpacked(arrays.zip.infolist())
    for name in getattr(arrays, "files", ()):
        try:
            array = arrays[name]
        except Exception as error:
            raise _why_not(shown(name), error) from error
        if not isinstance(array, np.ndarray):  # bytes of a packed file that is none of numpy's
            raise StoredError(f"{shown(name)} in it is no array", f"{READ} are read")
        yield Stored(name, array)


def _check_unpacked(members: "Iterable[ZipInfo]") -> None:
    size = sum(member.file_size for member in members)
    if size > MAX_UNPACKED:
        raise StoredError(
            f"unpacked it is {size >> 20:,} MiB", f"{MAX_UNPACKED >> 20} MiB are the most: save only what is needed"
        )


_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}


def in_safetensors(content: bytes) -> Iterator[Stored]:
    """The arrays of a `.safetensors` file.

    Its bytes are taken from the library and not its arrays: of bfloat16 it makes some only with packages more.

    Raises:
        StoredError: they cannot be read, or the library is not there.
    """
    try:
        library: Any = import_module("safetensors")  # an extra: most walks need none
    except ImportError as error:
        raise StoredError(
            "reading it needs the extra `import`", "in the clone of gradstep, pip install '.[import]'"
        ) from error
    try:
        found = library.deserialize(content)
    except library.SafetensorError as error:
        raise StoredError(
            f"it is no safetensors file that can be read ({short(error)})", "save it anew, or load it whole"
        ) from error
    for name, tensor in sorted(found, key=lambda item: item[0]):  # the library gives them in any order
        kind = tensor["dtype"]
        if kind not in _TYPES:
            raise StoredError(f"{shown(name)} holds {kind}, which is not read", "save it as float32")
        array = np.frombuffer(tensor["data"], _TYPES[kind]).reshape(tensor["shape"])
        if kind == "BF16":  # the upper half of single precision
            array = (array.astype(np.uint32) << 16).view(np.float32)
        yield Stored(name, array, kind == "BF16")


def short(error: Exception) -> str:
    """What an error says, in one short line."""
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
