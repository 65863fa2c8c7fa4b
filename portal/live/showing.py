"""What a tenant's connections have seen, and the frames of what is new. No input or output."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from portal.live.connections import TRY_AGAIN, LiveConnection, LiveConnections
from portal.live.frames import encoded, frame
from portal.live.observing import LiveObservation
from portal.records.jobs import ENDED

# Without news a frame goes out after so many ticks, so that who reads knows that it still goes on.
_QUIET_TICKS = 10
_NONE = frozenset[uuid.UUID]()
SLOW = "too slow a reader: connect again"


class TenantShowing:
    """Of one tenant."""

    def __init__(self) -> None:
        self._jobs: dict[uuid.UUID, bytes] = {}
        self._open: frozenset[uuid.UUID] = frozenset()
        self._machines: dict[uuid.UUID, bytes] = {}
        self._quiet = 0

    @property
    def open_jobs(self) -> frozenset[uuid.UUID]:
        """Jobs that were seen open: of these the end is to be seen, too."""
        return self._open

    def show(
        self,
        found: LiveObservation,
        connections: Sequence[LiveConnection],
        all_of_them: LiveConnections,
        at: datetime,
    ) -> None:
        """Send what is new, and all of it to those who are new.

        Args:
            found: what was seen just now.
            connections: of this tenant.
            all_of_them: where those that do not read are taken from.
            at: what time it is.
        """
        new_jobs = self._learn_jobs(found.jobs)
        new_machines = _changed(self._machines, found.readings)
        self._machines |= new_machines
        self._machines = {m: it for m, it in self._machines.items() if m in found.readings}
        self._quiet += 1
        news = _News(self._jobs, new_jobs, self._machines, new_machines, self._quiet)
        frames: dict[Seen, bytes | None] = {}
        for one in connections:
            seen = Seen(
                one.machines, one.jobs, one.job_ids if one.looked_for else _NONE, one.looked_for
            )
            if seen not in frames:
                frames[seen] = news.frame(at, seen)
            made = frames[seen]
            if made is None:
                continue
            if one.looked_for:
                one.fresh = one.looked_for = False
            if not one.wire.offer(made):
                all_of_them.drop(one, TRY_AGAIN, SLOW)
        # Of those that have ended, the end has been told.
        self._jobs = {job: it for job, it in self._jobs.items() if job in self._open}
        if self._quiet >= _QUIET_TICKS:
            self._quiet = 0

    def _learn_jobs(self, found: Mapping[uuid.UUID, dict[str, Any]]) -> dict[uuid.UUID, bytes]:
        new = _changed(self._jobs, found)
        self._jobs |= new
        before = self._open
        self._open = frozenset(job for job, it in found.items() if it["state"] not in ENDED)
        # The others had ended before; somebody asked for them.
        return {job: it for job, it in new.items() if job in self._open or job in before}


class Seen(NamedTuple):
    """What a connection sees; ``job_ids`` are of those that are fresh alone."""

    machines: frozenset[uuid.UUID]
    jobs: bool
    job_ids: frozenset[uuid.UUID]
    fresh: bool


class _News(NamedTuple):
    jobs: Mapping[uuid.UUID, bytes]
    new_jobs: Mapping[uuid.UUID, bytes]
    machines: Mapping[uuid.UUID, bytes]
    new_machines: Mapping[uuid.UUID, bytes]
    quiet: int

    def frame(self, at: datetime, seen: Seen) -> bytes | None:
        """The frame of all who see the same; None: there is nothing to tell them."""
        jobs = self.jobs if seen.fresh else self.new_jobs
        machines = self.machines if seen.fresh else self.new_machines
        shown_jobs = [it for job, it in jobs.items() if seen.jobs or job in seen.job_ids]
        shown = [machines[machine] for machine in sorted(seen.machines) if machine in machines]
        if not shown_jobs and not shown and not seen.fresh and self.quiet < _QUIET_TICKS:
            return None
        return frame(at, shown_jobs, shown)


def _changed(
    before: Mapping[uuid.UUID, bytes], found: Mapping[uuid.UUID, dict[str, Any]]
) -> dict[uuid.UUID, bytes]:
    made = {name: encoded(value) for name, value in found.items()}
    return {name: it for name, it in made.items() if before.get(name) != it}
