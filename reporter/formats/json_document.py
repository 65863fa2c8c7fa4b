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
from reporter.analysis.report_data import ReportData
from reporter.asking.answers import Answers
from reporter.asking.machines import UNITS as MACHINE
from reporter.asking.query import Query, RangeQuery
from reporter.formats.json_findings import UNITS as FINDINGS
from reporter.formats.json_findings import findings

VERSION = 1


def json_bytes(data: ReportData) -> bytes:
    """The document; what is unknown is absent, and a value that is no number is null."""
    config, answers, before = data.config, data.answers, data.before
    document = {
        "version": VERSION,
        "generator": f"perfanalysis {__version__}",
        "title": config.title,
        "notes": config.notes,
        "engine": {"url": config.url, "version": answers.engine},
        "language": config.language,
        "template": config.template,
        "kernel": config.kernel,
        "purchase": config.purchase,
        "time_zone": config.time_zone,
        "currency": plain(config.currency),
        "labels": dict(config.labels),
        "group_by": config.group_by,
        "confidence": 0.95,
        "warnings": list(dict.fromkeys(answers.warnings)),
        "units": {**MACHINE, **{f"findings.{name}": unit for name, unit in FINDINGS.items()}},
        "findings": plain(findings(data)),
        **_range(answers),
    }
    if before:
        document["before"] = _range(before)
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"


def _range(answers: Answers) -> dict[str, Any]:
    figures = {
        query.name: {"unit": query.unit, "promql": expression, **_data(query, answers)}
        for query, expression in answers.expressions.items()
    }
    return {
        "from": _moment(answers.start),
        "to": _moment(answers.end),
        "step_seconds": answers.step,
        "window_seconds": answers.window,
        "machines": [plain(machine) for machine in answers.machines],
        "figures": figures,
    }


def _data(query: Query, answers: Answers) -> dict[str, Any]:
    if isinstance(query, RangeQuery):
        series = [
            {
                "labels": dict(one.labels),
                "points": [
                    [t, v if math.isfinite(v) else None]
                    for t, v in zip(one.times.tolist(), one.values.tolist(), strict=True)
                ],
            }
            for one in answers.series_of(query)
        ]
        return {"series": sorted(series, key=_by_labels)}
    samples = [
        {
            "labels": dict(sample.labels),
            "time": sample.time,
            "value": sample.value if math.isfinite(sample.value) else None,
        }
        for sample in answers.samples_of(query)
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
