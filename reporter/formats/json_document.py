"""The report as JSON: what it finds, machines with intervals, every figure with its PromQL."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from perfanalysis import __version__
from reporter.asking.gathering import Gathered
from reporter.figures.material import Material
from reporter.formats.findings import UNITS as FINDINGS
from reporter.formats.findings import findings
from reporter.formats.units import FIELDS, UNITS

VERSION = 1


def json_bytes(material: Material) -> bytes:
    """The document; what is unknown is absent, and a value that is no number is null."""
    config, gathered, before = material.config, material.gathered, material.before
    document = {
        "version": VERSION,
        "generator": f"perfanalysis {__version__}",
        "title": config.title,
        "notes": config.notes,
        "engine": {"url": config.url, "version": gathered.engine},
        "language": config.language,
        "template": config.template,
        "kernel": config.kernel,
        "purchase": config.purchase,
        "confidence": 0.95,
        "warnings": list(dict.fromkeys(gathered.warnings)),
        "units": {**FIELDS, **{f"findings.{name}": unit for name, unit in FINDINGS.items()}},
        "findings": plain(findings(material)),
        **_range(gathered),
    }
    if before:
        document["before"] = _range(before)
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"


def _range(gathered: Gathered) -> dict[str, Any]:
    figures = {
        name: {
            "unit": UNITS.get(name, ""),
            "promql": expression,
            **_data(name, gathered),
        }
        for name, expression in gathered.expressions.items()
    }
    return {
        "from": _moment(gathered.start),
        "to": _moment(gathered.end),
        "step_seconds": gathered.step,
        "window_seconds": gathered.window,
        "machines": [plain(machine) for machine in gathered.machines],
        "figures": figures,
    }


def _data(name: str, gathered: Gathered) -> dict[str, Any]:
    if name in gathered.series:
        series = [
            {
                "labels": dict(one.labels),
                "points": [
                    [t, v if math.isfinite(v) else None]
                    for t, v in zip(one.times.tolist(), one.values.tolist(), strict=True)
                ],
            }
            for one in gathered.series[name]
        ]
        return {"series": sorted(series, key=_by_labels)}
    samples = [
        {
            "labels": dict(sample.labels),
            "time": sample.time,
            "value": sample.value if math.isfinite(sample.value) else None,
        }
        for sample in gathered.samples.get(name, ())
    ]
    return {"samples": sorted(samples, key=_by_labels)}


def _by_labels(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted(entry["labels"].items())


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """A record as what JSON knows, without what is unknown (None or an empty text)."""
    if is_dataclass(value):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        known = ((n, v) for n, v in pairs if not (v is None or (isinstance(v, str) and not v)))
        return {name: plain(found) for name, found in known}
    if isinstance(value, np.ndarray):
        return [plain(entry) for entry in value.tolist()]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    return value
