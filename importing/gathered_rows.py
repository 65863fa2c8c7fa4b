"""Values row by row, of the same series at each moment, turned into each series' lines at once.

What Python does for each value costs more than all else in an import. Here it does so for each row
and each series: of some hundred rows, the columns are cut and joined in C.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

# So many values may wait: each is an object of some fifty bytes, which its line is not.
MOST_VALUES = 1 << 16


class GatheredRows:
    """Rows of the same series, until they are asked for as lines.

    Args:
        numbers: of the series.
        suffixes: what stands behind each value.

    Attributes:
        current: whether no series of these has been given to other rows since.
    """

    __slots__ = ("_rows", "_suffixes", "_times", "current", "numbers")

    def __init__(self, numbers: Sequence[int], suffixes: Sequence[bytes]) -> None:
        self.numbers = numbers
        self.current = True
        self._suffixes = suffixes
        self._rows: list[Sequence[bytes]] = []
        self._times: list[bytes] = []

    def add(self, values: Sequence[bytes], time: bytes) -> None:
        """Take one value of each series.

        Raises:
            ValueError: there is not one for each.
        """
        if len(values) != len(self.numbers):
            raise ValueError(f"{len(values)} values of {len(self.numbers)} series")
        self._rows.append(values)
        self._times.append(time)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each series' number and its lines, ``value time`` in order; then the rows are empty."""
        rows, times = self._rows, self._times
        self._rows, self._times = [], []
        if not rows:
            return
        by_suffix: dict[bytes, list[bytes]] = {}
        for number, column, suffix in zip(
            self.numbers, zip(*rows, strict=True), self._suffixes, strict=True
        ):
            parts = by_suffix.get(suffix)
            if parts is None:
                parts = by_suffix[suffix] = [b""] * (2 * len(times))
                parts[1::2] = [b"%s %s\n" % (suffix, time) for time in times]
            parts[::2] = column
            yield number, b"".join(parts)


class RowGatherer:
    """Gathers rows of any series; the lines of one series come in the order of the rows.

    Rows are known by the identity of their list of numbers, which who adds them keeps.
    """

    def __init__(self) -> None:
        self._kept: dict[int, GatheredRows] = {}
        # The rows that each series was last in, by its number.
        self._owners: list[GatheredRows | None] = []
        self._waiting = 0

    def add(
        self,
        numbers: Sequence[int],
        values: Sequence[bytes],
        suffixes: Sequence[bytes],
        time: bytes,
    ) -> Iterable[tuple[int, bytes]]:
        """Take one value of each series; gives the lines that must not wait any longer.

        Args:
            numbers: of the series.
            values, suffixes: as a ``Layout`` of the exporter has them.
            time: of all of them, seconds in text form.

        Raises:
            ValueError: there is not one value for each series.
        """
        rows = self._kept.get(id(numbers))
        ended: Iterable[tuple[int, bytes]] = ()
        if rows is None or not rows.current:
            rows = GatheredRows(numbers, suffixes)
            ended = list(self._own(rows))
        rows.add(values, time)
        self._waiting += len(numbers)
        return ended if self._waiting < MOST_VALUES else chain(ended, self.lines())

    def _own(self, rows: GatheredRows) -> Iterator[tuple[int, bytes]]:
        """Make these rows those of their series; others with one of them end."""
        self._kept[id(rows.numbers)] = rows
        missing = max(rows.numbers, default=-1) + 1 - len(self._owners)
        self._owners += [None] * missing
        for number in rows.numbers:
            before = self._owners[number]
            self._owners[number] = rows
            if before is not None:
                # One that is in these rows twice: each of them then ends with its first.
                before.current = False
                yield from before.lines()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines of all rows that wait: each series' number, and its lines."""
        self._waiting = 0
        for rows in list(self._kept.values()):
            yield from rows.lines()
        self._kept = {key: rows for key, rows in self._kept.items() if rows.current}
