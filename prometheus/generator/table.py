"""The table of alerts: the files of ``prometheus/alerts`` -> tiers, alerts and needs.

Files are in the words of Prometheus' rules. A figure is written once, under ``thresholds``, and
``${its name}`` stands for it in the expression and in the texts; so do ``${for}`` and
``${window}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml
from prometheus.generator.settings import FILE, Settings, read_settings
from prometheus.generator.thresholds import (
    AlertThreshold,
    duration,
    in_seconds,
    references,
    threshold,
)

FOLDER = Path("prometheus/alerts")
SEVERITIES = ("critical", "warning", "info", "none")
# The dashboards that an alert may lead to, and what its labels pick there.
DASHBOARDS = {
    "machine": "?var-instance={{ $labels.instance }}",
    "quality": "?var-instance={{ $labels.instance }}",
    "loadtest": "?var-instance={{ $labels.instance }}&var-kernel={{ $labels.kernel }}",
    "exporters": "",
    "portal": "",
}
_REQUIRED = ("alert", "severity", "expr", "summary", "description", "dashboard")
_OPTIONAL = ("thresholds", "window", "for", "keep_firing_for", "panel", "not_recorded")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as its file has it: ``${name}`` are still in its expression and its texts.

    ``source`` is the file, relative to the repository. ``fires_after`` and ``keep_firing_for`` are
    durations as Prometheus writes them, empty where there is none. ``panel`` is the title of the
    panel that shows its figure on ``dashboard``, empty where none does. ``not_recorded`` is why the
    machine of the recorded hour of the tests lacks its metrics; empty: it has them. ``settings``
    are the figures of the installation; an alert not ``enabled`` there is in no rule file.
    """

    name: str
    source: Path
    severity: str
    expr: str
    summary: str
    description: str
    dashboard: str
    panel: str = ""
    fires_after: str = ""
    keep_firing_for: str = ""
    thresholds: Mapping[str, AlertThreshold] = field(default_factory=dict)
    times: Mapping[str, AlertThreshold] = field(default_factory=dict)
    not_recorded: str = ""
    settings: Mapping[str, AlertThreshold] = field(default_factory=dict)
    enabled: bool = True

    @property
    def figures(self) -> Mapping[str, AlertThreshold]:
        """All that ``${name}`` may stand for in this alert."""
        return {**self.thresholds, **self.times, **self.settings}


@dataclass(frozen=True, slots=True)
class Tier:
    """Alerts that Alertmanager routes alike."""

    name: str
    about: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """How near machines are to a limit; ``column``: its title and metric in the fleet's table."""

    resource: str
    expr: str
    alert: Alert | None
    column: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class AlertTable:
    """All of it; ``near`` and ``in_need`` are where a need turns orange, and red.

    ``settings`` are those of the installation, whose figures every expression may have.
    """

    tiers: tuple[Tier, ...]
    settings: Settings
    near: AlertThreshold
    in_need: AlertThreshold
    machine_needs: tuple[Need, ...]
    container_needs: tuple[Need, ...]

    @property
    def alerts(self) -> Iterator[Alert]:
        """All alerts, in order."""
        return (alert for tier in self.tiers for alert in tier.alerts)


def read_table(repository: Path) -> AlertTable:
    """Read the table of a clone of the repository.

    Raises:
        InputError: a file is missing, or holds something else; the message names file and field.
    """
    settings = read_settings(repository)
    declared = _mapping(_load(repository, "tiers"), _path("tiers"), "")
    alerts: dict[str, Alert] = {}
    tiers = []
    for name, entry in declared.items():
        _keys(entry, ("about", "files"), (), _path("tiers"), name)
        own = [
            each for file in entry["files"] for each in _alerts(repository, file, alerts, settings)
        ]
        tiers.append(Tier(name, entry["about"], tuple(own)))
    named = [file for entry in declared.values() for file in entry["files"]]
    there = {path.stem for path in (repository / FOLDER).glob("*.yml")} - {"tiers", "needs"}
    for file in sorted(there.symmetric_difference(named)):
        raise InputError(_path("tiers"), "files", f"{file}.yml to be there, and in one tier")
    if len(named) != len(set(named)):
        raise InputError(_path("tiers"), "files", "each file once")
    for name in settings.alerts.keys() - alerts.keys():
        raise InputError(str(FILE), f"alerts.{name}", "an alert of prometheus/alerts")
    return _with_needs(repository, tuple(tiers), alerts, settings)


def _with_needs(
    repository: Path,
    tiers: tuple[Tier, ...],
    alerts: Mapping[str, Alert],
    settings: Settings,
) -> AlertTable:
    where = _path("needs")
    needs = _load(repository, "needs")
    _keys(needs, ("near", "in_need", "machine", "container"), (), where, "")
    return AlertTable(
        tiers,
        settings,
        threshold(needs["near"], where, "near"),
        threshold(needs["in_need"], where, "in_need"),
        tuple(_need(entry, alerts, "machine") for entry in needs["machine"]),
        tuple(_need(entry, alerts, "container") for entry in needs["container"]),
    )


