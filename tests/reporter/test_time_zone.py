"""The zone of a report: its range, its pages, and what is said of zones that are none."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from perfanalysis.cli import run
from perfanalysis.errors import InputError
from reporter.settings.report import Config, config_of
from reporter.settings.time_zone import zone_of
from tests.reporter.conftest import END, START

# 8:53:20 and 10:53:20 of UTC.
FROM, TO = "2025-10-09T10:53:20", "2025-10-09T12:53:20"
BERLIN = ["--time-zone", "Europe/Berlin"]


@pytest.mark.e2e
def test_range_and_pages_are_of_the_zone(prometheus: str, tmp_path: Path) -> None:
    words = ["report", "--prometheus", prometheus, "--from", FROM, "--to", TO, "--quiet", *BERLIN]
    assert run([*words, "--template=machine", f"--output={tmp_path / 'r.json'}"]) == 0
    found = json.loads((tmp_path / "r.json").read_text())
    # Programs have UTC.
    assert (found["from"], found["to"]) == ("2025-10-09T08:53:20Z", "2025-10-09T10:53:20Z")
    assert found["time_zone"] == "Europe/Berlin"
    assert run([*words, "--template=machine", f"--output={tmp_path / 'r.html'}"]) == 0
    page = " ".join((tmp_path / "r.html").read_text().split())
    assert "2025-10-09 10:53:20 CEST \N{EN DASH} 2025-10-09 12:53:20 CEST" in page
    assert "times of Europe/Berlin" in page
    assert 'time_zone <span class="code">Europe/Berlin</span>' in page


@pytest.mark.e2e
def test_utc_is_as_ever(prometheus: str, tmp_path: Path) -> None:
    words = ["report", "--prometheus", prometheus, "--from", str(START), "--to", str(END)]
    assert run([*words, "--template=machine", f"--output={tmp_path / 'r.html'}"]) == 0
    page = (tmp_path / "r.html").read_text()
    assert "2025-10-09 08:53:20 UTC" in page
    assert "times of" not in page


@pytest.mark.parametrize(
    "name", ["Europe/Berlinn", "CESTX", "../../etc/passwd", "/etc/passwd", "Europe", "", "\0"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="f: time_zone: expected a time zone such as Europe/Berl"):
        zone_of(name, "f")


def test_where_the_zone_stands_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["report", "--prometheus", "http://127.0.0.1:9", f"--output={tmp_path / 'r.json'}"]
    assert run([*words, "--time-zone", "Mars/Olympus"]) == 2
    assert "command line: --time-zone: expected a time zone" in capsys.readouterr().err
    monkeypatch.setenv("PERFANALYSIS_REPORT_TIME_ZONE", "Mars/Olympus")
    assert run(words) == 2
    told = capsys.readouterr().err
    assert "environment: PERFANALYSIS_REPORT_TIME_ZONE: expected a time zone" in told
    # The time stands elsewhere than the zone that makes it none.
    monkeypatch.setenv("PERFANALYSIS_REPORT_TIME_ZONE", "Europe/Berlin")
    assert run([*words, "--from", "2026-03-29T02:30"]) == 2
    assert "command line: --from: expected a time such as" in capsys.readouterr().err


@pytest.mark.skipif(
    importlib.util.find_spec("tzdata") is not None, reason="Python has zones of its own"
)
def test_a_machine_without_zones_says_what_to_install() -> None:
    code = "from reporter.settings.time_zone import zone_of; zone_of('UTC', 'f'); "
    code += "zone_of('Europe/Berlin', 'f')"
    environment = {**os.environ, "PYTHONTZPATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "this machine has no database of zones: install tzdata" in done.stderr


# A Monday after the clocks of Berlin went forward, 10:00 there.
NOW = 1_774_857_600.0


@pytest.mark.parametrize(
    ("layer", "hours"),
    [
        ({"from": "yesterday"}, 23),
        ({"from": "yesterday", "to": "now"}, 33),
        ({"from": "last week", "time_zone": "Europe/Berlin"}, 7 * 24 - 1),
        ({"from": "last week", "to": "last week", "time_zone": "UTC"}, 7 * 24),
        ({"from": "now-1d/d", "to": "now/d"}, 23),
        ({"from": "today"}, 10),
        ({"from": "2026-03-29", "to": "2026-03-30"}, 23),
    ],
)
def test_ranges_of_whole_days(layer: dict[str, str], hours: float) -> None:
    start, end = config_of({"time_zone": "Europe/Berlin", **layer}, "f").range(NOW, "f")
    assert (end - start) / 3600 == hours


def test_the_range_before_has_the_zone_too() -> None:
    layer = {"from": "now/d", "before": {"from": "yesterday"}, "time_zone": "Europe/Berlin"}
    config = config_of(layer, "f")
    start, end = config.range(NOW, "f")
    first, last = config.range_before(start, end, NOW, "f")
    assert (last, (last - first) / 3600) == (start, 23)


def test_a_zone_goes_to_another_process() -> None:
    import pickle

    config = pickle.loads(pickle.dumps(Config(time_zone="Europe/Berlin")))
    assert config.words.moment(NOW) == "2026-03-30 10:00:00 CEST"
    assert config.words.minute(NOW) == "2026-03-30 10:00"
    assert config.words.day(NOW) == "2026-03-30"
