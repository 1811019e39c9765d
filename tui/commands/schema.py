"""Print the JSON Schema of scenario files, with which an editor completes keys and marks mistakes.

Example:
  gradstep schema
"""

import argparse
import json
from typing import Any

from msgspec.json import schema_components

from engine.files.data_parts import DataPart, ExamplePart, GraphDataPart, GraphExamplePart
from engine.files.model import NUMBERS, RepetitionPart, ScenarioFile
from engine.files.weight_parts import CsvMatrix, DrawnValue, MadeWeights, StoredArray
from tui.paper.encodings import for_programs

NAMED = (
    *(CsvMatrix, StoredArray, MadeWeights, DrawnValue, RepetitionPart),
    *(ExamplePart, GraphExamplePart, DataPart, GraphDataPart),
)
"""Tables that the file's own schema names: one of several may stand where they do."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def configure(parser: argparse.ArgumentParser) -> None:
    """There are no options."""


def run(options: argparse.Namespace) -> int:
    """Prints the schema."""
    for_programs()
    print(json.dumps(schema(), ensure_ascii=False, indent=1))
    return 0


def schema() -> dict[str, Any]:
    """The JSON Schema of scenario files."""
    _, parts = schema_components((ScenarioFile, *NAMED), ref_template="#/$defs/{name}")
    whole = parts.pop(ScenarioFile.__name__)
    either = [{"required": ["network"]}, {"required": ["graph"]}]
    return {
        "$schema": DIALECT,
        **whole,
        "oneOf": either,
        "title": "A scenario of gradstep",
        "$defs": parts | {"Numbers": NUMBERS},
    }
