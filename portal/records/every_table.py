"""All tables, so that whoever needs the whole has it by one import."""

from __future__ import annotations

from portal.records.audit import AuditRow
from portal.records.base import PortalBase, TenantOwned
from portal.records.captures import CapturePieceRow, CaptureRow, OldMachineRow, OldPersonRow
from portal.records.jobs import JobRow, LiveTicketRow, MachineAgentRow
from portal.records.load_tests import BaselineRow, DocumentRow, LoadTestRow, NoteRow
from portal.records.machines import MachineChangeRow, MachineEntryRow
from portal.records.people import BrowserSessionRow, UserRow
from portal.records.pushing import PushSubscriptionRow
from portal.records.quotas import QuotaRow
from portal.records.regressions import RegressionRow, ThresholdRow, WantedRunRow
from portal.records.tenants import KeyRow, TenantRow
from portal.records.work_documents import WorkDocumentMachineRow, WorkDocumentRow

METADATA = PortalBase.metadata
# Of one tenant each, in an order in which no row is deleted before those that refer to it.
TENANT_TABLES: tuple[type[TenantOwned], ...] = (
    LiveTicketRow,
    MachineAgentRow,
    JobRow,
    WantedRunRow,
    RegressionRow,
    ThresholdRow,
    BaselineRow,
    NoteRow,
    DocumentRow,
    LoadTestRow,
    WorkDocumentMachineRow,
    WorkDocumentRow,
    CapturePieceRow,
    CaptureRow,
    OldMachineRow,
    OldPersonRow,
    MachineChangeRow,
    MachineEntryRow,
    BrowserSessionRow,
    UserRow,
    PushSubscriptionRow,
    KeyRow,
    QuotaRow,
    AuditRow,
)
__all__ = ["METADATA", "TENANT_TABLES", "TenantRow"]
