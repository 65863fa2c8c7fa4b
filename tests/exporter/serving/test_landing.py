from __future__ import annotations

import re

import requests

from exporter.serving.landing import CollectorCost, Costs, landing_page
from tests.exporter.conftest import StartExporter


def test_what_each_collector_has_cost_is_a_table() -> None:
    costs = Costs([CollectorCost("cheap", 0.25), CollectorCost("dear<", 0.5)], 1.0, 1000)
    page = landing_page("/metrics", "1.2", lambda: costs).body.decode()
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>', page)
    assert rows == [
        ("dear&lt;", "0.500", "50.0%", "500"),
        ("cheap", "0.250", "25.0%", "250"),
        ("all collectors", "0.750", "75.0%", "750"),
        ("start, pages, HTTP and all else", "0.250", "25.0%", "250"),
    ]


def test_before_the_first_scrape_there_is_no_mean() -> None:
    page = landing_page("/metrics", "1.2", lambda: Costs([], 0.0, 0)).body.decode()
    assert "<td>0.000</td><td>0.0%</td><td></td>" in page


def test_it_is_shown_by_the_exporter(start_exporter: StartExporter) -> None:
    exporter = start_exporter("--collector.disable-defaults", "--collector.loadavg")
    for _ in range(2):
        requests.get(f"{exporter.url}/metrics", timeout=30)
    page = requests.get(exporter.url, timeout=30).text
    assert "2 scrapes" in page
    assert '<th scope="row">loadavg</th>' in page
