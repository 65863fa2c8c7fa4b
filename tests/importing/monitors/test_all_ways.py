"""Files of monitors go all ways that captures go: blocks, remote write, and gzip of them."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest
import requests

from demo.servers import start_prometheus
from perfanalysis.cli import run
from tests.importing.conftest import CONFIGURATION, YEARS
from tests.importing.monitors.reading import FIXTURES, FLAGS
from tests.importing.openmetrics import Import, series
from tests.importing.victoria import victoria

SAR = FIXTURES / "sadf-12.6.1-A.json"


def test_blocks_give_the_percentages_by_promql(tmp_path: Path, promtool_path: Path) -> None:
    # Of some days ago, as it is for those who bring such a file.
    told = json.loads(SAR.read_text())
    records = told["sysstat"]["hosts"][0]["statistics"][:-1]
    begin = int(time.time()) - 2 * 86_400
    for i, record in enumerate(records, 1):
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(begin + 60 * i)).split()
        stamp = {"date": moment[0], "time": moment[1], "utc": 1, "interval": 60}
        record["timestamp"] = stamp
    told["sysstat"]["hosts"][0]["statistics"] = records
    path, data = tmp_path / "sar.json.gz", tmp_path / "data"
    path.write_bytes(gzip.compress(json.dumps(told).encode()))
    data.mkdir()
    command = ["import", "capture", str(path), "--machine=m", f"--backfill={data}"]
    assert run([*command, f"--promtool={promtool_path}"]) == 0
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(CONFIGURATION)
    log = tmp_path / "prometheus.log"
    server, url = start_prometheus(configuration, data, log, retention=YEARS)
    try:
        for i, record in enumerate(records, 1):
            mean = record["cpu-load"][1]
            query = 'increase(node_cpu_seconds_total{cpu="0",mode="system",instance="m"}[61s]) / 60'
            parameters = {"query": query.replace("increase", "delta"), "time": str(begin + 60 * i)}
            answer = requests.get(f"{url}/api/v1/query", params=parameters, timeout=30).json()
            (found,) = answer["data"]["result"]
            # PromQL stretches 60 s to the 61 s that it was asked for.
            share = float(found["value"][1]) * 60 / 61
            assert 100 * share == pytest.approx(mean["sys"], abs=0.2)
    finally:
        server.stop()


def test_remote_write_stores_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin = int(time.time()) - 7200
    rows = []
    for i in range(3):
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(begin + 10 * i))
        rows.append(f" 1  0 0 100 50 20 0 0 100 10 30 40 10  5 80  4  1 {moment}")
    heading = "procs ---\n r  b swpd free buff cache si so bi bo in cs us sy id wa st UTC\n"
    path = tmp_path / "vmstat.txt"
    path.write_text(heading + "\n".join(rows) + "\n")
    with victoria(tmp_path) as url:
        command = ["import", "capture", str(path), "--machine=m", "--timezone=UTC", "--cpus=2"]
        more = [f"--remote-write={url}/api/v1/write", f"--state-directory={tmp_path / 'state'}"]
        assert run([*command, *more]) == 0
        assert "and all are there" in capsys.readouterr().out
        parameters = {"match[]": 'node_vmstat_pgpgin{instance="m"}'}
        stored = requests.get(f"{url}/api/v1/export", params=parameters, timeout=30).json()
    assert stored["values"] == [0, 1000, 2000]
    assert stored["timestamps"] == [1000 * (begin + 10 * i) for i in range(3)]


def test_what_two_files_tell_of_the_same_time_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], imported_text: Import
) -> None:
    atop = FIXTURES / "atop-2.8.1-P.txt"
    output = tmp_path / "o"
    command = ["import", "capture", str(SAR), str(atop), *FLAGS, f"--output={output}"]
    assert run(command) == 2
    said = capsys.readouterr().err
    assert "one file at a time that tells /proc/" in said
    assert not output.exists()
    # Those of different times follow each other.
    later = tmp_path / "later.txt"
    later.write_text((FIXTURES / "vmstat-4.0.2.txt").read_text().replace(" 19:1", " 19:3"))
    found = imported_text(SAR, later, flags=FLAGS)
    assert len(series(found, "node_memory_MemFree_bytes")) == 8 + 9


def test_what_monitors_write_is_no_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("sadf-12.6.1-A.json", "atop-2.8.1-P.txt", "dool-1.3.8-t.csv"):
        command = ["import", "results", str(FIXTURES / name), "--timestamp=2026-01-15"]
        assert run([*command, "--machine=m", f"--output={tmp_path}"]) == 2
        assert "writes, and goes to `perfanalysis import capture`" in capsys.readouterr().err
