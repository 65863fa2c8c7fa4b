"""The table of alerts -> Prometheus' rule files: the alerts of each tier, and the needs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import indent, wrap

import yaml

from perfanalysis.durations import parse_duration
from prometheus.generator.marked import COMMAND, with_part
from prometheus.generator.settings import Settings
from prometheus.generator.table import DASHBOARDS, Alert, AlertTable, Need, Tier
from prometheus.generator.thresholds import AlertThreshold, in_expression, in_text

_WIDTH = 100
# How often alerts are looked at, how their groups' names end, and from what wait (seconds) on: one
# that waits for a quarter of an hour comes three minutes later at most where it is looked at every
# four. Engines look back five.
_INTERVALS = (("1m", "", 0.0), ("2m", "_patient", 600.0), ("4m", "_slow", 900.0))
# The part of container.yml that is made.
CONTAINER_BEGIN = f"      # Made by `{COMMAND}` from prometheus/alerts/needs.yml, from here:"
CONTAINER_END = "      # to here."
_ABOUT_NEEDS = (
    "How near each machine is to a limit, one series for each resource, so that a fleet can be "
    "sorted by need. Each is 0..1, where 1 is the point at which its alert is near: pressure "
    "counts against the share of time that the alert takes for too much."
)
_ABOUT_CONTAINER_NEEDS = (
    "How near the containers of each machine are to a limit, one series for each resource, as in "
    "need.yml: of the machine's CPUs, of the quota (1 is where its alert is near), of the memory."
)


def alert_rules(tier: Tier, settings: Settings) -> str:
    """The rule file of a tier's alerts: a group for each file of the table and interval.

    Mimir takes no more than 20 rules in a group unless it is told to.
    """
    sources = ", ".join(sorted({alert.source.name for alert in tier.alerts}))
    made = f"Made by `{COMMAND}` from prometheus/alerts ({sources})."
    about = f"{tier.about} Each alert has a page of its name in docs/runbooks, which also argues "
    lines = [
        *_comment(f"{about}its `for` and `keep_firing_for`."),
        *_comment(made),
        "groups:",
    ]
    for source, alerts in groupby(tier.alerts, lambda alert: alert.source.stem):
        enabled = [alert for alert in alerts if alert.enabled]
        for interval, name, _ in _INTERVALS:
            own = [alert for alert in enabled if _interval(alert) == interval]
            if own:
                lines += [f"  - name: {tier.name}_alerts_{source}{name}"]
                lines += [f"    interval: {interval}", "    rules:"]
            for alert in own:
                lines += _alert(alert, tier.name, settings)
    return "\n".join(lines) + "\n"


def _interval(alert: Alert) -> str:
    """How often an alert is looked at: more often than that only costs.

    Containers are many, and what alerts that wait read of them is recorded every four minutes.
    """
    waits = parse_duration(alert.fires_after) or 0.0
    if waits and alert.source.stem == "container":
        waits = max(waits, _INTERVALS[-1][2])
    return [interval for interval, _, least in _INTERVALS if waits >= least][-1]


def need_rules(table: AlertTable) -> str:
    """The rule file of the machines' needs."""
    figures = table.settings.figures
    machine = figures["machine"].promql
    lines = [
        *_comment(_ABOUT_NEEDS),
        f"# Made by `{COMMAND}` from prometheus/alerts/needs.yml.",
        "groups:",
        "  - name: need",
        "    interval: 2m",
        "    rules:",
        *_needs(table.machine_needs, "instance_resource:node_need:ratio", figures),
        "      # The scarcest resource of the machine.",
        "      - record: instance:node_need:ratio",
        f"        expr: max by ({machine}) (instance_resource:node_need:ratio)",
    ]
    return "\n".join(lines) + "\n"


