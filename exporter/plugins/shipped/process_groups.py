"""Processes brought together by name, with counters that go on when a process ends. Pure.

A group's counters grow by what each of its processes has used since the look before. What was used
before the first look is not counted: a restart of the exporter begins at 0 and is no use of CPU.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any, NamedTuple

# Groups are ranked by what they have used of late; what is so many seconds old counts half.
HALF_LIFE = 300.0
# Groups without processes that are remembered: beyond, the ones that have used least are forgotten.
MOST_ENDED = 1000


class ProcessLook(NamedTuple):
    """A process at one moment.

    ``identity`` tells it from another one that has its number later; ``io`` is what it had read
    and written, None where it may not be read (``io_hidden``) or the process has ended.
    """

    identity: Any
    group: str
    user_seconds: float
    system_seconds: float
    resident_bytes: int
    virtual_bytes: int
    started: float
    io: tuple[int, int] | None
    io_hidden: bool = False


@dataclass
class ProcessGroup:
    """What is known of the processes of a name; ``recent_*`` are for the ranking alone."""

    name: str
    user_seconds: float = 0.0
    system_seconds: float = 0.0
    read_bytes: int = 0
    written_bytes: int = 0
    recent_cpu: float = 0.0
    recent_io: float = 0.0
    processes: int = 0
    resident_bytes: int = 0
    virtual_bytes: int = 0
    oldest: float | None = None
    io_hidden: bool = False

    def begin_look(self, kept: float) -> None:
        """Forget what is of the moment; ``kept`` is what is left of the recent use."""
        self.recent_cpu *= kept
        self.recent_io *= kept
        self.processes = self.resident_bytes = self.virtual_bytes = 0
        self.oldest = None
        self.io_hidden = False

    def add(self, look: ProcessLook) -> None:
        """Take in what a process has now."""
        self.processes += 1
        self.resident_bytes += look.resident_bytes
        self.virtual_bytes += look.virtual_bytes
        self.oldest = look.started if self.oldest is None else min(self.oldest, look.started)
        self.io_hidden = self.io_hidden or look.io_hidden

    def count(self, before: ProcessLook | None, look: ProcessLook) -> None:
        """Count what a process has used since the look before; None is since its beginning."""
        user = look.user_seconds - (before.user_seconds if before else 0.0)
        system = look.system_seconds - (before.system_seconds if before else 0.0)
        # The kernel shares the time out between both anew at each look, and one may go back.
        self.user_seconds += max(user, 0.0)
        self.system_seconds += max(system, 0.0)
        self.recent_cpu += max(user, 0.0) + max(system, 0.0)
        old = (0, 0) if before is None else before.io
        if look.io is not None and old is not None:
            read, written = (max(new - was, 0) for new, was in zip(look.io, old, strict=True))
            self.read_bytes += read
            self.written_bytes += written
            self.recent_io += read + written

    def expect(self, look: ProcessLook, now: float) -> None:
        """Rank by what a process that was there first has used for each second of its life."""
        share = min(HALF_LIFE / max(now - look.started, 1.0), 1.0)
        self.recent_cpu += (look.user_seconds + look.system_seconds) * share
        self.recent_io += sum(look.io or ()) * share


@dataclass
class ProcessGroups:
    """All groups over time."""

    _groups: dict[str, ProcessGroup] = field(default_factory=dict)
    _known: dict[Hashable, ProcessLook] = field(default_factory=dict)
    _looked: float | None = None

    def update(self, looks: Iterable[ProcessLook], now: float) -> None:
        """Take in all processes that there are.

        Args:
            looks: each process once.
            now: in unixtime.
        """
        first = self._looked is None
        gone = max(now - (now if self._looked is None else self._looked), 0.0)
        kept = 0.5 ** (gone / HALF_LIFE)
        for group in self._groups.values():
            group.begin_look(kept)
        known: dict[Hashable, ProcessLook] = {}
        for look in looks:
            group = self._groups.setdefault(look.group, ProcessGroup(look.group))
            group.add(look)
            before = self._known.get(look.identity)
            if first:
                group.expect(look, now)
            else:
                # One that was not there at the last look has begun since.
                group.count(before, look)
            if look.io is None and before is not None:
                # It has ended, or its I/O cannot be read any more: what was read of it stays.
                look = look._replace(io=before.io)  # noqa: PLW2901
            known[look.identity] = look
        self._known, self._looked = known, now
        self._forget()

    def _forget(self) -> None:
        ended = [group for group in self._groups.values() if not group.processes]
        ended.sort(key=lambda group: group.recent_cpu)
        for group in ended[: max(len(ended) - MOST_ENDED, 0)]:
            del self._groups[group.name]

    @property
    def living(self) -> int:
        """How many groups have processes."""
        return sum(1 for group in self._groups.values() if group.processes)

    def largest(self, top: int) -> list[ProcessGroup]:
        """The groups that are among the ``top`` by CPU time of late, memory or I/O of late."""
        groups = list(self._groups.values())
        found: dict[str, ProcessGroup] = {}
        for size in (_recent_cpu, _resident, _recent_io):
            used = [group for group in groups if size(group)]
            found |= {group.name: group for group in nlargest(top, used, size)}
        return sorted(found.values(), key=lambda group: group.name)


def _recent_cpu(group: ProcessGroup) -> float:
    return group.recent_cpu


def _resident(group: ProcessGroup) -> int:
    return group.resident_bytes


def _recent_io(group: ProcessGroup) -> float:
    """Nothing where it may not be read of all."""
    return 0.0 if group.io_hidden else group.recent_io
