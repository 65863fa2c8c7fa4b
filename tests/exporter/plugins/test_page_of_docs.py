"""The example of docs/plug-ins.md, as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from perfanalysis.exposition.rendering import TEXT
from tests.conftest import REPOSITORY
from tests.exporter.conftest import samples_of, scraper_of

PAGE = (REPOSITORY / "docs" / "plug-ins.md").read_text()


def test_the_ten_lines_of_the_page_show_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(code.splitlines()) == 10
    (flag,) = re.findall(r"^    (--collector\.python=\S+)$", PAGE, re.MULTILINE)
    module = flag.partition("=")[2].partition(":")[0]
    (tmp_path / f"{module}.py").write_text(code)
    monkeypatch.setattr(sys, "path", list(sys.path))
    try:
        folder = f"--collector.python.path={tmp_path}"
        samples = samples_of(scraper_of(folder, flag).scrape(TEXT))
    finally:
        sys.modules.pop(module, None)
    limit = Path("/proc/sys/fs/inotify/max_user_watches").read_text()
    assert samples['inotify_limit{limit="max_user_watches"}'] == int(limit)


def test_the_numbers_of_the_page_are_those_of_the_flags() -> None:
    from exporter.plugins.settings import MOST_SERIES, TOP

    assert f"`--{MOST_SERIES.name}` ({MOST_SERIES.default:,})" in PAGE
    assert f"`--{TOP.name}`): {3 * int(str(TOP.default))} groups at most" in PAGE
