"""Reports of docker-compose.yml: one each day, and one when it is asked for."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
import requests
import yaml

from demo.servers import DemoServer, start_exporter
from perfanalysis.fast_yaml import load_fast
from perfanalysis.moments import parse_time
from reporter.app import report
from reporter.settings.sources import from_environment
from tests.conftest import REPOSITORY
from tests.deploy.test_compose import MADE, SERVICES
from tests.deploy.test_compose_services import configured, prometheus_in
from tests.reporter.conftest import END, START, prometheus  # noqa: F401 - a fixture

SCRIPT = REPOSITORY / "deploy" / "images" / "report-each-day"
PERFANALYSIS = [sys.executable, "-m", "perfanalysis"]
DAY = 86_400
# Half a day away, whenever this runs: no report becomes due meanwhile.
AT = datetime.fromtimestamp(time.time() + DAY / 2, UTC).strftime("%H:%M")

Start = Callable[..., DemoServer]


def test_the_script_is_what_the_service_starts() -> None:
    assert SERVICES["reporter"]["entrypoint"] == [SCRIPT.name]
    dockerfile = (REPOSITORY / "Dockerfile").read_text()
    assert f"COPY {SCRIPT.relative_to(REPOSITORY)} /usr/local/bin/\n" in dockerfile
    assert os.access(SCRIPT, os.X_OK)


def test_what_the_reporter_touches_is_what_the_alert_and_the_health_check_watch() -> None:
    rules = (REPOSITORY / "prometheus" / "rules" / "stack_alerts.yml").read_text()
    assert MADE.replace(".", "[.]") in rules
    text = SCRIPT.read_text()
    (path,) = re.findall(r"^made=(\S+)$", text, flags=re.M)
    assert Path(path).name == MADE
    check = SERVICES["reporter"]["healthcheck"]["test"][1]
    assert f"find {Path(path).parent} -name {MADE} " in check
    (output,) = re.findall(r"^output=(\S+)$", text, flags=re.M)
    mounted = {mount.split(":")[1] for mount in SERVICES["reporter"]["volumes"]}
    assert {str(Path(path).parent), str(Path(output).parent)} == mounted


def test_its_range_is_the_day_before() -> None:
    (line,) = re.findall(r"^ *perfanalysis report (.*)$", SCRIPT.read_text(), flags=re.M)
    words = line.split('"$@"')[0].replace('"$output"', "report.pdf").split()
    with report.make_context("report", list(words)):
        pass
    now = datetime(2026, 3, 2, 5, 30, tzinfo=UTC).timestamp()
    times = [parse_time(word.partition("=")[2], "", now=now) for word in words[:2]]
    assert times == [datetime(2026, 3, day, tzinfo=UTC).timestamp() for day in (1, 2)]


@pytest.mark.parametrize("name", ["reporter", "report"])
def test_the_environment_has_settings_of_reports_only(name: str) -> None:
    given = SERVICES[name]["environment"]
    example = {
        "PERFANALYSIS_REPORT_TEMPLATE": "fleet",
        "PERFANALYSIS_REPORT_LANGUAGE": "de",
        "PERFANALYSIS_REPORT_DELIVER": "{folder: {path: /srv}}",
    }
    ours = {key for key in given if key.startswith("PERFANALYSIS_REPORT_")}
    assert set(example) < ours
    layer = from_environment({key: given[key] or example.get(key, "a") for key in ours})
    assert layer["prometheus"] == {"url": "http://promql:9090"}


def script_in(folder: Path) -> Path:
    """The script with its folders in another one."""
    path = folder / SCRIPT.name
    path.write_text(SCRIPT.read_text().replace("/var/lib/perfanalysis", str(folder)))
    path.chmod(0o755)
    for name in ("reports", "textfile"):
        (folder / name).mkdir()
    return path


def surroundings(folder: Path) -> dict[str, str]:
    """An environment with this interpreter's command."""
    programs = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    state = str(folder / "reports" / ".state")
    return {"PATH": programs, "HOME": str(folder), "PERFANALYSIS_STATE_DIRECTORY": state}


