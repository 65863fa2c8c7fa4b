"""``python -m pictures.illustrations``: the pictures of dashboards and runbooks in docs, anew.

From an hour of the tests' four machines, in a real Prometheus with what rules record of it. A
runbook has the panel that its alert names, where those machines show something there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from grafana.dashboards.alert_panels import ALERT_PANELS
from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.words import Dashboard, Panel
from perfanalysis.cli import fail
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.promql import Engine
from perfanalysis.runbook_pictures import FOLDER, picture_of
from pictures.answers import ask
from pictures.app import POINTS
from pictures.drawing.looks import LIGHT
from pictures.picture import panel_png, png
from pictures.repeats import repeated
from pictures.tour.shrinking import write
from pictures.variables import Span, choices, first_choices
from tests.grafana.hour import stores
from tests.grafana.hour.recording import record

REPOSITORY = Path(__file__).resolve().parents[1]
# Whole dashboards, and how much of each is shown, in pixels.
SHOWN = {"fleet": 1400, "comparison": 1200, "phone": 1200}
_WIDTH, _HEIGHT = 14, 8  # cells of the grid


def illustrate(repository: Path) -> Iterator[str]:
    """Draw all; says what was written.

    Raises:
        PerfAnalysisError: the Prometheus does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="perfanalysis-pictures-") as name:
        sampled = record(Path(name))
        (store := Path(name) / "prometheus").mkdir()
        with stores.prometheus(store, sampled) as (url, _):
            seconds = sampled.end - sampled.begin
            span = Span(sampled.begin, sampled.end, max(1.0, seconds / POINTS))
            yield from _dashboards(repository, url, span)
            yield from _panels(repository, url, span)


def _dashboards(repository: Path, url: str, span: Span) -> Iterator[str]:
    engine = Engine(url)
    for name, tallest in SHOWN.items():
        dashboard = DASHBOARDS[f"{name}.json"]()
        filled = first_choices(url, dashboard.variables, {}, span)
        over = {panel.repeat for panel in dashboard.panels if panel.repeat}
        each = {
            v.name: choices(url, v, filled, span) for v in dashboard.variables if v.name in over
        }
        shown, own = repeated(dashboard, each)
        answers = [
            ask(engine, panel, filled | mine, span)
            for panel, mine in zip(shown.panels, own, strict=True)
        ]
        path = repository / "docs" / "images" / f"dashboard-{name}.png"
        yield str(write(path, png(shown, answers, LIGHT), tallest))


def _panels(repository: Path, url: str, span: Span) -> Iterator[str]:
    """One picture for each panel that alerts name; of what shows nothing there is none."""
    engine = Engine(url)
    made: dict[str, tuple[Dashboard, dict[str, str]]] = {}
    wanted = {(one.dashboard, one.panel) for one in ALERT_PANELS}
    for stale in (repository / FOLDER).glob("*.png"):
        stale.unlink()
    for name, title in sorted(wanted):
        if name not in made:
            dashboard = DASHBOARDS[f"{name}.json"]()
            made[name] = dashboard, first_choices(url, dashboard.variables, {}, span)
        dashboard, filled = made[name]
        answer = ask(engine, _large(dashboard, title), filled, span)
        if not answer.empty and not answer.fault:
            yield str(write(repository / picture_of(name, title), panel_png(answer, LIGHT, 70)))


def _large(dashboard: Dashboard, title: str) -> Panel:
    """The panel, as wide as a page shows it."""
    panel = next(one for one in dashboard.panels if one.title == title)
    if panel.kind == "stat":
        return replace(panel, width=6, height=4)
    return replace(panel, width=_WIDTH, height=_HEIGHT)


@click.command()
def main() -> None:
    """Draw the pictures of dashboards and runbooks in docs anew, from the tests' machines."""
    try:
        for path in illustrate(REPOSITORY):
            click.echo(f"{path} written")
    except PerfAnalysisError as error:
        sys.exit(fail(error))


if __name__ == "__main__":
    main(prog_name="python -m pictures.illustrations")
