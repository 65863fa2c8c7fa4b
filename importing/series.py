"""The series of an import: each has a number, under which its values are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import escape_label_value

JOB = "node"
# Tuples of samples whose numbers are remembered.
MOST_KNOWN = 10_000


class SeriesTable:
    """All series seen so far."""

    def __init__(self) -> None:
        self.families: dict[str, Family] = {}
        self.labels: list[tuple[str, dict[str, str]]] = []
        self._numbers: dict[tuple[str, str, tuple[str, ...]], int] = {}

    def numbers_of(self, machine: str, samples: Sequence[Series]) -> list[int]:
        """The numbers of a machine's series; new ones are added."""
        return [self._number(machine, sample) for sample in samples]

    def _number(self, machine: str, sample: Series) -> int:
        family = sample.family
        key = (machine, family.name, sample.labels)
        number = self._numbers.get(key)
        if number is None:
            self.families.setdefault(family.name, family)
            labels = dict(zip(family.labels, sample.labels, strict=True))
            labels |= {"instance": machine, "job": JOB}
            number = self._numbers[key] = len(self.labels)
            self.labels.append((family.name, labels))
        return number

    def by_family(self) -> dict[str, list[int]]:
        """The numbers of each family's series, by the family's name."""
        found: dict[str, list[int]] = {}
        for number, (name, _) in enumerate(self.labels):
            found.setdefault(name, []).append(number)
        return found

    def header(self, name: str) -> bytes:
        """The lines of OpenMetrics before a family's samples."""
        return OPENMETRICS.header(self.families[name])

    def prefix(self, number: int) -> bytes:
        """What stands before each value of a series in OpenMetrics."""
        name, labels = self.labels[number]
        return f"{OPENMETRICS.sample_name(self.families[name])}{{{_pairs(labels)}}} ".encode(
            errors="replace"
        )


def _pairs(labels: Mapping[str, str]) -> str:
    # An empty label is an absent one to Prometheus.
    return ",".join(
        f'{key}="{escape_label_value(value)}"' for key, value in labels.items() if value
    )


class Numbering:
    """Finds the numbers of batches of samples, and remembers them by the tuple's identity."""

    def __init__(self) -> None:
        self.table = SeriesTable()
        self._known: dict[tuple[str, int], tuple[tuple[Series, ...], list[int], list[bytes]]] = {}

    def of(self, machine: str, samples: tuple[Series, ...]) -> tuple[list[int], list[bytes]]:
        """The numbers and suffixes of a machine's samples."""
        key = (machine, id(samples))
        found = self._known.get(key)
        # The kept tuple is compared, since an identity may come again after its object has gone.
        if found is None or found[0] is not samples:
            numbers = self.table.numbers_of(machine, samples)
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = (samples, numbers, [sample.suffix for sample in samples])
        return found[1], found[2]
