"""Chromium, which is asked for pictures of pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from perfanalysis.errors import PerfAnalysisError

DESK = {"width": 1100, "height": 720}
PHONE = {"width": 390, "height": 780}


@dataclass(frozen=True)
class TourBrowser:
    """A window of a desk's size."""

    page: Page

    def shot(self, url: str, *, wait: str = "body", whole: bool = False) -> bytes:
        """A PNG of a page, once something is shown there."""
        self.page.goto(url, wait_until="load")
        self.page.wait_for_selector(wait, timeout=30_000)
        self.page.wait_for_timeout(700)  # charts are drawn after that
        return self.page.screenshot(full_page=whole)

    def terminal(self, text: str) -> bytes:
        """A PNG of a page of ``terminal``."""
        self.page.set_content(text)
        return self.page.locator("main").screenshot()

    def log_in(self, url: str, key: str) -> None:
        """Come into a portal with a key."""
        self.page.goto(f"{url}/login")
        self.page.fill("input[name=key]", key)
        self.page.press("input[name=key]", "Enter")
        self.page.wait_for_url(f"{url}/")


@contextmanager
def browser() -> Iterator[TourBrowser]:
    """Chromium, in its light colours.

    Raises:
        PerfAnalysisError: there is none.
    """
    program = shutil.which("chromium")
    if program is None:
        raise PerfAnalysisError("the tour needs chromium on PATH: scripts/setup-tests brings it")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            page = found.new_page(viewport=DESK, color_scheme="light")  # type: ignore[arg-type]
            yield TourBrowser(page)
        finally:
            found.close()


def pdf_page(pdf: Path, number: int, folder: Path) -> bytes:
    """A PNG of a page of a PDF.

    Raises:
        PerfAnalysisError: there is no pdftoppm, or it failed.
    """
    import subprocess

    if shutil.which("pdftoppm") is None:
        raise PerfAnalysisError("the tour needs pdftoppm on PATH: scripts/setup-tests brings it")
    target = folder / f"page-{number}"
    words = ["pdftoppm", "-png", "-r", "100", "-f", str(number), "-l", str(number), "-singlefile"]
    subprocess.run([*words, pdf, target], check=True, timeout=120)
    return target.with_suffix(".png").read_bytes()
