"""How often the kernel's numbers contradicted themselves, by the rules of exporter/validation."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from exporter.collecting import CollectorSpecification, Flags
from exporter.families import Family, Sample
from exporter.rendering import Block, Layout
from exporter.sources import Sources
from exporter.validation.evaluation import Validator

VIOLATIONS = Family(
    "perf_validation_violations_total",
    "counter",
    "How often a rule about a collector's numbers did not hold; one look at each scrape.",
    ("collector", "rule"),
    source="exporter/validation/rules.py",
)


class ValidationCollector:
    """``perf_validation_violations_total``: what the other collectors' samples have shown so far.

    The scraper hands each collector's samples to ``see``. A rule is shown once it was evaluated.
    """

    name = "validation"

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self.validator = Validator()
        self._stat = sources.proc("stat")
        self._keys: list[tuple[str, str]] = []
        self._layout = Layout(())

    def see(self, collector: str, blocks: Sequence[Block]) -> None:
        """Look at what a collector has handed over; never raises for what is in it."""
        now = monotonic()
        self.validator.see(collector, blocks, now)
        if collector == "cpu":
            # The same scrape has read it already.
            self.validator.see_stat(self._stat.read(), now)

    def see_failure(self, collector: str, text: str) -> None:
        """Count a source that could not be understood."""
        self.validator.see_failure(collector, text, monotonic())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        entries = self.validator.findings.entries
        # They are only ever added. Other threads may do so while a collector hangs.
        if len(entries) != len(self._keys):
            self._keys = sorted(entries)
            self._layout = Layout(Sample(VIOLATIONS, key) for key in self._keys)
        return [Block(self._layout, [b"%d" % entries[key].violations for key in self._keys])]


SPECIFICATION = CollectorSpecification("validation", (VIOLATIONS,), ValidationCollector)
