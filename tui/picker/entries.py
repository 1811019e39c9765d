"""The lines of the picker: headings, shipped scenarios by document, folders and files; narrowed by what is typed."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from engine.files.problems import printable
from engine.files.system import is_path
from engine.scenario import Scenario
from tui.picker.folder import Folder

MOST_LISTED = 500
"""Files or folders of one folder in the list; typing finds the others."""
OWN = "Examples of our own"
"""The heading of shipped scenarios that come from no document."""


class Entry(NamedTuple):
    """One line.

    Attributes:
        kind: a heading and a remark can't be chosen.
        text: the name of a file or folder, or the words of a heading or a remark; without control characters.
        path: what it opens.
    """

    kind: Literal["heading", "remark", "shipped", "file", "folder"]
    text: str
    path: Path = Path()

    @property
    def chosen(self) -> bool:
        """Whether it can be chosen."""
        return self.kind not in ("heading", "remark")


class Typed(NamedTuple):
    """What was typed: words to look for, or where to look.

    Attributes:
        words: each of which must be in a name, title, document …; of a path, the beginning of the name.
        folder: the folder of a path; None for words.
    """

    words: tuple[str, ...] = ()
    folder: Path | None = None


def typed(text: str, here: Path) -> Typed:
    """What a person means: text with a folder in it, or that begins with `~` or `..`, is a path, seen from `here`."""
    text = text.strip()
    if not (is_path(text) or text.startswith("~") or text in (".", "..")):
        return Typed(tuple(text.casefold().split()))
    # os.path: pathlib's expanduser raises for an unknown user, and its Path forgets the / at the end
    whole = os.path.join(here, os.path.expanduser(text))  # noqa: PTH111, PTH118
    folder, name = (whole, "") if text in (".", "..", "~") else os.path.split(whole)
    return Typed((name,) if name else (), Path(os.path.normpath(folder)))


def searched(scenario: Scenario) -> str:
    """All of a scenario that words are looked for in."""
    layers = [scenario.network.layer(number) for number in range(1, scenario.network.depth + 1)]
    parts = [
        scenario.name,
        scenario.title,
        scenario.document,
        scenario.shape,
        scenario.network.loss.name,
        scenario.training.optimizer.name,
        *(layer.activation.name for layer in layers),
    ]
    return " ".join(parts).casefold()


def shipped_entries(scenarios: Iterable[tuple[Path, Scenario | None]], words: Iterable[str] = ()) -> list[Entry]:
    """The shipped scenarios in which all the words are, under their documents; None is one with problems."""
    by_document: dict[str, list[Entry]] = {}
    for path, scenario in scenarios:
        text = path.stem if scenario is None else searched(scenario)
        if all(word in text for word in words):
            document = OWN if scenario is None else scenario.document or OWN
            by_document.setdefault(document, []).append(Entry("shipped", path.stem, path))
    return [
        entry
        for document in sorted(by_document, key=lambda name: (name == OWN, name.casefold()))
        for entry in (Entry("heading", document), *by_document[document])
    ]


def folder_entries(folder: Folder, asked: Typed) -> list[Entry]:
    """What is in a folder, as far as its name has the words, or begins as the path ends."""
    heading = Entry("heading", f"Files in {in_words(folder.path)}")
    if folder.problem:
        return [heading, Entry("remark", f"it can't be listed: {folder.problem}"), *_up(folder, asked)]
    folders = [
        Entry("folder", f"{printable(name)}{os.sep}", folder.path / name) for name in folder.folders if _in(name, asked)
    ]
    files = [Entry("file", printable(name), folder.path / name) for name in folder.files if _in(name, asked)]
    files += _exactly(folder, asked)
    entries = [*_up(folder, asked), *folders[:MOST_LISTED], *files[:MOST_LISTED]]
    more = len(folders) + len(files) - len(folders[:MOST_LISTED]) - len(files[:MOST_LISTED])
    if more:
        entries.append(Entry("remark", f"and {more:,} more: / and a part of the name finds them"))
    if not folder.all_seen:
        entries.append(Entry("remark", "the folder holds too many files to look at all: / and its path opens any"))
    if not folder.files and not asked.words:
        entries.append(Entry("remark", "no scenario files here (.toml)"))
    return [heading, *entries] if entries else []


def in_words(path: Path) -> str:
    """A path as a person writes it, without control characters."""
    try:
        return printable(f"~{os.sep}{path.relative_to(Path.home())}".removesuffix(f"{os.sep}."))
    except (ValueError, RuntimeError):  # not in the home, or there is no home
        return printable(str(path))


def _in(name: str, asked: Typed) -> bool:
    """Hidden ones are shown only to those who ask."""
    if name.startswith(".") and not any(word.startswith(".") for word in asked.words):
        return False
    if asked.folder is not None:
        return all(name.startswith(word) for word in asked.words)
    lowered = name.casefold()
    return all(word in lowered for word in asked.words)


def _up(folder: Folder, asked: Typed) -> list[Entry]:
    return (
        [Entry("folder", f"..{os.sep}", folder.path.parent)]
        if not asked.words and folder.path.parent != folder.path
        else []
    )


def _exactly(folder: Folder, asked: Typed) -> list[Entry]:
    """The file whose whole path was typed, whatever its name ends in."""
    name = asked.words[0] if asked.folder is not None and asked.words else ""
    path = folder.path / name
    try:
        return [Entry("file", printable(name), path)] if name and name not in folder.files and path.is_file() else []
    except (OSError, ValueError):
        return []
