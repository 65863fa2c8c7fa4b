"""Every kind of panel is drawn, with data, without, and when its query failed."""

from __future__ import annotations

import io
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
from matplotlib.figure import Figure

from grafana.dashboards import loadtest, machine, price
from grafana.dashboards.panels import fleet
from grafana.dashboards.words import Dashboard, Panel, Row, Scatter
from perfanalysis.promql import Sample, Series
from pictures.answers import PanelAnswer, legend
from pictures.drawing import xychart
from pictures.drawing.looks import DARK, LIGHT, Theme
from pictures.frames import Frame, table_of
from pictures.page import html
from pictures.picture import panel_png, places, png
from pictures.repeats import repeated
from pictures.transformations import transformed
from pictures.variables import Span

HOUR = Span(0.0, 3600.0, 60.0)
PANELS = {
    panel.kind: panel
    for make in (machine, loadtest, price)
    for panel in make.dashboard().panels
    if panel.queries
}


def answer(panel: Panel) -> PanelAnswer:
    """Made-up data of the right shape: two machines, three levels."""
    labels = [
        {"instance": name, "busy": busy, "purchase": "spot", "mode": "user", "cpu": "0"}
        for name in ("a", "b")
        for busy in ("10", "50", "100")
    ]
    times = np.arange(HOUR.start, HOUR.end, HOUR.step)
    made = PanelAnswer(panel, HOUR)
    frames = []
    for i, query in enumerate(panel.queries):
        samples = [Sample(each, 3600.0, 1.0 + i + j / 10) for j, each in enumerate(labels)]
        made.samples += [(legend(query.legend, s.labels), s) for s in samples if query.at_end]
        series = [Series(each, times, np.sin(times / 600) + 2 + i) for each in labels[::3]]
        made.series += [(legend(query.legend, s.labels), s) for s in series if not query.at_end]
        frames.append(table_of(samples, chr(ord("A") + i), len(panel.queries) == 1))
    if panel.kind in ("table", "trend", "barchart", "xychart"):
        made.table = transformed(frames, panel.transformations)
    return made


def inked(data: bytes) -> float:
    """The share of the picture that is not its background."""
    picture = matplotlib.image.imread(io.BytesIO(data))[:, :, :3]
    return float((np.abs(picture - picture[-1, -1]).max(axis=2) > 0.1).mean())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", sorted(PANELS))
def test_each_kind_draws_its_answer(kind: str, theme: Theme) -> None:
    panel = PANELS[kind]
    full, empty = panel_png(answer(panel), theme), panel_png(PanelAnswer(panel, HOUR), theme)
    assert inked(full) > 1.5 * inked(empty)


def test_a_stat_has_its_course_behind_it() -> None:
    panel = fleet.count()
    assert panel.sparkline
    made = answer(panel)
    plain = replace(made, panel=replace(panel, sparkline=False))
    assert panel_png(made, LIGHT) != panel_png(plain, LIGHT)


@pytest.mark.parametrize("count", [3, 40])
def test_no_more_points_are_named_than_can_be_read(count: int) -> None:
    fields = {"Machine": [f"machine-{n}" for n in range(count)]}
    fields |= {name: [float(n) for n in range(count)] for name in ("x", "y")}
    rows = [dict(zip(fields, row, strict=True)) for row in zip(*fields.values(), strict=True)]
    rows = [row | {"front": row["y"] if i < 2 else None} for i, row in enumerate(rows)]
    scatters = [Scatter("x", "y"), Scatter("x", "front", joined=True)]
    panel = replace(PANELS["xychart"], scatters=scatters)
    made = PanelAnswer(panel, HOUR, table=Frame([*fields, "front"], rows))
    figure = Figure()
    xychart.draw(made, figure, LIGHT)
    named = [text.get_text() for text in figure.axes[0].texts]
    assert named == [f"machine-{n}" for n in range(3 if count == 3 else 2)]


def test_a_query_that_failed_is_said() -> None:
    panel = PANELS["timeseries"]
    failed = PanelAnswer(panel, HOUR, fault="refused")
    assert panel_png(failed, LIGHT) != panel_png(PanelAnswer(panel, HOUR), LIGHT)


def test_panels_stand_where_grafana_puts_them() -> None:
    dashboard = machine.dashboard()
    spots = places(dashboard)
    assert [title for title, *_ in spots if not title.startswith("# ")] == [
        panel.title for panel in dashboard.panels
    ]
    taken: set[tuple[int, int]] = set()
    for _, left, top, width, height in spots:
        cells = {(left + x, top + y) for x in range(width) for y in range(height)}
        assert not cells & taken
        taken |= cells


def small(*panels: Panel) -> Dashboard:
    return Dashboard("uid", "Title <b>", "Text.", [], [], [Row("Row", panels)])


def test_a_page_holds_all_panels_and_escapes_what_it_is_given() -> None:
    dashboard = small(PANELS["stat"], PANELS["timeseries"])
    page = html(dashboard, [answer(panel) for panel in dashboard.panels], "<note>").decode()
    assert page.count("<section") == 2
    assert "&lt;b&gt;" in page
    assert "&lt;note&gt;" in page
    assert "<b>" not in page


def test_a_picture_holds_all_panels() -> None:
    dashboard = small(PANELS["stat"], PANELS["bargauge"])
    answers = [answer(panel) for panel in dashboard.panels]
    nothing = [PanelAnswer(panel, HOUR) for panel in dashboard.panels]
    assert inked(png(dashboard, answers, LIGHT)) > inked(png(dashboard, nothing, LIGHT))


def test_a_panel_is_repeated_for_each_value() -> None:
    curve = next(panel for panel in loadtest.dashboard().panels if panel.repeat)
    dashboard, own = repeated(small(curve, PANELS["stat"]), {"shown": ["a", "b"]})
    assert [panel.title for panel in dashboard.panels] == [curve.title] * 2 + [PANELS["stat"].title]
    assert own == [{"shown": "a"}, {"shown": "b"}, {}]
