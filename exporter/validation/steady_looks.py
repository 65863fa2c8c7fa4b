"""How looks go on where C has looked in between; see ``SteadyObserver``."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.sources.files import KeptFile
from exporter.sources.steady import Look, TotalsRule, written_of
from exporter.validation import rules
from exporter.validation.evaluation import TOTALS, Validator
from exporter.validation.quick_look import QuickLook
from perfanalysis.exposition.rendering import Block


class SteadyValidator(Validator):
    """Evaluates the rules together with C."""

    def look_of(self, collector: str, blocks: Sequence[Block]) -> Look | None:
        """What C needs to look in the place of ``observe``; None where that has not looked yet."""
        watched = self._watched.get(collector)
        if watched is None or watched.plan is None or not watched.written:
            return None
        if watched.quick is None or [block.layout for block in blocks] != watched.layouts:
            return None
        if not watched.plan.looks_at_something:
            # Its values are not remembered here.
            return Look(written_of(blocks), watched.time)
        return Look(watched.written, watched.time, watched.quick.checks, watched.quick)

    def resume(self, collector: str, seen: Look, looks: int) -> None:
        """Go on where C has seen this last, and found so often that all was well."""
        watched = self._watched[collector]
        watched.written, watched.time = seen.written, seen.seconds
        watched.uncounted += looks
        if looks:
            watched.since = [seen.seconds for _ in watched.since]

    def totals_rule(self, file: KeptFile) -> TotalsRule | None:
        """What C needs to look in the place of ``observe_stat``; None: that has not looked yet."""
        rule = TOTALS["cpu"]
        watched = self._watched.get(rule.collector)
        if watched is None or watched.totals is None:
            return None
        totals, part = watched.totals, self._totals.part(file)
        return None if part is None else totals.rule(part, rule.slack, watched.time)

    def resume_totals(self, seen: Look, looks: int) -> None:
        """Go on where C has seen these totals last; see ``resume``."""
        rule = TOTALS["cpu"]
        watched = self._watched[rule.collector]
        if watched.totals is not None:
            watched.totals = watched.totals._replace(written=seen.written)
        for name in (rules.BACKWARDS, rule.name):
            self._findings.entry(rule.collector, name).evaluations += looks

    def judge_totals(self, now: Look) -> None:
        """Look at totals of which C cannot say that all is well."""
        totals = self._watched[TOTALS["cpu"].collector].totals
        if totals is not None:
            self._compare(totals._replace(written=now.written), now.seconds)

    def look_anew(self) -> None:
        """Leave what C looks with to a thread that may still be using it."""
        for watched in self._watched.values():
            if watched.plan is not None:
                count = sum(len(layout.series) for layout in watched.layouts)
                watched.quick = QuickLook(watched.plan, count)
