"""``python -m tests.prometheus.catalogue_table``: writes the tables of docs/incidents.md anew.

It evaluates the catalogue with our rules and with node-mixin's, where scripts/build-node-mixin made
those; without them their column is left as it is.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from demo.servers import prometheus_program
from grafana.dashboards.expressions import RULES
from prometheus.generator.marked import with_part
from tests.conftest import REPOSITORY
from tests.prometheus.catalogue import Entry, entries, fired
from tests.prometheus.conftest import run

PAGE = REPOSITORY / "docs" / "incidents.md"
BEGIN = "<!-- made by `python -m tests.prometheus.catalogue_table`: do not edit from here -->"
END = "<!-- made: to here -->"
Fired = Mapping[str, Mapping[str, str]]


def written(alerts: Mapping[str, str]) -> str:
    """What fired, as a cell has it: pages in bold."""
    names = [
        f"**{alert}**" if severity == "critical" else alert
        for alert, severity in sorted(alerts.items(), key=lambda one: (one[1] != "critical", one))
        if alert != "PerfAnalysisWatchdog"
    ]
    return ", ".join(names) or "none"


def pages(entry: Entry, found: Fired) -> bool:
    """Whether somebody would be called."""
    return "critical" in found.get(entry.name, {}).values()


def tables(incidents: Sequence[Entry], quiet: Sequence[Entry], ours: Fired, theirs: Fired) -> str:
    """Both tables, and what they come to."""
    host = [entry for entry in incidents if not entry.ours]
    seen = sum(bool(entry.fires & ours.get(entry.name, {}).keys()) for entry in incidents)
    seen_host = sum(bool(entry.fires & ours.get(entry.name, {}).keys()) for entry in host)
    seen_theirs = sum(bool(theirs.get(entry.name)) for entry in host)
    some = [sum(written(f.get(e.name, {})) != "none" for e in quiet) for f in (ours, theirs)]
    calls = [sum(pages(entry, f) for entry in quiet) for f in (ours, theirs)]
    lines = [
        "| | our rules | node-mixin's |",
        "|---|---|---|",
        f"| incidents with an alert, of {len(host)} that node_exporter shows as well "
        f"| {seen_host} | {seen_theirs} |",
        f"| incidents with the right alert, of all {len(incidents)} | {seen} | |",
        f"| quiet situations with a page, of {len(quiet)} | {calls[0]} | {calls[1]} |",
        f"| quiet situations with any alert | {some[0]} | {some[1]} |",
    ]
    for title, listed in (("Incidents", incidents), ("Quiet situations", quiet)):
        lines += ["", f"### {title}", "", "| what happens | our rules | node-mixin's |"]
        lines.append("|---|---|---|")
        for entry in listed:
            cells = [written(f.get(entry.name, {})) for f in (ours, theirs)]
            lines.append(f"| `{entry.name}`: {entry.story} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Evaluate, and write."""
    incidents, quiet = entries("incidents"), entries("quiet")
    rules = [p for p in sorted(RULES.glob("*.yml")) if not p.name.startswith(("price", "kinds"))]
    program = prometheus_program("promtool")
    mixin = sorted((REPOSITORY / ".tools" / "node-mixin").glob("node-mixin-*.json"))
    if not mixin:
        sys.exit("there are no rules of node-mixin: scripts/build-node-mixin makes them with Go")

    def evaluated(files: Sequence[Path]) -> Fired:
        with tempfile.TemporaryDirectory() as folder:
            everything = [*incidents, *quiet]
            return fired(lambda *words: run(program, *words), files, everything, Path(folder))

    made = tables(incidents, quiet, evaluated(rules), evaluated(mixin[-1:]))
    version = re.sub(r".*-([\d.]+)[.]json", r"\1", mixin[-1].name)
    text = with_part(PAGE.read_text(), made, BEGIN, END, str(PAGE))
    PAGE.write_text(re.sub(r"node_exporter \d[\d.]*\d", f"node_exporter {version}", text))


if __name__ == "__main__":
    main()
