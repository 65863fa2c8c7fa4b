"""``python -m grafana.managed_alerts``: writes rules.yml from Prometheus' rule files."""

from __future__ import annotations

from pathlib import Path

import yaml

from grafana.dashboards.expressions import RULES
from grafana.managed_alerts.conversion import provisioned
from perfanalysis.atomic_write import write_atomically
from perfanalysis.fast_yaml import load_fast

FILE = Path(__file__).resolve().parent / "alerting" / "rules.yml"
_HEAD = """\
# Alerts for Grafana's own evaluation; docs/alerting.md says how to use them. Made by
# `python -m grafana.managed_alerts` from prometheus/rules.
"""


def text() -> bytes:
    """What the file should hold."""
    groups = [
        group
        for path in sorted(RULES.glob("*.yml"))
        for group in load_fast(path.read_bytes())["groups"]
    ]
    body = yaml.safe_dump(provisioned(groups), sort_keys=False, width=100, allow_unicode=True)
    return (_HEAD + body).encode()


if __name__ == "__main__":
    write_atomically(FILE, text())
