"""What reading the AWS price list of Amazon EC2 costs, beside ``json`` that holds all of it."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_offer import write_offer
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

MANY, FEW = 1_000_000, 100_000
QUICK_MANY, QUICK_FEW = 20_000, 5_000
ROUNDS = 3
PEER = "json of the standard library, which loads the file whole"
NOTES = [
    "A made file of the real layout; a twelfth of its products are machines that run, each with a "
    "price on demand and six reserved. Whole processes, Python's start included; the file is in "
    "the page cache. The peer has a tenth of the file: all of it would need some 9 GB.",
]


@dataclass(frozen=True)
class _Cost:
    """What one process needed."""

    seconds: float
    megabytes: float
    prices: int


def run(settings: Settings) -> Outcome:
    """Make both files, and read them in turns."""
    many, few = (QUICK_MANY, QUICK_FEW) if settings.quick else (MANY, FEW)
    paths = {count: settings.folder / f"{count}.json" for count in (many, few)}
    for count, path in paths.items():
        settings.say(f"making an offer file of {count:,} products")
        write_offer(path, count)
    costs: dict[str, list[_Cost]] = {"many": [], "few": [], "whole": []}
    for number in range(1 if settings.quick else ROUNDS):
        settings.say(f"round {number + 1}")
        costs["many"].append(_read("stream", paths[many]))
        costs["few"].append(_read("stream", paths[few]))
        costs["whole"].append(_read("whole", paths[few]))
    if costs["few"][0].prices != costs["whole"][0].prices:
        raise PerfAnalysisError("both sides must find the same prices, and do not")
    seconds = {name: [cost.seconds for cost in found] for name, found in costs.items()}
    memory = {name: [cost.megabytes for cost in found] for name, found in costs.items()}
    figures = [
        Figure(f"{many:,} products", "s", seconds["many"], goal=Goal("<= 60 s", 60.0)),
        Figure(f"its peak memory, {many:,}", "MB", memory["many"], goal=Goal("<= 300 MB", 300.0)),
        Figure(f"{few:,} products", "s", seconds["few"], seconds["whole"], PEER),
        Figure(f"its peak memory, {few:,}", "MB", memory["few"], memory["whole"], PEER),
    ]
    facts: dict[str, object] = {
        "file_bytes": paths[many].stat().st_size,
        "prices": costs["many"][0].prices,
    }
    return Outcome({"perfanalysis": __version__}, figures, facts, NOTES)


def _read(how: str, path: Path) -> _Cost:
    """One process that reads a file.

    Raises:
        PerfAnalysisError: it fails.
    """
    command = [sys.executable, "-m", "benchmarks.offer_reading", how, str(path)]
    root = Path(__file__).resolve().parents[2]
    begin = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        said = process.stdout.read().split()
    seconds = time.monotonic() - begin
    if process.returncode:
        raise PerfAnalysisError(f"{' '.join(command)} failed")
    return _Cost(seconds, int(said[1]) * 1024 / 1e6, int(said[0]))


CASE = Case(
    name="price_offer",
    what="Reading an AWS offer file of Amazon EC2 of a million products into prices.",
    peer="json of the standard library",
    goal="<= 60 s, <= 300 MB",
    run=run,
)