def _need(entry: Any, alerts: Mapping[str, Alert], level: str) -> Need:
    where = _path("needs")
    _keys(entry, ("resource", "expr"), ("alert", "column"), where, level)
    place = f"{level}: {entry['resource']}"
    column = entry.get("column")
    if column is not None:
        _keys(column, ("title", "metric"), (), where, f"{place}.column")
    name = entry.get("alert")
    if name is not None and name not in alerts:
        raise InputError(where, f"{place}.alert", "an alert of this folder", name)
    return Need(
        entry["resource"],
        entry["expr"],
        alerts[name] if name else None,
        (column["title"], column["metric"]) if column else None,
    )


def _alerts(
    repository: Path,
    file: str,
    known: dict[str, Alert],
    settings: Settings,
) -> Iterator[Alert]:
    """The alerts of a file, each of which is added to those that are known."""
    entries = _load(repository, file)
    if not isinstance(entries, list):
        raise InputError(_path(file), "", "a list of alerts (- alert: NAME)", entries)
    for i, entry in enumerate(entries):
        _keys(entry, _REQUIRED, _OPTIONAL, _path(file), f"[{i}]")
        changes = settings.alerts.get(str(entry["alert"]), {})
        alert = _alert(_changed(entry, changes), FOLDER / f"{file}.yml", known, settings)
        if alert.name in known:
            raise InputError(_path(file), alert.name, "a name that no other alert has")
        known[alert.name] = alert
        yield alert


def _alert(
    entry: Mapping[str, Any],
    source: Path,
    known: Mapping[str, Alert],
    settings: Settings,
) -> Alert:
    where, name = str(source), str(entry["alert"])
    for key, allowed in (("severity", SEVERITIES), ("dashboard", tuple(DASHBOARDS))):
        if entry[key] not in allowed:
            expected = f"one of {', '.join(allowed)}"
            raise InputError(where, f"{name}.{key}", expected, entry[key])
    declared = _mapping(entry.get("thresholds", {}), where, f"{name}.thresholds")
    thresholds = {
        key: _threshold(value, where, f"{name}.thresholds.{key}", known)
        for key, value in declared.items()
    }
    times = {
        key: duration(entry[key], where, f"{name}.{key}")
        for key in ("for", "keep_firing_for", "window")
        if key in entry
    }
    if "window" in times:
        times["window_seconds"] = in_seconds(times["window"])
    unused = {*thresholds, *(times.keys() & {"window"})} - references(entry["expr"])
    for key in sorted(unused):
        raise InputError(where, f"{name}.expr", f"${{{key}}}, which is declared, to be in it")
    return Alert(
        name,
        source,
        entry["severity"],
        entry["expr"],
        entry["summary"],
        entry["description"],
        entry["dashboard"],
        entry.get("panel", ""),
        times["for"].promql if "for" in times else "",
        times["keep_firing_for"].promql if "keep_firing_for" in times else "",
        thresholds,
        times,
        entry.get("not_recorded", ""),
        settings.figures,
        entry.get("enabled", True) is not False,
    )


def _changed(entry: Mapping[str, Any], changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """An alert as its file has it, with what the settings say in its place."""
    where, declared = f"alerts.{entry['alert']}.thresholds", entry.get("thresholds", {})
    thresholds = _mapping(changes.get("thresholds", {}), str(FILE), where)
    for name in thresholds.keys() - declared.keys():
        expected = f"one of {', '.join(declared)}" if declared else "none: the alert has none"
        raise InputError(str(FILE), where, expected, name)
    changed = {**entry, **changes}
    return {**changed, "thresholds": {**declared, **thresholds}} if thresholds else changed


def _threshold(
    written: object, where: str, field: str, known: Mapping[str, Alert]
) -> AlertThreshold:
    """A threshold, or ``${Alert.name}``: that of an alert above."""
    referred = references(written) if isinstance(written, str) else set()
    if not referred:
        return threshold(written, where, field)
    alert, _, name = referred.pop().partition(".")
    if alert not in known or name not in known[alert].thresholds:
        raise InputError(where, field, "${Alert.threshold} of an alert above", written)
    return known[alert].thresholds[name]


def _path(file: str) -> str:
    return str(FOLDER / f"{file}.yml")


def _load(repository: Path, file: str) -> Any:
    try:
        data = (repository / FOLDER / f"{file}.yml").read_bytes()
    except OSError as error:
        raise InputError(_path(file), "", f"a readable file ({error.strerror})") from error
    return load_yaml(data, _path(file))


def _mapping(value: Any, where: str, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(where, field, "a mapping", value)
    return value


def _keys(
    entry: Any, required: tuple[str, ...], optional: tuple[str, ...], where: str, field: str
) -> None:
    """Hold a mapping to its keys, each of which has a value."""
    given = _mapping(entry, where, field)
    for key in required:
        if given.get(key) in (None, ""):
            raise InputError(where, f"{field}.{key}".lstrip("."), "a value")
    for key in given.keys() - {*required, *optional}:
        expected = f"one of {', '.join((*required, *optional))}"
        raise InputError(where, field, expected, key)
