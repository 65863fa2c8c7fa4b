"""Predictions and plans in a real Chromium: sent by commands, at a desk and on a telephone."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.portal.pages.real_work import packable, recorded
from tests.portal.pages.test_charts_in_browser import CHROMIUM, check_fits
from tests.portal.running import Running, running

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium: scripts/setup-tests"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal to which the real commands have sent a prediction, one of two machines, a plan."""
    folder = tmp_path_factory.mktemp("served")
    with running(folder / "portal", f"sqlite:///{folder / 'portal.sqlite'}") as found:
        one = recorded(folder / "p")
        two = packable(folder / "q")
        files = [one / "web-1.om.gz"]
        send(found, one, "predict", *files, "--over-time")
        send(found, one, "predict", *files, one / "web-2.om.gz", "--source", "small")
        send(found, two, "plan", *sorted(two.glob("*.om.gz")), "--spare")
        found.ask("POST", "/api/v1/machines", json={"name": "web-1"})
        yield found


def send(found: Running, folder: Path, command: str, *words: object) -> None:
    given = [*words, "--candidates", folder / "c.yaml", "--portal", found.url]
    done = subprocess.run(
        [sys.executable, "-m", "perfanalysis", "workload", command, *map(str, given)],
        env={
            **os.environ,
            "PERFANALYSIS_PORTAL_KEY": found.key,
            "PERFANALYSIS_STATE_DIRECTORY": str(folder / "state"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"kept: {found.url}/workload/{command}" in done.stderr.replace(
        "/predictions", "/predict"
    )


@pytest.fixture(scope="module", params=[(1280, 900), (360, 740)], ids=["desktop", "telephone"])
def page(request: pytest.FixtureRequest, served: Running) -> Iterator[Page]:
    width, height = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
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


def chart(page: Page, attribute: str, what: str) -> Any:
    """Something of the chart that a canvas shows."""
    asked = f"Chart.getChart(document.querySelector('canvas[{attribute}]')).{what}"
    return page.evaluate(asked)


def test_from_the_list_to_a_prediction(page: Page, tmp_path: Path) -> None:
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("console", lambda message: failed.append(message.text))
    page.goto("/")
    page.get_by_role("link", name="Workload", exact=True).click()
    expect(page.get_by_role("heading", name="Workload: predictions")).to_be_visible()
    check_fits(page)
    page.locator("tbody tr").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Work of web-1 elsewhere")).to_be_visible()
    check_fits(page)
    labels = ["small", "large", "arm", "unmeasured"]
    assert chart(page, "data-bars", "data.labels") == labels
    assert chart(page, "data-bars", "data.datasets[0].data") == pytest.approx(
        [20.0, 10.0, 33.333, None], abs=0.01
    )
    assert chart(page, "data-lines", "data.datasets[2].data[0].y") == pytest.approx(20.0)
    page.screenshot(path=tmp_path / "prediction.png", full_page=True)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).click()
    waiting.value.save_as(tmp_path / "found.csv")
    with (tmp_path / "found.csv").open() as lines:
        assert sorted(row["candidate"] for row in csv.DictReader(lines)) == sorted(labels)
    page.get_by_role("link", name="web-1", exact=True).click()
    expect(page.get_by_role("heading", name="web-1", exact=True)).to_be_visible()
    check_fits(page)
    page.get_by_role("link", name="All plans of this machine").click()
    expect(page.get_by_role("heading", name="Workload: plans")).to_be_visible()
    assert failed == []


def test_one_machine_of_several(page: Page) -> None:
    page.goto("/workload?machine=web-2")
    page.locator("tbody tr").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Work of web-2 elsewhere")).to_be_visible()
    expect(page.get_by_text("Underprovisioned", exact=True)).to_be_visible()
    page.get_by_role("link", name="All 2 machines of this document").click()
    check_fits(page)
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_plan(page: Page, tmp_path: Path) -> None:
    page.goto("/workload?kind=plan")
    page.locator("tbody tr").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Plan for 3 workloads")).to_be_visible()
    check_fits(page)
    page.screenshot(path=tmp_path / "plan.png", full_page=True)
    assert chart(page, "data-bars", "data.labels") == ["large #1"]
    assert chart(page, "data-bars", "data.datasets[1].label") == "memory"
    expect(page.get_by_text("spare", exact=True)).to_be_visible()
