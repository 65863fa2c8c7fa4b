"""The table of alerts -> the lists of alerts in docs, and the head of each runbook. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from prometheus.generator.marked import COMMAND, with_part
from prometheus.generator.table import FOLDER, Alert, AlertTable

_BEGIN = f"<!-- made by `{COMMAND}` from prometheus/alerts: do not edit from here -->"
_END = "<!-- made: to here -->"
_PICTURE = re.compile(r"!\[[^\n]*\]\(\.\./images/panels/[^\n]*\)\n\n")
_HEAD = re.compile(r"Severity: [^\n]*\n\n")


def runbook_index(text: str, table: AlertTable, where: str) -> str:
    """The list of all runbooks with its tables made anew.

    Raises:
        InputError: the marks of the part that is made are not there.
    """
    lines: list[str] = []
    for tier in table.tiers:
        lines += [f"## {tier.name}: {tier.about}", ""]
        lines += ["| alert | severity | fires after | dashboard: panel |", "|---|---|---|---|"]
        for alert in tier.alerts:
            cells = f"{alert.severity} | {_wait(alert)} | {_shown(alert)}".rstrip()
            lines.append(f"| [{alert.name}]({alert.name}.md) | {cells} |")
        lines.append("")
    return with_part(text, "\n".join(lines), _BEGIN, _END, where)


def alert_list(text: str, table: AlertTable, where: str) -> str:
    """The page on alerting with its table of alerts, thresholds, needs and panels made anew.

    Raises:
        InputError: the marks of the part that is made are not there.
    """
    lines = [
        "| alert | tier | severity | fires after | thresholds | need | shown by |",
        "|---|---|---|---|---|---|---|",
    ]
    for tier in table.tiers:
        for alert in tier.alerts:
            cells = [
                f"[{alert.name}](runbooks/{alert.name}.md)",
                tier.name,
                alert.severity,
                _wait(alert),
                ", ".join(_thresholds(alert)),
                ", ".join(_needs_of(alert, table)),
                _shown(alert),
            ]
            lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
    return with_part(text, "\n".join(lines) + "\n", _BEGIN, _END, where)


def runbook(text: str, alert: Alert, picture: Path | None) -> str:
    """A runbook with what is below its title made anew: severity, thresholds, file, a picture.

    Args:
        picture: of the alert's panel, by its path in the repository; None when there is none.
    """
    title = f"# {alert.name}\n\n"
    if not text.startswith(title):
        return text  # a requirement that is not met says so
    body = text.removeprefix(title)
    own = _PICTURE.sub("", _HEAD.sub("", body, count=1), count=1)
    shown = f"![{_alt(alert)}](../{picture.relative_to('docs')})\n\n" if picture else ""
    return title + runbook_head(alert) + "\n\n" + shown + own


def _alt(alert: Alert) -> str:
    """What the picture of an alert's panel shows, in words."""
    return f"The panel {alert.panel}, drawn from an hour of the tests' machines"


def runbook_head(alert: Alert) -> str:
    """What a runbook says below its title."""
    thresholds = list(_thresholds(alert))
    named = f" Threshold{'s' * (len(thresholds) > 1)}: {', '.join(thresholds)}."
    source = FOLDER / alert.source.name
    return (
        f"Severity: {alert.severity}.{named if thresholds else ''} "
        f"Set in [{source.name}](../../{source}).{_seen(alert)}"
    )


def _seen(alert: Alert) -> str:
    """Where the alert's figure is to be seen, as a sentence."""
    if not alert.panel:
        return ""
    page = "[dashboard](README.md#from-an-alert-to-its-cause)"
    return f" Shown on the {page} *{alert.dashboard}* by *{alert.panel}*."


def _shown(alert: Alert) -> str:
    return f"{alert.dashboard}: {alert.panel}" if alert.panel else ""


def _wait(alert: Alert) -> str:
    return alert.fires_after or "at once"


def _thresholds(alert: Alert) -> Iterator[str]:
    """Each threshold by its name, with the sign that the expression holds it against."""
    for name, threshold in alert.thresholds.items():
        found = re.search(rf"(>=|<=|==|>|<) \$\{{{name}\}}", alert.expr)
        sign = f" {found[1]}" if found else ""
        yield f"{name.replace('_', ' ')}{sign} {threshold.listed}"


def _needs_of(alert: Alert, table: AlertTable) -> Iterator[str]:
    for needs in (table.machine_needs, table.container_needs):
        yield from (need.resource for need in needs if need.alert and need.alert.name == alert.name)
