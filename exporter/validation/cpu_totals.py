"""The line ``cpu`` of /proc/stat against the lines ``cpuN`` (kernel: fs/proc/stat.c).

They are compared by what they grow between two looks: the total also holds the time of CPUs that
were switched off, which have no line of their own.
"""

from __future__ import annotations

from operator import gt
from typing import NamedTuple

_COLUMNS = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
_ALL_COLUMNS = (*_COLUMNS, "guest", "guest_nice")


class CpuTotals(NamedTuple):
    """Ticks by column: those of the line ``cpu``, of all ``cpuN`` together, and of each."""

    cpus: tuple[bytes, ...]
    total: list[int]
    together: list[int]
    rows: list[list[int]]

    def backwards(self, before: CpuTotals) -> list[str]:
        """The times of single CPUs that are below those of ``before``, in words."""
        said = []
        for cpu, now, then in zip(self.cpus, self.rows, before.rows, strict=True):
            if any(map(gt, then, now)):
                for name, after, earlier in zip(_ALL_COLUMNS, now, then, strict=False):
                    if after < earlier:
                        text = f"{cpu.decode('ascii', 'replace')} {name}"
                        said.append(f"{text} went from {earlier} to {after} ticks")
        return said

    def disagreement(self, before: CpuTotals, slack: int) -> str:
        """What does not fit, in words; "" when all does. ``slack`` is in ticks for each CPU."""
        rows = (self.total, before.total, self.together, before.together)
        for name, now, then, now_together, then_together in zip(_COLUMNS, *rows, strict=False):
            grown, grown_together = now - then, now_together - then_together
            if abs(grown - grown_together) > slack * len(self.cpus):
                return f"{name}: cpu grew by {grown} ticks, its CPUs by {grown_together}"
        return ""


def parse_totals(data: bytes) -> CpuTotals | None:
    """Read the lines ``cpu`` and ``cpuN``; None where they are not there or not understood.

    What is malformed is told by the collector ``cpu``, which reads the same lines.
    """
    total: list[int] = []
    cpus = []
    rows = []
    for line in data.split(b"\n"):
        if line[:3] != b"cpu":
            break
        name, *numbers = line.split()
        try:
            row = list(map(int, numbers))
        except ValueError:
            return None
        if name == b"cpu":
            total = row
        else:
            cpus.append(name)
            rows.append(row)
    if not total or not rows:
        return None
    return CpuTotals(tuple(cpus), total, [sum(column) for column in zip(*rows, strict=False)], rows)
