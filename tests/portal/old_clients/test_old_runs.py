"""Runs as the old API server answered them, from a real Prometheus."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from demo.servers import free_port, prometheus_program, start_prometheus
from perfanalysis.cli import run
from perfanalysis.delivery.endpoint import Endpoint
from portal.api.outside import Outside, SharedEngine
from portal.old_clients import run_series
from portal.old_clients.old_rows import StatRow, as_csv, memory
from tests.importing import made
from tests.portal.serving import Tenant, portal

KINDS = ("stats", "meminfo", "netdev", "diskstats")
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of four CPUs that are busy by a fifth."""
    path = tmp_path_factory.mktemp("runs") / "web-1.jsonl"
    made.write(path, 600_000)
    return path


@pytest.fixture(scope="session")
def engine_url(capture: Path) -> Iterator[str]:
    """A Prometheus that has the capture."""
    data = capture.parent / "data"
    data.mkdir()
    words = ["import", "capture", str(capture), "--machine=web-1", f"--backfill={data}"]
    assert run([*words, f"--promtool={prometheus_program('promtool')}"]) == 0
    (capture.parent / "prometheus.yml").write_text("global: {scrape_interval: 15s}\n")
    server, url = start_prometheus(
        capture.parent / "prometheus.yml", data, capture.parent / "log", retention="100y"
    )
    yield url
    server.stop()


def uploaded(tenant: Tenant, capture: Path, machine: str = "web-1") -> int:
    body = capture.read_bytes()
    found: int = tenant.ok("POST", "/v1/data", params={"machine": machine}, content=body)["run"]
    return found


@pytest.mark.e2e
@SQLITE
def test_a_run_of_an_imported_capture(engine: Engine, capture: Path, engine_url: str) -> None:
    tenant = portal(
        engine, "ops", is_operator=True, outside=Outside(None, SharedEngine(Endpoint(engine_url)))
    )
    number = uploaded(tenant, capture)
    (listed,) = tenant.ok("GET", "/api/v1/runs")["runs"]
    assert {
        "RunID": 1,
        "SiteID": None,
        "HostID": None,
        "Machine": "web-1",
    }.items() <= listed.items()
    whole = tenant.ok("GET", f"/api/v1/runs/{number}", params={"step": 60})
    assert (whole["measurements"], whole["unknown"]) == (listed, None)
    rows = {kind: tenant.ok("GET", f"/api/v1/runs/1/{kind}?step=60") for kind in KINDS}
    assert {name: whole[name] for name in ("stats", "meminfo", "netdev")} == {
        name: rows[name] for name in ("stats", "meminfo", "netdev")
    }
    assert (
        whole["diskstat"]
        == rows["diskstats"]
        == tenant.ok("GET", "/api/v1/runs/1/diskstat?step=60")
    )
    # Of each five seconds of a CPU 0.9 were user's, 0.1 system's, and 4 idle.
    last = rows["stats"][-1]
    assert {row["CPU"] for row in rows["stats"]} == set(range(made.CPUS))
    shares = {name: round(last[name], 6) for name in ("UserT", "System", "Idle", "Nice", "Steal")}
    assert shares == {"UserT": 18.0, "System": 2.0, "Idle": 80.0, "Nice": 0.0, "Steal": 0.0}
    assert (last["RunID"], last["Duration"]) == (1, None)
    fields = dict(
        line.split(":") for line in (made.PROC / "meminfo").read_text().splitlines() if line
    )
    kilobytes = {name: int(said.split()[0]) for name, said in fields.items()}
    used = kilobytes["MemTotal"] - sum(
        kilobytes[name] for name in ("MemFree", "Buffers", "Cached", "Slab")
    )
    row = rows["meminfo"][-1]
    assert (row["MemFree"], row["MemUsed"]) == (kilobytes["MemFree"], used)
    assert row["PercentUsed"] == pytest.approx(100 * used / kilobytes["MemTotal"])
    assert {row["RxPackets"] for row in rows["netdev"]} == {0.0}
    assert {row["Tps"] for row in rows["diskstats"]} == {0.0}