def made_two_days_ago(folder: Path) -> Path:
    marker = folder / "textfile" / MADE
    marker.write_text("# The last report was written.\n")
    os.utime(marker, (time.time() - 2 * DAY,) * 2)
    return marker


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the script with flags; all that it started ends with the test."""
    script = script_in(tmp_path)
    running: list[DemoServer] = []

    def started(*flags: str, at: str = AT) -> DemoServer:
        given = surroundings(tmp_path) | {"REPORT_AT": at, "REPORT_RETRY_SECONDS": "0"}
        words = [f"{name}={value}" for name, value in given.items()]
        command = ["env", *words, str(script), *flags]
        running.append(DemoServer("reporter", command, tmp_path / "log", outlives=False))
        return running[-1]

    yield started
    for server in running:
        if server.process.poll() is None:
            # The shell, and what it waits for.
            os.killpg(server.pid, signal.SIGTERM)
        server.stop()


def wait_for_the_next(server: DemoServer) -> str:
    """What it has said until it waits for the next day."""
    server.wait_until(lambda: "the next report is made at" in server.text(), "the next day", 120)
    return server.text()


@pytest.mark.e2e
def test_the_first_report_comes_with_the_next_day(start: Start, tmp_path: Path) -> None:
    said = wait_for_the_next(start())
    assert re.fullmatch(rf"report-each-day: the next report is made at \S+ {AT} UTC\n", said)
    assert "the first one is not due" in (tmp_path / "textfile" / MADE).read_text()
    assert list((tmp_path / "reports").iterdir()) == []


@pytest.mark.e2e
def test_a_report_that_was_missed_is_made_once(
    start: Start,
    tmp_path: Path,
    prometheus: str,  # noqa: F811 - the fixture
) -> None:
    marker = made_two_days_ago(tmp_path)
    said = wait_for_the_next(
        start(f"--prometheus={prometheus}", f"--from={START}", f"--to={END}", "--format=json")
    )
    assert said.count("written: ") == 1
    assert (tmp_path / "reports" / "report.pdf").stat().st_size > 0
    assert time.time() - marker.stat().st_mtime < DAY


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("flags", "tries"),
    [
        # Nobody answers there: that may pass.
        (["--prometheus=http://127.0.0.1:9", "--prometheus-retries=0"], 4),
        # Bad settings stay bad.
        (["--template=nosuch"], 1),
    ],
    ids=["away", "bad settings"],
)
def test_one_that_fails_leaves_the_last_and_is_given_up(
    start: Start, tmp_path: Path, flags: list[str], tries: int
) -> None:
    last = tmp_path / "reports" / "report.pdf"
    last.write_bytes(b"the last good one")
    marker = made_two_days_ago(tmp_path)
    before = marker.stat().st_mtime
    said = wait_for_the_next(start(*flags))
    assert len(re.findall("^perfanalysis: ", said, flags=re.M)) == tries, said
    assert said.count("given up for today") == 1
    assert "Traceback" not in said
    assert (last.read_bytes(), marker.stat().st_mtime) == (b"the last good one", before)


def firing(promql: str) -> list[str]:
    """Who a Prometheus says has no new report."""
    query = 'ALERTS{alertname="ReportOverdue",alertstate="firing"}'
    answer = requests.get(f"{promql}/api/v1/query", params={"query": query}, timeout=10).json()
    return [series["metric"]["instance"] for series in answer["data"]["result"]]


@pytest.mark.e2e
def test_one_that_fails_alerts_until_the_next_good_one(
    start: Start,
    tmp_path: Path,
    prometheus: str,  # noqa: F811 - the fixture
) -> None:
    made_two_days_ago(tmp_path)
    failing = start("--template=nosuch")
    assert "given up" in wait_for_the_next(failing)
    os.killpg(failing.pid, signal.SIGTERM)
    with ExitStack() as stack:
        flags = [f"--collector.textfile.directory={tmp_path / 'textfile'}"]
        server, url = start_exporter(flags, tmp_path / "exporter.log", perfanalysis=PERFANALYSIS)
        stack.callback(server.stop)
        rules = load_fast((REPOSITORY / "prometheus" / "rules" / "stack_alerts.yml").read_text())
        for group in rules["groups"]:
            group.pop("interval")
        for rule in chain.from_iterable(group["rules"] for group in rules["groups"]):
            # It is not waited for here.
            rule.pop("for", None)
        (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules))
        configuration = configured("prometheus.yml", tmp_path, url, "a")
        configuration["rule_files"] = ["rules.yml"]
        configuration["global"]["evaluation_interval"] = "1s"
        watching, promql = prometheus_in(stack, tmp_path, configuration)
        watching.wait_until(lambda: firing(promql) == ["a"], "the alert", 60)
        wait_for_the_next(
            start(f"--prometheus={prometheus}", f"--from={START}", f"--to={END}", "--format=json")
        )
        watching.wait_until(lambda: firing(promql) == [], "the alert's end", 60)


@pytest.mark.parametrize("at", ["24:00", "5:30", "05:30 ", "noon", "05:60"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, at: str) -> None:
    done = subprocess.run(
        [script_in(tmp_path)],
        env=surroundings(tmp_path) | {"REPORT_AT": at},
        capture_output=True,
        text=True,
        check=False,
    )
    line = f"error: REPORT_AT: expected hours and minutes such as 05:30, got {at}\n"
    assert (done.returncode, done.stderr) == (2, f"report-each-day: {line}")


@pytest.mark.e2e
def test_a_report_that_is_asked_for_runs_here(
    tmp_path: Path,
    prometheus: str,  # noqa: F811 - the fixture
) -> None:
    service = SERVICES["report"]
    (tmp_path / "reports").mkdir()
    words = [w.replace("/var/lib/perfanalysis", str(tmp_path)) for w in service["entrypoint"]]
    assert words[0] == "perfanalysis" and service["command"] == []
    done = subprocess.run(
        [*PERFANALYSIS, *words[1:], f"--from={START}", f"--to={END}"],
        env=surroundings(tmp_path) | {"PERFANALYSIS_REPORT_PROMETHEUS_URL": prometheus},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "reports" / "now.pdf").read_bytes().startswith(b"%PDF-")
