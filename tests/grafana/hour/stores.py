"""Real stores that hold the hour: a Prometheus, and a VictoriaMetrics with the same samples."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path

import requests

from demo.servers import REPOSITORY, DemoServer, free_port, prometheus_program, start_prometheus
from perfanalysis.delivery.remote_write import STALE, WriteRequest, milliseconds, pack
from perfanalysis.promql import Engine, Series
from tests.grafana.hour.recording import SCRAPE_SECONDS, Sampled
from tests.grafana.hour.rules import evaluate, in_order
from tests.grafana.hour.thousand import Fleet

# Recorded series are written after the hour, into the hour.
CONFIGURATION = "storage: {tsdb: {out_of_order_time_window: 3h}}\n"
SECONDS = 60.0
# Many machines are written so much time at once: what comes after it is in order for each series.
SLICE_SECONDS = 1800.0
AT_ONCE = 25  # machines


@contextmanager
def prometheus(folder: Path, sampled: Sampled) -> Iterator[tuple[str, list[Series]]]:
    """A Prometheus with the hour and what rules make of it: its URL, and the latter's series."""
    samples = folder / "samples.txt"
    with samples.open("w") as stream:
        stream.writelines(sampled.openmetrics())
    data = folder / "data"
    words = [str(prometheus_program("promtool")), "tsdb", "create-blocks-from", "openmetrics"]
    subprocess.run([*words, samples, data], check=True, stdout=subprocess.DEVNULL, timeout=300)
    (folder / "prometheus.yml").write_text(CONFIGURATION)
    server, url = start_prometheus(folder / "prometheus.yml", data, folder / "prometheus.log")
    try:
        yield url, _record_rules(url, sampled)
    finally:
        server.stop()


def _record_rules(url: str, sampled: Sampled) -> list[Series]:
    engine = Engine(url)
    recorded: list[Series] = []
    for rules in in_order():
        made = [s for rule in rules for s in evaluate(engine, rule, sampled.begin, sampled.end)]
        if made:
            write(url, made, sampled.end)
        recorded += made
    return recorded


def write(url: str, series: Sequence[Series], end: float | None) -> None:
    """Send series by remote write; what ends before ``end`` is marked so, where there is one."""
    request = WriteRequest()
    for one in series:
        added = request.timeseries.add()
        for name in sorted(one.labels):
            added.labels.add(name=name, value=one.labels[name])
        for moment, value in zip(one.times, one.values, strict=True):
            added.samples.add(value=value, timestamp=milliseconds(moment))
        # What ends is marked so, as Prometheus does itself.
        if end is None:
            continue
        for moment, after in pairwise([*one.times, end + SCRAPE_SECONDS]):
            if after - moment > SCRAPE_SECONDS:
                added.samples.add(value=STALE, timestamp=milliseconds(moment + SCRAPE_SECONDS))
    answer = requests.post(
        f"{url}/api/v1/write",
        data=pack(request),
        headers={"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"},
        timeout=SECONDS,
    )
    assert answer.ok, answer.text


@contextmanager
def fleet(folder: Path, made: Fleet, count: int) -> Iterator[tuple[str, int, int]]:
    """A Prometheus that holds many machines: its URL, how many samples, and how many series."""
    (folder / "prometheus.yml").write_text(CONFIGURATION.replace("3h", f"{made.hours + 1}h"))
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", log)
    try:
        samples = names = 0
        begin = made.begin
        while begin < made.end:
            until = begin + SLICE_SECONDS
            for batch in _batches(made.machines(count)):
                part = [_between(series, begin, until) for series in batch]
                write(url, [series for series in part if len(series.times)], None)
                samples += sum(len(series.times) for series in part)
                names += len(part) if begin == made.begin else 0
            begin = until
        yield url, samples, names
    finally:
        server.stop()


def _batches(machines: Iterator[list[Series]]) -> Iterator[list[Series]]:
    """The series of some machines at once."""
    while batch := [one for machine in islice(machines, AT_ONCE) for one in machine]:
        yield batch


def _between(series: Series, begin: float, end: float) -> Series:
    kept = (series.times >= begin) & (series.times < end)
    return Series(series.labels, series.times[kept], series.values[kept])


def victoria_program() -> Path:
    """VictoriaMetrics of Debian's package, unpacked privately."""
    package = "victoria-metrics"
    program = REPOSITORY / ".tools" / package / "usr/bin/victoria-metrics"
    if not program.is_file():
        subprocess.run([REPOSITORY / "scripts/unpack-debian-package", package], check=True)
    return program


@contextmanager
def victoria_metrics(folder: Path, sampled: Sampled, recorded: Sequence[Series]) -> Iterator[str]:
    """The URL of a VictoriaMetrics with the same samples, recorded ones included."""
    with empty_victoria_metrics(folder) as url:
        _send(f"{url}/api/v1/import/prometheus", sampled.text())
        write(url, recorded, sampled.end)
        flush(url)
        yield url


@contextmanager
def empty_victoria_metrics(folder: Path) -> Iterator[str]:
    """The URL of a VictoriaMetrics that holds nothing yet."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        str(victoria_program()),
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        # Samples that have just come are answered at once.
        "-search.latencyOffset=0s",
        "-search.disableCache",
        "-retentionPeriod=1y",
    ]
    server = DemoServer("VictoriaMetrics", command, folder / "victoria.log", outlives=False)
    try:
        server.wait_until(lambda: _healthy(url), "readiness", SECONDS)
        yield url
    finally:
        server.stop()


def flush(url: str) -> None:
    """Make a VictoriaMetrics answer all that it was sent."""
    requests.get(f"{url}/internal/force_flush", timeout=SECONDS).raise_for_status()


def _healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.RequestException:
        return False


def _send(url: str, lines: Iterator[str]) -> None:
    body = (line.encode() for line in lines)
    requests.post(url, data=body, timeout=SECONDS).raise_for_status()
