"""``report init`` and ``report check`` on a real Prometheus."""

from __future__ import annotations

from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from perfanalysis.cli import run
from reporter.commands.init import DAY, Found, text_of, times_of
from reporter.settings.report import parse_config, read_config
from tests.reporter.conftest import END, LONG, START

pytestmark = pytest.mark.e2e


def test_what_init_writes_can_be_checked_and_reported(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.yaml"
    words = ["report", "init", "--prometheus", prometheus, "--to", str(END + 60)]
    assert run([*words, "--output", str(file)]) == 0
    config = read_config(file)
    assert config.machines == (LONG, "alpha", "beta", "untested <b>&")
    start, end = config.range(0, "")
    assert START <= start <= START + 1000
    assert END - 1000 <= end <= END
    assert (config.kernel, config.purchase, config.template) == ("rmw", "on_demand", "comparison")
    assert run([*words, "--output", str(file)]) == 2
    assert "--output: expected a file that is not there yet" in capsys.readouterr().err
    assert run(["report", "--config", str(file), "--output", str(tmp_path / "r.json")]) == 0
    assert run(words) == 0
    assert capsys.readouterr().out.endswith(file.read_text())


@pytest.mark.parametrize("age", [60, 300, 1200, 7200])
def test_init_finds_the_range_of_a_young_prometheus(
    prometheus: str, capsys: pytest.CaptureFixture[str], age: int
) -> None:
    words = ["report", "init", "--prometheus", prometheus, "--to", str(START + age)]
    assert run(words) == 0
    start, end = parse_config(capsys.readouterr().out.encode(), "").range(0, "")
    # Samples are a minute apart.
    assert START <= start <= START + 60
    assert START + age - 60 <= end <= START + age


def test_check_names_what_is_missing(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["report", "check", "--prometheus", prometheus]
    words += ["--from", str(START), "--to", str(END), "--output", str(tmp_path / "report.pdf")]
    status = run([*words, "--machines", "alpha"])
    told = capsys.readouterr()
    table = {line[:42].strip(): line[42:].split() for line in told.out.splitlines()}
    assert table["query"] == ["series", "seconds"]
    assert (table["Price"][0], table["CPU busy"][0]) == ("1", "1")
    missing = [name for name, cells in table.items() if cells[0] == "missing"]
    assert (status, bool(missing)) in {(0, False), (1, True)}
    if missing:
        assert told.err == f"perfanalysis: no data in the range for: {', '.join(missing)}\n"
    assert run([*words, "--purchase", "spot"]) == 1
    assert "no data in the range for: Price" in capsys.readouterr().err
    assert run([*words, "--machines", "gamma"]) == 2
    assert not list(tmp_path.iterdir())


def test_init_tells_what_it_finds_of_each_machine(
    truth: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", "init", "--prometheus", truth, "--to", str(END + 60)]) == 0
    (steady,) = [line for line in capsys.readouterr().out.splitlines() if '"steady"  #' in line]
    assert steady.endswith(
        "# busiest disk sda; busiest interface eth0; default route's interface ens9; file systems"
        " /, /data"
    )


def test_the_examples_in_comments_are_settings_too(
    truth: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", "init", "--prometheus", truth, "--to", str(END + 60)]) == 0
    text = capsys.readouterr().out
    for example in ("disks:", "interfaces:", "filesystems:", "before:"):
        assert f"\n# {example}" in text
        text = text.replace(f"\n# {example}", f"\n{example}")
    config = parse_config(text.encode(), "report.yaml")
    assert config.devices.disks == ("nvme*", "sda")
    assert config.devices.filesystems == ("/", "/data*")
    assert config.before_start == config.start
    text = text.replace("\n# labels:", "\nlabels:").replace("\n# report_per:", "\nreport_per:")
    text = text.replace("\n# group_by:", "\ngroup_by:")
    config = parse_config(text.encode(), "report.yaml")
    assert (config.labels, config.group_by, config.report_per) == (
        (("team", "web"),),
        "team",
        "team",
    )


# A Friday, 8:00 UTC; 21:00 in Auckland.
NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("first", "last", "zone", "expected"),
    [
        (NOW - 8 * DAY, NOW - 60, UTC, ("now-7d/d", "now/d")),
        # The seven whole days begin at midnight: eight hours before, or twenty-one.
        (NOW - 7 * DAY - 9 * 3600, NOW - 60, UTC, ("now-7d/d", "now/d")),
        (NOW - 7 * DAY - 9 * 3600, NOW - 60, ZoneInfo("Pacific/Auckland"), ("now-24h", "now")),
        (NOW - 7 * DAY, NOW - 60, UTC, ("now-24h", "now")),
        (NOW - 600, NOW - 60, UTC, ("now-24h", "now")),
        # Nobody is there any more: a schedule would find nothing.
        (NOW - 8 * DAY, NOW - DAY, UTC, ("2027-01-07T08:00:00Z", "2027-01-14T08:00:00Z")),
    ],
)
def test_init_writes_times_for_a_schedule(
    first: float, last: float, zone: tzinfo, expected: tuple[str, str]
) -> None:
    found = Found(["web-1"], first, last, [], [], {})
    times = times_of(found, NOW, zone)
    assert times == expected
    text = text_of(found, "http://x", times, "Europe/Berlin")
    config = parse_config(text.encode(), "report.yaml")
    written = tuple(one.replace("+00:00", "Z") for one in (config.start, config.end))
    assert (written, config.time_zone) == (expected, "Europe/Berlin")
    start, end = config.range(NOW, "")
    week_later = config.range(NOW + 7 * DAY, "")
    assert (week_later[0] - start, week_later[1] - end) in {(7 * DAY, 7 * DAY), (0, 0)}
    assert ("fixed, since no machine is seen" in text) == (expected[0][0] == "2")