def container_need_rules(table: AlertTable) -> str:
    """The part of the containers' rule file that holds their needs."""
    figures = table.settings.figures
    machine = figures["machine"].promql
    lines = [
        *_comment(_ABOUT_CONTAINER_NEEDS, " " * 6),
        *_needs(table.container_needs, "instance_resource:container_need:ratio", figures),
        "      # What the containers of the machine have least of.",
        "      - record: instance:container_need:ratio",
        f"        expr: max by ({machine}) (instance_resource:container_need:ratio)",
    ]
    return "\n".join(lines) + "\n"


def recording_rules(text: str, table: AlertTable, source: Path) -> str:
    """A file of recording rules as Prometheus reads it.

    Args:
        text: what people write in prometheus/recording: rules with ``${name}`` of the settings.
        source: its path, for messages and for the line that says where it comes from.

    Raises:
        InputError: a name is none of the settings, or the marks of a part that is made are missing.
    """
    made = in_expression(text, table.settings.figures, str(source), "")
    if source.name == "container.yml":
        part = container_need_rules(table)
        made = with_part(made, part, CONTAINER_BEGIN, CONTAINER_END, str(source))
    return f"# Made by `{COMMAND}` from {source}.\n{made}"


def expression(alert: Alert) -> str:
    """The PromQL of an alert."""
    return in_expression(alert.expr, alert.figures, str(alert.source), f"{alert.name}.expr")


def _alert(alert: Alert, tier: str, settings: Settings) -> Iterator[str]:
    where = str(alert.source)
    summary = in_text(alert.summary, alert.figures, where, f"{alert.name}.summary")
    description = in_text(alert.description, alert.figures, where, f"{alert.name}.description")
    yield f"      - alert: {alert.name}"
    yield from _expr(expression(alert))
    if alert.fires_after:
        yield f"        for: {alert.fires_after}"
    if alert.keep_firing_for:
        yield f"        keep_firing_for: {alert.keep_firing_for}"
    yield "        labels:"
    yield f"          severity: {alert.severity}"
    yield f"          tier: {tier}"
    yield "        annotations:"
    yield f"          summary: {_quoted(summary)}"
    yield "          description: >-"
    yield from _wrapped(description, " " * 12)
    link = f"{settings.dashboards}/d/perfanalysis-{alert.dashboard}{DASHBOARDS[alert.dashboard]}"
    yield f"          dashboard: {_quoted(link)}"
    if settings.runbooks:
        yield f"          runbook_url: {_quoted(settings.runbooks.replace('{alert}', alert.name))}"
    else:
        yield f"          runbook: docs/runbooks/{alert.name}.md"


def _needs(
    needs: Sequence[Need], record: str, settings: Mapping[str, AlertThreshold]
) -> Iterator[str]:
    for need in needs:
        figures = {**(need.alert.thresholds if need.alert else {}), **settings}
        field = f"{need.resource}.expr"
        yield f"      - record: {record}"
        yield "        labels:"
        yield f"          resource: {need.resource}"
        yield from _expr(in_expression(need.expr, figures, "prometheus/alerts/needs.yml", field))


def _expr(promql: str) -> Iterator[str]:
    """An expression: as it is where YAML takes it for itself, else as a block."""
    if _is_plain(promql):
        yield f"        expr: {promql}"
    else:
        yield f"        expr: {'|' if promql.endswith(chr(10)) else '|-'}"
        yield indent(promql.rstrip("\n"), " " * 10)


def _is_plain(text: str) -> bool:
    """Whether YAML takes a text for itself without quotes."""
    try:
        return "\n" not in text and bool(yaml.safe_load(f"a: {text}") == {"a": text})
    except yaml.YAMLError:
        return False


def _comment(text: str, before: str = "") -> list[str]:
    return _wrapped(text, f"{before}# ")


def _wrapped(text: str, before: str) -> list[str]:
    return wrap(
        text,
        _WIDTH,
        initial_indent=before,
        subsequent_indent=before,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _quoted(text: str) -> str:
    """A string of JSON, which is one of YAML."""
    return json.dumps(text, ensure_ascii=False)
