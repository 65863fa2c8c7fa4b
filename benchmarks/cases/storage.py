"""What a machine costs its Prometheus: samples a scrape, recorded series, bytes a sample."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import requests
import yaml

from benchmarks.case import Case, Figure, Outcome, Settings
from demo.servers import REPOSITORY, DemoServer, free_port, prometheus_program, start_exporter
from perfanalysis import __version__

MACHINE = "storage-1"
# A chunk of Prometheus holds 120 samples of a series.
SCRAPES = 120
QUICK_SCRAPES = 5


def run(settings: Settings) -> Outcome:
    """Let Prometheus scrape an exporter each second, with all rules, and look at its block."""
    exporter, url = start_exporter(
        (), settings.folder / "exporter.log", perfanalysis=[sys.executable, "-m", "perfanalysis"]
    )
    try:
        address = url.removeprefix("http://")
        prometheus, engine = _start_prometheus(settings.folder, address)
        try:
            return _measure(settings, prometheus, engine)
        finally:
            prometheus.stop()
    finally:
        exporter.stop()


def _start_prometheus(folder: Path, address: str) -> tuple[DemoServer, str]:
    target = {"targets": [address], "labels": {"instance": MACHINE}}
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(REPOSITORY / "prometheus" / "rules" / "*.yml")],
        "scrape_configs": [{"job_name": "node", "static_configs": [target]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    listen = f"127.0.0.1:{free_port()}"
    command = [
        str(prometheus_program()),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={listen}",
        "--web.enable-admin-api",
    ]
    server = DemoServer("Prometheus", command, folder / "prometheus.log", outlives=False)
    return server, f"http://{listen}"


def _measure(settings: Settings, prometheus: DemoServer, engine: str) -> Outcome:
    scrapes = QUICK_SCRAPES if settings.quick else SCRAPES
    settings.say(f"{scrapes} scrapes, one a second")
    prometheus.wait_until(
        lambda: (_value(engine, "count_over_time(up[1h])") or 0) >= scrapes, "all scrapes", 300
    )
    samples = _value(engine, "scrape_samples_scraped") or 0.0
    recorded = _value(engine, f'count({{__name__=~".+:.+", instance="{MACHINE}"}})') or 0.0
    snapshot = requests.post(f"{engine}/api/v1/admin/tsdb/snapshot", timeout=60).json()
    folder = settings.folder / "data" / "snapshots" / snapshot["data"]["name"]
    stored = sum(_meta(path)["stats"]["numSamples"] for path in folder.glob("*/meta.json"))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    chunks = sum(path.stat().st_size for path in folder.glob("*/chunks/*"))
    figures = [
        Figure("samples of a scrape", "", [samples]),
        Figure("series that rules record of a machine", "", [recorded]),
        Figure("disk space of a sample, its share of the index left out", "B", [chunks / stored]),
        Figure("disk space of a sample, a new block's whole index included", "B", [size / stored]),
    ]
    facts: dict[str, object] = {"scrapes": scrapes, "samples_stored": stored, "bytes": size}
    return Outcome({"perfanalysis": __version__}, figures, facts)


def _meta(path: Path) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads(path.read_bytes())
    return meta


def _value(engine: str, query: str) -> float | None:
    """The value of a query's only series; None while there is none."""
    try:
        answer = requests.get(f"{engine}/api/v1/query", params={"query": query}, timeout=10).json()
        result = answer["data"]["result"]
    except (requests.RequestException, KeyError):
        return None
    return float(result[0]["value"][1]) if result else None


CASE = Case(
    name="storage",
    what="Samples and disk space of one machine in Prometheus, default collectors and all rules.",
    peer="nothing; the figures are for planning",
    goal="none",
    run=run,
)
