"""Result files: one JSON document a case, with every sample."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.case import Case, Figure, Outcome
from benchmarks.statistics import is_bounded, median
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError
from perfanalysis.estimates.statistics import CONFIDENCE, Estimate

FORMAT = 1
FOLDER = Path(__file__).resolve().parent / "results"


def document(
    case: Case, outcome: Outcome, machine: dict[str, object], date: datetime, *, quick: bool
) -> dict[str, object]:
    """The result document of one case that was run.

    Args:
        machine: see ``benchmarks.machine``.
        date: when it was begun, with its time zone.
        quick: whether it only looked whether it works.
    """
    return {
        "format": FORMAT,
        "case": case.name,
        "what": case.what,
        "peer": case.peer,
        "goal": case.goal,
        "date": date.astimezone(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": machine,
        "versions": outcome.versions,
        "figures": [_figure(figure) for figure in outcome.figures],
        "facts": outcome.facts,
        "notes": outcome.notes,
    }


def _figure(figure: Figure) -> dict[str, object]:
    said: dict[str, object] = {"name": figure.name, "unit": figure.unit, "ours": _side(figure.ours)}
    if figure.peer:
        said |= {
            "against": figure.against,
            "peer": _side(figure.peer),
            "ratio": _estimate(figure.result),
        }
    if figure.goal is not None:
        verdict = figure.goal.verdict(figure.result)
        said |= {"goal": figure.goal.text, "verdict": verdict, "met": verdict == "met"}
    return said


def _side(samples: Any) -> dict[str, object]:
    return {"median": _estimate(median(samples)), "samples": list(samples)}


def _estimate(estimate: Estimate) -> dict[str, float]:
    said = {"value": estimate.value}
    if is_bounded(estimate):
        said |= {"lower": estimate.lower, "upper": estimate.upper, "level": CONFIDENCE}
    return said


def write(result: dict[str, object], folder: Path) -> Path:
    """Write ``CASE.json`` into ``folder``, wholly or not at all, and return its path.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['case']}.json"
    write_atomically(path, (json.dumps(result, indent=1) + "\n").encode())
    return path


def read(path: Path) -> dict[str, Any]:
    """Read one result file.

    Raises:
        InputError: it is no result file of this format.
        OSError: it cannot be read.
    """
    try:
        result = json.loads(path.read_bytes())
    except ValueError as error:
        raise InputError(str(path), "", "a JSON document", str(error)) from error
    found = result.get("format") if isinstance(result, dict) else None
    if found != FORMAT:
        raise InputError(str(path), "format", str(FORMAT), found)
    assert isinstance(result, dict)
    return result


def kept(case: str) -> dict[str, Any] | None:
    """The kept result of a case; None when it was not run yet.

    Raises:
        InputError: it is no result file of this format.
    """
    path = FOLDER / f"{case}.json"
    return read(path) if path.exists() else None


def read_all(folder: Path) -> list[dict[str, Any]]:
    """All result files of a folder, by name of the case.

    Raises:
        InputError: one is no result file of this format.
    """
    return [read(path) for path in sorted(folder.glob("*.json"))]
