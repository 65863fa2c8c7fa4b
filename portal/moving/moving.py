"""Move a dump, or try it: a trial does the same, and keeps nothing of it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from perfanalysis.errors import InputError
from portal.access.key_text import KeyText
from portal.migrations.running import migrate
from portal.moving import old_records
from portal.moving.dump import OldRecord
from portal.moving.old_tables import OldKind
from portal.moving.taking import MoveCounts, Taking, of_person
from portal.records.faults import NotThereError
from portal.records.opening import open_engine, sqlite_url
from portal.records.tenant_session import TenantSession
from portal.records.tenants import TenantRow
from portal.tenancy import provisioning

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
# The schema that django-tenants keeps the list of tenants in.
SHARED_SCHEMA = "public"


@dataclass
class Move:
    """What was moved, or would be.

    Attributes:
        counts: of records.
        into: the tenant that got the records that are of no tenant by themselves; None: there are
            none.
        keys: first keys of tenants that were made, by name.
    """

    counts: MoveCounts
    into: str | None = None
    keys: dict[str, KeyText] = field(default_factory=dict)


def move(  # noqa: PLR0913 - from where, to where, and who is told
    engine: Engine,
    records: Sequence[OldRecord],
    tenant: str | None,
    person: str,
    told: Callable[[], None] = lambda: None,
    *,
    write: bool,
) -> Move:
    """Move records, or try it.

    Args:
        engine: of the portal's database.
        records: of all files.
        tenant: the name of the tenant that all records but tenants are of; None: the dump's only
            one, or the portal's only one.
        person: who does it.
        told: told after each record.
        write: False: nothing is kept.

    Raises:
        InputError, NotThereError: it cannot be told whose the records are.
    """
    found = Move(MoveCounts())
    for record in records:
        if record.kind is None:
            found.counts.others[record.model] += 1
    named = _tenants(engine, records, found, write=write)
    rest = [one for one in records if one.kind not in {None, OldKind.TENANT}]
    if rest:
        found.into = tenant or _only(engine, named)
        _move_rest(engine, rest, found, named, person, told, write=write)
    return found


def _tenants(
    engine: Engine, records: Sequence[OldRecord], found: Move, *, write: bool
) -> dict[str, bool]:
    """The tenants of a dump, by name whether they are active; made where they are not here."""
    count, named = found.counts.kinds[OldKind.TENANT], dict[str, bool]()
    for record in records:
        if record.kind is not OldKind.TENANT:
            continue
        count.read += 1
        try:
            name, active = old_records.tenant_of(record)
            if name == SHARED_SCHEMA:
                count.left_out["the shared schema, no tenant"] += 1
                continue
            if not _NAME.fullmatch(name) or name in named:
                expected = "a name of letters, digits, '.', '_' and '-', each once"
                raise InputError(record.where, "schema_name", expected, name)
        except InputError as error:
            found.counts.refuse(OldKind.TENANT, error)
            continue
        named[name] = active
        if _is_here(engine, name):
            count.known += 1
            continue
        count.new += 1
        if write:
            _make(engine, name, found, active=active)
    count.check(OldKind.TENANT)
    return named


def _make(engine: Engine, name: str, found: Move, *, active: bool) -> None:
    row, key = provisioning.provision(engine, None, name)
    found.keys[name] = key
    if not active:
        caller = provisioning.local_person(row, "perfanalysis portal")
        provisioning.set_state(engine, caller, row.id, suspended=True)


def _only(engine: Engine, named: dict[str, bool]) -> str:
    names = list(named) or [row.name for row in provisioning.tenants(engine, None, 2).rows]
    if len(names) != 1:
        raise InputError("--tenant", "", "the name of the tenant whose records these are")
    return names[0]


def _is_here(engine: Engine, name: str) -> bool:
    try:
        provisioning.by_name(engine, name)
    except NotThereError:
        return False
    return True


def _move_rest(  # noqa: PLR0913, PLR0917 - where from, where to, and who is told
    engine: Engine,
    records: Sequence[OldRecord],
    found: Move,
    named: dict[str, bool],
    person: str,
    told: Callable[[], None],
    *,
    write: bool,
) -> None:
    assert found.into is not None
    if not write and found.into in named and not _is_here(engine, found.into):
        # What would be in a tenant that would be made: tried in a database of its own.
        with _scratch() as scratch:
            row, _ = provisioning.provision(scratch, None, found.into)
            _take(scratch, row, records, found.counts, person, told, write=True)
        return
    row = provisioning.by_name(engine, found.into)
    _take(engine, row, records, found.counts, person, told, write=write)


def _take(  # noqa: PLR0913, PLR0917 - where from, where to, and who is told
    engine: Engine,
    row: TenantRow,
    records: Sequence[OldRecord],
    counts: MoveCounts,
    person: str,
    told: Callable[[], None],
    *,
    write: bool,
) -> None:
    caller = of_person(provisioning.local_person(row, person))
    with TenantSession(engine, row.id, writes=True) as session, session.begin() as done:
        Taking(session, caller, counts, told).take(records)
        if not write:
            done.rollback()


@contextmanager
def _scratch() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="portal-trial-") as folder:
        engine = open_engine(sqlite_url(Path(folder) / "portal.sqlite"))
        try:
            migrate(engine)
            yield engine
        finally:
            engine.dispose()
