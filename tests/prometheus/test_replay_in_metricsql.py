"""The catalogue replayed by vmalert: its MetricsQL and Prometheus' PromQL fire the same alerts.

MetricsQL's ``increase()`` takes a first sample for growth, its ``rate()`` looks before the window:
rules are written so that neither matters.
"""

from __future__ import annotations

import json
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.conftest import REPOSITORY
from tests.grafana.hour.stores import empty_victoria_metrics, flush
from tests.prometheus.catalogue import MINUTES, labelled_points
from tests.prometheus.conftest import Run
from tests.prometheus.test_catalogue import ALWAYS, EVERYTHING, FILES, fired

VMALERT = sorted((REPOSITORY / ".tools" / "victoria-metrics-built").glob("vmalert-*"))
# A replay evaluates one rule over all time after another: what an alert says of itself before
# (ALERTS) is not there yet, and a target that left the discovery has no mark of that.
NOT_ALIKE = {"machine-left-the-list", "autoscaling-down", "store-restarted"}


def write(url: str, begin: int) -> None:
    """The catalogue's samples."""
    lines = []
    for labels, points in labelled_points(EVERYTHING):
        known = [(i, value) for i, value in enumerate(points) if value is not None]
        at = [1000 * (begin + 60 * i) for i, _ in known]
        # Made series begin at 0, and so does the machines' own time.
        ahead = begin if labels["__name__"] == "node_time_seconds" else 0
        found = [value + ahead for _, value in known]
        line = {"metric": labels, "values": found, "timestamps": at}
        lines.append(json.dumps(line))
    for i in range(0, len(lines), 500):
        text = "\n".join(lines[i : i + 500])
        requests.post(f"{url}/api/v1/import", data=text, timeout=60).raise_for_status()
    flush(url)


def moment(seconds: int) -> str:
    """A time as vmalert's flags have it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def passes() -> list[list[Path]]:
    """The files of each replay, which sees what those before it recorded.

    Recorded series are made of recorded ones, four deep at most: more of the same changes nothing.
    """
    recording = [path for path in FILES if not path.stem.endswith("_alerts")]
    return [*[recording] * 4, *([path] for path in FILES if path not in recording)]


def replay(files: list[Path], url: str, begin: int) -> None:
    """Evaluate all rules of some files over the catalogue's time, and write what they give."""
    done = subprocess.run(
        [
            VMALERT[-1],
            *(f"-rule={path}" for path in files),
            f"-datasource.url={url}",
            f"-remoteWrite.url={url}",
            f"-replay.timeFrom={moment(begin)}",
            f"-replay.timeTo={moment(begin + 60 * MINUTES)}",
            "-replay.disableProgressBar",
            "-replay.rulesDelay=10ms",
            "-evaluationInterval=2m",
            "-remoteWrite.flushInterval=100ms",
        ],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.long
@pytest.mark.e2e
def test_both_engines_fire_the_same(promtool: Run, tmp_path: Path) -> None:
    if not VMALERT:
        pytest.skip("no vmalert here: scripts/build-vmalert builds it with Go")
    begin = int(time.time()) // 3600 * 3600 - 6 * 3600
    with empty_victoria_metrics(tmp_path) as url:
        write(url, begin)
        for files in passes():
            replay(files, url, begin)
            flush(url)
        query = "count by (cluster, alertname) (count_over_time(ALERTS{alertstate='firing'}[5h]))"
        asked = {"query": query, "time": str(begin + 60 * MINUTES)}
        answer = requests.get(f"{url}/api/v1/query", params=asked, timeout=60).json()
    replayed: dict[str, set[str]] = {}
    for one in answer["data"]["result"]:
        labels = one["metric"]
        if "cluster" in labels:
            replayed.setdefault(labels["cluster"], set()).add(labels["alertname"])
    evaluated = fired(promtool, FILES, EVERYTHING, tmp_path)
    differ = {}
    for entry in EVERYTHING:
        here, there = set(evaluated.get(entry.name, {})) - {ALWAYS}, replayed.get(entry.name, set())
        if entry.name not in NOT_ALIKE and here != there:
            differ[entry.name] = (sorted(here - there), sorted(there - here))
    assert differ == {}
