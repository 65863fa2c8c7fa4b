"""The pages in a real browser: at a desk and on a telephone, with a service worker, by axe."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

from tests.portal.api.price_book import TYPE, fill
from tests.portal.nights import night
from tests.portal.running import Running, running
from tests.portal.serving import call, document

pytestmark = pytest.mark.e2e
PROGRAM = shutil.which("chromium")
SIZES = {"desk": {"width": 1280, "height": 900}, "telephone": {"width": 360, "height": 740}}
PATHS = ("/", "/tests", "/tests/a", "/machines", "/prices", "/jobs", "/keys", "/audit", "/account")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("pages")
    fill(folder / "prices.sqlite")
    database = f"sqlite:///{folder}/portal.sqlite"
    with running(folder, database, "--price-book", str(folder / "prices.sqlite")) as found:
        for number in range(30):
            found.ask("POST", "/api/v1/tests", data=document(test_id=f"t{number}"))
        assert found.ask("POST", "/api/v1/tests", data=document(test_id="a")).status_code == 201
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    if PROGRAM is None:
        pytest.skip("no Chromium here: scripts/setup-tests brings Debian's")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_visit(served: Running, chromium: Chromium, size: str, tmp_path: Path) -> None:
    context = chromium.new_context(viewport=SIZES[size])  # type: ignore[arg-type]
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    _log_in(page, served)
    told = {"name": "priced", **TYPE}
    priced = served.ask("POST", "/api/v1/machines", json=told).json()["machine"]["id"]
    for path in (*PATHS, f"/machines/{priced}", f"/machines/{priced}/cost"):
        page.goto(served.url + path)
        page.screenshot(path=tmp_path / "page.png")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size]["width"], path
        found = Axe().run(page).response["violations"]
        serious = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
        assert serious == [], path
    _prices(page, served)
    _more(page, served)
    _keys(page, served)
    # A violation of the policy, or a script's mistake, would be said here.
    assert said == []
    context.close()


def test_a_test_is_asked_for_and_seen_as_it_goes_on(served: Running, chromium: Chromium) -> None:
    def agent(path: str, **said: object) -> dict[str, Any]:
        answer = served.ask("POST", f"/api/v1/agents/{path}", json=said)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    work = call("web-1")
    assert agent("work", **work)["taken"] is None
    context = chromium.new_context()
    page = context.new_page()
    _log_in(page, served)
    page.goto(f"{served.url}/jobs")
    page.select_option("#profile", "quick")
    page.get_by_role("button", name="Ask for it").click()
    row = page.locator("tr[data-live-job]").first
    expect(row.locator("[data-live-field=state]")).to_have_text("wanted")
    taken = agent("work", **work)["taken"]
    of = {"agent": work["agent"], "attempt": taken["attempt"]}
    job = taken["job"]["id"]
    agent(f"jobs/{job}/progress", **of, kernel="rmw", phase="50 %", units_per_second=1234.0)
    # Nobody loads the page again.
    expect(page.locator("[data-live-status]")).to_have_text("live")
    expect(row.locator("[data-live-field=state]")).to_have_text("running")
    expect(row.locator("[data-live-field=phase]")).to_have_text("50 %")
    expect(row.locator("[data-live-field=units_per_second]")).to_have_text("1,234")
    expect(page.locator("#new-jobs")).to_be_hidden()
    agent(f"jobs/{job}/end", **of, outcome="done", test_ids=["a"])
    page.locator("#new-jobs").click()
    expect(row.get_by_role("link", name="a", exact=True)).to_be_visible()
    context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_way(served: Running, chromium: Chromium, size: str, tmp_path: Path) -> None:
    """A machine is registered, measured as one watches, compared, and its key rotated."""
    context = chromium.new_context(viewport=SIZES[size], accept_downloads=True)  # type: ignore[arg-type]
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    _log_in(page, served)
    one, other = f"{size}-1", f"{size}-2"

    def looked_at(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], name
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)

    _register(page, served, one)
    looked_at("machines")
    _measured_live(page, served, one)
    looked_at("test")
    _compare(page, served, one, other, tmp_path)
    looked_at("comparison")
    _keys(page, served)
    looked_at("keys")
    assert said == []
    context.close()


def _register(page: Page, served: Running, name: str) -> None:
    facts = {
        "name": name,
        "provider": "aws",
        "region": "eu-central-1",
        "instance_type": "m7i.large",
    }
    assert served.ask("POST", "/api/v1/machines", json=facts).status_code == 200
    page.goto(f"{served.url}/machines")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("m7i.large", exact=True)).to_be_visible()


def _measured_live(page: Page, served: Running, name: str) -> None:
    """The first test of a machine, from the wish to its page, while nobody loads a page anew."""
    work = call(name)
    # A key of its own: the first one that asks for a machine's work is bound to it.
    made = {"name": name, "scopes": ["report"]}
    key = served.ask("POST", "/api/v1/keys", json=made).json()["key"]

    def agent(path: str, **told: object) -> dict[str, Any]:
        answer = served.ask("POST", f"/api/v1/agents/{path}", key, json=told)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    machine = agent("work", **work)["machine_id"]
    page.goto(f"{served.url}/jobs")
    page.select_option("#machine", machine)
    page.select_option("#profile", "quick")
    page.get_by_role("button", name="Ask for it").click()
    row = page.locator("tr[data-live-job]", has_text=name)
    expect(page.locator("[data-live-status]")).to_have_text("live")
    taken = agent("work", **work)["taken"]
    of = {"agent": work["agent"], "attempt": taken["attempt"]}
    job, test = taken["job"]["id"], f"{name}-0"
    agent(f"jobs/{job}/progress", **of, kernel="rmw", phase="100 %", units_per_second=99.5)
    expect(row.locator("[data-live-field=state]")).to_have_text("running")
    expect(row.locator("[data-live-field=units_per_second]")).to_have_text("99.5")
    given = night(0, 100.0, test_id=test, machine={"name": name})
    assert served.ask("POST", "/api/v1/tests", key, data=given).status_code == 201
    agent(f"jobs/{job}/end", **of, outcome="done", test_ids=[test])
    page.locator("#new-jobs").click()
    row.get_by_role("link", name=test, exact=True).click()
    expect(page.get_by_role("heading", name=f"rmw on {name}")).to_be_visible()


def _compare(page: Page, served: Running, one: str, other: str, folder: Path) -> None:
    for number in (1, 2):
        facts: dict[str, Any] = {"name": one}
        given = night(number, 100.0 + number / 10, test_id=f"{one}-{number}", machine=facts)
        served.ask("POST", "/api/v1/tests", data=given)
    for number in (0, 1, 2):
        facts = {"name": other, "price_dollars_per_hour": 0.25}
        given = night(number, 120.0 + number / 10, test_id=f"{other}-{number}", machine=facts)
        answer = served.ask("POST", "/api/v1/tests", data=given)
        assert answer.status_code == 201, answer.text
    page.goto(f"{served.url}/comparison")
    page.fill("#machines", f"{one}, {other}")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("section[data-measure=performance]").get_by_text("faster")).to_be_visible()
    page.check("#measure input[value=price_performance]")
    money = page.locator("section[data-measure=price_performance]")
    # 120 units at half the price of 100.
    expect(money.get_by_text("more for the money")).to_be_visible()
    expect(money.get_by_text("+140", exact=False).first).to_be_visible()
    for name, begin in (("CSV", b"kernel,side,name,tests"), ("PDF", b"%PDF")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name, exact=True).click()
        waiting.value.save_as(folder / name)
        assert (folder / name).read_bytes().startswith(begin)


def test_without_the_portal_the_last_state_is_shown(served: Running, chromium: Chromium) -> None:
    context = chromium.new_context()
    page = context.new_page()
    _log_in(page, served)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    told = {"name": "kept", **TYPE}
    kept = served.ask("POST", "/api/v1/machines", json=told).json()["machine"]["id"]
    shown = ("/prices", "/workload", f"/machines/{kept}/cost", "/tests")
    for path in (*shown, "/keys"):
        page.goto(served.url + path)
    context.set_offline(True)
    for path in shown:
        page.goto(served.url + path)
        expect(page.get_by_text(re.compile("Offline, as of"))).to_be_visible()
    expect(page.locator("tbody tr").first).to_be_visible()
    with pytest.raises(Exception, match="ERR_"):
        page.goto(f"{served.url}/keys")
    context.set_offline(False)
    page.goto(f"{served.url}/")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(f"{served.url}/tests")
    context.close()


def test_a_browser_may_install_it(served: Running, chromium: Chromium, tmp_path: Path) -> None:
    # With a profile of its own: what is private is never installed.
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=PROGRAM, args=["--no-sandbox"], viewport=SIZES["telephone"]
    )
    page = context.new_page()
    _log_in(page, served)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    session = context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].startswith(served.url)
    assert session.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    context.close()


def _log_in(page: Page, served: Running) -> None:
    page.goto(f"{served.url}/login")
    page.fill("#key", served.key)
    page.get_by_role("button", name="Log in by key").click()
    page.wait_for_url(f"{served.url}/")


def _more(page: Page, served: Running) -> None:
    page.goto(f"{served.url}/tests")
    expect(page.locator("tbody tr")).to_have_count(26)
    page.get_by_role("link", name="More").click()
    expect(page.locator("tbody tr")).to_have_count(31)


def _prices(page: Page, served: Running) -> None:
    """From a machine to its price and cost, and back."""
    page.goto(f"{served.url}/machines?name=priced")
    page.get_by_role("link", name="priced").click()
    page.get_by_role("link", name="0.1 USD").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.fill("#at", "2026-01-05T00:00")
    page.select_option("#source", "")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr").first.get_by_text("0.12")).to_be_visible()
    page.get_by_role("link", name="1", exact=True).first.click()
    page.get_by_role("link", name="priced").click()
    page.select_option("#assume", "yes")
    page.fill("#from", "2026-01-10")
    page.fill("#to", "2026-01-11")
    page.get_by_role("button", name="Show the cost").click()
    # A day of 0.12 and one of 0.1.
    expect(page.locator(".figures").get_by_text("5.28")).to_be_visible()


def _keys(page: Page, served: Running) -> None:
    page.goto(f"{served.url}/keys")
    page.fill("#name", "agents")
    page.locator("input[value=report]").check()
    page.get_by_role("button", name="Make the key").click()
    key = page.locator("#new-key").inner_text()
    assert served.ask("POST", "/api/v1/machines", key, json={"name": "web-9"}).status_code == 200
    prefix = key[:15]
    section = page.locator("section.note", has=page.get_by_text(prefix, exact=True))
    section.get_by_role("button", name="Rotate").click()
    new = page.locator("#new-key").inner_text()
    assert new != key
    for one in (key, new):
        answer = served.ask("POST", "/api/v1/machines", one, json={"name": "web-9"})
        assert answer.status_code == 200
