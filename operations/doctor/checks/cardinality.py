"""Whether machines stay within their budget of series, and which families take it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "cardinality"
_LARGEST = 3
# Machines that push are counted one by one: series by series, all at once is too much to ask of
# an engine that has many.
_COUNTED = 20

Machine = tuple[str, str]


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    series = _scraped(where) | _pushed(where)
    if not series:
        said = "the engine does not tell how many samples a scrape brings"
        return [Diagnosis(NAME, Health.UNKNOWN, said)]
    most = max(series.values())
    above = sorted(instance for (_, instance), count in series.items() if count > where.budget)
    if not above:
        said = f"at most {most} series a machine, of {where.budget}"
        return [Diagnosis(NAME, Health.GOOD, said)]
    largest = max(series, key=series.__getitem__)
    said = (
        f"{len(above)} machines bring more than {where.budget} series (at most {most}):"
        f" {some(above)}; most of {largest[1]}: {_families(where, largest)}"
    )
    advice = "leave out devices or collectors that nobody looks at (docs/scaling.md)"
    return [Diagnosis(NAME, Health.WARNING, said, advice)]


def _scraped(where: Installation) -> dict[Machine, int]:
    """The series of machines by what Prometheus says of its scrapes."""
    scraped = where.selector("scrape_samples_post_metric_relabeling")
    found = where.engine.query(f"max by (cluster, instance) ({scraped})", where.now)
    return {_machine(one.labels): int(one.value) for one in found}


def _pushed(where: Installation) -> dict[Machine, int]:
    """The series of machines that nothing scrapes, counted; of so many of these at most."""
    scraped = where.selector("scrape_samples_post_metric_relabeling")
    others = f"{where.selector('up')} unless on (cluster, job, instance) {scraped}"
    found = where.engine.query(f"count by (cluster, instance) ({others})", where.now)
    pushing = sorted(_machine(one.labels) for one in found)[:_COUNTED]
    counted = {}
    for machine in pushing:
        answer = where.engine.query(f"count({_all_of(where, machine)})", where.now)
        counted[machine] = int(answer[0].value) if answer else 0
    return counted


def _families(where: Installation, machine: Machine) -> str:
    """Which families of a machine have most series, and how many."""
    asked = f"topk({_LARGEST}, count by (__name__) ({_all_of(where, machine)}))"
    found = sorted(
        (-int(one.value), one.labels["__name__"]) for one in where.engine.query(asked, where.now)
    )
    return ", ".join(f"{name} {-count}" for count, name in found)


def _all_of(where: Installation, machine: Machine) -> str:
    """The selector of all series of a machine."""
    cluster, instance = machine
    own = f"cluster={json.dumps(cluster)},instance={json.dumps(instance)}"
    return f'{{__name__!="",job=~"{where.job}",{own}}}'


def _machine(labels: Mapping[str, str]) -> Machine:
    return labels.get("cluster", ""), labels.get("instance", "")
