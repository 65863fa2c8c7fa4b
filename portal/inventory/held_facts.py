"""What the inventory knew of a machine over a time, from the history of its entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select

from perfanalysis.errors import InputError
from portal.records.machines import ACTIVE, MachineChangeRow, MachineEntryRow
from portal.records.tenant_session import TenantSession

# What a price depends on.
PRICED = ("provider", "region", "zone", "instance_type")
MOST_STRETCHES = 1000
_FOLLOWED = (*PRICED, "state")
_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class HeldFacts:
    """A stretch of time in which nothing changed that a price depends on.

    Attributes:
        since, until: of it.
        known: by name of ``PRICED`` and ``state``; None: it was not known.
    """

    since: datetime
    until: datetime
    known: Mapping[str, str | None]

    @property
    def in_service(self) -> bool:
        """Whether the entry was neither retired nor merged into another one."""
        return self.known["state"] == ACTIVE

    @property
    def missing(self) -> list[str]:
        """What was not known, of what a price is looked up by."""
        return [name for name in PRICED if name != "zone" and self.known[name] is None]


def held(
    session: TenantSession,
    row: MachineEntryRow,
    start: datetime,
    end: datetime,
    *,
    first_for_before: bool = False,
) -> list[HeldFacts]:
    """What was known, in the order of time; of what was before the entry there is nothing.

    Args:
        session: of the tenant.
        row: the machine's entry.
        start, end: of the time, with their zone.
        first_for_before: have what was first known of each field stand for the time before.

    Raises:
        InputError: it changed more often than ``MOST_STRETCHES`` times.
    """
    since = None if first_for_before else max(start, row.created_at)
    changes = session.execute(changes_since(row, since))
    found = _backwards({name: getattr(row, name) for name in _FOLLOWED}, changes)
    begin = row.created_at if since is None else since
    ordered = [replace(one, since=max(one.since, begin)) for one in reversed(found)]
    if first_for_before:
        ordered = _with_the_first(ordered)
    cut = (replace(o, since=max(o.since, start), until=min(o.until, end)) for o in ordered)
    return _joined(one for one in cut if one.since < one.until)


def changes_since(row: MachineEntryRow, since: datetime | None) -> Select[Any]:
    """The statement for changes of an entry after a moment, the newest first; None: all."""
    columns = (MachineChangeRow.changed_at, MachineChangeRow.action, MachineChangeRow.fields)
    asked = select(*columns).where(MachineChangeRow.machine_id == row.id)
    if since is not None:
        asked = asked.where(MachineChangeRow.changed_at > since)
    return asked.order_by(MachineChangeRow.changed_at.desc(), MachineChangeRow.id.desc())


def _backwards(now: Mapping[str, str | None], changes: Iterable[Any]) -> list[HeldFacts]:
    """From what is known now, undo one change after the other: the newest stretch first."""
    known, until = dict(now), _END
    found: list[HeldFacts] = []
    for changed_at, action, fields in changes:
        if action == "create":
            break
        old = {name: both[0] for name, both in (fields or {}).items() if name in known}
        if not old:
            continue
        if changed_at < until:
            found.append(HeldFacts(changed_at, until, known))
            until = changed_at
        if len(found) > MOST_STRETCHES:
            expected = f"a time with at most {MOST_STRETCHES} changes of the machine"
            raise InputError("request", "since", expected)
        known = {**known, **old}
    return [*found, HeldFacts(datetime.min.replace(tzinfo=UTC), until, known)]


def _with_the_first(ordered: list[HeldFacts]) -> list[HeldFacts]:
    """The same, where each field has what was first known of it from the beginning."""
    first: dict[str, str | None] = dict.fromkeys(_FOLLOWED)
    for one in reversed(ordered):
        first |= {name: value for name, value in one.known.items() if value is not None}
    told: set[str] = set()
    found = []
    for one in ordered:
        told |= {name for name, value in one.known.items() if value is not None}
        known = {name: one.known[name] if name in told else first[name] for name in _FOLLOWED}
        found.append(replace(one, known=known))
    found[0] = replace(found[0], since=datetime.min.replace(tzinfo=UTC))
    return found


def _joined(ordered: Iterable[HeldFacts]) -> list[HeldFacts]:
    """Neighbours that know the same are one."""
    found: list[HeldFacts] = []
    for one in ordered:
        if found and found[-1].known == one.known and found[-1].until == one.since:
            found[-1] = replace(found[-1], until=one.until)
        else:
            found.append(one)
    return found
