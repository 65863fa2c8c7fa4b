"""Take old records in, into one tenant: each once, whatever was taken before.

What this portal knows already stays: of a machine that is here, the dump fills in what is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select

from perfanalysis.errors import InputError, PerfAnalysisError
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.captures import keeping
from portal.captures.looking import OTHER
from portal.inventory import registering
from portal.inventory.facts import MachineFacts
from portal.load_tests import annotating, intake, listing, old_curves
from portal.load_tests.old_curves import OldCurve
from portal.moving import old_records
from portal.moving.dump import OldRecord
from portal.moving.old_tables import OldKind
from portal.records.base import now
from portal.records.captures import CaptureRow, OldMachineRow, OldPersonRow
from portal.records.faults import NotThereError
from portal.records.fitting import check_fits
from portal.records.load_tests import LoadTestRow
from portal.records.machines import MachineEntryRow
from portal.records.tenant_session import TenantSession

FAULTY = "faulty"
WHERE = "old portal"


@dataclass
class KindCount:
    """What became of the records of a kind: ``read`` is the sum of the others."""

    read: int = 0
    new: int = 0
    known: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def check(self, kind: str) -> None:
        """See that nothing was lost on the way.

        Raises:
            PerfAnalysisError: a mistake of ours: a record became nothing.
        """
        if self.read != self.new + self.known + self.left_out.total():
            raise PerfAnalysisError(f"{kind}: {self.read} were read, and not all are accounted for")


@dataclass
class MoveCounts:
    """By kind what became of its records, and what was wrong with those that are faulty."""

    kinds: dict[OldKind, KindCount] = field(
        default_factory=lambda: {kind: KindCount() for kind in OldKind}
    )
    # By model: records of tables that do not move.
    others: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def refuse(self, kind: OldKind, error: InputError) -> None:
        """Leave a record out that is faulty."""
        self.kinds[kind].left_out[FAULTY] += 1
        self.faults.append(str(error))


class Taking:
    """One tenant's records.

    Args:
        session: of the tenant, that may write.
        caller: who does it.
        counts: kept up to date.
        told: told after each record.
    """

    def __init__(
        self,
        session: TenantSession,
        caller: Caller,
        counts: MoveCounts,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._session, self._caller, self._counts, self._told = session, caller, counts, told
        # By a user's key, the name.
        self._people: dict[str, str] = {}

    def take(self, records: Sequence[OldRecord]) -> None:
        """Take all records in, but tenants.

        Raises:
            PerfAnalysisError: the database does not have as many more as were taken.
        """
        before = self._rows()
        ways: dict[OldKind, Callable[[OldRecord], bool]] = {
            OldKind.USER: self._person,
            OldKind.MACHINE: self._machine,
            OldKind.LOAD_TEST: self._load_test,
            OldKind.UPLOAD: self._upload,
        }
        for kind, way in ways.items():
            self._take_kind(kind, way, (one for one in records if one.kind is kind))
        after = self._rows()
        for kind in ways:
            count = self._counts.kinds[kind]
            count.check(kind)
            if after[kind] - before[kind] != count.new:
                raise PerfAnalysisError(f"{kind}: the database has not got all that were taken")
        new = {str(kind): self._counts.kinds[kind].new for kind in ways}
        if any(new.values()):
            write_down(self._session, self._caller, "tenant.import_old", None, **new)

    def _take_kind(
        self, kind: OldKind, way: Callable[[OldRecord], bool], records: Iterable[OldRecord]
    ) -> None:
        count, seen = self._counts.kinds[kind], set[str]()
        for record in records:
            count.read += 1
            try:
                if len(record.key) > 64:
                    raise InputError(record.where, "pk", "at most 64 characters")
                if record.key in seen:
                    raise InputError(record.where, "pk", "each record once")
                seen.add(record.key)
                if way(record):
                    count.new += 1
                else:
                    count.known += 1
            except InputError as error:
                self._counts.refuse(kind, error)
            self._told()

    def _rows(self) -> dict[OldKind, int]:
        counted = {
            OldKind.USER: func.count(OldPersonRow.name),
            OldKind.MACHINE: func.count(OldMachineRow.old_id),
            OldKind.LOAD_TEST: func.count(LoadTestRow.test_id),
            OldKind.UPLOAD: func.count(CaptureRow.id),
        }
        return {kind: self._session.scalar(select(what)) or 0 for kind, what in counted.items()}

    def _person(self, record: OldRecord) -> bool:
        person = old_records.person_of(record)
        self._people[record.key] = person.name
        known = select(OldPersonRow.name).where(OldPersonRow.name == person.name)
        if self._session.scalar(known) is not None:
            return False
        self._session.add(
            OldPersonRow(
                name=person.name,
                email=person.email,
                full_name=person.full_name,
                active=person.active,
                administers=person.administers,
            )
        )
        self._session.flush()
        return True

    def _machine(self, record: OldRecord) -> bool:
        old = old_records.machine_of(record)
        if self._moved(record.key) is not None:
            return False
        name = self._free_name(old.facts.name, record.key)
        known = dict(old.facts.known)
        if (owner := self._people.get(old.owner or "")) is not None:
            known["owner"] = owner
        there = registering.by_name(self._session, name)
        if there is not None:
            known = {field: v for field, v in known.items() if getattr(there, field) is None}
        facts = MachineFacts(name, known)
        row = registering.register(self._session, self._caller, facts, record.where).row
        self._session.add(OldMachineRow(old_id=record.key, machine_id=row.id))
        self._session.flush()
        return True

    def _free_name(self, name: str, key: str) -> str:
        """The name, unless it is that of another collector: owners called theirs alike."""
        row = registering.by_name(self._session, name)
        if row is None:
            return name
        taken = select(OldMachineRow.old_id).where(OldMachineRow.machine_id == row.id)
        if self._session.scalars(taken).first() is None:
            return name
        return f"{name[: 200 - len(key) - 3]} ({key})"

    def _load_test(self, record: OldRecord) -> bool:
        old = old_records.measurement_of(record)
        machine = self._collector(old.collector, record)
        curve = OldCurve(machine.name, old.measured_at, old.units, old_id=record.key)
        test_id = old_curves.test_id_of(curve)
        try:
            listing.find(self._session, test_id)
        except NotThereError:
            document = intake.read(old_curves.document_of(curve, WHERE))
            intake.take(self._session, self._caller, document)
            if old.notes:
                annotating.add_note(self._session, self._caller, test_id, old.notes)
            return True
        return False

    def _upload(self, record: OldRecord) -> bool:
        old = old_records.upload_of(record)
        values: dict[str, object] = {
            "series": f"old {record.key}",
            "form": OTHER,
            "file_name": old.file_name,
            "description": old.description,
            "began_at": old.began_at,
            "ended_at": old.ended_at,
            "received_at": old.received_at or now(),
            "received_by": WHERE,
        }
        check_fits(CaptureRow, values, record.where)
        machine = self._collector(old.collector, record)
        return keeping.make_known(self._session, self._caller, machine, **values)[1]

    def _collector(self, key: str, record: OldRecord) -> MachineEntryRow:
        row = self._moved(key)
        if row is None:
            expected = "the key of a collector that is in the dump, or was taken before"
            raise InputError(record.where, "collector", expected, key)
        return registering.successor(self._session, row)

    def _moved(self, key: str) -> MachineEntryRow | None:
        asked = select(MachineEntryRow).join(
            OldMachineRow, OldMachineRow.machine_id == MachineEntryRow.id
        )
        return self._session.scalar(asked.where(OldMachineRow.old_id == key))


def of_person(caller: Caller) -> Caller:
    """Who moves, as history and audit log show them."""
    return replace(caller, shown=f"{caller.shown}: {WHERE}"[:250])
