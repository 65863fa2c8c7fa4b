"""What the rules found: how often each was looked at and violated, and what its first case was."""

from __future__ import annotations

import logging

LOG = logging.getLogger(__name__)


class Finding:
    """One rule on one collector. ``first`` and ``last`` say what was seen, and when."""

    __slots__ = ("evaluations", "first", "last", "violations")

    def __init__(self) -> None:
        self.evaluations = 0
        self.violations = 0
        self.first: tuple[float, str] | None = None
        self.last: tuple[float, str] | None = None


class Findings:
    """All findings, by collector and rule.

    ``changes`` grows with each new rule and each violation, and with nothing else.
    """

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Finding] = {}
        self.changes = 0

    def expect(self, collector: str, rule: str) -> None:
        """The rule can be evaluated from the next look on, and is shown until then."""
        self.entry(collector, rule)

    def evaluated(self, collector: str, rule: str) -> None:
        """The rule was evaluated."""
        self.entry(collector, rule).evaluations += 1

    def violated(self, collector: str, rule: str, now: float, detail: str) -> None:
        """The rule does not hold; logged once a rule, counted each time."""
        entry = self.entry(collector, rule)
        entry.violations += 1
        self.changes += 1
        entry.last = (now, detail)
        if entry.first is None:
            entry.first = entry.last
            LOG.warning("collector %s violates %s: %s", collector, rule, detail)

    def entry(self, collector: str, rule: str) -> Finding:
        """What was found of a rule; made when it is asked for first."""
        entry = self.entries.get((collector, rule))
        if entry is None:
            entry = self.entries[collector, rule] = Finding()
            self.changes += 1
        return entry
