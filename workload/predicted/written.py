"""Writes predictions: JSON, CSV, or a table and sentences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from perfanalysis.terminal import Terminal
from workload.predicted import tables
from workload.predicted.as_csv import as_csv
from workload.predicted.as_json import as_json
from workload.predicted.remarks import remarks
from workload.prediction.choice import choose
from workload.prediction.prediction import Prediction
from workload.prediction.today import todays_finding


def as_value(prediction: Prediction, *, kind: str = "", over_time: bool = False) -> dict[str, Any]:
    """A JSON value of a prediction, with finding and choice."""
    finding, choice = todays_finding(prediction), choose(prediction)
    value = as_json(prediction, choice, finding, kind=kind, over_time=over_time)
    return value | {"remarks": list(remarks(prediction))}


def json_text(values: Sequence[dict[str, Any]]) -> str:
    """All of them as one list."""
    return json.dumps(values, indent=1, allow_nan=False) + "\n"


def csv_text(values: Sequence[dict[str, Any]]) -> str:
    """All of them under one heading."""
    return as_csv(values)


def show(prediction: Prediction) -> None:
    """Print the table, and below it what has to be known to read it."""
    terminal, choice = Terminal(), choose(prediction)
    terminal.print(tables.table_of(prediction, choice))
    for line in tables.sentences(prediction, choice, todays_finding(prediction)):
        terminal.print(line)
