"""The lines of the picker: headings, shipped scenarios by document, folders and files; narrowed by what is typed."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from engine.files.problems import printable
from engine.files.system import is_path
from engine.formula.similar import most_similar
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.scenario import Scenario
from engine.program.tokens import shown
from tui.picker.folder import Folder

MOST_LISTED = 500
"""Files or folders of one folder in the list; typing finds the others."""
START = "start here"
"""The topic of the shipped scenarios that stand first, and their heading."""
OWN = "Examples of our own"
"""The heading of shipped scenarios that come from no document."""
FUNCTIONS = "Any function"
"""The heading of those that are graphs of formulas."""


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
    parts = [
        scenario.name,
        scenario.title,
        scenario.document,
        scenario.shape,
        scenario.training.optimizer.name,
        *_formed_of(scenario.network),
        *scenario.topics,
    ]
    return " ".join(parts).casefold()


def _formed_of(network: Network | Graph) -> list[str]:
    """The names of a network's functions, and a graph's formulas."""
    if isinstance(network, Graph):
        formulas = [f"{node.name} = {node.text}" for node in network.graph_nodes]
        return [*formulas, *(formula.replace("_", " ") for formula in formulas)]
    layers = [network.layer(number) for number in range(1, network.depth + 1)]
    loss = network.loss.name
    return [loss, loss.replace("_", " "), *(own.name for layer in layers for own in layer.activations)]


def _heading(scenario: Scenario | None) -> str:
    """Under which a shipped scenario stands; None is one with problems."""
    if scenario is None:
        return OWN
    if START in scenario.topics:
        return START.capitalize()
    if scenario.document:
        return scenario.document
    return FUNCTIONS if isinstance(scenario.network, Graph) else OWN


def shipped_entries(scenarios: Iterable[tuple[Path, Scenario | None]], words: Iterable[str] = ()) -> list[Entry]:
    """The shipped scenarios in which all the words are, under their documents; None is one with problems.

    Those to start with come first, in a place of their own.
    """
    by_heading: dict[str, list[Entry]] = {}
    for path, scenario in scenarios:
        text = path.stem if scenario is None else searched(scenario)
        if all(word in text for word in words):
            by_heading.setdefault(_heading(scenario), []).append(Entry("shipped", path.stem, path))
    order = sorted(by_heading, key=_place)
    return [entry for heading in order for entry in (Entry("heading", heading), *by_heading[heading])]


def _place(heading: str) -> tuple[bool, int, str]:
    """Where a heading stands: first what to start with, then the documents, then what comes from none."""
    return (
        heading != START.capitalize(),
        (OWN, FUNCTIONS).index(heading) + 1 if heading in (OWN, FUNCTIONS) else 0,
        heading.casefold(),
    )


def no_hit(asked: Typed, known: Iterable[str]) -> list[Entry]:
    """What is listed where nothing is found; the nearest of the known names, if one is like the words."""
    words = " ".join(asked.words)
    if asked.folder is not None:
        told = f"nothing begins with {shown(words)} in {in_words(asked.folder)}"
    else:
        near = most_similar(words, known)
        told = f"nothing is found for {shown(words)}" + (f": did you mean {near}?" if near else "")
    return [
        Entry("remark", told),
        Entry("remark", "escape shows all again; a path such as ~/networks/ looks elsewhere"),
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
