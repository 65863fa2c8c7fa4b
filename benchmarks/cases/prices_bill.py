"""A bill of a million rows into the price book, beside pandas."""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib import metadata

from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.made_bill import MACHINES, write_bill
from benchmarks.process_tree import Cost, run_to_end
from perfanalysis import __version__

ROWS = 1_000_000
QUICK_ROWS = 20_000
ROUNDS = 5


def run(settings: Settings) -> Outcome:
    """Import a made bill in alternating rounds."""
    if importlib.util.find_spec("pandas") is None:
        raise PeerMissingError(f"pandas is missing: {sys.executable} -m pip install pandas")
    rows = QUICK_ROWS if settings.quick else ROWS
    bill = settings.folder / "bill.csv"
    settings.say(f"making a bill of {rows:,} rows")
    write_bill(bill, rows)
    ours: list[Cost] = []
    peer: list[Cost] = []
    log = settings.folder / "log"
    command = [sys.executable, "-m", "perfanalysis", "prices", "import", str(bill)]
    for number in range(1 if settings.quick else ROUNDS):
        settings.say(f"round {number + 1}")
        state = settings.folder / f"state-{number}"
        environment = {**os.environ, "PERFANALYSIS_STATE_DIRECTORY": str(state)}
        ours.append(run_to_end([*command, "--cloud", "off"], log, environment))
        other = [sys.executable, "-m", "benchmarks.bill_by_pandas", str(bill)]
        peer.append(run_to_end(other, log))
    return Outcome(
        {"perfanalysis": __version__, "pandas": metadata.version("pandas")},
        _figures(rows, ours, peer),
        {"rows": rows, "bytes": bill.stat().st_size, "machines": MACHINES},
        [
            "Ours is the whole command: it reads every row into decimals, holds the sums against "
            "the total, tells the machines, and writes the book. pandas reads ten columns into "
            "floats, and groups what is machine time."
        ],
    )


def _figures(rows: int, ours: list[Cost], peer: list[Cost]) -> list[Figure]:
    return [
        Figure(
            "rows a second",
            "1/s",
            [rows / cost.seconds for cost in ours],
            goal=Goal(">= 100,000 rows/s", float("inf"), 100_000.0),
        ),
        Figure(
            "most memory",
            "B",
            [cost.peak_bytes for cost in ours],
            goal=Goal("<= 400 MB", 400e6),
        ),
        Figure("seconds", "s", [c.seconds for c in ours], [c.seconds for c in peer], "pandas"),
        Figure("CPU", "s", [c.cpu_seconds for c in ours], [c.cpu_seconds for c in peer], "pandas"),
        Figure(
            "most memory beside pandas",
            "B",
            [c.peak_bytes for c in ours],
            [c.peak_bytes for c in peer],
            "pandas",
        ),
    ]


CASE = Case(
    name="prices_bill",
    what="A bill of 1,000,000 rows (FOCUS, CSV) into an empty price book, by the command.",
    peer="pandas, which reads the same file and groups the costs of machines in floats",
    goal=">= 100,000 rows/s, <= 400 MB",
    run=run,
)
