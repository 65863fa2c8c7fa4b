"""``python -m pictures`` against an hour of machines, and with what cannot be had."""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib.image
import pytest

from grafana.dashboards.collection import DASHBOARDS
from pictures.__main__ import main
from tests.grafana.conftest import Hour

NAMES = sorted(name.removesuffix(".json") for name in DASHBOARDS)


def draw(words: list[str]) -> object:
    """The exit status of the command."""
    try:
        main(words, standalone_mode=False)
    except SystemExit as ended:
        return ended.code
    return 0


@pytest.mark.e2e
@pytest.mark.parametrize(
    "names", [["comparison", "quality"], pytest.param(NAMES, marks=pytest.mark.long)], ids=len
)
def test_dashboards_are_drawn(
    names: list[str], hour: Hour, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*names, "--prometheus", hour.url, "--output", str(tmp_path)]
    assert draw(words) == 0
    said = capsys.readouterr().out
    assert " failed: " not in said
    for name in names:
        picture = matplotlib.image.imread(io.BytesIO((tmp_path / f"{name}.png").read_bytes()))
        assert picture.shape[1] > 300
        page = (tmp_path / f"{name}.html").read_text()
        dashboard = DASHBOARDS[f"{name}.json"]()
        assert page.count("<section") >= len(dashboard.panels)
        assert not re.findall(r'(?:src|href)="http', page), "it needs another file"
        assert f"{name}.png and .html: " in said
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(names * 2)


@pytest.mark.e2e
def test_one_dashboard_of_one_machine_in_the_dark(
    hour: Hour, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["phone", "--prometheus", hour.url, "--output", str(tmp_path)]
    words += ["--variable", "instance=web-1", "--range", "30m"]
    assert draw(words) == 0
    light = (tmp_path / "phone.png").read_bytes()
    assert draw([*words, "--dark"]) == 0
    dark = (tmp_path / "phone.png").read_bytes()
    brightness = [matplotlib.image.imread(io.BytesIO(p))[:, :, :3].mean() for p in (light, dark)]
    assert brightness[0] > 0.6
    assert brightness[1] < 0.3
    assert "phone.png and .html: " in capsys.readouterr().out
    assert "instance = web-1" in (tmp_path / "phone.html").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["flete"], "DASHBOARD: expected one of"),
        (["--range", "1q"], "--range: expected a duration such as 30m, 6h or 7d"),
        (["--variable", "instance"], "--variable: expected NAME=VALUE"),
    ],
)
def test_what_is_no_such_thing_is_named(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert draw([*words, "--output", str(tmp_path / "none")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_an_engine_that_does_not_answer_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--prometheus", "http://127.0.0.1:1", "--output", str(tmp_path / "none")]
    assert draw(words) == 1
    assert "http://127.0.0.1:1: no Prometheus API answers there" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
