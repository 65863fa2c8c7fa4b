"""The newest predictions and plans of a machine, for its page."""

from __future__ import annotations

import uuid

from portal.pages.work_rows import WorkLine, row_of
from portal.predictions import keeping
from portal.predictions.keeping import WorkChosen
from portal.records.tenant_session import TenantSession
from portal.records.work_documents import PLAN, PREDICTION

_OF_EACH = 5


def work_of(session: TenantSession, machine: uuid.UUID) -> dict[str, list[WorkLine]]:
    """By kind; of any name that the machine has in documents.

    Raises:
        NotThereError: this tenant has no such machine.
    """
    names = keeping.names_of(session, machine)
    return {
        kind: [
            row_of(row, names)
            for row in keeping.documents(session, WorkChosen(kind, names), None, _OF_EACH).rows
        ]
        for kind in (PREDICTION, PLAN)
    }
