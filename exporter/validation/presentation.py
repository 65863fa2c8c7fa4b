"""A check's findings as a table for people and as JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import JustifyMethod
from rich.table import Table

from exporter.validation.verdict import Coverage, RuleVerdict
from perfanalysis.terminal import Terminal

WIDTH_OF_FILES = 200


@dataclass(frozen=True, slots=True)
class Report:
    """One subject's findings.

    ``begin`` is the first look's time on the rows' clock; ``is_unix`` tells that this clock is
    Unix time, as it is in captures.
    """

    subject: str
    begin: float
    rows: list[RuleVerdict]
    coverage: Coverage
    is_unix: bool = False

    @property
    def violations(self) -> int:
        """How often any rule was violated."""
        return sum(row.violations or 0 for row in self.rows)

    def when(self, time: float | None) -> str | None:
        """A time for people: UTC in a capture, else seconds after the first look."""
        if time is None:
            return None
        if self.is_unix:
            return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")
        return f"+{time - self.begin:.3g} s"


def print_table(report: Report, *, show_all: bool) -> None:
    """Print violations as a table, then what could not be evaluated and why, then the sum."""
    width = None if sys.stdout.isatty() else WIDTH_OF_FILES
    console = Terminal(file=sys.stdout, highlight=False, markup=False, soft_wrap=True, width=width)
    evaluated = [row for row in report.rows if row.violations is not None]
    violated = [row for row in evaluated if row.violations]
    shown = evaluated if show_all else violated
    if shown:
        table = Table(title=report.subject, title_justify="left")
        for heading in ("collector", "rule", "looks", "violated", "first", "what was seen"):
            justify: JustifyMethod = "right" if heading in {"looks", "violated"} else "left"
            table.add_column(heading, justify=justify, overflow="fold")
        for row in shown:
            numbers = (str(row.evaluations), str(row.violations))
            table.add_row(
                row.collector, row.rule, *numbers, report.when(row.first) or "", row.detail
            )
        console.print(table)
    reasons: dict[str, list[str]] = {}
    for row in report.rows:
        if row.violations is None:
            reasons.setdefault(row.detail, []).append(f"{row.collector}/{row.rule}")
    for reason, names in reasons.items():
        console.print(f"not evaluated: {', '.join(names)}: {reason}")
    console.print(
        f"{report.subject}: {len(violated)} of {len(evaluated)} rules violated, "
        f"{report.violations} times; {len(report.rows) - len(evaluated)} could not be evaluated; "
        f"{report.coverage.looks} looks over {report.coverage.seconds:.3g} s"
    )


def print_json(reports: Sequence[Report]) -> None:
    """Print one document with all subjects and all rules."""
    document = {"violations": sum(report.violations for report in reports)}
    subjects = [_plain(report) for report in reports]
    json.dump(document | {"subjects": subjects}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def _plain(report: Report) -> dict[str, Any]:
    rules = []
    for row in report.rows:
        entry: dict[str, Any] = {"collector": row.collector, "rule": row.rule}
        if row.violations is None:
            entry["not_evaluated"] = row.detail
        else:
            entry |= {"evaluations": row.evaluations, "violations": row.violations}
            if row.violations:
                entry |= {
                    "first": report.when(row.first),
                    "last": report.when(row.last),
                    "detail": row.detail,
                }
        rules.append(entry)
    return {
        "subject": report.subject,
        "looks": report.coverage.looks,
        "seconds": round(report.coverage.seconds, 3),
        "violations": report.violations,
        "failed": sorted(report.coverage.failed),
        "rules": rules,
    }
