"""Pictures of panels in docs: of those that alerts name, small, and each in its runbooks."""

from __future__ import annotations

import pytest
from PIL import Image

from grafana.dashboards.alert_panels import ALERT_PANELS
from perfanalysis.runbook_pictures import FOLDER, picture_of
from tests.conftest import REPOSITORY

PICTURES = sorted((REPOSITORY / FOLDER).glob("*.png"))
MOST_BYTES = 1_000_000
OF_ALERTS = {
    alert.alert: picture_of(alert.dashboard, alert.panel)
    for alert in ALERT_PANELS
    if (REPOSITORY / picture_of(alert.dashboard, alert.panel)).is_file()
}


@pytest.mark.parametrize(
    ("dashboard", "title", "name"),
    [
        ("machine", "CPU pressure", "machine-cpu-pressure.png"),
        ("machine", "Clock ahead of the engine's", "machine-clock-ahead-of-the-engines.png"),
        ("exporters", "Failed scrapes, by window", "exporters-failed-scrapes-by-window.png"),
    ],
)
def test_names(dashboard: str, title: str, name: str) -> None:
    assert picture_of(dashboard, title) == FOLDER / name


def test_each_picture_is_of_an_alert_and_all_are_small() -> None:
    assert len(PICTURES) >= 20
    assert {path.relative_to(REPOSITORY) for path in PICTURES} == set(OF_ALERTS.values())
    assert sum(path.stat().st_size for path in PICTURES) < MOST_BYTES
    assert all(Image.open(path).width <= 1100 for path in PICTURES)


@pytest.mark.parametrize("alert", OF_ALERTS)
def test_runbooks_show_them(alert: str) -> None:
    text = (REPOSITORY / "docs" / "runbooks" / f"{alert}.md").read_text()
    assert f"](../images/panels/{OF_ALERTS[alert].name})" in text
