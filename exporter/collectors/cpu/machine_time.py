"""CPU time of the whole machine, from the first line of /proc/stat (proc(5)).

All CPUs in four states, so that who asks for hundreds of machines need not read every CPU and mode
of each. CPUs that were taken away stay in these sums, which only a restart sets back.
"""

from __future__ import annotations

from exporter.sources.tokens import check_counters
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

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


class MachineTimeSeries:
    """Makes ``perf_cpu_seconds_total``.

    A state that runs backwards, as the kernel's idle and iowait times do, is held at what it was;
    after a restart, all of them begin anew.

    Args:
        suffix: what makes seconds of ticks, such as ``e-2``.
        reset_ticks: idle time that falls by so much, with busy time, is that of a restart.
    """

    def __init__(self, suffix: bytes, reset_ticks: float) -> None:
        self._layout = Layout(Series(SECONDS, (state,), suffix) for state in _STATES)
        self._reset = reset_ticks
        self._before: tuple[int, ...] = ()

    def blocks(self, data: bytes) -> list[Block]:
        """The block of a text of /proc/stat; none where it has too few columns.

        Raises:
            CollectorError: see ``parse``.
        """
        columns = parse(data)
        if not columns:
            return []
        now = tuple([sum([columns[one] for one in places]) for places in _STATES.values()])
        busy, idle, *_ = now
        # Idle time alone also falls where CPUs go whose clocks ran ahead.
        restarted = self._before and (
            self._before[1] - idle >= self._reset and busy < self._before[0]
        )
        if self._before and not restarted:
            now = tuple([max(pair) for pair in zip(self._before, now, strict=True)])
        self._before = now
        return [Block(self._layout, [b"%d" % ticks for ticks in now])]
