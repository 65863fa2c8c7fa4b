"""What each template asks for: the queries of the figures and tables that it shows.

A figure's file says what feeds the figure, and a table's part says it by ``page.uses``; nothing of
that is said here again. Here stands how finely a template asks, and what its JSON and CSV have
beside what its pages show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reporter.asking import lost_time_queries as lost
from reporter.asking import machine_queries as machine
from reporter.asking import price_queries as prices
from reporter.asking import usage_queries as usage
from reporter.asking.kind_queries import QUERIES as KINDS
from reporter.asking.query import InstantQuery, Query, RangeQuery
from reporter.asking.query_plan import POINTS, QueryPlan
from reporter.figures.catalogue import FIGURES, QUERIES
from reporter.figures.load import LOAD_PER_CPU
from reporter.figures.modes import CPU_BY_MODE
from reporter.pages.template_files import folders, template_name
from reporter.pages.template_scan import Shown, shown
from reporter.settings.report import Config

# Every report tells of its machines, of the quality of its data, and how busy they were.
ALWAYS: tuple[Query, ...] = (
    *machine.QUERIES,
    usage.VIOLATIONS,
    usage.RESTARTS,
    usage.RESETS,
    *lost.QUERIES,
    usage.LOOKS,
    usage.CPU_BUSY,
    usage.MEMORY_USED,
)
_INTERFACES: tuple[Query, ...] = (usage.LINK_SPEED, usage.DEFAULT_ROUTE)
_DEVICES: tuple[Query, ...] = (
    *(usage.DISK_BUSY, usage.NETWORK_BYTES, usage.FILE_SYSTEMS),
    *_INTERFACES,
)


@dataclass(frozen=True)
class Asking:
    """How one of our templates asks.

    Attributes:
        for_programs: what JSON and CSV have beside what the pages show.
        without: what pages and records do without, since a fleet's engine would pay for it.
        last: what stands behind all others in the appendix and in CSV.
        points, needs_load_test, full_load_only, lately_first: see ``QueryPlan``.
    """

    for_programs: tuple[Query, ...] = ()
    without: frozenset[Query] = frozenset()
    last: frozenset[Query] = frozenset()
    points: int = POINTS
    needs_load_test: bool = False
    full_load_only: bool = False
    lately_first: bool = False


TEMPLATES: Mapping[str, Asking] = {
    "executive": Asking(for_programs=_DEVICES, needs_load_test=True),
    "comparison": Asking(
        for_programs=_DEVICES, last=frozenset({CPU_BY_MODE}), points=240, needs_load_test=True
    ),
    "machine": Asking(for_programs=(usage.CONTAINER_MEMORY, usage.CONTAINER_THROTTLED)),
    "fleet": Asking(
        without=frozenset(
            {
                usage.VIOLATIONS,
                *KINDS,
                lost.THROTTLING,
                usage.LOOKS,
                machine.KERNEL_UNITS,
                machine.KERNEL_RUNS,
                machine.RUNS,
                machine.LEVEL_REACHED,
                machine.LEVEL_STEAL,
                prices.PRICE_AT_TEST,
                prices.PRICE_KNOWN,
                machine.SLOW_SPEED,
                machine.SLOW_TIME,
            }
        ),
        points=144,
        full_load_only=True,
        lately_first=True,
    ),
    "regression": Asking(for_programs=(*_DEVICES, LOAD_PER_CPU), last=frozenset({LOAD_PER_CPU})),
    "capacity": Asking(for_programs=_DEVICES, points=1000),
    "container": Asking(for_programs=(usage.FILE_SYSTEMS, *_INTERFACES)),
    "rightsizing": Asking(for_programs=(usage.DEFAULT_ROUTE,), points=1000),
}


def plan_of(config: Config) -> QueryPlan:
    """What a report of these settings asks for; a template that is not ours gets all there is."""
    asking = TEMPLATES.get(config.template)
    if asking is None:
        return QueryPlan(*_by_kind(QUERIES.values()))
    asked = {*ALWAYS, *asking.for_programs, *queries_of(shown_by(config))} - asking.without
    if not config.purchases.by_start:
        asked.discard(prices.STARTED_AS)
    wanted = [query for query in QUERIES.values() if query in asked]
    return QueryPlan(
        *_by_kind(sorted(wanted, key=asking.last.__contains__)),
        points=asking.points,
        needs_load_test=asking.needs_load_test,
        full_load_only=asking.full_load_only,
        lately_first=asking.lately_first,
    )


def shown_by(config: Config) -> Shown:
    """The figures and tables of a template, with a person's own parts where there are any."""
    places: Sequence[Path] = folders(config)
    return shown(template_name(config), places)


def queries_of(names: Shown) -> Iterator[Query]:
    """The queries behind figures and tables; what does not exist is told by who draws it."""
    for name in names.figures:
        if name in FIGURES:
            yield from (*FIGURES[name].queries, *FIGURES[name].also)
    yield from (QUERIES[name] for name in names.queries if name in QUERIES)


def _by_kind(
    queries: Iterable[Query],
) -> tuple[tuple[InstantQuery, ...], tuple[RangeQuery, ...]]:
    every = list(queries)
    return (
        tuple(query for query in every if isinstance(query, InstantQuery)),
        tuple(query for query in every if isinstance(query, RangeQuery)),
    )