@pytest.mark.e2e
@SQLITE
def test_export(
    engine: Engine, capture: Path, engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = portal(
        engine, "ops", is_operator=True, outside=Outside(None, SharedEngine(Endpoint(engine_url)))
    )
    uploaded(tenant, capture)
    for kind, columns in {
        "stats": "runid,timestamp,start,duration,cpu,user,nice,system,iowait,steal,idle",
        "diskstat": "runid,timestamp,start,duration,name,tps,rtps,wtps,dtps,bread,bwrtn,bdscd",
    }.items():
        answer = tenant.client.get(f"/api/v1/runs/1/{kind}/export", params={"step": 60})
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.text.splitlines()[0] == columns
        assert len(list(csv.DictReader(io.StringIO(answer.text)))) == len(
            tenant.ok("GET", f"/api/v1/runs/1/{kind}", params={"step": 60})
        )
    monkeypatch.setattr(run_series, "MOST_ROWS", 10)
    assert "a larger step" in tenant.no("GET", "/api/v1/runs/1/stats", 422)
    monkeypatch.undo()
    assert tenant.client.get("/api/v1/runs/1/stats/export").text.splitlines()[-1].startswith("1,17")


@pytest.mark.e2e
@SQLITE
def test_series_of_one_tenant(engine: Engine, capture: Path, engine_url: str) -> None:
    """Who calls a machine as another tenant's is called sees nothing of it."""
    plain = Outside(None, SharedEngine(Endpoint(engine_url)))
    portal(engine, "ops", is_operator=True, outside=plain)
    thief = portal(engine, "thief", outside=plain)
    uploaded(thief, capture)
    said = thief.no("GET", "/api/v1/runs/1/stats", 404)
    assert "--prometheus-tenant-label" in said
    assert thief.ok("GET", "/api/v1/runs/1")["unknown"] == said
    labelled = Outside(None, SharedEngine(Endpoint(engine_url), "tenant"))
    other = portal(engine, "other", outside=labelled)
    uploaded(other, capture)
    assert other.ok("GET", "/api/v1/runs/1/stats") == []


def test_without_an_engine(tenant: Tenant, other: Tenant, capture: Path) -> None:
    uploaded(tenant, capture)
    whole = tenant.ok("GET", "/api/v1/runs/1")
    assert "--prometheus" in whole["unknown"]
    assert whole["stats"] is None
    for kind in KINDS:
        for end in ("", "/export"):
            assert "--prometheus" in tenant.no("GET", f"/api/v1/runs/1/{kind}{end}", 404)
            assert "no run" in other.no("GET", f"/api/v1/runs/1/{kind}{end}", 404)
    assert other.ok("GET", "/api/v1/runs") == {"runs": [], "next_cursor": None}
    other.no("GET", "/api/v1/runs/1", 404)


@SQLITE
def test_an_engine_that_does_not_answer(engine: Engine, capture: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    outside = Outside(None, SharedEngine(Endpoint(url)))
    tenant = portal(engine, "ops", is_operator=True, outside=outside)
    uploaded(tenant, capture)
    said = tenant.no("GET", "/api/v1/runs/1/stats", 503)
    assert "127.0.0.1" not in said
    body = b"sysbench\n"
    files: dict[str, Any] = {"uploaded_file": body}
    own = tenant.ok("GET", "/api/v1/machines")["machines"][0]["id"]
    tenant.ok("POST", f"/collectors/manage/upload/{own}/", files=files)
    assert "is not known" in tenant.no("GET", "/api/v1/runs/2/stats", 409)


def test_memory() -> None:
    known = {"MemTotal": 1000.0, "MemFree": 300.0, "Buffers": 50.0, "Cached": 100.0, "Slab": 50.0}
    found = memory(known | {"SwapTotal": 0.0, "Committed_AS": 250.0})
    assert (found["memused"], found["percentused"], found["percentcommit"]) == (500.0, 50.0, 25.0)
    del known["Slab"]
    assert (memory(known)["memused"], memory(known)["percentcommit"]) == (None, None)


def test_unknown_cells_are_empty() -> None:
    row = StatRow(run=1, timestamp=5, start=5, cpu=0, user=1.239)
    assert as_csv([row], StatRow).splitlines()[1] == "1,5,5,,0,1.24,,,,,"
