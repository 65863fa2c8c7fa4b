"""How often the kernel's numbers contradicted themselves, by the rules of exporter/validation."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.steady import TOTALS_BESIDE, TotalsRule
from exporter.validation.steady_looks import SteadyValidator
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

VIOLATIONS = Family(
    "perf_validation_violations_total",
    "counter",
    "How often a rule about a collector's numbers did not hold; one look at each scrape.",
    ("collector", "rule"),
    source="exporter/validation/rules.py",
)


class ValidationCollector:
    """``perf_validation_violations_total``: what the other collectors' samples have shown so far.

    The scraper hands each collector's samples to ``observe``. A rule is shown from its first
    look on.
    """

    name = "validation"

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self.validator = validator = SteadyValidator()
        # What C looks at and Python does not, see ``SteadyObserver``.
        self.look_of, self.look_anew = validator.look_of, validator.look_anew
        self.judge, self.resume = validator.observe, validator.resume
        self.judge_totals, self.resume_totals = validator.judge_totals, validator.resume_totals
        self._stat = sources.proc("stat")
        self._changes = -1
        self._keys: list[tuple[str, str]] = []
        self._block = Block(Layout(()), ())

    def observe(self, collector: str, blocks: Sequence[Block], now: float) -> None:
        """Look at what another collector has handed over; never raises for what is in it.

        Args:
            collector: its name.
            blocks: its samples and their values.
            now: when it had read them: others may have taken their time since.
        """
        if collector == self.name:
            return
        self.validator.observe(collector, blocks, now)
        if collector == TOTALS_BESIDE:
            # The same scrape has read it already.
            self.observe_totals(now)

    def totals_rule(self) -> TotalsRule | None:
        """See ``SteadyValidator.totals_rule``."""
        return self.validator.totals_rule(self._stat)

    def observe_totals(self, now: float) -> None:
        """Look at what is no collector's: the sums of /proc/stat."""
        self.validator.observe_stat(self._stat.read(), now)

    def observe_failure(self, collector: str, text: str) -> None:
        """Count a source that could not be understood."""
        self.validator.observe_failure(collector, text, monotonic())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        if self.validator.changes != self._changes:
            # Noted first: other threads may go on adding while a collector hangs.
            self._changes = self.validator.changes
            findings = self.validator.findings
            keys = sorted(findings.entries)
            layout = self._block.layout
            if keys != self._keys:
                layout = Layout(Series(VIOLATIONS, key) for key in keys)
            self._keys = keys
            # A tuple says that the values stay what they are.
            values = tuple(b"%d" % findings.entries[key].violations for key in keys)
            self._block = Block(layout, values)
        return [self._block]


SPECIFICATION = CollectorSpecification("validation", (VIOLATIONS,), ValidationCollector)
