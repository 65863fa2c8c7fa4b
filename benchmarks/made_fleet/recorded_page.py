"""A page of the real exporter, twice: its families, and how fast each number moved. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Number:
    """A number of a page, in steps of the resolution in which the exporter wrote it.

    Attributes:
        steps: its value, in steps.
        decimals: a step is ten to the power of minus this.
        moved: steps that it went within the time of the recording.
    """

    steps: int
    decimals: int
    moved: int = 0

    def text(self, steps: int) -> str:
        """Another value of it, as the exporter writes such."""
        return f"{steps}e-{self.decimals}" if self.decimals else str(steps)


@dataclass(frozen=True)
class RecordedFamily:
    """A family of the page.

    Attributes:
        name: the metric's name.
        head: its lines HELP and TYPE.
        counter: whether it only grows.
        samples: name with labels, and number, of each sample.
    """

    name: str
    head: str
    counter: bool
    samples: tuple[tuple[str, Number], ...]


@dataclass(frozen=True)
class RecordedPage:
    """The families of a page, and the seconds between its two recordings."""

    families: tuple[RecordedFamily, ...]
    seconds: float

    @property
    def samples(self) -> int:
        """How many samples it has."""
        return sum(len(family.samples) for family in self.families)


def recorded_page(first: str, second: str, seconds: float) -> RecordedPage:
    """The page of two texts that were scraped ``seconds`` apart; series of the second alone count.

    Raises:
        ValueError: a line is no sample, or no number.
    """
    before = dict(_sample(line) for line in first.splitlines() if line and line[0] != "#")
    blocks: dict[str, tuple[list[str], list[tuple[str, Number]]]] = {}
    for line in second.splitlines():
        if line.startswith("# "):
            blocks.setdefault(line.split(" ", 3)[2], ([], []))[0].append(line)
        elif line:
            series, value = _sample(line)
            name = series.partition("{")[0]
            blocks.setdefault(name, ([], []))[1].append(
                (series, _number(value, before.get(series, value)))
            )
    families = tuple(
        RecordedFamily(name, "".join(f"{line}\n" for line in head), _counts(head), tuple(samples))
        for name, (head, samples) in blocks.items()
        if samples
    )
    return RecordedPage(families, seconds)


def _sample(line: str) -> tuple[str, Decimal]:
    series, _, value = line.rpartition(" ")
    if not series:
        raise ValueError(f"no sample: {line!r}")
    return series, Decimal(value)


def _number(now: Decimal, before: Decimal) -> Number:
    if not now.is_finite() or not before.is_finite():
        raise ValueError(f"no finite number: {now} after {before}")
    decimals = max(0, *(-int(value.as_tuple().exponent) for value in (now, before)))
    unit = Decimal(1).scaleb(decimals)
    return Number(int(now * unit), decimals, int((now - before) * unit))


def _counts(head: list[str]) -> bool:
    return any(line.startswith("# TYPE ") and line.endswith(" counter") for line in head)
