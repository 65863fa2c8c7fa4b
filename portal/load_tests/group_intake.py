"""Take documents of many requests in together: one transaction, and one write to the disk.

While one group is written, the next one gathers; who hands in alone waits for nobody. A group is of
one key, which is looked up in the same transaction, after all of the group have come: a key that
was revoked before lets none of them in. What is not plain is left to ``intake.take``: a machine
that is new, has other facts, was merged or is being changed; a test that is here already; a tenant
with quotas, or with thresholds that its tests are judged by.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Engine, inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from portal.access.authentication import note_use
from portal.access.caller import Caller
from portal.access.key_text import KeyText
from portal.load_tests import intake
from portal.load_tests.figures import TOLD
from portal.load_tests.intake import Read
from portal.records.base import now
from portal.records.key_look_up import KnownKey
from portal.records.load_tests import DocumentRow, LoadTestRow
from portal.records.machines import MachineEntryRow
from portal.records.tenant_batch import RowsGiven, RowsWanted, TenantBatch, batch_of_key

# Statements of so many rows stay prepared, and nobody waits long for others.
MOST = 16
# With two, groups are smaller, and each document costs more of the processors.
_GROUPS_AT_ONCE = 1
# As long as others wait for a connection.
_SECONDS = 10.0
_MACHINE = ("name", "id", "merged_into", *TOLD)
_COLUMNS = tuple(c.key for c in inspect(LoadTestRow).column_attrs if c.key != "tenant_id")


class Handled(NamedTuple):
    """What became of a document.

    Attributes:
        caller: who handed it in.
        document: as it was read.
        row: of the test that is new and on the disk; None: it is left to ``intake.take``.
    """

    caller: Caller
    document: Read
    row: LoadTestRow | None


@dataclass(eq=False)
class _HandedIn:
    """A document, who lets its sender in, and what became of it."""

    key: KeyText
    data: bytes
    admit: Callable[[KnownKey | None], Caller]
    done: asyncio.Future[Handled]
    caller: Caller | None = None
    document: Read | None = None
    row: LoadTestRow | None = None
    fault: Exception | None = None


class GroupIntake:
    """Documents on their way in.

    Args:
        engine: of the portal's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: deque[_HandedIn] = deque()
        self._groups = 0
        self._pool = ThreadPoolExecutor(_GROUPS_AT_ONCE, thread_name_prefix="intake")

    def count_waiting(self) -> int:
        """Documents that no group has taken up yet."""
        return len(self._waiting)

    async def hand_in(
        self, key: KeyText, data: bytes, admit: Callable[[KnownKey | None], Caller]
    ) -> Handled:
        """Take a document in with others.

        Args:
            key: its sender's.
            data: the document.
            admit: the sender by what the database has of the key; raises when they may not.

        Raises:
            Exception: what ``admit`` raised; InputError: the document cannot be kept; TimeoutError
                (of SQLAlchemy): the database does not get on.
        """
        loop = asyncio.get_running_loop()
        one = _HandedIn(key, data, admit, loop.create_future())
        with self._lock:
            self._waiting.append(one)
            begin = self._groups < _GROUPS_AT_ONCE
            self._groups += begin
        if begin:
            self._pool.submit(self._work)
        done, _ = await asyncio.wait({one.done}, timeout=_SECONDS)
        if not done and self._withdrawn(one):
            raise PoolTimeoutError("those before it have not been written yet")
        return await one.done

    def _withdrawn(self, one: _HandedIn) -> bool:
        """Take one out that no group has taken up: nobody will write it."""
        with self._lock:
            if one not in self._waiting:
                return False
            self._waiting.remove(one)
            return True

    def _work(self) -> None:
        while group := self._next():
            try:
                self._take(group)
            except Exception as error:  # noqa: BLE001 - each sender is told, and the next group goes on
                for one in group:
                    one.fault = one.fault or error
            for loop in {one.done.get_loop() for one in group}:
                # Who has gone with their loop is told nothing.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(_tell, loop, group)

    def _next(self) -> list[_HandedIn]:
        """Those of the first one's key; nothing ends the thread's work."""
        with self._lock:
            if not self._waiting:
                self._groups -= 1
                return []
            key = self._waiting[0].key
            found: list[_HandedIn] = []
            others: deque[_HandedIn] = deque()
            while self._waiting:
                one = self._waiting.popleft()
                (found if one.key == key and len(found) < MOST else others).append(one)
            self._waiting = others
            return found

    def _take(self, group: Sequence[_HandedIn]) -> None:
        try:
            with batch_of_key(self._engine, group[0].key.prefix) as (known, batch):
                readable = _readable(group, known)
                if batch is not None and _is_plain(known) and readable:
                    _keep(batch, readable)
        except IntegrityError:
            # Each by itself, then: somebody else had the same meanwhile.
            for one in group:
                one.row = None
        note_use(self._engine, group[0].key, known)


def _is_plain(known: KnownKey | None) -> bool:
    """Whether a tenant's documents need nothing but to be kept."""
    return known is not None and known.quota is None and not known.watched


def _keep(batch: TenantBatch, group: Sequence[_HandedIn]) -> None:
    rows = _rows(batch, group)
    if not rows:
        return
    tests = [{name: getattr(row, name) for name in _COLUMNS} for row in rows.values()]
    documents = [
        {
            "test_id": row.test_id,
            "digest": one.document.digest,
            "size": one.document.size,
            "body": one.document.packed,
        }
        for one, row in rows.items()
        if one.document is not None
    ]
    given = (RowsGiven(LoadTestRow, "test_id", tests), RowsGiven(DocumentRow, "test_id", documents))
    # Both or neither of a test were there before: they are written together.
    new = set.intersection(*batch.insert_new(*given))
    for one, row in rows.items():
        one.row = row if row.test_id in new else None


def _readable(group: Sequence[_HandedIn], known: KnownKey | None) -> list[_HandedIn]:
    """Those whose sender may hand in, and whose document can be kept."""
    for one in group:
        try:
            one.caller = one.admit(known)
            one.document = intake.read(one.data)
        except Exception as error:  # noqa: BLE001 - it is the sender's, and told to them
            one.fault = error
    return [one for one in group if one.fault is None]


def _rows(batch: TenantBatch, group: Sequence[_HandedIn]) -> dict[_HandedIn, LoadTestRow]:
    """The rows of those that need nothing but to be inserted."""
    names = [one.document.machine.name for one in group if one.document]
    ids = [one.document.values["test_id"] for one in group if one.document]
    machines, known = batch.find(
        RowsWanted(MachineEntryRow, _MACHINE, names, hold=True),
        RowsWanted(LoadTestRow, ("test_id",), ids),
    )
    rows: dict[_HandedIn, LoadTestRow] = {}
    for one in group:
        assert one.document is not None
        assert one.caller is not None
        machine = machines.get(one.document.machine.name)
        test_id = one.document.values["test_id"]
        if machine is None or machine["merged_into"] is not None:
            continue
        if test_id in known or ids.count(test_id) > 1:
            continue
        if any(machine[name] != value for name, value in one.document.machine.known.items()):
            continue
        rows[one] = LoadTestRow(
            machine_id=machine["id"],
            received_at=now(),
            received_by=one.caller.shown,
            **one.document.values,
        )
    return rows


def _tell(loop: asyncio.AbstractEventLoop, group: Sequence[_HandedIn]) -> None:
    for one in group:
        if one.done.get_loop() is not loop or one.done.done():
            continue
        if one.fault is not None:
            one.done.set_exception(one.fault)
        else:
            assert one.caller is not None
            assert one.document is not None
            one.done.set_result(Handled(one.caller, one.document, one.row))
