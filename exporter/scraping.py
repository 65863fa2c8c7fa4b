"""One scrape: all collectors in turn, each one's failure its own, and the page of their samples."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from time import perf_counter

from exporter.collecting import Collector, CollectorError, NothingToRead
from exporter.families import Family, Sample
from exporter.rendering import Block, Exposition, Layout, render_page
from exporter.sources import Sources
from perfanalysis import __version__

LOG = logging.getLogger(__name__)

DURATION = Family(
    "node_scrape_collector_duration_seconds",
    "gauge",
    "node_exporter: Duration of a collector scrape.",
    ("collector",),
    "seconds",
    "the exporter itself",
)
SUCCESS = Family(
    "node_scrape_collector_success",
    "gauge",
    "node_exporter: Whether a collector succeeded.",
    ("collector",),
    source="the exporter itself",
)
BUILD_INFO = Family(
    "node_exporter_build_info",
    "gauge",
    "A metric with a constant '1' value labeled by the exporter's version and what it runs on.",
    ("version", "revision", "branch", "goversion", "goos", "goarch", "tags"),
    source="the exporter itself",
)
FAMILIES = (DURATION, SUCCESS, BUILD_INFO)


def build_info() -> Block:
    """``node_exporter_build_info``, by which node_exporter's mixin finds us.

    The labels are node_exporter's; ``goversion`` holds the Python version.
    """
    python = f"python{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    labels = (__version__, "", "", python, "linux", os.uname().machine, "perfanalysis")
    return Block(Layout([Sample(BUILD_INFO, labels)]), [b"1"])


class Scraper:
    """Runs the collectors and renders the page.

    Args:
        collectors: by name, in the order of the page.
        sources: the files that they share.
    """

    def __init__(self, collectors: Mapping[str, Collector], sources: Sources) -> None:
        self._collectors = dict(collectors)
        self._sources = sources
        self._build_info = build_info()
        self._complaints: dict[str, str] = {}
        names = list(self._collectors)
        self._layout = Layout(
            [
                *(Sample(DURATION, (name,)) for name in names),
                *(Sample(SUCCESS, (name,)) for name in names),
            ]
        )

    def scrape(self, exposition: Exposition) -> bytes:
        """The page of now. Never raises for what a collector does."""
        self._sources.begin_scrape()
        blocks: list[Block] = []
        durations = []
        successes = []
        for name, collector in self._collectors.items():
            start = perf_counter()
            collected = self._collect(name, collector)
            durations.append(b"%.9f" % (perf_counter() - start))
            successes.append(b"0" if collected is None else b"1")
            if collected:
                blocks += collected
        blocks.append(self._build_info)
        blocks.append(Block(self._layout, durations + successes))
        return render_page(blocks, exposition)

    def _collect(self, name: str, collector: Collector) -> Sequence[Block] | None:
        """The collector's blocks, or None when it has failed or has nothing to read."""
        try:
            collected = collector.collect()
        except NothingToRead:
            return None
        except (CollectorError, OSError) as error:
            self._complain(name, str(error))
            return None
        except Exception as error:
            # A mistake in one collector must not cost the samples of the others.
            if self._complain(name, f"{type(error).__name__}: {error}"):
                LOG.debug("collector %s: where it failed", name, exc_info=True)
            return None
        if name in self._complaints:
            del self._complaints[name]
            LOG.info("collector %s works again", name)
        return collected

    def _complain(self, name: str, text: str) -> bool:
        """Log a failure once, until another one or success comes; whether it was logged."""
        if self._complaints.get(name) == text:
            return False
        self._complaints[name] = text
        LOG.error("collector %s failed: %s", name, text)
        return True
