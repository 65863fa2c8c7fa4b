"""Looks at what each collector hands over, and counts where a rule does not hold.

Where all is well, as nearly always, that is found in C (``quick_look.py``). Otherwise each rule is
evaluated here, with words for what does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter, mul

from exporter.validation import rules
from exporter.validation.cpu_totals import CpuTotals, TotalsReader
from exporter.validation.findings import Findings
from exporter.validation.looks import Before, WatchedCollector, before_of, carried_over, sum_of
from exporter.validation.plans import CheckPlan, make_plan, series_name
from exporter.validation.quick_look import QuickLook
from perfanalysis.exposition.rendering import Block, Layout

# Of a block; at every scrape.
_LAYOUT, _VALUES = itemgetter(0), itemgetter(1)
_FIELDS = {rule.collector: rule for rule in rules.FIELDS}
TOTALS = {rule.collector: rule for rule in rules.TOTALS}


def _evaluated_once(collector: str, plan: CheckPlan) -> list[str]:
    """The rules that a look evaluates when there was one before and all is well."""
    names = [rules.BACKWARDS] if plan.counters else []
    names += [comparison.rule.name for comparison in plan.comparisons]
    names += [entry.rule.name for entry in plan.sums]
    names += [rule.name for rule, _, _ in plan.stale]
    if fields := _FIELDS.get(collector):
        names += [fields.dropped, fields.added]
    return names


class Validator:
    """Evaluates the rules; one for each series of scrapes.

    See ``observe`` for how samples come in, and ``findings`` for what was found.
    """

    def __init__(self) -> None:
        self._findings = Findings()
        self._watched: dict[str, WatchedCollector] = {}
        self._totals = TotalsReader()

    @property
    def changes(self) -> int:
        """``Findings.changes``."""
        return self._findings.changes

    @property
    def findings(self) -> Findings:
        """What was found."""
        for watched in self._watched.values():
            for finding in watched.looked_at:
                finding.evaluations += watched.uncounted
            watched.uncounted = 0
        return self._findings

    def observe(self, collector: str, blocks: Sequence[Block], now: float) -> None:
        """Look at what a collector has handed over.

        Args:
            collector: its name.
            blocks: its samples.
            now: seconds on a clock that does not jump.
        """
        watched = self._watched.get(collector)
        if watched is None:
            watched = self._watched[collector] = WatchedCollector()
            self._findings.expect(collector, rules.MALFORMED)
        plan = watched.plan
        layouts = list(map(_LAYOUT, blocks))
        known = plan is not None and layouts == watched.layouts
        if known and plan is not None and not plan.looks_at_something:
            return
        values: Sequence[bytes]
        if len(blocks) == 1:
            values = blocks[0].values
        else:
            values = list(chain.from_iterable(map(_VALUES, blocks)))
        written = b"\n".join(values) + b"\n"
        if not (known and self._is_well(watched, written, now)):
            self._look_closely(collector, watched, layouts, values, now)
        watched.written = written
        watched.time = now

    @staticmethod
    def _is_well(watched: WatchedCollector, written: bytes, now: float) -> bool:
        """Whether the look in C finds that all rules hold."""
        if watched.quick is None or not watched.written:
            return False
        if not watched.quick.all_hold(watched.written, written, now - watched.time):
            return False
        watched.uncounted += 1
        for i in range(len(watched.since)):
            watched.since[i] = now
        return True

    def _look_closely(
        self,
        collector: str,
        watched: WatchedCollector,
        layouts: list[Layout],
        values: Sequence[bytes],
        now: float,
    ) -> None:
        """Evaluate each rule, with words for what does not hold."""
        plan = watched.plan
        if plan is None or layouts != watched.layouts:
            plan, before = self._plan_anew(collector, watched, layouts, now)
        else:
            before = before_of(watched, plan)
            if rule := _FIELDS.get(collector):
                self._findings.evaluated(collector, rule.dropped)
                self._findings.evaluated(collector, rule.added)
        # A look that cannot be finished leaves nothing to compare with.
        watched.written = b""
        if plan.counters:
            self._counters(collector, plan, before.counters, values, now)
        if plan.comparisons:
            self._comparisons(collector, plan, values, now)
        if plan.sums:
            self._growth(collector, plan, before.sums, values, (watched.time, now))
        if plan.stale:
            self._stale(collector, watched, before.stale, values, now)

    def _plan_anew(
        self, collector: str, watched: WatchedCollector, layouts: list[Layout], now: float
    ) -> tuple[CheckPlan, Before]:
        """What to look at in series that are others than they were, and what was before."""
        old, old_before = watched.plan, Before()
        if old is not None:
            old_before = before_of(watched, old)
        series = [one for layout in layouts for one in layout.series]
        plan = watched.plan = make_plan(collector, series)
        # What was found before is counted for the rules that were looked at.
        _ = self.findings
        watched.layouts = layouts
        watched.since = [now for _ in plan.stale]
        watched.quick = QuickLook(plan, len(series))
        before = Before(stale=[()] * len(plan.stale))
        if old is not None:
            self._fields(collector, old, plan, now)
            before = carried_over(old, old_before, plan)
        self._expect(collector, plan)
        watched.looked_at = [
            self._findings.entry(collector, name) for name in _evaluated_once(collector, plan)
        ]
        return plan, before

    def _expect(self, collector: str, plan: CheckPlan) -> None:
        """Rules about change: a counter of violations that begins at 0 can be seen to grow."""
        if plan.counters:
            self._findings.expect(collector, rules.BACKWARDS)
        names = [entry.rule.name for entry in plan.sums] + [rule.name for rule, _, _ in plan.stale]
        if fields := _FIELDS.get(collector):
            names += [fields.dropped, fields.added]
        if totals := TOTALS.get(collector):
            names += [totals.name, rules.BACKWARDS]
        for name in names:
            self._findings.expect(collector, name)

    def families(self, collector: str) -> frozenset[str] | None:
        """The families that the collector handed over last; None when it has not yet."""
        watched = self._watched.get(collector)
        if watched is None:
            return None
        return frozenset(s.family.name for layout in watched.layouts for s in layout.series)

    def observe_failure(self, collector: str, text: str, now: float) -> None:
        """A collector could not understand its source."""
        self._findings.evaluated(collector, rules.MALFORMED)
        self._findings.violated(collector, rules.MALFORMED, now, text)

    def observe_stat(self, data: bytes, now: float) -> None:
        """Look at /proc/stat itself: the sum over all CPUs is shown by no collector."""
        totals = self._totals.read(data)
        if totals is not None:
            self._compare(totals, now)

    def _compare(self, totals: CpuTotals, now: float) -> None:
        rule = TOTALS["cpu"]
        watched = self._watched.get(rule.collector)
        if watched is None:
            return
        before, watched.totals = watched.totals, totals
        if before is not None and totals.is_like(before):
            self._findings.evaluated(rule.collector, rules.BACKWARDS)
            self._findings.evaluated(rule.collector, rule.name)
            if totals.is_well(before, rule.slack):
                return
            for detail in totals.backwards(before):
                self._findings.violated(rule.collector, rules.BACKWARDS, now, detail)
            if detail := totals.disagreement(before, rule.slack):
                self._findings.violated(rule.collector, rule.name, now, detail)

    def _fields(self, collector: str, before: CheckPlan, plan: CheckPlan, now: float) -> None:
        rule = _FIELDS.get(collector)
        if rule is None:
            return
        for name, fields in (
            (rule.dropped, before.families - plan.families),
            (rule.added, plan.families - before.families),
        ):
            self._findings.evaluated(collector, name)
            if fields:
                self._findings.violated(collector, name, now, ", ".join(sorted(fields)))

    def _counters(
        self,
        collector: str,
        plan: CheckPlan,
        before: Sequence[bytes],
        values: Sequence[bytes],
        now: float,
    ) -> None:
        if not before:
            return
        self._findings.evaluated(collector, rules.BACKWARDS)
        counters = plan.pick_counters(values)
        for series, old, new in zip(plan.series, before, counters, strict=True):
            if old != new and float(old) > float(new):
                went = f"went from {float(old):.15g} to {float(new):.15g}"
                detail = f"{series_name(series)} {went}"
                self._findings.violated(collector, rules.BACKWARDS, now, detail)

    def _comparisons(
        self, collector: str, plan: CheckPlan, values: Sequence[bytes], now: float
    ) -> None:
        numbers = list(map(mul, map(float, plan.pick_compared(values)), plan.scales))
        for rule, left, right, labels in plan.comparisons:
            less = sum(numbers[place] for place in left)
            more = sum(numbers[place] for place in right)
            self._findings.evaluated(collector, rule.name)
            above = abs(less - more) if rule.equal else less - more
            if above > rule.slack + 1e-9 * abs(more):
                names = [
                    " + ".join(term.family for term in side) for side in (rule.left, rule.right)
                ]
                wanted = "=" if rule.equal else "<="
                where = f" ({labels})" if labels else ""
                text = f"{names[0]} {wanted} {names[1]}{where}: {less:.15g}, {more:.15g}"
                self._findings.violated(collector, rule.name, now, text)

    def _growth(
        self,
        collector: str,
        plan: CheckPlan,
        before: Sequence[float],
        values: Sequence[bytes],
        times: tuple[float, float],
    ) -> None:
        if not before:
            return
        seconds = times[1] - times[0]
        for entry, earlier in zip(plan.sums, before, strict=True):
            rule = entry.rule
            self._findings.evaluated(collector, rule.name)
            grown = sum_of(values, entry.values) - earlier
            if grown > rule.per_second * (seconds + rule.slack):
                text = f"{rule.family} ({entry.labels}) grew by {grown:.6g} in {seconds:.6g} s"
                self._findings.violated(collector, rule.name, times[1], text)

    def _stale(
        self,
        collector: str,
        watched: WatchedCollector,
        stale: Sequence[Sequence[bytes]],
        values: Sequence[bytes],
        now: float,
    ) -> None:
        assert watched.plan is not None
        for i, (rule, _, pick) in enumerate(watched.plan.stale):
            since, before = watched.since[i], stale[i]
            if pick(values) != before:
                watched.since[i] = now
                if before:
                    self._findings.evaluated(collector, rule.name)
            elif now - since >= rule.seconds:
                self._findings.evaluated(collector, rule.name)
                detail = f"no change of {', '.join(rule.families)} for {now - since:.3g} s"
                self._findings.violated(collector, rule.name, now, detail)
