"""What the pages lead to is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docs.pages import PAGES, anchors, links, named_files, target


def shown(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_to_something(page: Path) -> None:
    dead = []
    for link in links(page.read_text()):
        path, anchor = target(page, link)
        if not path.exists() or (anchor and anchor not in anchors(path.read_text())):
            dead.append(link)
    assert dead == []


def test_every_page_is_found_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [REPOSITORY / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            found = [target(page, link)[0] for link in links(page.read_text())]
            waiting += [path for path in found if path.suffix == ".md"]
    lost = [shown(page) for page in PAGES if page not in reached]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        pytest.skip("it tells of files that have gone, too")
    named = named_files(page.read_text())
    assert [name for name in named if not (REPOSITORY / name).exists()] == []
