"""No list reads a large table from one end to the other, on either database.

Rows are many enough, and of enough tenants, that PostgreSQL's planner would rather use an index.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, Select, event, func, insert, select, text

from portal.access import audit
from portal.access.caller import Caller
from portal.api import keys
from portal.captures import keeping as keeping_captures
from portal.captures import listing as capture_listing
from portal.inventory import changing, held_facts, of_types
from portal.inventory import listing as machine_listing
from portal.jobs import agents, settling
from portal.jobs import listing as jobs
from portal.live.observing import LiveInterest, observe
from portal.load_tests import annotating, history, listing, newest_of_machines
from portal.load_tests.listing import NEWEST, Filters
from portal.predictions import keeping
from portal.predictions.keeping import WorkChosen
from portal.records import paging, plain_pages
from portal.records.audit import AuditRow
from portal.records.base import moment
from portal.records.captures import CapturePieceRow, CaptureRow
from portal.records.jobs import JobRow, MachineAgentRow
from portal.records.load_tests import DocumentRow, LoadTestRow, NoteRow
from portal.records.machines import MachineChangeRow, MachineEntryRow
from portal.records.plain_pages import PageWanted
from portal.records.regressions import RegressionRow, ThresholdRow, WantedRunRow
from portal.records.tenant_session import TenantSession
from portal.records.tenants import KeyRow, TenantRow
from portal.records.work_documents import WorkDocumentMachineRow, WorkDocumentRow
from portal.regressions import following, thresholds, wanted_runs
from portal.regressions import listing as regressions
from portal.regressions.thresholds import WatchScope
from tests.portal.conftest import Database

TENANTS, MACHINES, TESTS = 4, 600, 1800
LARGE = (
    "machines",
    "machine_changes",
    "load_tests",
    "load_test_documents",
    "load_test_notes",
    "work_documents",
    "work_document_machines",
    "captures",
    "capture_pieces",
    "audit_log",
    "api_keys",
    "jobs",
    "machine_agents",
    "regression_thresholds",
    "regressions",
    "wanted_runs",
)
TENANT = uuid.UUID(int=1)
MACHINE = uuid.UUID(int=7)


def rows(tenant: uuid.UUID) -> dict[type[Any], list[dict[str, Any]]]:
    own: dict[str, Any] = {"tenant_id": tenant}
    machines = [
        {
            **own,
            "id": uuid.UUID(int=i),
            "name": f"m{i}",
            "provider": f"p{i % 20}",
            "region": f"r{i % 20}",
            "zone": f"z{i % 20}",
            "instance_type": f"t{i % 20}",
            "owner": f"o{i % 20}",
            "state": "active",
            "revision": 1,
        }
        for i in range(MACHINES)
    ]
    changes = [
        {**own, "machine_id": m["id"], "changed_by": "x", "action": "create"}
        for m in machines
        for _ in range(3)
    ]
    tests = [
        {
            **own,
            "test_id": f"t{i}",
            "machine_id": uuid.UUID(int=i % MACHINES),
            "kernel": f"k{i % 20}",
            "kernel_version": "1",
            "profile": "default",
            "provider": f"p{i % 20}",
            "instance_type": f"t{i % 20}",
            "measured_at": moment(i * 10**6),
            "received_by": "x",
            "valid": True,
            "full_conditions": True,
            "conditions": "x",
        }
        for i in range(TESTS)
    ]
    documents = [
        {**own, "test_id": t["test_id"], "digest": "0" * 64, "size": 1, "body": b"x" * 200}
        for t in tests
    ]
    watched = [
        {
            **own,
            "scope": WatchScope(machine["id"]).said,
            "machine_id": machine["id"],
            "drop_ratio": 0.02,
            "least_runs": 7,
            "created_by": "x",
        }
        for machine in machines
    ]
    low = [
        {
            **own,
            "held": f"{i}",
            "machine_id": uuid.UUID(int=i % MACHINES),
            "kernel": f"k{i % 20}",
            "conditions": "x",
            "threshold_drop": 0.02,
            "threshold_runs": 7,
            "state": "over" if i % 50 else "confirmed",
            "earlier_runs": 7,
            "usual_units": 1.0,
            "first_test_id": "x",
            "first_at": moment(i),
            "first_drop": 0.1,
            "first_p": 0.0,
            "last_test_id": "x",
            "last_at": moment(i),
            "suspected_at": moment(i),
        }
        for i in range(TESTS)
    ]
    runs_wanted = [
        {
            **own,
            "machine_id": uuid.UUID(int=i % MACHINES),
            "kernel": "k",
            "why": "x",
            "state": "done" if i % 50 else "wanted",
        }
        for i in range(TESTS)
    ]
    notes = [{**own, "test_id": t["test_id"], "text": "x", "written_by": "x"} for t in tests]
    log = [{**own, "actor": "x", "action": "y"} for _ in range(TESTS)]
    work = [
        {
            **own,
            "id": uuid.UUID(int=i),
            "kind": ("prediction", "plan")[i % 2],
            "digest": f"{i}",
            "size": 1,
            "received_at": moment(i * 10**6),
            "received_by": "x",
            "body": b"x" * 200,
        }
        for i in range(TESTS)
    ]
    captures = [
        {
            **own,
            "id": uuid.UUID(int=i),
            "number": i + 1,
            "machine_id": uuid.UUID(int=i % MACHINES),
            "series": f"s{i}",
            "form": "flat",
            "size": 1,
            "received_by": "x",
        }
        for i in range(TESTS)
    ]
    pieces = [
        {
            **own,
            "capture_id": c["id"],
            "digest": "0",
            "began_at": moment(0),
            "size": 1,
            "body": b"x" * 200,
        }
        for c in captures
    ]
    of_machines = [
        {
            **own,
            "document_id": w["id"],
            "machine": f"m{i % MACHINES}",
            "kind": w["kind"],
            "received_at": w["received_at"],
        }
        for i, w in enumerate(work)
    ]
    made = [
        {
            **own,
            "prefix": f"{tenant.int}-{i}",
            "digest": "0",
            "name": "x",
            "scopes": "read",
            "requests_per_minute": 1,
            "created_by": "x",
        }
        for i in range(500)
    ]
    wanted = [
        {
            **own,
            "id": uuid.UUID(int=i),
            "machine_id": uuid.UUID(int=i % MACHINES),
            "request_key": str(i),
            "kernels": "rmw",
            "profile": "quick",
            "limit_seconds": 9,
            "wait_seconds": 9,
            "asked_at": moment(i * 10**6),
            "asked_by": "x",
            "state": "failed" if i % 100 == 0 else "done",
            "attempts": 1,
            "due_at": None,
        }
        for i in range(TESTS)
    ]
    for job in wanted[:5]:
        job |= {"state": "wanted", "due_at": moment(2**52)}
    bound = [{**own, "machine_id": m["id"], "key_id": m["id"], "agent": m["id"]} for m in machines]
    return {
        MachineEntryRow: machines,
        MachineChangeRow: changes,
        LoadTestRow: tests,
        DocumentRow: documents,
        NoteRow: notes,
        AuditRow: log,
        CaptureRow: captures,
        CapturePieceRow: pieces,
        WorkDocumentRow: work,
        WorkDocumentMachineRow: of_machines,
        KeyRow: made,
        JobRow: wanted,
        MachineAgentRow: bound,
        ThresholdRow: watched,
        RegressionRow: low,
        WantedRunRow: runs_wanted,
    }


@pytest.fixture
def filled(database: Database, open_database: Callable[[str], Engine]) -> Engine:
    """Many rows; statistics are made as autovacuum would."""
    engine = open_database(database.owner)
    for number in range(1, TENANTS + 1):
        tenant = uuid.UUID(int=number)
        with engine.begin() as connection:
            if database.backend == "postgresql":
                for name, value in (("operator", "on"), ("tenant", tenant)):
                    connection.execute(text(f"SET LOCAL perfanalysis.{name} = '{value}'"))
            connection.execute(insert(TenantRow).values(id=tenant, name=f"n{number}"))
            for table, values in rows(tenant).items():
                connection.execute(insert(table), values)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    return open_database(database.url)


def plans(engine: Engine, ask: Callable[[TenantSession], object]) -> list[str]:
    """How the database would do each statement that a session sends, row-level security and all."""
    found: list[str] = []
    head = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN (FORMAT JSON) "

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        del connection, more
        if statement.startswith(("SELECT set_config", "EXPLAIN", "BEGIN")):
            return
        beside = cursor.connection.cursor()
        beside.execute(head + statement, parameters)
        found.append(shown(beside.fetchall()))
        beside.close()

    event.listen(engine, "before_cursor_execute", explain)
    try:
        with TenantSession(engine, TENANT) as session:
            ask(session)
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    assert found
    return found


def shown(plan: Sequence[Any]) -> str:
    """One line a step."""
    if isinstance(plan[0][0], int):
        return "\n".join(row[3] for row in plan)
    lines, waiting = [], [plan[0][0][0]["Plan"]]
    while waiting:
        step = waiting.pop()
        names = ("Node Type", "Relation Name", "Index Name")
        lines.append(" ".join(str(step[name]) for name in names if name in step))
        waiting += step.get("Plans", [])
    return "\n".join(lines)


def scanned(plan: str) -> list[str]:
    """The large tables that a plan reads whole."""
    return [
        line
        for line in plan.splitlines()
        for table in LARGE
        if line.startswith(("SCAN ", "Seq Scan ")) and table in line.split()
    ]


SINCE = datetime(1970, 1, 1, 0, 10, tzinfo=UTC)


def cursor_of(*parts: int | str) -> str:
    found = paging.paged(["a", "b"], 1, lambda _: parts).cursor
    assert found is not None
    return found


def of_tests(**equal: object) -> Callable[[TenantSession], object]:
    return lambda session: listing.tests(session, Filters(equal), None, 100)


def machines_by(**filters: str) -> Callable[[TenantSession], object]:
    return lambda session: machine_listing.machines(session, filters, None, 100)


def known_since(session: TenantSession) -> object:
    """What the inventory knew of a machine, from a moment on, and from the beginning."""
    row, end = changing.find(session, MACHINE), moment(2**52)
    held_facts.held(session, row, SINCE, end, first_for_before=True)
    return held_facts.held(session, row, SINCE, end)


def paged_rows(
    statement: Select[Any], order: paging.ListOrder
) -> Callable[[TenantSession], object]:
    return lambda session: session.scalars(paging.page(statement, order, None, 100)).all()


CALLER = Caller(TENANT, "n1", False, None, "x", frozenset())


def a_test() -> LoadTestRow:
    """The newest test of a machine; it is as the others are, and begins no regression."""
    row = LoadTestRow(test_id="new", machine_id=MACHINE, kernel="k7", conditions="x")
    row.valid, row.full_conditions, row.max_units_per_second = True, True, 1.0
    row.measured_at, row.instance_type = moment(TESTS * 10**6), "t7"
    return row


LISTS: dict[str, Callable[[TenantSession], object]] = {
    "tests": of_tests(),
    "tests of a kernel": of_tests(kernel="k3"),
    "tests of a machine": of_tests(machine_id=MACHINE),
    "tests of a type": of_tests(instance_type="t3"),
    "tests of a provider": of_tests(provider="p3"),
    "tests since": lambda s: listing.tests(s, Filters({}, SINCE, None), None, 100),
    "next tests": lambda s: listing.tests(s, Filters(), cursor_of(900 * 10**6, "t900"), 100),
    "next tests of a kernel": lambda s: listing.tests(
        s, Filters({"kernel": "k3"}), cursor_of(900 * 10**6, "t900"), 100
    ),
    "a test": lambda s: listing.find(s, "t5"),
    "a document": lambda s: s.scalar(listing.documents_of(["t5"])),
    "documents": lambda s: s.execute(listing.documents_of(["t5", "t6", "t7"])).all(),
    "notes": lambda s: annotating.notes(s, "t5", None, 100),
    "machines": machines_by(),
    "machines of a provider": machines_by(provider="p3"),
    "machines of a type": machines_by(instance_type="t3"),
    "machines of an owner": machines_by(owner="o3"),
    "a machine by name": machines_by(name="m5"),
    "next machines": lambda s: machine_listing.machines(s, {}, cursor_of("m5"), 100),
    "captures": lambda s: capture_listing.captures(s, None, None, 100),
    "captures of a machine": lambda s: capture_listing.captures(s, [MACHINE], None, 100),
    "a run": lambda s: capture_listing.by_number(s, 7),
    "the last run": lambda s: s.scalar(select(func.max(CaptureRow.number))),
    "a capture's pieces": lambda s: s.scalars(keeping_captures.pieces_of(MACHINE)).all(),
    "predictions": lambda s: keeping.documents(s, WorkChosen("prediction"), None, 100),
    "predictions of a time": lambda s: keeping.documents(
        s, WorkChosen("prediction", None, moment(10**8), moment(3 * 10**8)), None, 100
    ),
    "predictions of a machine": lambda s: keeping.documents(
        s, WorkChosen("prediction", ["m4"]), None, 100
    ),
    "a plan": lambda s: s.scalar(select(WorkDocumentRow).where(WorkDocumentRow.id == MACHINE)),
    "changes": lambda s: machine_listing.history(s, MACHINE, None, 100),
    "what was known of a machine": known_since,
    "tests of some machines": lambda s: history.page(s, Filters(), [MACHINE], None, 100),
    "newest tests of machines": lambda s: newest_of_machines.newest(s, [MACHINE, TENANT], None, 5),
    "threshold of a test": lambda s: thresholds.of_test(s, a_test()),
    "what a test says": lambda s: following.follow(s, CALLER, a_test()),
    "thresholds": lambda s: thresholds.thresholds(s, None, 100),
    "regressions": lambda s: regressions.regressions(s, {}, None, 100),
    "regressions of a machine": lambda s: regressions.regressions(
        s, {"machine_id": MACHINE}, None, 100
    ),
    "confirmed regressions": lambda s: regressions.regressions(
        s, {"state": "confirmed"}, None, 100
    ),
    "alerting regressions": regressions.alerting,
    "open regressions": regressions.counts,
    "wanted runs": lambda s: wanted_runs.wanted(s, "wanted", None, 100),
    "audit log": paged_rows(select(AuditRow), audit.NEWEST),
    "keys": paged_rows(select(KeyRow), keys.OLDEST),
    "jobs": lambda s: jobs.jobs(s, {}, None, 100),
    "jobs of a machine": lambda s: jobs.jobs(s, {"machine_id": MACHINE}, None, 100),
    "jobs of a state": lambda s: jobs.jobs(s, {"state": "failed"}, None, 100),
    "next jobs": lambda s: jobs.jobs(s, {}, cursor_of(900 * 10**6, str(MACHINE)), 100),
    "jobs that are due": settling.is_anything_due,
    "agents": lambda s: agents.listed(s, None, 100),
    "an agent": lambda s: agents.of_machine(s, MACHINE),
}


def test_no_list_reads_a_large_table_whole(filled: Engine) -> None:
    found = {name: plans(filled, ask) for name, ask in LISTS.items()}
    whole = {name: [p for p in asked if scanned(p)] for name, asked in found.items()}
    assert {name: asked for name, asked in whole.items() if asked} == {}
    # What a page is sorted by comes out of the index, and is not sorted: SQLite says so.
    if filled.dialect.name == "sqlite":
        sorting = [name for name, asked in found.items() if "TEMP B-TREE" in "\n".join(asked)]
        assert sorting == []
    assert scanned(plan_of(filled, "SELECT * FROM api_keys WHERE prefix = '1-5'")) == []
    # And what reads a table whole would be seen.
    assert scanned(plan_of(filled, "SELECT count(*) FROM load_tests WHERE profile = 'x'", off=True))


def test_a_look_each_second_reads_no_large_table_whole(filled: Engine) -> None:
    machines = frozenset({MACHINE, uuid.UUID(int=8)})
    interest = LiveInterest(machines, machines, machines, renews=True, keys=machines)
    asked = plans(filled, lambda _: observe(filled, TENANT, interest))
    assert len(asked) >= 7
    assert [plan for plan in asked if scanned(plan)] == []


def test_plain_pages_are_read_by_an_index(filled: Engine) -> None:
    since, cursor = moment(600 * 10**6), cursor_of(900 * 10**6, "t900")
    for equal in ({}, {"kernel": "k3"}, {"machine_id": MACHINE}, {"instance_type": "t3"}):
        for bound, page in ((None, None), (since, None), (None, cursor)):
            wanted = PageWanted(
                LoadTestRow, ("test_id", "measured_at"), equal, bound, None, NEWEST, page, 50
            )
            statement, values = plain_pages.asked(LoadTestRow.__table__, wanted)  # type: ignore[arg-type]
            made = statement.params({**values, "tenant": TENANT})
            said = made.compile(filled, compile_kwargs={"literal_binds": True})
            assert scanned(plan_of(filled, str(said))) == []


def test_machines_of_types_are_counted_by_an_index(filled: Engine) -> None:
    found = plans(filled, lambda session: of_types.counted(session, ["t3", "t4"]))
    assert [plan for plan in found if scanned(plan)] == []


def plan_of(engine: Engine, statement: str, *, off: bool = False) -> str:
    """How the database would do a statement; ``off``: if it had no indexes."""
    head = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN (FORMAT JSON) "
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL perfanalysis.key_prefix = '1-5'"))
            for kind in ("indexscan", "indexonlyscan", "bitmapscan") if off else ():
                connection.execute(text(f"SET LOCAL enable_{kind} = off"))
        return shown(connection.execute(text(head + statement)).all())
