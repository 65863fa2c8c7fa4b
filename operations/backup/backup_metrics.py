"""What became of backups, as metrics for a textfile collector."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError

CREATED = "perf_backup_last_created_timestamp_seconds"
VERIFIED = "perf_backup_last_verified_timestamp_seconds"
PROVEN = "perf_backup_verified"
SIZE = "perf_backup_size_bytes"
HELP = {
    CREATED: "When the newest backup of a source began.",
    VERIFIED: "When the newest backup that a restore has proven began.",
    PROVEN: "Whether the last proof of a source's backup succeeded.",
    SIZE: "Of the newest backup of a source, before it is packed.",
}


def note(path: Path, news: Mapping[str, Mapping[str, float]]) -> None:
    """Write what is new into the file, and keep what else is there.

    Who proves an older backup does not take back what is known of a newer one: times only grow,
    unless a clock was wrong and they lie ahead.

    Args:
        path: a file whose name ends in .prom.
        news: by family, then by source.

    Raises:
        InputError: the file is none of ours, or cannot be written.
    """
    known = _known(path)
    values = {name: {**known.get(name, {}), **news.get(name, {})} for name in HELP}
    for name in (CREATED, VERIFIED):
        for source, value in known.get(name, {}).items():
            if value <= time.time():
                values[name][source] = max(value, values[name][source])
    registry = CollectorRegistry()
    for name, of_source in values.items():
        gauge = Gauge(name, HELP[name], ["source"], registry=registry)
        for source, value in sorted(of_source.items()):
            gauge.labels(source).set(value)
    try:
        write_atomically(path, generate_latest(registry))
    except OSError as error:
        raise InputError(str(path), "", f"a file that can be written ({error.strerror})") from error


def _known(path: Path) -> dict[str, dict[str, float]]:
    try:
        families = list(text_string_to_metric_families(path.read_text()))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError(str(path), "", "a file of metrics that this command wrote") from error
    found: dict[str, dict[str, float]] = {}
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, {})[sample.labels.get("source", "")] = sample.value
    return found
