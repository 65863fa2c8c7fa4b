"""The page at ``/``: what this is, where the metrics are, and where the exporter's time goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import NamedTuple

from exporter.serving.messages import Response


class CollectorCost(NamedTuple):
    """What a collector has cost since the start, in seconds of CPU time."""

    name: str
    cpu_seconds: float


class Costs(NamedTuple):
    """What the exporter has cost since its start.

    Attributes:
        collectors: each of them.
        process_seconds: CPU time of the whole process, its start included.
        scrapes: how many there were.
    """

    collectors: Sequence[CollectorCost]
    process_seconds: float
    scrapes: int


_STYLE = (
    "<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}"
    "caption{text-align:left;padding-bottom:.5em}th{text-align:left}"
    "th,td{padding:.15em 1em .15em 0}td{text-align:right;font-variant-numeric:tabular-nums}</style>"
)


def landing_page(metrics_path: str, version: str, costs: Callable[[], Costs]) -> Response:
    """The page."""
    # Its tables of characters' names are half a megabyte, which no scrape has a use for.
    import html

    path = html.escape(metrics_path)
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>PerfAnalysis exporter'
        f"</title>{_STYLE}</head><body><h1>PerfAnalysis exporter</h1>"
        f"<p>Version {html.escape(version)}</p>"
        f'<ul><li><a href="{path}">Metrics</a></li><li><a href="/healthz">Health</a></li></ul>'
        f"{_table(costs(), html.escape)}</body></html>\n"
    )
    return Response(HTTPStatus.OK, text.encode(), "text/html; charset=utf-8")


def _table(costs: Costs, escape: Callable[[str], str]) -> str:
    """CPU time by collector, the dearest first; the rest of the process stands last."""
    dearest = sorted(costs.collectors, key=lambda cost: (-cost.cpu_seconds, cost.name))
    collecting = sum(cost.cpu_seconds for cost in dearest)
    rows = [_row(escape(cost.name), cost.cpu_seconds, costs) for cost in dearest]
    rows.append(_row("all collectors", collecting, costs))
    beside = max(0.0, costs.process_seconds - collecting)
    rows.append(_row("start, pages, HTTP and all else", beside, costs))
    return (
        f"<table><caption>CPU time since the start, {costs.scrapes:,} scrapes; "
        "<code>perf_exporter_collector_cpu_seconds_total</code> has its course.</caption>"
        '<thead><tr><th scope="col">collector</th><th scope="col">seconds</th>'
        '<th scope="col">of the process</th><th scope="col">µs a scrape</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _row(name: str, seconds: float, costs: Costs) -> str:
    share = seconds / costs.process_seconds if costs.process_seconds else 0.0
    scrape = f"{seconds / costs.scrapes * 1e6:,.0f}" if costs.scrapes else ""
    return (
        f'<tr><th scope="row">{name}</th><td>{seconds:.3f}</td>'
        f"<td>{share:.1%}</td><td>{scrape}</td></tr>"
    )
