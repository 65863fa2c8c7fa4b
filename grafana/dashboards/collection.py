"""All dashboards, each with the JSON file beside it that is made from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grafana.dashboards import (
    comparison,
    containers,
    exporters,
    fleet,
    history,
    kubernetes,
    loadtest,
    machine,
    phone,
    portal,
    price,
    quality,
)
from grafana.dashboards.words import Dashboard

FOLDER = Path(__file__).resolve().parent

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {
    "comparison.json": comparison.dashboard,
    "containers.json": containers.dashboard,
    "exporters.json": exporters.dashboard,
    "fleet.json": fleet.dashboard,
    "history.json": history.dashboard,
    "kubernetes.json": kubernetes.dashboard,
    "loadtest.json": loadtest.dashboard,
    "machine.json": machine.dashboard,
    "phone.json": phone.dashboard,
    "portal.json": portal.dashboard,
    "price.json": price.dashboard,
    "quality.json": quality.dashboard,
}
