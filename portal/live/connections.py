"""Who watches: the live connections of this process, by tenant, within their limits."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from portal.live.tickets import LiveGuest

# Close codes of RFC 6455: not allowed (any more), and too much asked: try again.
NOT_ALLOWED, TRY_AGAIN = 1008, 1013
# Whoever came without a key has to show again who they are.
LONGEST_WITHOUT_KEY = 300.0


class LiveWire(Protocol):
    """The sending end of a connection."""

    def offer(self, frame: bytes) -> bool:
        """Send a whole frame, or say that too many wait for this reader already."""

    def drop(self, code: int, reason: str) -> None:
        """End the connection: a reader that does not read is cut off within seconds."""


@dataclass(eq=False)
class LiveConnection:
    """One who watches.

    Attributes:
        who: of the ticket or key.
        wire: to them.
        machines: whose readings they see.
        jobs: whether they see jobs.
        job_ids: jobs that they want to know the state of once, also where they have ended.
        fresh: whether they have seen nothing yet, and are to get all that is known.
        looked_for: whether the look that goes on now is for all that they wish.
        since: when they came (``time.monotonic``).
    """

    who: LiveGuest
    wire: LiveWire
    machines: frozenset[uuid.UUID] = frozenset()
    jobs: bool = True
    job_ids: frozenset[uuid.UUID] = frozenset()
    fresh: bool = True
    looked_for: bool = False
    since: float = field(default_factory=time.monotonic)

    def watch(
        self,
        machines: frozenset[uuid.UUID],
        *,
        jobs: bool,
        job_ids: frozenset[uuid.UUID] = frozenset(),
    ) -> None:
        """See something else from now on."""
        self.machines, self.jobs, self.job_ids = machines, jobs, job_ids
        self.fresh, self.looked_for = True, False


class ConnectionsFullError(Exception):
    """There are as many as may be; the text says whose."""


class LiveConnections:
    """All of this process.

    Args:
        most: of all tenants.
        most_of_tenant: of each.
    """

    def __init__(self, most: int, most_of_tenant: int) -> None:
        self._most, self._most_of_tenant = most, most_of_tenant
        self._by_tenant: dict[uuid.UUID, set[LiveConnection]] = {}
        self.count = 0
        self.dropped = 0

    def add(self, connection: LiveConnection) -> None:
        """Take one more.

        Raises:
            ConnectionsFullError: there are too many.
        """
        own = self._by_tenant.setdefault(connection.who.tenant, set())
        if self.count >= self._most or len(own) >= self._most_of_tenant:
            if not own:
                del self._by_tenant[connection.who.tenant]
            of = "this tenant" if len(own) >= self._most_of_tenant else "this portal"
            raise ConnectionsFullError(f"{of} has as many live connections as it may")
        own.add(connection)
        self.count += 1

    def remove(self, connection: LiveConnection) -> None:
        """Forget one; again, nothing changes."""
        own = self._by_tenant.get(connection.who.tenant, set())
        if connection in own:
            own.remove(connection)
            self.count -= 1
        if not own:
            self._by_tenant.pop(connection.who.tenant, None)

    def drop(self, connection: LiveConnection, code: int, reason: str) -> None:
        """End one."""
        self.remove(connection)
        self.dropped += 1
        connection.wire.drop(code, reason)

    def of(self, tenant: uuid.UUID) -> list[LiveConnection]:
        """Those of a tenant."""
        return list(self._by_tenant.get(tenant, ()))

    def __iter__(self) -> Iterator[uuid.UUID]:
        """The tenants that have any."""
        return iter(list(self._by_tenant))
