"""History and comparison in a real Chromium: toggle, CSV, PDF, thresholds, and a small screen."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.portal.nights import USUAL, night
from tests.portal.running import Running, running

CHROMIUM = Path("/usr/bin/chromium")
_COMPARISON = "/comparison?machines=m,n"
_HEAVY = {"serious", "critical"}

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium: scripts/setup-tests")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Machine ``m`` with a confirmed regression, and ``n``; three kernels of both."""
    folder = tmp_path_factory.mktemp("served")
    with running(folder, f"sqlite:///{folder / 'portal.sqlite'}") as found:
        said = {"kernel": "rmw", "drop_ratio": 0.02}
        assert found.ask("POST", "/api/v1/thresholds", json=said).status_code == 201
        documents = [night(i, rate) for i, rate in enumerate((*USUAL, 95.0, 95.1))]
        documents.append(night(4.5, 60.0, valid=False, invalid_reasons=["steal"]))
        for number, kernel in enumerate(("rmw", "integer", "memory")):
            for i in range(3):
                facts = {"name": "n", "price_dollars_per_hour": 0.25}
                day = 20 + 4 * number + i
                documents.append(night(day, 120.0 + i, kernel=kernel, machine=facts))
                if kernel != "rmw":
                    documents.append(night(40 + 4 * number + i, 100.0 + i, kernel=kernel))
        for one in documents:
            assert found.ask("POST", "/api/v1/tests", data=one).status_code == 201
        yield found


@pytest.fixture(scope="module", params=[(1280, 900), (360, 740)], ids=["desktop", "telephone"])
def page(request: pytest.FixtureRequest, served: Running) -> Iterator[Page]:
    width, height = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        context = browser.new_context(
            base_url=served.url, viewport={"width": width, "height": height}
        )
        found = context.new_page()
        found.goto("/login")
        found.fill("input[name=key]", served.key)
        found.press("input[name=key]", "Enter")
        found.wait_for_url("**/")
        yield found
        browser.close()


def axis(page: Page, chart: str) -> str:
    """What stands at the y axis of a chart."""
    found = page.evaluate(f"Chart.getChart('{chart}').options.scales.y.title.text")
    return str(found)


def check_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page).response["violations"]
    heavy = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in _HEAVY]
    assert heavy == []


def test_the_toggle_of_a_comparison(page: Page) -> None:
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(_COMPARISON)
    speed, money = (page.locator(f"section[data-measure={n}]") for n in _MEASURES)
    assert (axis(page, "bars"), axis(page, "levels")) == ("units/s", "units/s")
    assert (speed.is_visible(), money.is_visible()) == (True, False)
    assert page.evaluate("Chart.getChart('radar').data.labels") == ["integer", "memory", "rmw"]
    check_fits(page)
    page.check("#measure input[value=price_performance]")
    assert (axis(page, "bars"), axis(page, "levels")) == ("units/s per $/hr",) * 2
    assert (speed.is_visible(), money.is_visible()) == (False, True)
    page.select_option("#kernel-shown", label="rmw")
    # 120 to 122 units at a quarter of a dollar.
    assert page.evaluate("Chart.getChart('bars').data.datasets[0].data[1]") == pytest.approx(
        484, rel=0.001
    )
    assert failed == []


def test_csv_and_pdf_of_a_comparison(page: Page, tmp_path: Path) -> None:
    page.goto(_COMPARISON)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).click()
    waiting.value.save_as(tmp_path / "found.csv")
    with (tmp_path / "found.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert {row["kernel"] for row in rows} == {"integer", "memory", "rmw"}
    assert {row["verdict"] for row in rows if row["name"] == "n"} == {"faster"}
    page.check("#measure input[value=price_performance]")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert "measure=price_performance" in waiting.value.url
    waiting.value.save_as(tmp_path / "found.pdf")
    assert (tmp_path / "found.pdf").read_bytes().startswith(b"%PDF")


def test_history(page: Page) -> None:
    page.goto("/history?machine=m&kernel=rmw")
    styles = page.evaluate(
        "Chart.getChart(document.querySelector('canvas')).data.datasets[2].pointStyle"
    )
    assert (styles.count("triangle"), styles.count("crossRot")) == (2, 1)
    assert page.locator("#regressions ~ table .mark").first.inner_text() == "confirmed"
    check_fits(page)
    page.check("#measure input[value=price_performance]")
    first = "Chart.getChart(document.querySelector('canvas')).data.datasets[2].data[0].y"
    assert page.evaluate(first) == pytest.approx(200.0)


def test_a_threshold_is_set_and_deleted(page: Page) -> None:
    page.goto("/history")
    page.fill("#new-kernel", "crypto")
    page.fill("#new-drop", "5")
    page.get_by_role("button", name="Watch", exact=True).click()
    row = page.locator("#thresholds ~ table tr", has_text="crypto")
    assert "5.0 %" in row.inner_text()
    page.once("dialog", lambda dialog: dialog.accept())
    row.locator("button").click()
    page.wait_for_load_state()
    assert row.count() == 0


_MEASURES = ("performance", "price_performance")
