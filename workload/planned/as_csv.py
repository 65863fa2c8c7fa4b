"""A plan as CSV: a row for each workload, and one for each machine without any."""

from __future__ import annotations

import csv
import io

from workload.planned.document import PlanDocument

COLUMNS = ("machine", "type", "price_per_hour", "currency", "workload", "moves_on_failure_to")


def csv_text(document: PlanDocument) -> str:
    """The text, with its header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for machine in document.plan.machines:
        first = (machine.name, machine.kind.name, str(machine.kind.price), document.currency)
        for workload in machine.workloads or ("",):
            writer.writerow((*first, workload, (machine.moves or {}).get(workload, "")))
    return out.getvalue()
