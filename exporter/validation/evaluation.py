"""Looks at what each collector hands over, and counts where a rule does not hold.

Costs little where all is well: the values of the counters are compared as the bytes they are, in C,
and those of other rules are made numbers at once. Words are only made for a violation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

from exporter.sources.numbers import fell
from exporter.validation import rules
from exporter.validation.cpu_totals import CpuTotals, TotalsReader
from exporter.validation.findings import Finding, Findings
from exporter.validation.plans import CheckPlan, Scaled, make_plan, series_name
from perfanalysis.exposition.rendering import Block, Layout

_FIELDS = {rule.collector: rule for rule in rules.FIELDS}
_TOTALS = {rule.collector: rule for rule in rules.TOTALS}


class _Watched:
    """What was seen of one collector at its last scrape."""

    def __init__(self) -> None:
        self.layouts: list[Layout] = []
        self.plan: CheckPlan | None = None
        self.counters: Sequence[bytes] = ()
        # The same, each with a newline behind it.
        self.written = b""
        # The findings of the comparisons, in the plan's order, and what was compared last where
        # all of them held.
        self.compared: list[Finding] = []
        self.held: Sequence[bytes] = ()
        self.sums: list[float] = []
        self.time = 0.0
        self.stale: list[tuple[float, Sequence[bytes]]] = []
        self.totals: CpuTotals | None = None


def _sum(values: Sequence[bytes], scaled: Scaled) -> float:
    return sum([float(values[position]) * scale for position, scale in scaled])


def _total(numbers: Sequence[float], places: Sequence[int]) -> float:
    # Most sides of a comparison are one number.
    if len(places) == 1:
        return numbers[places[0]]
    return sum([numbers[place] for place in places])


class Validator:
    """Evaluates the rules; one for each series of scrapes.

    ``findings`` holds what was found; see ``observe`` for how samples come in.
    """

    def __init__(self) -> None:
        self.findings = Findings()
        self._watched: dict[str, _Watched] = {}
        self._totals = TotalsReader()

    def observe(self, collector: str, blocks: Sequence[Block], now: float) -> None:
        """Look at what a collector has handed over.

        Args:
            collector: its name.
            blocks: its samples.
            now: seconds on a clock that does not jump.
        """
        watched = self._watched.get(collector)
        if watched is None:
            watched = self._watched[collector] = _Watched()
            self.findings.expect(collector, rules.MALFORMED)
        plan = watched.plan
        layouts = [block.layout for block in blocks]
        if plan is not None and not plan.looks_at_something and layouts == watched.layouts:
            return
        values: Sequence[bytes]
        if len(blocks) == 1:
            values = blocks[0].values
        else:
            values = [value for block in blocks for value in block.values]
        if plan is None or layouts != watched.layouts:
            plan = self._plan_anew(collector, watched, layouts, now)
        elif rule := _FIELDS.get(collector):
            self.findings.evaluated(collector, rule.dropped)
            self.findings.evaluated(collector, rule.added)
        if plan.counters:
            self._counters(collector, watched, plan, values, now)
        if plan.comparisons:
            self._comparisons(collector, watched, plan, values, now)
        if plan.sums:
            self._growth(collector, watched, plan, values, now)
        if plan.stale:
            self._stale(collector, watched, plan, values, now)
        watched.time = now

    def _plan_anew(
        self, collector: str, watched: _Watched, layouts: list[Layout], now: float
    ) -> CheckPlan:
        """What to look at in series that are others than they were."""
        before = watched.plan
        series = [one for layout in layouts for one in layout.series]
        plan = watched.plan = make_plan(collector, series)
        watched.layouts = layouts
        watched.held = ()
        if before is not None:
            self._fields(collector, before, plan, now)
            self._carry_over(watched, before, plan)
        watched.stale = [(now, ()) for _ in plan.stale]
        watched.compared = [
            self.findings.entry(collector, comparison.rule.name) for comparison in plan.comparisons
        ]
        self._expect(collector, plan)
        return plan

    def _expect(self, collector: str, plan: CheckPlan) -> None:
        """Rules about change: a counter of violations that begins at 0 can be seen to grow."""
        if plan.counters:
            self.findings.expect(collector, rules.BACKWARDS)
        names = [entry.rule.name for entry in plan.sums] + [rule.name for rule, _ in plan.stale]
        if fields := _FIELDS.get(collector):
            names += [fields.dropped, fields.added]
        if totals := _TOTALS.get(collector):
            names += [totals.name, rules.BACKWARDS]
        for name in names:
            self.findings.expect(collector, name)

    def families(self, collector: str) -> frozenset[str] | None:
        """The families that the collector handed over last; None when it has not yet."""
        watched = self._watched.get(collector)
        if watched is None:
            return None
        return frozenset(s.family.name for layout in watched.layouts for s in layout.series)

    def observe_failure(self, collector: str, text: str, now: float) -> None:
        """A collector could not understand its source."""
        self.findings.evaluated(collector, rules.MALFORMED)
        self.findings.violated(collector, rules.MALFORMED, now, text)

    def observe_stat(self, data: bytes, now: float) -> None:
        """Look at /proc/stat itself: the sum over all CPUs is shown by no collector."""
        rule = _TOTALS["cpu"]
        watched = self._watched.get(rule.collector)
        totals = self._totals.read(data)
        if watched is None or totals is None:
            return
        before, watched.totals = watched.totals, totals
        if before is not None and totals.is_like(before):
            self.findings.evaluated(rule.collector, rules.BACKWARDS)
            for detail in totals.backwards(before):
                self.findings.violated(rule.collector, rules.BACKWARDS, now, detail)
            self.findings.evaluated(rule.collector, rule.name)
            if detail := totals.disagreement(before, rule.slack):
                self.findings.violated(rule.collector, rule.name, now, detail)

    def _fields(self, collector: str, before: CheckPlan, plan: CheckPlan, now: float) -> None:
        rule = _FIELDS.get(collector)
        if rule is None:
            return
        for name, fields in (
            (rule.dropped, before.families - plan.families),
            (rule.added, plan.families - before.families),
        ):
            self.findings.evaluated(collector, name)
            if fields:
                self.findings.violated(collector, name, now, ", ".join(sorted(fields)))

    @staticmethod
    def _carry_over(watched: _Watched, before: CheckPlan, plan: CheckPlan) -> None:
        """Series may have come and gone; those that stayed are compared all the same."""
        known = dict(zip(before.series, watched.counters, strict=True))
        watched.counters = tuple(known.get(series, b"0") for series in plan.series)
        watched.written = b""
        sums = dict(zip(((s.rule, s.labels) for s in before.sums), watched.sums, strict=False))
        watched.sums = [sums.get((s.rule, s.labels), math.inf) for s in plan.sums]

    def _counters(
        self,
        collector: str,
        watched: _Watched,
        plan: CheckPlan,
        values: Sequence[bytes],
        now: float,
    ) -> None:
        counters = plan.pick_counters(values)
        before, watched.counters = watched.counters, counters
        if before:
            self.findings.evaluated(collector, rules.BACKWARDS)
        if counters == before:
            return
        written, watched.written = watched.written, b"\n".join(counters) + b"\n"
        if not before or fell(written, watched.written) == -1:
            return
        # Some ran backwards, or are no whole numbers.
        for series, old, new in zip(plan.series, before, counters, strict=True):
            if old != new and float(old) > float(new):
                went = f"went from {float(old):.15g} to {float(new):.15g}"
                detail = f"{series_name(series)} {went}"
                self.findings.violated(collector, rules.BACKWARDS, now, detail)

    def _comparisons(
        self,
        collector: str,
        watched: _Watched,
        plan: CheckPlan,
        values: Sequence[bytes],
        now: float,
    ) -> None:
        picked = plan.pick_compared(values)
        if picked == watched.held:
            for finding in watched.compared:
                finding.evaluations += 1
            return
        watched.held = ()
        held = True
        numbers = list(map(mul, map(float, picked), plan.scales))
        for (rule, left, right, labels), finding in zip(
            plan.comparisons, watched.compared, strict=True
        ):
            less = _total(numbers, left)
            more = _total(numbers, right)
            finding.evaluations += 1
            above = abs(less - more) if rule.equal else less - more
            if above > rule.slack + 1e-9 * abs(more):
                held = False
                names = [
                    " + ".join(term.family for term in side) for side in (rule.left, rule.right)
                ]
                wanted = "=" if rule.equal else "<="
                where = f" ({labels})" if labels else ""
                text = f"{names[0]} {wanted} {names[1]}{where}: {less:.15g}, {more:.15g}"
                self.findings.violated(collector, rule.name, now, text)
        if held:
            watched.held = picked

    def _growth(
        self,
        collector: str,
        watched: _Watched,
        plan: CheckPlan,
        values: Sequence[bytes],
        now: float,
    ) -> None:
        sums = [_sum(values, entry.values) for entry in plan.sums]
        seconds = now - watched.time
        if watched.sums:
            for entry, before, after in zip(plan.sums, watched.sums, sums, strict=True):
                rule = entry.rule
                self.findings.evaluated(collector, rule.name)
                if after - before > rule.per_second * (seconds + rule.slack):
                    text = f"{rule.family} ({entry.labels}) grew by {after - before:.6g} in "
                    self.findings.violated(collector, rule.name, now, f"{text}{seconds:.6g} s")
        watched.sums = sums

    def _stale(
        self,
        collector: str,
        watched: _Watched,
        plan: CheckPlan,
        values: Sequence[bytes],
        now: float,
    ) -> None:
        for i, (rule, pick) in enumerate(plan.stale):
            since, before = watched.stale[i]
            picked = pick(values)
            if picked != before:
                watched.stale[i] = (now, picked)
                if before:
                    self.findings.evaluated(collector, rule.name)
            elif now - since >= rule.seconds:
                self.findings.evaluated(collector, rule.name)
                detail = f"no change of {', '.join(rule.families)} for {now - since:.3g} s"
                self.findings.violated(collector, rule.name, now, detail)
