"""From a name or a path to a scenario, or to everything that is wrong with it."""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.files import system
from engine.files.disk import read_text
from engine.files.examples import are_given, read_examples
from engine.files.model import Head, ScenarioFile
from engine.files.parts import Partial, keys_of, read_part
from engine.files.prepared import Examples
from engine.files.problems import Problem, Problems, ScenarioError, nearest, shown
from engine.files.published import read_notes, read_published
from engine.files.resume import check_begun, read_resume
from engine.files.shape import Draft, read_network
from engine.files.shipped import shipped_names, shipped_path
from engine.files.syntax import parse_toml
from engine.files.training import read_training
from engine.program.batches import with_weights
from engine.program.graph import Graph
from engine.program.network import Network
from engine.program.notation import NAMED, NOTATIONS, Notation, own_notation
from engine.program.scenario import Held, Scenario
from engine.told import Told, untold

MAX_BYTES = 2**20
SECTIONS = frozenset(keys_of(ScenarioFile)) - frozenset(keys_of(Head))


def load_scenario(source: str | Path, told: Told = untold) -> Scenario:
    """The scenario of a file, or a shipped one.

    Args:
        source: a path, or the name of a shipped scenario. Text without a folder that does not end in `.toml` is a
            name first; it is a file only where no shipped scenario has that name. A `Path` is always a file.
        told: is told how far it is; what it raises ends the reading.

    Raises:
        ScenarioError: with every problem there is.

    Example:
        >>> from engine import ScenarioError, load_scenario
        >>> load_scenario("mazur").shape
        '2-2-2'
        >>> try:
        ...     load_scenario("nowhere.toml")
        ... except ScenarioError as error:
        ...     print(error)
        nowhere.toml: there is no such file: give the path of a scenario file
    """
    if isinstance(source, Path) or system.is_path(source) or source.endswith(".toml"):
        path = Path(source)
        if source == path.name and path.stem in shipped_names() and not _exists(source):
            raise ScenarioError([Problem(source, "", "there is no such file", f"a shipped one is called {path.stem}")])
        return _load(path, str(source), told)
    if source in shipped_names():
        return _load(shipped_path(source), f"{source}.toml", told)
    if _exists(source):
        return _load(Path(source), source, told)
    remedy = nearest(source, shipped_names())
    message = f'there is no scenario "{shown(source)}", shipped or as a file here'
    raise ScenarioError([Problem("scenario", "", message, remedy)])


def parse_scenario(text: str, name: str, path: Path | None = None, told: Told = untold) -> Scenario:
    """The scenario of a file's text.

    Args:
        text: TOML.
        name: what messages call the file.
        path: the file; tables of numbers are beside it. Without it, they are in the working directory.
        told: is told how far it is.

    Raises:
        ScenarioError: with every problem there is.
    """
    problems = Problems(shown(name), told=told)
    told(0, None, f"reading {problems.file}")
    data = parse_toml(text, problems.file)
    folder = path.parent if path else Path()
    head = _head(data, problems)
    notation = _notation(head, problems)
    draft, examples = _read_function(data, folder, problems)
    before = len(problems.found)
    training = read_training(data.get("training"), draft, examples, problems)
    known = training if len(problems.found) == before else None
    published = read_published(data.get("published"), training, draft, examples, problems)
    notes = read_notes(data.get("note"), training, draft, problems)
    resume = read_resume(data.get("resume"), known, draft.network, problems)
    if resume is not None and not problems.found:
        check_begun(published, resume, training, problems)
    if problems.found:
        raise ScenarioError(problems.found)
    if draft.network is None or draft.theta is None or examples.inputs is None:
        raise problems.stop("", "it cannot be used", "this is a mistake in gradstep: please report it")
    scenario = Scenario(
        name=shown(path.stem if path else Path(name).stem),
        title=head.value.title,
        network=_weighted(draft.network, examples),
        theta=_locked(draft.theta.copy()),
        training=training,
        inputs=_locked(examples.inputs),
        targets=None if examples.targets is None else _locked(examples.targets),
        document=head.value.document,
        topics=tuple(head.value.topics),
        notation=notation if notation is NOTATIONS["canonical"] else notation.with_outputs(draft.network.outputs),
        path=path,
        published=published,
        notes=notes,
        resume=resume,
        text=text,
        test=_test(examples),
        preparation=examples.preparation,
        origins=draft.origins,
        weights=None if examples.weights is None else _locked(examples.weights),
    )
    return with_weights(scenario)


def _weighted(network: Network | Graph, examples: Examples) -> Network | Graph:
    """The network as its examples have it."""
    taking = network if isinstance(network, Graph) else network.taking(examples.targets)
    return taking if examples.weights is None else replace(taking, weighted=True)


def _test(examples: Examples) -> Held | None:
    if examples.test_inputs is None:
        return None
    targets, weights = examples.test_targets, examples.test_weights
    return Held(
        _locked(examples.test_inputs),
        None if targets is None else _locked(targets),
        None if weights is None else _locked(weights),
    )


def _read_function(data: dict[str, Any], folder: Path, problems: Problems) -> tuple[Draft, Examples]:
    """What is computed, layers or formulas, and of which examples."""
    listed, table = data.get("example"), data.get("data")
    if "network" in data and "graph" in data:
        problems.add(
            "graph", "there are both [network] and [graph]", "keep layers or formulas, in a file of its own each"
        )
    elif "graph" in data:
        # imported here: the grammar of formulas is a fifth of what reading layers needs
        from engine.files.graph import read_graph
        from engine.files.graph_examples import read_graph_examples

        draft, asked = read_graph(data["graph"], listed, folder, problems)
        return draft, read_graph_examples(listed, table, folder, asked, problems)
    elif "network" not in data:
        remedy = "write [network] with layers below it, or [graph] with formulas"
        problems.add("network", "there is neither [network] nor [graph]", remedy)
    else:
        draft = read_network(data["network"], folder, problems)
        return draft, read_examples(listed, table, folder, draft, problems)
    are_given(listed, table, problems)
    return Draft(), Examples()


def _exists(path: str) -> bool:
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):  # longer than names may be, or holding a NUL
        return False


def _load(path: Path, name: str, told: Told) -> Scenario:
    return parse_scenario(read_text(path, shown(name), MAX_BYTES), name, path, told)


def _head(data: dict[str, Any], problems: Problems) -> Partial[Head]:
    rest = {key: value for key, value in data.items() if key not in SECTIONS}
    head = read_part(Head, rest, "", problems, keys_of(ScenarioFile))
    if head.good("title") and not head.value.title:
        problems.add("title", "it is empty", "give one line that says what the scenario is")
    return head


def _notation(head: Partial[Head], problems: Problems) -> Notation:
    chosen = head.value.notation if head.good("notation") else "canonical"
    if isinstance(chosen, str):
        return NOTATIONS[chosen]
    unknown = [key for key in chosen if key not in NAMED]
    for key in unknown:
        problems.add(f"notation.{shown(key)}", "there is no such quantity", nearest(key, NAMED))
    return own_notation({key: symbol for key, symbol in chosen.items() if key in NAMED})


def _locked(array: NDArray[np.float64]) -> NDArray[np.float64]:
    array = np.asarray(array, dtype=np.float64)  # examples may take half of the memory: they are not copied
    array.setflags(write=False)
    return array
