"""Panels as Grafana's own components draw them in a browser, where the drawing itself matters.

Bars are as long as their values, figures have the colours of their limits, the levels of a trend
are numbers on its axis, and words stand for values, with what a real Prometheus answers.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.generation import to_json
from tests.conftest import REPOSITORY
from tests.grafana import published
from tests.grafana.conftest import Hour
from tests.grafana.hour.asking import ask, repeated, values_of

pytestmark = [pytest.mark.e2e, pytest.mark.long]
CHROMIUM = shutil.which("chromium")
_DRAWING = REPOSITORY / ".tools" / "grafana-drawing"
_HERE = Path(__file__).parent
_SOURCES = [
    _HERE / "drawing" / "package.json",
    _HERE / "drawing" / "drawing.jsx",
    *(_HERE / "transformations" / f"{name}.cjs" for name in ("answers", "courses", "looks")),
]
# Its local storage needs a page with an address; nobody is asked for it.
_ADDRESS = "http://grafana.invalid/"
_EMPTY = '<!doctype html><body style="margin:0"><div id="panel"></div></body>'
_CELL, _ROW = 48, 38  # pixels of a cell of a dashboard's grid
# As computed styles have them: the dark theme's green, orange and red.
GREEN, ORANGE, RED = "rgb(115, 191, 105)", "rgb(255, 152, 48)", "rgb(242, 73, 92)"
Draw = Callable[[str, str], Page]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page with Grafana's components; skips where they or Chromium are not there."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: scripts/setup-tests brings Debian's")
    kept = _DRAWING / "sources"
    wanted = b"".join(path.read_bytes() for path in _SOURCES)
    if not kept.is_file() or kept.read_bytes() != wanted:
        pytest.skip("no such @grafana/ui on this machine: scripts/setup-drawing brings it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1200, "height": 600})
        opened.route("**/*", _answer)
        opened.goto(_ADDRESS)
        opened.add_style_tag(path=_DRAWING / "drawing.css")
        opened.add_script_tag(path=_DRAWING / "drawing.js")
        opened.wait_for_function("'draw' in window", timeout=120_000)
        yield opened
        browser.close()


def _answer(route: Route) -> None:
    if route.request.url == _ADDRESS:
        route.fulfill(content_type="text/html", body=_EMPTY)
    else:
        route.abort()  # fonts and icons


@pytest.fixture
def draw(page: Page, hour: Hour, tmp_path: Path) -> Draw:
    """Draws a panel of all machines, by its dashboard's file and the beginning of its title."""

    def drawn(file: str, title: str) -> Page:
        dashboard = DASHBOARDS[file]()
        values = values_of(hour.url, dashboard, "all", hour.span)
        panel = next(one for one in dashboard.panels if one.title.startswith(title))
        document = json.loads(to_json(dashboard))
        placed = next(p for p in published.panels_of(document) if p["title"] == panel.title)
        filled = repeated(panel, values)
        answers = {
            chr(ord("A") + i): ask(hour.url, query, filled, hour.span).series
            for i, query in enumerate(panel.queries)
        }
        given: dict[str, Any] = published.asked(placed, answers)
        given |= {name: placed[name] for name in ("type", "fieldConfig", "options")}
        size = [panel.width * _CELL, panel.height * _ROW - _ROW]
        page.evaluate("([panel, [width, height]]) => draw(panel, width, height)", [given, size])
        page.wait_for_function("document.getElementById('panel').innerHTML.length > 500")
        page.wait_for_timeout(500)
        page.locator("#panel").screenshot(path=tmp_path / "panel.png")
        return page

    return drawn


def ground_of(page: Page, text: str) -> tuple[int, int, int]:
    """The first colour (red, green, blue) behind the text."""
    found: str = page.get_by_text(text, exact=True).first.evaluate(
        "e => { while (getComputedStyle(e).backgroundImage === 'none') e = e.parentElement;"
        " return getComputedStyle(e).backgroundImage; }"
    )
    red, green, blue = (int(part) for part in re.findall(r"rgb\((\d+), (\d+), (\d+)\)", found)[0])
    return red, green, blue


def test_machines_by_need_are_one_table_with_the_colours_of_their_limits(draw: Draw) -> None:
    page = draw("fleet.json", "Machines by need")
    heads = page.locator("#panel [role=columnheader]").all_inner_texts()
    assert heads[:3] == ["Machine", "Need", "Course of CPU busy"]
    cells = page.locator("#panel [role=row]").nth(1).locator("[role=gridcell]")
    assert cells.first.inner_text() == "web-1"
    # 24 % of CPU pressure is far below the 40 % of its alert, and 56 % busy below any limit.
    for column in ("CPU busy", "CPU pressure", "Memory used"):
        cell = cells.nth(heads.index(column))
        styled = cell.evaluate(
            "cell => [cell, ...cell.querySelectorAll('*')].map(e => getComputedStyle(e).color)"
        )
        assert GREEN in styled, (column, cell.inner_text(), styled)
        assert not {ORANGE, RED} & set(styled), (column, cell.inner_text(), styled)
    assert page.locator("#panel [role=row]").count() == 5
    assert page.locator("#panel [role=row] canvas").count() >= 4  # courses


@pytest.mark.parametrize("title", ["Work: $kind", "At 100 % busy"])
def test_a_bar_is_as_long_as_its_value(draw: Draw, title: str) -> None:
    page = draw("comparison.json", title)
    shown = page.locator("#panel [data-testid*='Bar gauge value']")
    values = [number(text) for text in shown.all_inner_texts()]
    # Beside each value stand the empty bar and, before it, the bar.
    lengths: list[float] = page.evaluate(
        "[...document.querySelectorAll(\"#panel [data-testid*='Bar gauge value']\")]"
        ".map(value => value.parentElement.lastElementChild.getBoundingClientRect().width)"
    )
    assert len(values) == len(lengths) == 3
    assert values == sorted(values, reverse=True)
    for value, length in zip(values, lengths, strict=True):
        assert length / lengths[0] == pytest.approx(value / values[0], abs=0.03), (values, lengths)


def number(text: str) -> float:
    """A figure as Grafana writes it: 1.50 K."""
    digits, thousand = re.fullmatch(r"([\d.]+)\s*(K?)", text.strip()).groups()  # type: ignore[union-attr]
    return float(digits) * (1000 if thousand else 1)


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("comparison.json", "By busy level"),
        ("loadtest.json", "Work by busy level"),
        ("loadtest.json", "Busy reached and asked"),
    ],
)
def test_levels_of_a_trend_are_numbers_up_to_a_hundred(draw: Draw, file: str, title: str) -> None:
    page = draw(file, title)
    written: list[str] = page.evaluate("window.written")
    assert {"10", "50", "100"} <= set(written), written
    assert not [text for text in written if re.search(r"\d{4} ?%|NaN|undefined", text)]


def test_words_stand_for_values(draw: Draw) -> None:
    page = draw("loadtest.json", "Run valid")
    texts = page.locator("#panel").inner_text().split("\n")
    assert set(texts) <= {"web-1", "web-2", "db-1", "valid", ""}
    assert texts.count("valid") == 3
    red, green, blue = ground_of(page, "valid")
    assert green > red + 40
    assert green > blue + 40
