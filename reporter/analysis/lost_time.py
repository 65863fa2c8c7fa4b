"""What machines did not get over the range: stolen CPU time, waiting, throttling. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.promql import Sample
from reporter.analysis.wording import names
from reporter.asking import lost_time_queries as queries
from reporter.asking.machines import Machine
from reporter.asking.query import InstantQuery
from reporter.language import Language

MOST_NAMED = 6
# From where on it is said, of the whole range: a level of a load test has the same limit of steal;
# of waiting it is a quarter of what the alerts take for too much.
STOLEN_LIMIT = 0.01
WAITED_LIMITS = {queries.CPU: 0.10, queries.MEMORY: 0.025, queries.IO: 0.10}
PERIODS_LIMIT = 0.05
CORES_LIMIT = 0.05


@dataclass(frozen=True)
class LostTime:
    """Of one machine over the range; each is None where it is unknown.

    Attributes:
        stolen: share of CPU time that the hypervisor gave to others, 0..1.
        waited_cpu, waited_memory, waited_io: share of time in which a task waited for it (PSI).
        core_throttles: how often an hour cores were throttled for heat or power, all of them.
        throttled_periods: share of the containers' quota periods that were throttled, 0..1.
    """

    stolen: float | None = None
    waited_cpu: float | None = None
    waited_memory: float | None = None
    waited_io: float | None = None
    core_throttles: float | None = None
    throttled_periods: float | None = None

    @property
    def any_known(self) -> bool:
        """Whether anything is known."""
        return self != LostTime()

    @property
    def greatest(self) -> float:
        """The greatest of all shares of time, 0..1; 0: none is known."""
        waited = (self.waited_cpu, self.waited_memory, self.waited_io)
        return max(one or 0.0 for one in (self.stolen, *waited, self.throttled_periods))


_STOLEN = "stolen"
UNITS: Mapping[str, str] = {
    "lost_time.stolen": "ratio of CPU time over the range",
    "lost_time.waited_cpu": "ratio of time",
    "lost_time.waited_memory": "ratio of time",
    "lost_time.waited_io": "ratio of time",
    "lost_time.core_throttles": "events an hour",
    "lost_time.throttled_periods": "ratio of quota periods",
}


def lost_times(samples: Mapping[InstantQuery, Sequence[Sample]]) -> dict[str, LostTime]:
    """By machine, from the answers to the queries of ``lost_time_queries``."""
    covered = {
        s.labels.get("instance", ""): s.value
        for s in samples.get(queries.COVERED, ())
        if s.value > 0
    }
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for query in (queries.STOLEN_TIME, queries.WAITED_TIME, queries.THROTTLING):
        for sample in samples.get(query, ()):
            name, what = sample.labels.get("instance", ""), sample.labels.get(queries.WHAT, "")
            what = _STOLEN if query is queries.STOLEN_TIME else what
            share = 1.0 if what == queries.PERIODS else covered.get(name)
            if share is not None and np.isfinite(sample.value):
                found[name][what] = sample.value / share
    return {name: _lost(own) for name, own in found.items()}


def most_lost(
    machines: Sequence[Machine], found: Mapping[str, LostTime], *, in_order: bool
) -> list[Machine]:
    """The machines of which anything is known.

    Args:
        machines: of the report.
        found: what each did not get, by name.
        in_order: as they came; else those that lost the greatest share of time first.
    """
    known = [machine for machine in machines if machine.name in found]
    return known if in_order else sorted(known, key=lambda one: -found[one.name].greatest)


def _lost(own: Mapping[str, float]) -> LostTime:
    def ratio(what: str) -> float | None:
        return min(1.0, max(0.0, own[what])) if what in own else None

    return LostTime(
        ratio(_STOLEN),
        ratio(queries.CPU),
        ratio(queries.MEMORY),
        ratio(queries.IO),
        own[queries.CORES] * 3600 if queries.CORES in own else None,
        ratio(queries.PERIODS),
    )


@dataclass(frozen=True)
class _Kind:
    """What is said of one kind: its value, from where on, in which words, and how it is shown."""

    value: Callable[[LostTime], float | None]
    limit: float
    words: str
    show: Callable[[float], str]


def _kinds(language: Language) -> tuple[_Kind, ...]:
    said, ratio = language.say, language.ratio

    def an_hour(value: float) -> str:
        return said("{count} times an hour", count=language.number(value, 1))

    return (
        _Kind(
            lambda own: own.stolen,
            STOLEN_LIMIT,
            said("CPU time was stolen over the range"),
            ratio,
        ),
        _Kind(
            lambda own: own.waited_cpu,
            WAITED_LIMITS[queries.CPU],
            said("Tasks waited for CPU time, as a share of the range"),
            ratio,
        ),
        _Kind(
            lambda own: own.waited_memory,
            WAITED_LIMITS[queries.MEMORY],
            said("Tasks waited for memory, as a share of the range"),
            ratio,
        ),
        _Kind(
            lambda own: own.waited_io,
            WAITED_LIMITS[queries.IO],
            said("Tasks waited for disks, as a share of the range"),
            ratio,
        ),
        _Kind(
            lambda own: own.core_throttles,
            CORES_LIMIT,
            said("Cores were throttled for heat or power"),
            an_hour,
        ),
        _Kind(
            lambda own: own.throttled_periods,
            PERIODS_LIMIT,
            said("Containers were stopped by their quota, as a share of its periods"),
            ratio,
        ),
    )


def sentences(
    samples: Mapping[InstantQuery, Sequence[Sample]],
    machines: Sequence[Machine],
    language: Language,
    most_named: int = MOST_NAMED,
) -> list[str]:
    """What machines lost, those that lost most first, with figures; nothing where it was not asked.

    Args:
        samples: answers.
        machines: of the report.
        language: of the sentences.
        most_named: of the machines in one sentence; the others are counted.
    """
    if queries.STOLEN_TIME not in samples:
        return []
    every = lost_times(samples)
    found = {machine.name: every.get(machine.name, LostTime()) for machine in machines}
    texts = [_sentence(kind, found, language, most_named) for kind in _kinds(language)]
    unknown = [name for name, own in found.items() if own.any_known and own.stolen is None]
    if unknown:
        called = names(unknown, most_named, language)
        texts.append(
            language.say(
                "Whether CPU time was stolen over the range is unknown: {machines}.",
                machines=called,
            )
        )
    return [text for text in texts if text]


def _sentence(
    kind: _Kind, found: Mapping[str, LostTime], language: Language, most_named: int
) -> str:
    order = [
        (-value, name) for name, own in found.items() if (value := kind.value(own)) is not None
    ]
    shown = [f"{name} {kind.show(-least)}" for least, name in sorted(order) if -least >= kind.limit]
    return f"{kind.words}: {names(shown, most_named, language)}." if shown else ""
