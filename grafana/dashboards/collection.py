"""All dashboards, each with the JSON file beside it that is made from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grafana.dashboards import fleet, machine
from grafana.dashboards.words import Dashboard

FOLDER = Path(__file__).resolve().parent

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {
    "fleet.json": fleet.dashboard,
    "machine.json": machine.dashboard,
}
