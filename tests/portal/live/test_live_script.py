"""live.js in a real browser: a page keeps up, also over the end of the portal."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal import live
from tests.portal.live.watching import Agent, ask
from tests.portal.running import Running, running

pytestmark = pytest.mark.e2e
SCRIPT = Path(live.__file__).parents[1] / "pages" / "static" / "live.js"
PAGE = """<main data-live data-live-form-token="of-the-session"><p data-live-status></p>
<section data-live-job="{job}"><b data-live-field="state"></b>
<progress data-live-field="progress_ratio"></progress>
<i data-live-field="units_per_second" data-live-format="number"></i>
<em data-live-field="said"></em></section>
<section data-live-machine="{machine}">
<b data-live-field="cpu_busy_ratio" data-live-format="percent"></b>
<i data-live-field="memory_available_bytes" data-live-format="bytes"></i></section></main>"""


@pytest.fixture
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium here")
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()


def opened(browser: Any, portal: Running, key: str, html: str) -> tuple[Any, list[str]]:
    """A page of the portal's address; its key takes the place of a session."""
    page, tokens = browser.new_page(), list[str]()

    def with_key(route: Any) -> None:
        headers = route.request.headers
        tokens.append(headers.get("x-form-token", ""))
        route.continue_(headers={**headers, "authorization": f"Bearer {key}"})

    page.route("**/api/v1/live-tickets", with_key)
    # A page that Playwright makes up is of no network, and Chromium lets it into no local one.
    page.goto(f"{portal.url}/healthz")
    page.evaluate("html => { document.body.innerHTML = html; document.title = 'live'; }", html)
    page.add_script_tag(path=SCRIPT)
    return page, tokens


def test_a_page_keeps_up_over_the_end_of_the_portal(browser: Any, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/portal.sqlite"
    with running(tmp_path / "a", database) as portal:
        key, port = portal.key, str(portal.port)
        agent = Agent(portal, key, "web-1")
        job = ask(portal, key, agent.machine)
        html = PAGE.format(job=job, machine=agent.machine)
        page, tokens = opened(browser, portal, key, html)
        page.wait_for_selector("[data-live-status=live]")
        page.wait_for_selector("[data-live-state=wanted]")
        assert tokens == ["of-the-session"]
        agent.work()
        markup = "<img src=x onerror=document.title='x'>"
        agent.progress(job, progress_ratio=0.25, units_per_second=1234.56, phase=markup)
        agent.read(cpu_busy_ratio=0.5, memory_available_bytes=3 * 2**30)
        page.wait_for_selector("[data-live-state=running]")
        page.wait_for_function("document.querySelector('progress').value === 0.25")
        page.wait_for_function("document.querySelector('section i').textContent === '1,235'")
        page.wait_for_function(
            "document.querySelector('[data-live-machine]').textContent.includes('50 %')"
        )
        assert "3.0 GiB" in page.inner_text("[data-live-machine]")
        portal.stop(signal.SIGKILL)
        page.wait_for_selector("[data-live-status=connecting]")
    with running(tmp_path / "b", database, "--port", port) as portal:
        portal.key = key
        agent = Agent(portal, key, "web-1")
        agent.end(job, outcome="failed", said="<b>no memory</b>")
        page.wait_for_selector("[data-live-status=live]", timeout=60_000)
        # It ended while the page knew nothing.
        page.wait_for_selector("[data-live-state=failed]")
        assert page.inner_text("em") == "<b>no memory</b>"
        assert page.title() == "live"
