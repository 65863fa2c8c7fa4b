"""A night in which captures of twenty machines are brought into a Prometheus that is at work."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_night import STEP_SECONDS, captures, inventory
from benchmarks.process_tree import run_to_end
from demo.servers import prometheus_program, start_exporter, start_prometheus
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

MACHINES, SNAPSHOTS = 20, 1440
QUICK_MACHINES, QUICK_SNAPSHOTS = 3, 240
# What is imported ends before what Prometheus itself has begun to keep.
HOURS_BEHIND = 3
BEFORE_SECONDS = 20
SEEN_SECONDS = 300
ASKED = "avg by (mode) (rate(node_cpu_seconds_total[1m]))"


def run(settings: Settings) -> Outcome:
    """Import all in one command, while the engine is asked every second."""
    count, snapshots = (
        (QUICK_MACHINES, QUICK_SNAPSHOTS) if settings.quick else (MACHINES, SNAPSHOTS)
    )
    folder = settings.folder
    begin = int(time.time()) - HOURS_BEHIND * 3600 - snapshots * STEP_SECONDS
    settings.say(f"writing captures of {count} machines")
    (folder / "captures").mkdir()
    files = captures(folder / "captures", count, begin, snapshots)
    (folder / "machines.yaml").write_text(inventory(files))
    with ExitStack() as stack:
        exporter, address = start_exporter(
            [], folder / "exporter.log", perfanalysis=[sys.executable, "-m", "perfanalysis"]
        )
        stack.callback(exporter.stop)
        (folder / "prometheus.yml").write_text(_configuration(address.removeprefix("http://")))
        server, url = start_prometheus(
            folder / "prometheus.yml", folder / "data", folder / "prometheus.log"
        )
        stack.callback(server.stop)
        before: list[float] = []
        with _asking(url, before):
            time.sleep(3 if settings.quick else BEFORE_SECONDS)
        meanwhile: list[float] = []
        settings.say("importing")
        command = [sys.executable, "-m", "perfanalysis", "import", "capture", *map(str, files)]
        command += ["--inventory", str(folder / "machines.yaml")]
        command += ["--promtool", str(prometheus_program().with_name("promtool"))]
        with _asking(url, meanwhile):
            cost = run_to_end([*command, "--backfill", str(folder / "data")], folder / "import.log")
        ended = time.monotonic()
        settings.say("waiting until all can be asked for")
        _wait_for_all(url, count * snapshots)
        seen = time.monotonic() - ended
        samples = _samples(folder / "data")
    size = sum(path.stat().st_size for path in files)
    figures = [
        Figure("the whole import, promtool's part included", "s", [cost.seconds]),
        Figure("its CPU time", "s", [cost.cpu_seconds]),
        Figure("its peak memory", "B", [cost.peak_bytes]),
        Figure("samples a second", "1/s", [samples / cost.seconds]),
        Figure("from its end until all can be asked for", "s", [seen]),
        Figure("a query before the import", "s", before),
        Figure("a query meanwhile", "s", meanwhile),
        Figure("slowest query meanwhile", "s", [max(meanwhile)], goal=Goal("<= 1 s", 1.0)),
    ]
    facts: dict[str, object] = {
        "machines": count,
        "snapshots_of_each": snapshots,
        "bytes": size,
        "samples": samples,
    }
    return Outcome({"perfanalysis": __version__}, figures, facts, NOTES)


def _configuration(target: str) -> str:
    return (
        "global: {scrape_interval: 5s}\n"
        f"scrape_configs: [{{job_name: node, static_configs: [{{targets: ['{target}']}}]}}]\n"
    )


@contextmanager
def _asking(url: str, seconds: list[float]) -> Iterator[None]:
    """Ask the same every second on a thread, and keep how long each answer took."""
    stop = threading.Event()

    def ask() -> None:
        with requests.Session() as session:
            while True:
                begin = time.monotonic()
                session.get(f"{url}/api/v1/query", params={"query": ASKED}, timeout=60)
                seconds.append(time.monotonic() - begin)
                if stop.wait(max(0.0, begin + 1 - time.monotonic())):
                    return

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _wait_for_all(url: str, snapshots: int) -> None:
    """Wait until the engine answers with the snapshots of all machines.

    Raises:
        PerfAnalysisError: some of it is not there in time.
    """
    night, window = 'instance=~"night-.*"', f"{SNAPSHOTS + HOURS_BEHIND * 60 + 60}m"
    deadline = time.monotonic() + SEEN_SECONDS
    while True:
        whole = _value(url, f"sum(count_over_time(node_load1{{{night}}}[{window}]))")
        if whole == snapshots:
            return
        if time.monotonic() > deadline:
            raise PerfAnalysisError(f"{whole:g} of {snapshots:,} snapshots can be asked for")
        time.sleep(1)


def _value(url: str, query: str) -> float:
    answer = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=120)
    found = answer.json()["data"]["result"]
    return float(found[0]["value"][1]) if found else 0.0


def _samples(data: Path) -> int:
    """Samples in the blocks, which are all imported: what is scraped is not in a block yet."""
    metas = [json.loads(path.read_text()) for path in data.glob("*/meta.json")]
    return sum(int(meta["stats"]["numSamples"]) for meta in metas)


NOTES = [
    "Captures of six files of /proc, one snapshot a minute, all in one command as blocks of a "
    "Prometheus that scrapes an exporter every 5 s meanwhile, and is asked for CPU time by mode "
    "every second. It looks for new blocks once a minute.",
]

CASE = Case(
    name="import_night",
    what="A day of captures of 20 machines imported into a Prometheus that is scraping and asked.",
    peer="nothing; the import by itself",
    goal="slowest query meanwhile <= 1 s",
    run=run,
)
