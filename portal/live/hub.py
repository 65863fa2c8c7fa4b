"""Once a second: look at the tables of each tenant that anybody watches, and tell all who do."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from portal.live.connections import (
    LONGEST_WITHOUT_KEY,
    NOT_ALLOWED,
    LiveConnection,
    LiveConnections,
)
from portal.live.observing import LiveInterest, LiveObservation, observe
from portal.live.showing import TenantShowing
from portal.records.base import now

LOG = logging.getLogger(__name__)
TICK_SECONDS, _REST_SECONDS = 1.0, 0.05
# Keys are looked at, and who is watched is said again, each so many ticks.
_LOOK_AT_KEYS, _RENEW = 5, 5
ENDED = "this key has ended, or its tenant is suspended"
SHOW_AGAIN = "show again who you are"


@dataclass(frozen=True)
class LiveLimits:
    """The most connections at a time: of this process, and of each tenant."""

    connections: int = 2000
    of_tenant: int = 1000


class _Waiting(NamedTuple):
    event: asyncio.Event
    takes: bool


class LiveHub:
    """Of one process and one event loop.

    Args:
        engine: of the portal's database.
        limits: of connections.
        stopping: set when the portal is to end: agents that wait are answered at once.
    """

    def __init__(
        self,
        engine: Engine,
        limits: LiveLimits | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        limits = limits or LiveLimits()
        self.connections = LiveConnections(limits.connections, limits.of_tenant)
        self._engine = engine
        self._stopping = stopping or threading.Event()
        self._showings: dict[uuid.UUID, TenantShowing] = {}
        self._waiting: dict[uuid.UUID, dict[uuid.UUID, set[_Waiting]]] = {}
        self._pulse: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def joined(self, connection: LiveConnection) -> Iterator[None]:
        """Send frames to a connection while the block runs.

        Raises:
            ConnectionsFullError: there are too many.
        """
        self.connections.add(connection)
        self._begin()
        try:
            yield
        finally:
            self.connections.remove(connection)

    async def wait_for_work(
        self, tenant: uuid.UUID, machine: uuid.UUID, seconds: float, *, takes: bool
    ) -> None:
        """Return when there may be something to do for a machine's agent, or after some seconds.

        Args:
            tenant: whose machine.
            machine: its id.
            seconds: the longest wait.
            takes: whether the agent takes jobs now; else it waits for who watches.
        """
        if self._stopping.is_set():
            return
        called = _Waiting(asyncio.Event(), takes)
        own = self._waiting.setdefault(tenant, {}).setdefault(machine, set())
        own.add(called)
        self._begin()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await called.event.wait()
        finally:
            own.discard(called)
            self._forget(tenant, machine)

    def _forget(self, tenant: uuid.UUID, machine: uuid.UUID) -> None:
        of_tenant = self._waiting.get(tenant, {})
        if not of_tenant.get(machine, True):
            del of_tenant[machine]
        if not of_tenant:
            self._waiting.pop(tenant, None)

    def _begin(self) -> None:
        if self._pulse is None or self._pulse.done():
            self._pulse = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        tick, due = 0, time.monotonic()
        while self.connections.count or self._waiting:
            if self._stopping.is_set():
                self._send_waiting_home()
            for tenant in {*self.connections, *self._waiting}:
                await self._look(tenant, tick)
            self._showings = {t: it for t, it in self._showings.items() if t in self.connections}
            tick += 1
            # In step with the clock; a beat that is late is not made up for.
            due = max(due + TICK_SECONDS, time.monotonic() + _REST_SECONDS)
            await asyncio.sleep(due - time.monotonic())

    def _send_waiting_home(self) -> None:
        for machines in self._waiting.values():
            for own in machines.values():
                for one in own:
                    one.event.set()

    async def _look(self, tenant: uuid.UUID, tick: int) -> None:
        interest = self._interest(tenant, tick)
        try:
            found = await asyncio.to_thread(observe, self._engine, tenant, interest)
        except SQLAlchemyError as error:
            LOG.warning("live: the database does not answer: %s", type(error).__name__)
            return
        except Exception as error:
            # A mistake of ours in one tenant's look must not keep all others from theirs.
            LOG.error("live: a look failed", exc_info=error)
            return
        for machine, own in self._waiting.get(tenant, {}).items():
            for one in own:
                if machine in found.watched or (one.takes and machine in found.called):
                    one.event.set()
        if found.alive is not None:
            self._cut_off(tenant, found.alive)
        self._show(tenant, found)

    def _interest(self, tenant: uuid.UUID, tick: int) -> LiveInterest:
        own = self.connections.of(tenant)
        for one in own:
            one.looked_for = one.fresh
        machines = frozenset[uuid.UUID]().union(*(one.machines for one in own))
        showing = self._showings.get(tenant)
        seen = showing.open_jobs if showing else frozenset[uuid.UUID]()
        seen = seen.union(*(one.job_ids for one in own if one.fresh))
        keys = frozenset(one.who.key for one in own if one.who.key is not None)
        looks = bool(own) and tick % _LOOK_AT_KEYS == 0
        # A machine that is new to be watched is told of at once.
        renews = tick % _RENEW == 0 or any(one.fresh for one in own)
        return LiveInterest(
            machines,
            seen if seen or any(one.jobs for one in own) else None,
            frozenset(self._waiting.get(tenant, ())),
            renews,
            keys if looks else None,
        )

    def _cut_off(self, tenant: uuid.UUID, alive: frozenset[uuid.UUID]) -> None:
        at = time.monotonic()
        for one in self.connections.of(tenant):
            if one.who.key is None:
                if at - one.since > LONGEST_WITHOUT_KEY:
                    self.connections.drop(one, NOT_ALLOWED, SHOW_AGAIN)
            elif one.who.key not in alive:
                self.connections.drop(one, NOT_ALLOWED, ENDED)

    def _show(self, tenant: uuid.UUID, found: LiveObservation) -> None:
        own = self.connections.of(tenant)
        if own:
            showing = self._showings.setdefault(tenant, TenantShowing())
            showing.show(found, own, self.connections, now())
