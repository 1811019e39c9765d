"""A walk for programs: one JSON object per step, or a table with one row per number. Numbers have full precision."""

import csv
import sys

from engine.explain.trace import COLUMNS, Entry, record, rows
from engine.program.scenario import Scenario
from tui.paper.json_numbers import text_of


class JsonWriter:
    """Writes each step as a line of JSON."""

    def begin(self, scenario: Scenario) -> None:
        """Nothing before."""

    def entry(self, entry: Entry) -> None:
        """One object."""
        print(text_of(record(entry)))

    def end(self) -> None:
        """Nothing more."""


class CsvWriter:
    """Writes each number as a row."""

    def begin(self, scenario: Scenario) -> None:
        """The header."""
        self._table = csv.writer(sys.stdout, lineterminator="\n")
        self._table.writerow(COLUMNS)

    def entry(self, entry: Entry) -> None:
        """Its numbers."""
        self._table.writerows(rows(record(entry)))

    def end(self) -> None:
        """Nothing more."""
