"""Print the JSON Schema of scenario files, with which an editor completes keys and marks mistakes.

Example:
  gradstep schema
"""

import argparse
import json

from engine.files.model import ScenarioFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def configure(parser: argparse.ArgumentParser) -> None:
    """There are no options."""


def run(options: argparse.Namespace) -> int:
    """Prints the schema."""
    schema = ScenarioFile.model_json_schema() | {"title": "A scenario of gradstep"}
    print(json.dumps({"$schema": DIALECT, **schema}, ensure_ascii=False, indent=1))
    return 0
