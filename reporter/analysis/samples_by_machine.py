"""The samples of one range by quantity and machine, worked out when something asks. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from reporter.analysis.observed import Observed, from_points, from_samples, greatest
from reporter.asking.answers import Answers, by_machine
from reporter.asking.query import RangeQuery
from reporter.asking.sampled_query import Sampled
from reporter.language import Language

Labelled = tuple[Mapping[str, str], Observed]
# Of a fleet, what was worked out last is kept, and not the samples of all machines.
_KEPT = 100


class SamplesByMachine:
    """What was observed in one range.

    Of a query whose samples were not read, the points of its chart stand for them.

    Args:
        answers: what the engine answered.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._grouped: dict[RangeQuery, dict[str, list[Sampled]]] = {}
        self._greatest: dict[tuple[RangeQuery, str], Observed | None] = {}

    def each(self, quantity: RangeQuery, machine: str) -> Sequence[Labelled]:
        """Each series of a machine's quantity: its labels, and its samples."""
        answers = self._answers
        if quantity in answers.sampled:
            if quantity not in self._grouped:
                grouped: dict[str, list[Sampled]] = defaultdict(list)
                for one in answers.sampled[quantity]:
                    grouped[one.labels.get("instance", "")].append(one)
                self._grouped[quantity] = grouped
            own = self._grouped[quantity].get(machine, ())
            every = [(one.labels, from_samples(one.samples)) for one in own]
        else:
            points = by_machine(answers.series_of(quantity)).get(machine, ())
            step, window = answers.step, answers.window
            every = [(s.labels, from_points(s.times, s.values, step, window)) for s in points]
        return [(labels, found) for labels, found in every if found.count]

    def observed(self, quantity: RangeQuery, machine: str) -> Observed | None:
        """All samples of a machine's quantity, of several series the greatest; None: no data."""
        key = (quantity, machine)
        if key not in self._greatest:
            if len(self._greatest) >= _KEPT:
                self._greatest.clear()
            every = [found for _, found in self.each(quantity, machine)]
            self._greatest[key] = greatest(every) if every else None
        return self._greatest[key]


def in_words(windows: Sequence[float], language: Language) -> str:
    """What samples are means over: one length, or the shortest and the longest."""
    told = [language.seconds(window) for window in sorted(set(windows))]
    if len(told) < 2 or told[0] == told[-1]:
        return told[0] if told else language.seconds(None)
    return language.say("{shortest} to {longest}", shortest=told[0], longest=told[-1])
