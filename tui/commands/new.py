"""Write a scenario to start from: complete, with a comment for each part. A file that is there already stays.

Example:
  gradstep new my-network.toml --layers 2-3-1
  gradstep new my-spiral.toml --data spiral --layers 2-8-8-1
  gradstep new my-function.toml --graph
"""

import argparse
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.files import ScenarioError, parse_scenario, system
from engine.files.beginning import GRAPH, beginning
from engine.files.create import create
from engine.files.made_data import KINDS
from engine.files.model import MAX_LAYERS, MAX_PARAMETERS
from engine.files.problems import printable
from engine.formula.activations import ACTIVATIONS
from engine.formula.losses import LOSSES
from tui.commands.messages import complain
from tui.commands.progress import waiting

MOST_NODES = 10_000
LAYERED: dict[str, Any] = {"layers": (2, 3, 1), "activation": "sigmoid", "loss": "half_squared_error", "data": None}
"""What only a network of layers has, where nothing else is said."""
ON_DATA: dict[str, Any] = {**LAYERED, "layers": (2, 8, 8, 1), "activation": "tanh"}
"""The same where examples are made: enough for the border of a spiral."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("file", metavar="FILE", help="where to write it")
    parser.add_argument("--layers", type=_shape, metavar="2-3-1", help="nodes of each layer, inputs first (2-3-1)")
    parser.add_argument(
        "--activation", choices=tuple(ACTIVATIONS), help="of the layers, as far as the loss allows (sigmoid)"
    )
    parser.add_argument("--loss", choices=tuple(LOSSES), help="the error of an example (half_squared_error)")
    parser.add_argument("--data", choices=tuple(KINDS), help="examples that are made, a part of them for a test")
    parser.add_argument("--graph", action="store_true", help="formulas of your own instead of layers")


def run(options: argparse.Namespace) -> int:
    """Writes the file."""
    path = Path(options.file)
    if not path.name or (why_not := system.why_no_name(path.name)):
        return complain(f"{options.file!r} is no name for a file" + (f": {why_not}" if path.name else ""))
    given = {name: value for name in LAYERED if (value := getattr(options, name)) is not None}
    if options.graph and given:
        return complain(f"--{next(iter(given))} is of layers, and --graph writes formulas: give one of them")
    try:
        with waiting() as sign:
            sign(0, None, "making the scenario")
            text = GRAPH if options.graph else beginning(*_chosen(given).values())
            parse_scenario(text, path.name, told=sign)
            create(path, text)
    except ScenarioError as error:
        option = "--data" if error.problems[0].where.startswith("data") else "--layers"
        return complain(f"{option}: {error.problems[0].message}: {error.problems[0].remedy}")
    except FileExistsError:
        return complain(f"{printable(options.file)} is there already, and stays as it is: give another name")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is no path"
        return complain(f"{printable(options.file)} can't be written: {reason}")
    opened = options.file if system.is_path(options.file) or path.suffix == ".toml" else f".{os.sep}{options.file}"
    command = system.typed(["gradstep", printable(opened)])
    print(f"{printable(options.file)} is written; {command} walks through it")
    return 0


def _chosen(given: dict[str, Any]) -> dict[str, Any]:
    """What layers there are, of which nodes: where classes are shares, each has an output."""
    chosen = (ON_DATA if "data" in given else LAYERED) | given
    if "data" in given and "layers" not in given and LOSSES[chosen["loss"]].shares:
        chosen["layers"] = (*chosen["layers"][:-1], 2)
    return chosen


def _shape(text: str) -> tuple[int, ...]:
    parts = text.split("-")
    good = len(parts) > 1 and all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts)
    sizes = tuple(map(int, parts)) if good else ()
    if not sizes or not all(1 <= size <= MOST_NODES for size in sizes):
        message = f"{text!r} is no shape: give the nodes of each layer (1 to {MOST_NODES:,}) like 2-3-1"
        raise argparse.ArgumentTypeError(message)
    if len(sizes) - 1 > MAX_LAYERS:
        raise argparse.ArgumentTypeError(f"there are {len(sizes) - 1} layers: {MAX_LAYERS} are the most")
    weights = sum(n_in * n_out for n_in, n_out in pairwise(sizes))
    if weights + sum(sizes[1:]) > MAX_PARAMETERS:
        raise argparse.ArgumentTypeError(f"there are {weights:,} weights: {MAX_PARAMETERS:,} parameters are the most")
    return sizes
