"""Our exporter over a spoiled tree, with everything noted that a collector should not raise."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path

from exporter.catalogue import CATALOGUE
from exporter.collecting import Collector, NothingToRead
from exporter.collecting.paths import make_paths
from exporter.collectors.textfile.collector import TextfileCollector
from exporter.collectors.validation import ValidationCollector
from exporter.page.scraping import Scraper
from exporter.registrations import make_collectors
from exporter.sources.files import Sources
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.rendering import TEXT, Block
from tests.exporter.conftest import flags_of
from tests.exporter.peer.node_exporter import tree_flags

# They look at the running machine, or at nothing of the tree.
OFF = ("custom", "loadtest", "machine", "process", "sampler", "time", "timex", "uname")


class Watched:
    """A collector, or the observer, whose mistakes are noted and passed on."""

    def __init__(self, name: str, inner: Collector, escaped: list[str]) -> None:
        self.name = name
        self._inner = inner
        self._escaped = escaped

    def collect(self) -> Sequence[Block]:
        try:
            return self._inner.collect()
        except (MalformedError, NothingToRead, OSError):
            raise
        except Exception:
            self._note()
            raise

    def observe(self, collector: str, blocks: Sequence[Block], now: float) -> None:
        assert isinstance(self._inner, ValidationCollector)
        try:
            self._inner.observe(collector, blocks, now)
        except Exception:
            self._note()
            raise

    def observe_failure(self, collector: str, text: str) -> None:
        assert isinstance(self._inner, ValidationCollector)
        self._inner.observe_failure(collector, text)

    def _note(self) -> None:
        self._escaped.append(f"{self.name}: {traceback.format_exc(limit=-3)}")


class Ours:
    """One exporter over one tree."""

    def __init__(self, tree: Path) -> None:
        self.escaped: list[str] = []
        known = {parameter for parameter in flags_of() if parameter.startswith("collector_")}
        off = [f"--no-collector.{name}" for name in OFF if f"collector_{name}" in known]
        flags = flags_of(*tree_flags(tree), *off)
        self._sources = Sources(make_paths(flags))
        collectors = make_collectors(flags, self._sources, CATALOGUE)
        texts = collectors["textfile"]
        assert isinstance(texts, TextfileCollector)
        watched = {
            name: Watched(name, collector, self.escaped) for name, collector in collectors.items()
        }
        observer = watched["validation"]
        self._scraper = Scraper(watched, self._sources, (), observer, texts)

    def page(self) -> bytes:
        """A scrape's page."""
        return self._scraper.scrape(TEXT)

    def close(self) -> None:
        self._sources.close()
