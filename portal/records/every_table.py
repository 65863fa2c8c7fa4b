"""All tables, so that whoever needs the whole has it by one import."""

from __future__ import annotations

from portal.records.audit import AuditRow
from portal.records.base import PortalBase, TenantOwned
from portal.records.load_tests import BaselineRow, DocumentRow, LoadTestRow, NoteRow
from portal.records.machines import MachineChangeRow, MachineEntryRow
from portal.records.quotas import QuotaRow
from portal.records.tenants import KeyRow, TenantRow

METADATA = PortalBase.metadata
# Of one tenant each, in an order in which no row is deleted before those that refer to it.
TENANT_TABLES: tuple[type[TenantOwned], ...] = (
    BaselineRow,
    NoteRow,
    DocumentRow,
    LoadTestRow,
    MachineChangeRow,
    MachineEntryRow,
    KeyRow,
    QuotaRow,
    AuditRow,
)
__all__ = ["METADATA", "TENANT_TABLES", "TenantRow"]
