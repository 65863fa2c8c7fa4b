"""What all CPUs do of CPUs times one worker, by vendor and model.

    python -m benchmarks.smt_ranges TABLE

TABLE is a CSV with these columns of Spare Cores' published measurements: ``integer_1`` and
``integer_all`` (stress-ng's div16, one worker and all CPUs), ``logical_cpus``,
``threads_per_core``, ``cpu_model`` and ``architecture``. Writes ``loadtest/smt_ranges.json``, by
which the load test judges its kernel ``divide``, and prints how many types of models that were left
out lie outside.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from loadtest.smt_check import PATH, normalised, vendor
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError

# Of a group's types so much lies below the range, and as much above it.
TAIL = 0.025
# A range of its own for a model with so many types; others go by their vendor.
LEAST_TYPES = 30
# And of a vendor, with so many models: what one or two do says nothing of the others.
LEAST_MODELS = 3
SOURCE = (
    "Spare Cores, sc-inspector-data (https://github.com/SpareCores/sc-inspector-data), CC BY-SA "
    "4.0: stress-ng div16, all CPUs over CPUs times one worker; quantiles computed here"
)


class Type(NamedTuple):
    """One instance type: its group and model, and what all its CPUs do of CPUs times one worker."""

    group: str
    model: str
    ratio: float


def read(table: Path) -> list[Type]:
    """All types of a table with more than one CPU and both figures.

    Raises:
        InputError: the table cannot be read, or has not the columns.
    """
    try:
        with table.open(encoding="utf-8", newline="") as stream:
            return list(_types(csv.DictReader(stream)))
    except OSError as error:
        raise InputError(str(table), "", "a table that can be read", str(error)) from error
    except (KeyError, ValueError) as error:
        expected = "the columns and numbers of Spare Cores' table"
        raise InputError(str(table), "", expected, str(error)) from error


def _types(rows: csv.DictReader[str]) -> Iterator[Type]:
    for row in rows:
        cpus, threads = row["logical_cpus"], row["threads_per_core"]
        maker = vendor(row["cpu_model"], row["architecture"])
        if not (row["integer_1"] and row["integer_all"] and threads) or maker is None:
            continue
        if int(float(cpus)) > 1:
            ratio = float(row["integer_all"]) / (float(row["integer_1"]) * int(float(cpus)))
            yield Type(f"{maker} {int(float(threads))}", normalised(row["cpu_model"]), ratio)


def quantiles(types: Sequence[Type]) -> tuple[float, float]:
    """The lower and the upper bound of some types."""
    ascending = sorted(entry.ratio for entry in types)
    outside = int(TAIL * len(ascending))
    return ascending[outside], ascending[-1 - outside]


def _grouped(types: Sequence[Type]) -> dict[str, list[Type]]:
    groups: dict[str, list[Type]] = defaultdict(list)
    for entry in types:
        groups[entry.group].append(entry)
    return dict(sorted(groups.items()))


def _range(types: Sequence[Type]) -> dict[str, object]:
    lower, upper = quantiles(types)
    models = len({entry.model for entry in types})
    return {
        "lower": round(lower, 3),
        "upper": round(upper, 3),
        "types": len(types),
        "models": models,
    }


def ranges(types: Sequence[Type]) -> dict[str, object]:
    """What the file holds: ranges by vendor and threads a core, and by model with enough types."""
    models: dict[str, object] = {}
    for group, members in _grouped(types).items():
        for model in sorted({entry.model for entry in members}):
            own = [entry for entry in members if entry.model == model]
            # "Intel Xeon" alone is no model.
            named = any(letter.isdigit() for letter in model)
            if named and len(own) >= LEAST_TYPES:
                models[f"{group}: {model}"] = _range(own)
    groups = {
        group: _range(members)
        for group, members in _grouped(types).items()
        if len({entry.model for entry in members}) >= LEAST_MODELS
    }
    return {"source": SOURCE, "tail": TAIL, "groups": groups, "models": models}


def held_out(types: Sequence[Type]) -> dict[str, float]:
    """The share of types outside of the range made without their model, by group."""
    found = {}
    for group, members in _grouped(types).items():
        outside = 0
        for model in {entry.model for entry in members}:
            rest = [entry for entry in members if entry.model != model]
            own = [entry.ratio for entry in members if entry.model == model]
            lower, upper = quantiles(rest) if rest else (0.0, float("inf"))
            outside += sum(not lower <= ratio <= upper for ratio in own)
        found[group] = outside / len(members)
    return found


def main(table: Path) -> None:
    """Write the ranges, and print what they are and how well they hold for other models."""
    types = read(table)
    found = ranges(types)
    write_atomically(PATH, (json.dumps(found, indent=1) + "\n").encode())
    outside = held_out(types)
    for group, entry in _grouped(types).items():
        lower, upper = quantiles(entry)
        print(
            f"{group} threads a core: {lower:.3f} .. {upper:.3f} of {len(entry)} types; of models "
            f"left out {outside[group]:.1%} lie outside"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
