"""Scenario files: TOML (and CSV beside it) to a `Scenario`, with every problem reported at once."""

from engine.files.problems import Problem, ScenarioError
from engine.files.read import load_scenario, parse_scenario
from engine.files.shipped import shipped_names, shipped_path

__all__ = ["Problem", "ScenarioError", "load_scenario", "parse_scenario", "shipped_names", "shipped_path"]
