"""What comes back from a fleet: documents in a folder, and the table of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from loadtest.fleet.campaign import Outcome
from loadtest.presentation import interval
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results import price_performance, writing
from perfanalysis.results.document import Document
from perfanalysis.results.state import RESULTS


class Collection:
    """The folders that documents are written to, each document at once.

    Args:
        out: gets ``MACHINE-TEST_ID.json``; made when it is missing.
        state: a state folder that gets ``results/TEST_ID.json`` as well; None: none does.

    Raises:
        PerfAnalysisError: a folder cannot be made.
    """

    def __init__(self, out: Path, state: Path | None) -> None:
        self._out = out
        self._results = None if state is None else state / RESULTS
        self.files: dict[str, Path] = {}
        for folder in (self._out, self._results):
            if folder is not None:
                _make(folder)

    def keep(self, outcome: Outcome) -> None:
        """Write the documents of one machine.

        Raises:
            PerfAnalysisError: a file cannot be written.
        """
        for found in outcome.documents:
            test_id, encoded = found.test_id, writing.encode(found)
            path = self._out / f"{file_name(outcome.name)}-{test_id}.json"
            writing.write(path, encoded)
            if self._results is not None:
                writing.write(self._results / f"{test_id}.json", encoded)
            self.files[test_id] = path


def file_name(name: str) -> str:
    """A machine's name as a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".") or "_"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PerfAnalysisError(f"{folder}: cannot be made: {error.strerror}") from error


def report(outcomes: Sequence[Outcome], files: dict[str, Path]) -> dict[str, object]:
    """All outcomes as one JSON value.

    Args:
        outcomes: of all machines.
        files: where each document is, by its ``test_id``.
    """
    results = [
        {"machine": outcome.name, "file": str(files[found.test_id]), **figures(found)}
        for outcome in outcomes
        for found in outcome.documents
    ]
    failures = [{"machine": o.name, "reason": o.reason} for o in outcomes if o.reason]
    return {"results": results, "failures": failures}


def figures(found: Document) -> dict[str, object]:
    """The main figures of a document; what is unknown is absent."""
    top, price = found.levels[-1], found.machine.price_dollars_per_hour
    work = price_performance.per_dollar(top, found)
    shown: dict[str, object] = {
        "kernel": found.kernel,
        "test_id": found.test_id,
        "valid": found.valid,
        "busy": top.busy,
        "units_per_second": top.units_per_second,
        "lower": top.lower,
        "upper": top.upper,
        "mean_units_per_second": top.mean_units_per_second,
        "mean_lower": top.mean_lower,
        "mean_upper": top.mean_upper,
        "price_dollars_per_hour": price,
        # Of the mean: money buys the work that is done.
        "units_per_dollar": None if work is None else work.value,
    }
    return {name: value for name, value in shown.items() if value is not None}


def show(outcomes: Sequence[Outcome], console: Console) -> None:
    """Print the highest level of every document, one row each."""
    table = Table(title="Units per second of each machine's highest level", title_justify="left")
    table.add_column("machine")
    table.add_column("kernel")
    for heading in ("busy", "units/s", "95 % interval", "units/s per $/h"):
        table.add_column(heading, justify="right")
    table.add_column("valid")
    for outcome in outcomes:
        for found in outcome.documents:
            table.add_row(outcome.name, *_row(found))
    if table.row_count:
        console.print(table)


def _row(found: Document) -> list[str]:
    top = found.levels[-1]
    work = price_performance.per_dollar(top, found)
    return [
        found.kernel,
        f"{top.busy} %",
        f"{top.units_per_second:.5g}",
        interval(top),
        "price unknown" if work is None else f"{work.value:.5g}",
        f"no: {found.invalid_reasons[0]}" if found.invalid_reasons else "yes",
    ]
