"""A real Prometheus, and a real VictoriaMetrics, with the same series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.servers import start_prometheus
from perfanalysis.promql import Series
from tests.grafana.hour.stores import CONFIGURATION, empty_victoria_metrics, flush, write

ENGINES = ("Prometheus", "VictoriaMetrics")


@contextmanager
def serving(engine: str, folder: Path, series: Iterable[Series]) -> Iterator[str]:
    """URL of an engine that holds some series of the past.

    Args:
        engine: one of ``ENGINES``.
        folder: for its data.
        series: what it is to hold.
    """
    if engine == "VictoriaMetrics":
        with empty_victoria_metrics(folder) as url:
            write(url, list(series), None)
            flush(url)
            yield url
        return
    (folder / "prometheus.yml").write_text(CONFIGURATION.replace("3h", "1000d"))
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", log)
    try:
        write(url, list(series), None)
        yield url
    finally:
        server.stop()
