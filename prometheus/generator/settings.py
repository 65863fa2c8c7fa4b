"""What is of an installation: ``prometheus/settings.yml``, and the ``${name}`` that it gives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml
from prometheus.generator.thresholds import AlertThreshold

FILE = Path("prometheus/settings.yml")
_ADDRESS = re.compile(r"https?://\S*[^\s/]")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_EXPRESSIONS = (
    "virtual_interfaces",
    "virtual_disks",
    "ignored_disks",
    "ignored_interfaces",
    "ignored_fstypes",
)


# Seconds a second by mode: of each CPU; or of all, in four states, where `busy` is the other modes.
_OF_EACH_CPU = "sum by (%s, mode) (rate(node_cpu_seconds_total{%s}[5m]))"
_OF_ALL_CPUS = (
    "sum by (%s, mode) ("
    'label_replace(rate(perf_cpu_seconds_total{%s}[5m]), "mode", "$1", "state", "(.+)"))'
)
_CHANGES = {"enabled", "severity", "thresholds"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a clone.

    Attributes:
        figures: each ``${name}`` that every expression may have: ``machine`` are the labels of a
            machine, ``fleet`` the same without ``instance``, ``node`` the selector of the machines'
            job, ``cpu_seconds`` its CPU time by mode; the others are selectors, or expressions of
            names, quoted.
        dashboards: an address, without a slash at the end.
        runbooks: the same with ``{alert}`` for an alert's name; "" when runbooks are nowhere.
        alerts: by an alert's name what is other than its file says.
    """

    figures: Mapping[str, AlertThreshold]
    dashboards: str
    runbooks: str
    alerts: Mapping[str, Mapping[str, Any]]


def read_settings(repository: Path) -> Settings:
    """The settings of a clone.

    Raises:
        InputError: the file is missing, or a setting is not what was expected.
    """
    try:
        data = (repository / FILE).read_bytes()
    except OSError as error:
        raise InputError(str(FILE), "", f"a readable file ({error.strerror})") from error
    return settings_of(load_yaml(data, str(FILE)))


def settings_of(settings: Any) -> Settings:
    """The same of what YAML read."""
    where = str(FILE)
    known = {"identity", "job", "plain_node_exporter", "containers", "links", "alerts"}
    known |= set(_EXPRESSIONS)
    if not isinstance(settings, dict) or set(settings) != known:
        raise InputError(where, "", f"the settings {', '.join(sorted(known))}", settings)
    links, alerts = settings["links"], settings["alerts"]
    if not isinstance(links, dict) or set(links) != {"dashboards", "runbooks"}:
        raise InputError(where, "links", "the addresses dashboards and runbooks", links)
    for name, address in links.items():
        if name == "runbooks" and address == "":
            continue
        if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
            expected = "an address with http:// or https://, without a slash at the end"
            raise InputError(where, f"links.{name}", expected, address)
    if not isinstance(alerts, dict):
        raise InputError(where, "alerts", "a mapping of alerts' names", alerts)
    for name, changes in alerts.items():
        if not isinstance(changes, dict) or not changes.keys() <= _CHANGES:
            raise InputError(where, f"alerts.{name}", f"some of {sorted(_CHANGES)}", changes)
    runbooks = links["runbooks"]
    if runbooks and "{alert}" not in runbooks:
        runbooks = f"{runbooks}/{{alert}}.md"
    return Settings(_figures(settings, where), links["dashboards"], runbooks, alerts)


def _figures(settings: Mapping[str, Any], where: str) -> dict[str, AlertThreshold]:
    identity = _identity(settings["identity"], where)
    jobs = settings["job"] if isinstance(settings["job"], list) else [settings["job"]]
    if not jobs or not all(isinstance(job, str) and job for job in jobs):
        raise InputError(where, "job", "the name of a job, or a list of names", settings["job"])
    plain = settings["plain_node_exporter"]
    if not isinstance(plain, bool):
        raise InputError(where, "plain_node_exporter", "true or false", plain)
    machine, node = ", ".join(identity), _job(jobs)
    return {
        "machine": _shown(machine),
        "fleet": _shown(", ".join(identity[:-1])),
        "node": _shown(node),
        "cpu_seconds": _shown((_OF_EACH_CPU if plain else _OF_ALL_CPUS) % (machine, node)),
        "containers": _shown(_text(settings, "containers", where)),
        **{name: _expression(settings, name, where) for name in _EXPRESSIONS},
    }


def _identity(labels: Any, where: str) -> list[str]:
    right = isinstance(labels, list) and all(
        isinstance(label, str) and _LABEL.fullmatch(label) for label in labels
    )
    if not right or labels[-1:] != ["instance"] or len(set(labels)) != len(labels):
        raise InputError(where, "identity", "names of labels, each once, the last instance", labels)
    return list(labels)


def _job(jobs: list[str]) -> str:
    if len(jobs) == 1:
        return f"job={json.dumps(jobs[0])}"
    return f"job=~{json.dumps('|'.join(map(re.escape, jobs)))}"


def _expression(settings: Mapping[str, Any], name: str, where: str) -> AlertThreshold:
    text = _text(settings, name, where)
    try:
        re.compile(text)
    except re.error as error:
        raise InputError(where, name, f"a regular expression ({error})", text) from error
    return _shown(json.dumps(text))


def _text(settings: Mapping[str, Any], name: str, where: str) -> str:
    text = settings[name]
    if not isinstance(text, str) or not text:
        raise InputError(where, name, "a text", text)
    return text


def _shown(promql: str) -> AlertThreshold:
    return AlertThreshold(promql, promql, promql)
