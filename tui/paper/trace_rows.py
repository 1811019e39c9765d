"""A walk for programs: one JSON object per step, or a table with one row per number. Numbers have full precision."""

import csv
import json
import sys

from engine.explain.trace import COLUMNS, record, rows
from engine.formula.quantity import Quantity
from engine.program.scenario import Scenario
from engine.walking.session import Session
from tui.paper.json_numbers import finite


class JsonWriter:
    """Writes each step as a line of JSON."""

    def begin(self, scenario: Scenario) -> None:
        """Nothing before."""

    def step(self, session: Session, only: Quantity | None) -> None:
        """One step, if it computed what is asked for."""
        step = record(session, only)
        if step is not None:
            print(json.dumps(finite(step), ensure_ascii=False))

    def end(self) -> None:
        """Nothing more."""


class CsvWriter:
    """Writes each number as a row."""

    def begin(self, scenario: Scenario) -> None:
        """The header."""
        self._table = csv.writer(sys.stdout, lineterminator="\n")
        self._table.writerow(COLUMNS)

    def step(self, session: Session, only: Quantity | None) -> None:
        """One step, if it computed what is asked for."""
        step = record(session, only)
        if step is not None:
            self._table.writerows(rows(step))

    def end(self) -> None:
        """Nothing more."""
