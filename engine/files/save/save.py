"""Writing a scenario to a new file, after making sure that it opens again to the same numbers."""

import errno
from pathlib import Path

from msgspec.structs import replace

from engine.files.create import create, put
from engine.files.disk import Signature, signature_of
from engine.files.problems import ScenarioError, printable, shown_path
from engine.files.read import parse_scenario
from engine.files.save.alike import same
from engine.files.save.composed import composed
from engine.files.save.listed import check_size, resume
from engine.files.save.revised import beside, revised
from engine.files.save.where import SaveError, TakenError
from engine.program.scenario import Scenario
from engine.told import Told, untold

WRITING = "writing the numbers"


def save(scenario: Scenario, path: Path, *, over: Signature | None = None, told: Told = untold) -> bool:
    """Writes a scenario's file: whole or not at all, and without its published figures.

    Args:
        scenario: as it stands where its walk begins.
        path: the file.
        over: the file that is there and whose place it may take, as it was when that was said.
        told: is told how far it is, until it is about to be written; what it raises leaves the disk as it was.

    Returns:
        whether the author's own file was kept as it was written, but for the numbers; else it is written anew.

    Raises:
        TakenError: something has that name, or the file is no longer as it was.
        SaveError: it can't be saved or written; nothing has changed on the disk.
    """
    text, kept = saved_text(scenario, path, told)
    told(0, None, WRITING)
    try:
        if over is not None and path.exists():
            _put(path, text, over)
        else:
            create(path, text)
    except FileExistsError as error:
        raise TakenError(path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise SaveError(_in_words(error, path)) from error
    return kept


def saved_text(scenario: Scenario, path: Path, told: Told = untold) -> tuple[str, bool]:
    """What `save` writes there, and what it returns.

    Raises:
        SaveError: no file can hold this scenario.
    """
    told(0, None, WRITING)
    scenario = replace(scenario, published=())
    end = ""
    if scenario.resume is not None:
        training, network = scenario.training, scenario.network
        end = "\n" + resume(scenario.resume, training.optimizer.slots, network, training.frozen)
    if scenario.text:
        try:
            text = revised(scenario, path.parent) + end
            if "\r\n" in scenario.text:
                text = text.replace("\r\n", "\n").replace("\n", "\r\n")
            check_size(text)
            if same(parse_scenario(text, path.name, path, told), scenario):
                return text, True
        except SaveError as error:  # it is too large; written anew it would be no smaller
            if (
                scenario.path is None
                or not any(key in scenario.text for key in ("csv", "file"))
                or beside(scenario, path.parent)
            ):
                raise
            remedy = f"beside {printable(scenario.path.name)} its tables of numbers need not be listed"
            raise SaveError(f"{error}; {remedy}") from error
        except Exception:
            pass
    told(0, None, WRITING)  # what it raised above was taken for a reason to write all of it anew
    text = composed(scenario) + end
    check_size(text)
    try:
        read = parse_scenario(text, path.name, path, told)
    except ScenarioError as error:
        problem = error.problems[0]
        raise SaveError(f"It can't be saved: {problem.where}: {problem.message}") from error
    if not same(read, scenario):
        raise SaveError("It can't be saved: a scenario file can't say all that is in it")
    return text, False


def _put(path: Path, text: str, over: Signature) -> None:
    if not path.is_file():
        raise SaveError(f"{shown_path(path)} is not a file: give another name")
    if signature_of(path) != over:
        raise TakenError(path, "has just been changed by someone else")
    put(path, [text])


def _in_words(error: OSError | ValueError, path: Path) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ENOENT:
            return f"There is no folder {shown_path(path.parent)}"
        if error.errno == errno.ENOTDIR:
            return f"{shown_path(path.parent)} is not a folder"
        if error.strerror:
            return f"{shown_path(path)} can't be written: {error.strerror}"
    return f"{shown_path(path)} can't be written: it is no path"
