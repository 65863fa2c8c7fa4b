"""CPU time of the whole machine, from the first line of /proc/stat (proc(5)).

All CPUs in four states, so that who asks for hundreds of machines need not read every CPU and mode
of each. CPUs that were taken away stay in these sums, which only a restart sets back.
"""

from __future__ import annotations

from collections.abc import Sequence

from exporter.sources.files import KeptFile
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import SteadyPart
from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block

SECONDS = Family(
    "perf_cpu_seconds_total",
    "counter",
    "Seconds that all CPUs together spent busy (all but idle, iowait and steal), idle, in iowait"
    " and stolen; their sum is the machine's CPU time.",
    ("state",),
    "seconds",
    "/proc/stat",
)
# By columns of the line: user, nice, system, idle, iowait, irq, softirq, steal. Guests are in user.
_STATES = {"busy": (0, 1, 2, 5, 6), "idle": (3,), "iowait": (4,), "steal": (7,)}
_COLUMNS = 8
_NAME = b"cpu "


def parse(data: bytes) -> list[int]:
    """The eight columns of all CPUs in ticks; empty where there is no such line, or a short one.

    Raises:
        CollectorError: the line is no row of numbers.
    """
    if not data.startswith(_NAME):
        return []
    words = data[len(_NAME) : data.find(b"\n") if b"\n" in data else len(data)].split()[:_COLUMNS]
    if len(words) < _COLUMNS:
        return []
    check_counters(words, "/proc/stat: all CPUs")
    return list(map(int, words))


class _HeldStates:
    """Holds states that run backwards at what they were, but for a restart."""

    def __init__(self, reset_ticks: float) -> None:
        self._reset = reset_ticks
        self._before: list[int] = []

    def hold(self, values: list[bytes]) -> list[bytes]:
        """See ``HeldValues``."""
        if not values:
            return values
        before, now = self._before, list(map(int, values))
        # Idle time alone also falls where CPUs go whose clocks ran ahead.
        restarted = before and before[1] - now[1] >= self._reset and now[0] < before[0]
        self._before = list(map(max, before, now)) if before and not restarted else now
        return [b"%d" % ticks for ticks in self._before]

    def show(self, values: Sequence[bytes]) -> None:
        """See ``HeldValues``."""
        self._before = list(map(int, values))


class MachineTimeSeries:
    """Makes ``perf_cpu_seconds_total``.

    A state that runs backwards, as the kernel's idle and iowait times do, is held at what it was;
    after a restart, all of them begin anew.

    Args:
        suffix: what makes seconds of ticks, such as ``e-2``.
        reset_ticks: idle time that falls by so much, with busy time, is that of a restart.
    """

    def __init__(self, suffix: bytes, reset_ticks: float) -> None:
        self._suffix = suffix
        self._numbers = NumberSeries(self._lay_out, _HeldStates(reset_ticks))

    def blocks(self, data: bytes) -> list[Block]:
        """The block of a text of /proc/stat; none where it has too few columns.

        Raises:
            CollectorError: see ``parse``.
        """
        block = self._numbers.block(data)
        return [block] if block.values else []

    def steady(self, file: KeptFile) -> SteadyPart | None:
        """See ``NumberSeries.steady``."""
        return self._numbers.steady(file)

    def _lay_out(self, texts: Sequence[bytes]) -> list[NumberPlace]:
        if not parse(texts[0]):
            return []
        # The line's name is its first word.
        return [
            NumberPlace(Series(SECONDS, (state,), self._suffix), 1 + first, 1, others)
            for state, (first, *more) in _STATES.items()
            for others in (tuple([1 + column for column in more]),)
        ]
