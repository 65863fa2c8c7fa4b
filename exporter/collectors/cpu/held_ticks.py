"""CPU times that do not run backwards, as node_exporter holds them (collector/cpu_linux.go)."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.sources.numbers import fell

_IDLE = 3
# An idle time that falls by so much is that of a CPU that was off and counts anew.
RESET_SECONDS = 3.0


class HeldTicks:
    """Remembers each CPU's times; a column that ran backwards is held at what it was.

    The kernel's idle and iowait times, and stolen time on some hypervisors, run backwards at
    times. Prometheus would take that for a counter that began anew, and show a huge rate.

    Values are ticks: first the modes of one CPU after the other, then their times in guests.

    Args:
        ticks_per_second: of the times.
    """

    def __init__(self, ticks_per_second: int) -> None:
        self._reset = RESET_SECONDS * ticks_per_second
        # Of what was shown, and of what comes: the CPUs' numbers, and how many modes each has.
        self._known: tuple[tuple[bytes, ...], int] = ((), 0)
        self._coming: tuple[tuple[bytes, ...], int] = ((), 0)
        # What was shown, each number with a newline behind it.
        self._before = b""

    def expect(self, cpus: tuple[bytes, ...], modes: int) -> None:
        """From now on the values are of these CPUs, and of so many modes each."""
        self._coming = (cpus, modes)

    def hold(self, values: list[bytes]) -> list[bytes]:
        """The times of now, with the columns that ran backwards held."""
        written = b"\n".join(values) + b"\n"
        if self._known == self._coming and fell(self._before, written) == -1:
            self._before = written
            return values
        now = _rows(*self._coming, values)
        before = _rows(*self._known, self._before.split())
        shown = {
            cpu: self._held(before[cpu], row) if len(before.get(cpu, ())) == len(row) else row
            for cpu, row in now.items()
        }
        modes = self._coming[1]
        held = [b"%d" % ticks for row in shown.values() for ticks in row[:modes]]
        held += [b"%d" % ticks for row in shown.values() for ticks in row[modes:]]
        self.show(held)
        return held

    def show(self, values: Sequence[bytes]) -> None:
        """These were shown last: none of them had fallen."""
        self._known = self._coming
        self._before = b"\n".join(values) + b"\n"

    def _held(self, before: list[int], now: list[int]) -> list[int]:
        if before[_IDLE] - now[_IDLE] >= self._reset:
            return now
        return list(map(max, before, now))


def _rows(cpus: tuple[bytes, ...], modes: int, values: Sequence[bytes]) -> dict[bytes, list[int]]:
    """All times of each CPU, those in guests behind the others."""
    ticks = list(map(int, values))
    count = len(cpus)
    guests = len(ticks) // count - modes if count else 0
    first = modes * count
    return {
        cpu: ticks[i * modes : (i + 1) * modes]
        + ticks[first + i * guests : first + (i + 1) * guests]
        for i, cpu in enumerate(cpus)
    }
