"""The documentation as a site: built strictly, its links lead somewhere, nothing is foreign."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import REPOSITORY

BUILD = REPOSITORY / "scripts" / "docs_site.py"
# What a browser loads by itself; an <a> is followed by people only.
LOADED = {"script", "img", "source", "iframe", "video", "audio", "embed", "object", "link"}
CHROMIUM = shutil.which("chromium")
sys.path.insert(0, str(BUILD.parent))
import docs_site  # noqa: E402 - a script, found by its folder


class PageLinks(HTMLParser):
    """What a page refers to, and which anchors it has."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"id", "name"} and value:
                self.anchors.add(value)
            if name in {"href", "src"} and value:
                (self.loaded if tag in LOADED else self.links).append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` does."""
    folder = tmp_path_factory.mktemp("docs") / "built"
    done = subprocess.run(
        [sys.executable, BUILD, folder], capture_output=True, text=True, check=False, timeout=250
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, PageLinks]:
    """All pages but the one of errors, whose addresses begin at a server's root."""
    return {page: PageLinks(page) for page in site.rglob("*.html") if page.name != "404.html"}


def dead(pages: dict[Path, PageLinks]) -> list[str]:
    """Links and pictures that lead to no file, or to no anchor of it."""
    found = []
    for page, of_page in pages.items():
        for link in (*of_page.links, *of_page.loaded):
            address = urlsplit(link)
            if address.scheme or link.startswith("//"):
                continue
            path = (page.parent / unquote(address.path)).resolve() if address.path else page
            anchors = pages[path].anchors if path in pages else set()
            anchor = unquote(address.fragment)
            lost = bool(anchor) and not anchor.startswith("__") and anchor not in anchors
            if not path.exists() or lost:
                found.append(f"{page.name}: {link}")
    return found


def test_every_page_is_built(site: Path) -> None:
    for page in docs_site.pages():
        assert (site / docs_site.place(page)).with_suffix(".html").is_file(), page


def test_every_link_leads_to_something(read: dict[Path, PageLinks]) -> None:
    assert sum(len(page.links) for page in read.values()) > 1000
    assert dead(read) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(
        '<a href="b.html"></a><a href="#c"></a><a href="a.html#d" id="d"></a><img src="e.png">'
    )
    assert dead({page: PageLinks(page)}) == ["a.html: b.html", "a.html: #c", "a.html: e.png"]


def test_nothing_is_loaded_from_elsewhere(read: dict[Path, PageLinks], site: Path) -> None:
    foreign = {
        link
        for page in read.values()
        for link in page.loaded
        if urlsplit(link).scheme not in {"", "data"} or link.startswith("//")
    }
    assert foreign == set()
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text())


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH")
def test_a_browser_asks_nobody_else(site: Path) -> None:
    """Scripts, too: some of the generator's would load others' for pages that we do not have."""
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index", "metrics", "runbooks/index"):
            page.goto((site / f"{name}.html").as_uri(), wait_until="load")
            assert page.locator("h1").count() >= 1
        browser.close()
    assert len(asked) > 5
    assert [url for url in asked if urlsplit(url).scheme not in {"file", "data", "blob"}] == []


def navigation(entries: Any) -> Iterator[str]:
    """The pages of the navigation."""
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for inner in entry.values():
                yield from navigation([inner] if isinstance(inner, str) else inner)


def test_every_page_is_in_the_navigation_once_and_no_other() -> None:
    project = tomllib.loads((REPOSITORY / "zensical.toml").read_text())["project"]
    shown = list(navigation(project["nav"]))
    assert sorted(shown) == sorted(docs_site.place(page) for page in docs_site.pages())


@pytest.mark.parametrize("text", ["[a](b.md)", "[a](#b)"])
def test_the_build_fails_when_a_page_has_a_dead_link(text: str, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text(f"# Page\n\n{text}\n")
    settings = (REPOSITORY / "zensical.toml").read_text()
    (tmp_path / "zensical.toml").write_text(
        re.sub(r"nav = \[.*?^\]$", "", settings, flags=re.M | re.S)
    )
    assert docs_site.built(tmp_path) != 0


def test_lists_and_tables_are_put_into_the_generators_words() -> None:
    given = "1. a\n   - b\n     c\n\n| `x\\|y` | a \\| b |\n\n```\n   - b\n```\n"
    assert docs_site.in_its_words(given) == (
        "1. a\n    - b\n        c\n\n| `x|y` | a \\| b |\n\n```\n   - b\n```\n"
    )
