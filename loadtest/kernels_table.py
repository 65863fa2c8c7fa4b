"""Several kernels of one machine as a table: one row a kernel."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from loadtest import smt_check
from loadtest.presentation import interval, reason_lines, threshold_line
from perfanalysis.results.document import Document


def show(documents: Sequence[Document], console: Console) -> None:
    """Print what each kernel did on one CPU and on all, and what spoiled it.

    Args:
        documents: one a kernel.
        console: where to.
    """
    table = Table()
    table.add_column("kernel", overflow="fold")
    headings = (
        "one worker, units/s",
        "all CPUs, units/s",
        "95 % interval",
        "all CPUs, MB/s",
        "valid",
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for document in documents:
        table.add_row(
            document.kernel,
            _figure(document.single_units_per_second),
            _figure(document.max_units_per_second),
            "" if document.full is None else interval(document.full),
            _figure(_megabytes(document)),
            {True: "yes", False: "no", None: "unknown"}[document.valid],
        )
    console.print(table)
    for document in documents:
        if odd := smt_check.remark(document):
            console.print(f"{document.kernel}: {odd}", style="yellow", highlight=False)
        for line in reason_lines(document.invalid_reasons or ())[:1]:
            console.print(
                f"{document.kernel} is not valid: {line}", style="yellow", highlight=False
            )
        for entry in document.thresholds or ():
            console.print(f"{document.kernel}: {threshold_line(entry)}", highlight=False)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def _megabytes(document: Document) -> float | None:
    """10^6 bytes a second of all CPUs; None where a unit has none, or they mean nothing."""
    unit, rate = document.unit, document.max_units_per_second
    return None if unit is None or unit.bytes is None or rate is None else unit.bytes * rate / 1e6
