"""List the scenarios that come with gradstep: name, title, shape (nodes of each layer), and the document it is from.

Example:
  gradstep list
"""

import argparse
import json

from engine.files import load_scenario, shipped_names
from tui.commands.progress import waiting
from tui.paper.encodings import for_programs

COLUMNS = ("name", "title", "shape", "document")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the options."""
    parser.add_argument("--json", action="store_true", help="one list of objects, for programs")


def run(options: argparse.Namespace) -> int:
    """Prints the list."""
    rows, names = list[tuple[str, ...]](), shipped_names()
    with waiting() as sign:
        for name in names:
            sign(len(rows), len(names), "scenarios")
            scenario = load_scenario(name)
            rows.append((scenario.name, scenario.title, scenario.shape, scenario.document))
    if options.json:
        objects = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        for_programs()
        print(json.dumps(objects, ensure_ascii=False, indent=1))
        return 0
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip())
    return 0
