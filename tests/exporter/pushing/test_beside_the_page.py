"""What is pushed beside what the page would have given: prometheus-client reads its text."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import cramjam
import pytest

from exporter.page.scraping import Scraper
from exporter.pushing.encoding import Encoder
from exporter.pushing.pusher import UP
from perfanalysis.delivery.remote_write import WriteRequest
from perfanalysis.exposition.rendering import TEXT, render_page
from tests.exporter.conftest import FIXTURES, HOSTS, scraper_of
from tests.exporter.pushing.by_page import PageEncoder

LABELS = {"job": "node", "instance": "a"}
TEXT_FILE = rb"""# HELP made_total Two\nlines, a \\ and "more".
# TYPE made_total counter
made_total{path="C:\\new",say="\"hi\"\n"} 1.5e3
# TYPE made histogram
made_bucket{le="0.1"} 1
made_bucket{le="+Inf"} 2
made_sum 0.30000000000000004
made_count 2
untold{b="2",a="1"} -Inf
untold{a="2",empty=""} NaN
"""
CUSTOM = """
sources:
  - file: {folder}/*.depth
    path_labels: '/(?P<queue>[a-zé]+)\\.depth$'
    metrics:
      - {{name: queue_depth, type: gauge, help: 'A \\ and a "word".', column: 1}}
"""

Read = tuple[list[tuple[tuple[tuple[str, str], ...], bytes, int]], list[tuple[str, int, str]]]


def read(body: bytes) -> Read:
    """Series with their values to the bit, and what is told of families."""
    request = WriteRequest()
    request.ParseFromString(bytes(cramjam.snappy.decompress_raw(body)))
    series = []
    for one in request.timeseries:
        labels = tuple((label.name, label.value) for label in one.labels)
        (sample,) = one.samples
        series.append((labels, struct.pack("<d", sample.value), sample.timestamp))
    told = [(m.metric_family_name, m.type, m.help) for m in request.metadata]
    return series, told


class Both:
    """One scrape after the other, encoded in both ways."""

    def __init__(self, scraper: Scraper) -> None:
        self._scraper = scraper
        self._ours, self._theirs = Encoder(LABELS), PageEncoder(LABELS)

    def push(self, names: tuple[str, ...], when: float, *, metadata: bool) -> tuple[Read, Read]:
        progress = self._scraper.begin(names)
        while (name := progress.next()) is not None:
            progress.add(*self._scraper.run(name, progress))
        blocks = [*self._scraper.blocks(progress), UP]
        page = render_page(blocks, TEXT)
        found = (
            read(self._ours.encode(blocks, when, metadata=metadata)),
            read(self._theirs.encode(page, when, metadata=metadata)),
        )
        self._ours.taken()
        self._theirs.taken()
        return found

    def farewell(self, when: float) -> tuple[Read, Read]:
        ours, theirs = self._ours.farewell(when), self._theirs.farewell(when)
        assert ours is not None
        assert theirs is not None
        return read(ours), read(theirs)


@pytest.fixture
def scraper_at(tmp_path: Path) -> Callable[[str], Scraper]:
    """A scraper of a recorded host, with text files and custom metrics as well."""
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.prom").write_bytes(TEXT_FILE)
    (tmp_path / "mail.depth").write_text("7\n")
    (tmp_path / "printé.depth").write_text("8.5\n")
    custom = tmp_path / "custom.yaml"
    custom.write_text(CUSTOM.format(folder=tmp_path))

    def make(host: str) -> Scraper:
        folder = FIXTURES / host
        return scraper_of(
            f"--path.procfs={folder / 'proc'}",
            f"--path.sysfs={folder / 'sys' if (folder / 'sys').is_dir() else folder}",
            f"--path.rootfs={folder}",
            f"--collector.loadtest.directory={folder / 'state'}",
            f"--collector.textfile.directory={texts}",
            f"--collector.custom.config={custom}",
            *("--collector.vmstat.fields=.*", "--collector.netstat.fields=.*"),
            "--collector.sampler",
        )

    return make


@pytest.mark.parametrize("host", HOSTS)
def test_a_push_is_what_the_page_says(host: str, scraper_at: Callable[[str], Scraper]) -> None:
    scraper = scraper_at(host)
    both = Both(scraper)
    ours, theirs = both.push(scraper.names, 1.25, metadata=True)
    assert ours == theirs
    names = {dict(labels)["__name__"] for labels, _, _ in ours[0]}
    assert {"up", "made_bucket", "queue_depth", "node_cpu_seconds_total"} <= names
    assert "perf_sampler_busy_ratio_bucket" in names
    # Series that end, that begin, and the end of all.
    few = tuple(name for name in scraper.names if name not in {"textfile", "cpu", "meminfo"})
    for number, wanted in enumerate((few, scraper.names, few)):
        (ours, _), (theirs, _) = both.push(wanted, 2.5 + number, metadata=False)
        assert sorted(ours) == sorted(theirs)
    (ours, _), (theirs, _) = both.farewell(9.0)
    assert sorted(ours) == sorted(theirs)
