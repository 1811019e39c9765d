"""What was taken from files of arrays, in words: nobody should have to guess which way a matrix was read."""

from collections.abc import Iterator

from engine.files.problems import plural
from engine.program.scenario import Origin, Scenario


def origins_of(scenario: Scenario) -> Iterator[str]:
    """A line for each array: `layer 1: 0.weight (2, 3) of model.safetensors, as it stands: so its shape tells`."""
    for origin in scenario.origins:
        way = f", {_way(origin)}" if origin.why else ""
        yield f"{origin.of}: {origin.name} {_shape(origin)} of {origin.file}{way}"


def _way(origin: Origin) -> str:
    rows = "rows (inputs) and columns (outputs) changed over" if origin.turned else "one row per output, as it stands"
    return f"{rows}: {origin.why}"


def _shape(origin: Origin) -> str:
    return str(origin.shape) if origin.shape else "(a number)"


def in_short(scenario: Scenario) -> str:
    """`6 arrays of model.safetensors, 3 of them changed over`; nothing where none was taken."""
    if not scenario.origins:
        return ""
    files = ", ".join(dict.fromkeys(origin.file for origin in scenario.origins))
    turned = sum(origin.turned for origin in scenario.origins)
    either = sum(origin.open for origin in scenario.origins)
    words = f"{plural(len(scenario.origins), 'array')} of {files}"
    if turned:
        words += f", {turned} with rows and columns changed over"
    return f"{words}, {either} as it stands since nothing tells which way" if either else words
