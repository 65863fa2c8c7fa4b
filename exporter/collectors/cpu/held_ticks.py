"""CPU times that do not run backwards, as node_exporter holds them (collector/cpu_linux.go)."""

from __future__ import annotations

from exporter.sources.numbers import fell

_IDLE = 3
# An idle time that falls by so much is that of a CPU that was off and counts anew.
RESET_SECONDS = 3.0


class HeldTicks:
    """Remembers each CPU's times; a column that ran backwards is held at what it was.

    The kernel's idle and iowait times, and stolen time on some hypervisors, run backwards at
    times. Prometheus would take that for a counter that began anew, and show a huge rate.

    Args:
        ticks_per_second: of the times.
    """

    def __init__(self, ticks_per_second: int) -> None:
        self._reset = RESET_SECONDS * ticks_per_second
        self._cpus: tuple[bytes, ...] = ()
        self._columns = 0
        # What was shown, each number with a newline behind it.
        self._before = b""

    def hold(self, cpus: tuple[bytes, ...], times: list[bytes]) -> list[bytes]:
        """The times of now, with the columns that ran backwards held.

        Args:
            cpus: numbers of the CPUs.
            times: of each in ticks, one CPU after the other and of all the same columns.
        """
        written = b"\n".join(times) + b"\n"
        columns = len(times) // len(cpus)
        if self._cpus == cpus and self._columns == columns and fell(self._before, written) == -1:
            self._before = written
            return times
        now = list(map(int, times))
        before = self._carry_over(cpus, columns, now)
        shown: list[int] = []
        for start in range(0, len(now), columns):
            end = start + columns
            shown += self._held(before[start:end], now[start:end])
        self._cpus, self._columns = cpus, columns
        times = [b"%d" % value for value in shown]
        self._before = b"\n".join(times) + b"\n"
        return times

    def _held(self, before: list[int], now: list[int]) -> list[int]:
        if before[_IDLE] - now[_IDLE] >= self._reset:
            return now
        return list(map(max, before, now))

    def _carry_over(self, cpus: tuple[bytes, ...], columns: int, now: list[int]) -> list[int]:
        """What was known of these CPUs; those that are new begin with what they have now."""
        old = list(map(int, self._before.split()))
        known = {
            cpu: old[i * columns : (i + 1) * columns]
            for i, cpu in enumerate(self._cpus)
            if self._columns == columns
        }
        before: list[int] = []
        for i, cpu in enumerate(cpus):
            before += known.get(cpu, now[i * columns : (i + 1) * columns])
        return before
