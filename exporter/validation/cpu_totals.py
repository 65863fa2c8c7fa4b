"""The line ``cpu`` of /proc/stat against the lines ``cpuN`` (kernel: fs/proc/stat.c).

They are compared by what they grow between two looks: the total also holds the time of CPUs that
were switched off, which have no line of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exporter.native._numbers import lib
from exporter.sources.files import KeptFile
from exporter.sources.numbers import fell
from exporter.sources.steady import Look, NumberPicks, SteadyPart, TotalsRule
from exporter.sources.words import Words

_COLUMNS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
_ALL_COLUMNS = (*_COLUMNS, "guest", "guest_nice")


class CpuTotals(NamedTuple):
    """Ticks by column: those of the line ``cpu``, then those of each ``cpuN``.

    ``written`` has them all, each with a newline behind it.
    """

    cpus: tuple[bytes, ...]
    columns: int
    written: bytes

    def is_like(self, other: CpuTotals) -> bool:
        """Whether the two can be compared: the same CPUs, with as many columns."""
        return self.cpus == other.cpus and self.columns == other.columns

    def is_well(self, before: CpuTotals, slack: int) -> bool:
        """Whether there is nothing to say for certain; found in C."""
        compared = min(self.columns, len(_COLUMNS))
        pair = (before.written, len(before.written), self.written, len(self.written))
        slack *= len(self.cpus)
        return bool(lib.grow_together(*pair, self.columns, compared, slack))

    def rule(self, part: SteadyPart, slack: int, seconds: float) -> TotalsRule:
        """What ``is_well`` compares, for C; these totals were seen at ``seconds``."""
        compared = min(self.columns, len(_COLUMNS))
        look = Look(self.written, seconds)
        return TotalsRule(part, self.columns, compared, slack * len(self.cpus), look)

    def sums(self) -> tuple[list[int], list[int]]:
        """Of each column, what the line ``cpu`` has and what all ``cpuN`` have together."""
        ticks = list(map(int, self.written.split()))
        columns = self.columns
        together = [sum(ticks[columns + i :: columns]) for i in range(columns)]
        return ticks[:columns], together

    def backwards(self, before: CpuTotals) -> list[str]:
        """The times of single CPUs that are below those of ``before``, in words."""
        if fell(before.written, self.written) == -1:
            return []
        said = []
        rows = zip(before.written.split(), self.written.split(), strict=True)
        for place, (earlier, after) in enumerate(rows):
            number, column = divmod(place, self.columns)
            if number and int(after) < int(earlier) and column < len(_ALL_COLUMNS):
                cpu = self.cpus[number - 1].decode("ascii", "replace")
                text = f"{cpu} {_ALL_COLUMNS[column]}"
                said.append(f"{text} went from {earlier.decode()} to {after.decode()} ticks")
        return said

    def disagreement(self, before: CpuTotals, slack: int) -> str:
        """What does not fit, in words; "" when all does. ``slack`` is in ticks for each CPU."""
        rows = zip(*self.sums(), *before.sums(), strict=True)
        for name, (now, now_together, then, then_together) in zip(_COLUMNS, rows, strict=False):
            grown, grown_together = now - then, now_together - then_together
            if abs(grown - grown_together) > slack * len(self.cpus):
                return f"{name}: cpu grew by {grown} ticks, its CPUs by {grown_together}"
        return ""


class TotalsReader:
    """Reads the lines ``cpu`` and ``cpuN`` of /proc/stat, scrape after scrape."""

    def __init__(self) -> None:
        self._words: Words | None = None
        self._cpus: tuple[bytes, ...] = ()
        self._columns = 0

    def read(self, data: bytes) -> CpuTotals | None:
        """The ticks; None where they are not there or not understood.

        What is malformed is told by the collector ``cpu``, which reads the same lines.
        """
        written = None if self._words is None else self._words.written(data)
        if written is None:
            self._understand(data)
            written = None if self._words is None else self._words.written(data)
        return None if written is None else CpuTotals(self._cpus, self._columns, written)

    def part(self, file: KeptFile) -> SteadyPart | None:
        """Where C finds them in /proc/stat; None before they were read."""
        if self._words is None:
            return None
        count = self._columns * (len(self._cpus) + 1)
        picks = [((i,), 0) for i in range(count)]
        numbers = NumberPicks(
            self._words.native(), self._words.spelled, count, picks, may_fall=True, owner=self
        )
        return SteadyPart((file,), numbers)

    def resume(self, values: Sequence[bytes]) -> None:
        """See ``Resumed``: nothing is remembered here."""

    def _understand(self, data: bytes) -> None:
        self._words = None
        rows: list[list[bytes]] = []
        for line in data.split(b"\n"):
            if line[:3] != b"cpu":
                break
            rows.append(line.split())
        names = [row[0] for row in rows]
        numbers = [number for row in rows for number in row[1:]]
        fewest = min(map(len, rows), default=0)
        if names[:1] != [b"cpu"] or len(rows) < 2 or fewest < 2 or not b"".join(numbers).isdigit():
            return
        self._cpus, self._columns = tuple(names[1:]), fewest - 1
        first, wanted = 0, []
        for row in rows:
            wanted += [(first + 1 + column, 1) for column in range(self._columns)]
            first += len(row)
        self._words = Words(data, wanted)
