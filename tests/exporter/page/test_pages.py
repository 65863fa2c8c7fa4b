"""Both formats of real pages, read by prometheus-client, promtool and a real Prometheus."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from demo.servers import prometheus_program, start_prometheus
from exporter.catalogue import CATALOGUE
from exporter.page.scraping import Scraper
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import TEXT, Block, Layout, render_page
from tests.exporter.conftest import FIXTURES, HOSTS, StartExporter, samples_of, scraper_of
from tests.prometheus.conftest import run

OPENMETRICS_ACCEPT = {"Accept": "application/openmetrics-text;version=1.0.0"}
# promtool has advice on node_exporter's and cAdvisor's names, which are kept to the letter.
THEIR_NAMES = re.compile(r"(node|container)_\w+ (?!no help text)")
# What promtool ends with: no advice, some advice. A page that cannot be read is 1.
CHECKED = (0, 3)


def scraper_at(host: str) -> Scraper:
    folder = FIXTURES / host
    return scraper_of(
        f"--path.procfs={folder / 'proc'}",
        f"--path.sysfs={folder / 'sys' if (folder / 'sys').is_dir() else folder}",
        f"--path.rootfs={folder}",
        f"--collector.loadtest.directory={folder / 'state'}",
        "--collector.vmstat.fields=.*",
        "--collector.netstat.fields=.*",
    )


@pytest.mark.parametrize("host", HOSTS)
def test_pages_hold_the_same_samples_in_both_formats(host: str) -> None:
    scraper = scraper_at(host)
    text, page = scraper.scrape(TEXT).decode(), scraper.scrape(OPENMETRICS).decode()
    assert page.endswith("\n# EOF\n")
    shown = {sample.name for family in read_openmetrics(page) for sample in family.samples}
    assert shown == {sample.name for family in read_text(text) for sample in family.samples}
    # The second scrape may know rules that the first one could not look at yet.
    assert samples_of(text.encode()).keys() <= samples_of(page.encode()).keys()


def test_every_family_that_there_can_be_is_valid_openmetrics() -> None:
    families = [
        family.named("field") if family.is_template else family
        for family in CATALOGUE.families
        if family.type != "histogram"
    ]
    layout = Layout(Series(family, ("1",) * len(family.labels)) for family in families)
    page = render_page([Block(layout, [b"1"] * len(families))], OPENMETRICS).decode()
    assert sum(len(family.samples) for family in read_openmetrics(page)) == len(families)


@pytest.mark.parametrize("host", HOSTS)
def test_promtool_finds_nothing_but_names_of_others(host: str, tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_bytes(scraper_at(host).scrape(TEXT))
    with page.open() as stream:
        checked = run(prometheus_program("promtool"), "check", "metrics", stdin=stream)
    assert checked.returncode in CHECKED, checked.stdout
    lines = [line for line in checked.stdout.splitlines() if line]
    assert [line for line in lines if not THEIR_NAMES.match(line)] == []


def test_forms_over_http(start_exporter: StartExporter) -> None:
    url = start_exporter("--collector.disable-defaults", "--collector.loadavg").url + "/metrics"
    with requests.Session() as session:
        session.headers.clear()
        plain = session.get(url, headers={"Accept-Encoding": "gzip;q=0"}, timeout=10)
        assert plain.headers["Content-Type"] == TEXT.content_type
        assert "Content-Encoding" not in plain.headers
        assert not plain.text.endswith("# EOF\n")
        headers = {**OPENMETRICS_ACCEPT, "Accept-Encoding": "gzip"}
        packed = session.get(url, headers=headers, timeout=10, stream=True)
        assert packed.headers["Content-Type"] == OPENMETRICS.content_type
        assert packed.headers["Content-Encoding"] == "gzip"
        raw = packed.raw.read(decode_content=False)
    assert len(raw) == int(packed.headers["Content-Length"])
    page = gzip.decompress(raw).decode()
    assert {"node_load1", "node_load5"} < {family.name for family in read_openmetrics(page)}


@pytest.fixture
def prometheus(tmp_path: Path, start_exporter: StartExporter) -> Iterator[str]:
    """A real Prometheus that scrapes a real exporter of a recorded host; its URL."""
    folder = FIXTURES / "firecracker-6.18"
    running = start_exporter(f"--path.procfs={folder / 'proc'}", f"--path.rootfs={folder}")
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(
        "scrape_configs:\n- job_name: node\n  scrape_interval: 1s\n  scrape_timeout: 1s\n"
        f"  static_configs:\n  - targets: ['127.0.0.1:{running.port}']\n"
    )
    server, url = start_prometheus(configuration, tmp_path / "data", tmp_path / "prometheus.log")
    yield url
    server.stop()


@pytest.mark.e2e
def test_a_real_prometheus_takes_every_sample(prometheus: str) -> None:
    def ask(path: str, **query: str) -> dict[str, object]:
        answer: dict[str, object] = requests.get(
            f"{prometheus}/api/v1/{path}", params=query, timeout=10
        ).json()["data"]
        return answer

    end = time.monotonic() + 30
    while not ask("query", query="up == 1")["result"]:
        assert time.monotonic() < end, ask("targets")
        time.sleep(0.2)
    assert ask("query", query="node_memory_MemTotal_bytes")["result"]
    assert ask("query", query="node_vmstat_pgpgin")["result"]
    told = ask("metadata")
    # Only OpenMetrics has this name.
    assert told["node_cpu_seconds"] == [
        {"type": "counter", "help": "Seconds the CPUs spent in each mode.", "unit": ""}
    ]
    assert told["node_vmstat_pgpgin"][0]["type"] == "unknown"  # type: ignore[index]
