"""Asks the engine everything that a report shows, and puts the answers together by machine."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from perfanalysis.errors import InputError
from reporter import newest, queries
from reporter.asking import check_copies, end_first, in_groups, spread
from reporter.assembling import assemble
from reporter.config import Config
from reporter.machines import Machine
from reporter.promql import Engine, QueryError, Sample, Series

# A rate needs two samples in its window; four leave room for a scrape that failed.
SCRAPES_IN_WINDOW = 4
NAMES_IN_MATCHER = 40


@dataclass(frozen=True)
class Gathered:
    """All that the pages are made from.

    Attributes:
        machines: in the order of the config, else by name.
        series: by name of the range query, its series.
        samples: by name of the instant query, its answer.
        expressions: by name of the figure, the PromQL that fed it, values filled in.
        matched: the names that stand in the queries; none: all that answer.
        start: Unix seconds.
        end: Unix seconds.
        step: seconds between the points of ``series``.
        window: seconds that each point of a rate stands for.
        engine: name and version, or "".
        warnings: what the engine said beside its answers.
    """

    machines: Sequence[Machine]
    series: Mapping[str, Sequence[Series]]
    samples: Mapping[str, Sequence[Sample]]
    expressions: Mapping[str, str]
    matched: Sequence[str]
    start: float
    end: float
    step: float
    window: float
    engine: str
    warnings: Sequence[str] = field(default=())


def gather(engine: Engine, config: Config, start: float, end: float, where: str) -> Gathered:
    """Ask for everything.

    Args:
        engine: where to ask.
        config: machines, kernel and purchase option.
        start: Unix seconds.
        end: Unix seconds.
        where: the file or command line that names the machines, for messages.

    Raises:
        QueryError: the engine cannot be reached, refused a query, or has no machine or no load test
            in the range.
        InputError: a machine that the config names is not known to the engine.
    """
    names, found = _find_machines(engine, config, start, end, where)
    check_copies(engine, found[1], start, end)
    expressions = {"Machines": found[0]}
    asked = queries.asked(config.template)
    # A matcher of hundreds of names would fill the appendix; without one all that are there answer.
    matched = names if config.machines or len(names) <= NAMES_IN_MATCHER else ()

    def filled(expression: str, window: float = 0.0, some: Sequence[str] = ()) -> str:
        return queries.fill(
            expression,
            machines=some or matched,
            kernel=config.kernel,
            purchase=config.purchase,
            seconds=end - start,
            window=window,
            full_load_only=asked.full_load_only,
            devices=config.devices,
        )

    def instant(expression: str, of: Sequence[str]) -> list[Sample]:
        every = of if len(of) < len(names) else ()
        return in_groups(
            of,
            engine.access.machines_per_query,
            lambda some: filled(expression, 0.0, some or every),
            lambda e: newest.query(engine, e, end),
        )

    def sampled(name: str) -> list[Sample]:
        first = queries.AT_THE_END.get(name)
        return end_first(names, first, asked.instant[name], instant)

    def ranged(piece: tuple[str, Sequence[str]]) -> list[Series]:
        name, part = piece
        every = part if len(part) < len(names) else ()
        return in_groups(
            part,
            engine.access.machines_per_query,
            lambda some: filled(asked.range[name], window, some or every),
            lambda e: engine.query_range(e, start, end, step),
        )

    rest = {name: filled(e) for name, e in asked.instant.items() if name != "Machines"}
    pool = ThreadPoolExecutor(engine.access.queries_at_once)
    try:
        answers = dict(zip(rest, pool.map(sampled, rest), strict=True))
        step, window = _resolution(answers["Scrapes"], end - start, asked.points)
        ranges = {name: filled(e, window) for name, e in asked.range.items()}
        parts = spread(names, engine.access.queries_at_once)
        series: dict[str, list[Series]] = {name: [] for name in ranges}
        pieces = [(name, part) for name in ranges for part in parts]
        for (name, _), found_in_part in zip(pieces, pool.map(ranged, pieces), strict=True):
            series[name] += found_in_part
    finally:
        # After a failure, what has not begun is not asked any more.
        pool.shutdown(cancel_futures=True)
    expressions |= rest | ranges
    del expressions["Scrapes"]
    levels = "Units per second by busy level"
    if asked.needs_load_test and not answers["Max units per second"] and not answers[levels]:
        expression = expressions["Max units per second"]
        raise QueryError(f"{engine.url}: no load test in the range; the query was: {expression}")
    answers["Machines"] = found[1]
    machines = assemble(names, answers)
    return Gathered(
        machines=machines,
        series=series,
        samples=answers,
        expressions=expressions,
        matched=matched,
        start=start,
        end=end,
        step=step,
        window=window,
        engine=engine.version(),
        warnings=tuple(engine.warnings),
    )


def _find_machines(
    engine: Engine, config: Config, start: float, end: float, where: str
) -> tuple[list[str], tuple[str, list[Sample]]]:
    expression = queries.fill(
        queries.INSTANT["Machines"],
        machines=config.machines,
        kernel=config.kernel,
        purchase=config.purchase,
        seconds=end - start,
    )
    samples = newest.query(engine, expression, end)
    known = sorted({sample.labels["instance"] for sample in samples})
    missing = [name for name in config.machines if name not in known]
    if missing:
        everybody = queries.INSTANT["Machines"].replace("{{{machines}}}", '{{instance!=""}}')
        samples = engine.query(everybody.format(range=f"{max(1, math.ceil(end - start))}s"), end)
        others = ", ".join(sorted({sample.labels["instance"] for sample in samples}))
        if others:
            expected = f"machines that {engine.url} knows in the range ({others})"
            raise InputError(where, "machines", expected, ", ".join(missing))
    if not known:
        raise QueryError(f"{engine.url}: no machine in the range; the query was: {expression}")
    return list(config.machines) or known, (expression, samples)


def _resolution(scrapes: Sequence[Sample], seconds: float, points: int) -> tuple[float, float]:
    """Step of range queries and window of rates, in seconds."""
    most = max((sample.value for sample in scrapes), default=0.0)
    interval = seconds / most if most else 15.0
    step = max(seconds / points, interval, 1.0)
    # PromQL's windows are whole seconds here, and what is said of them is what was asked.
    return step, float(max(1, round(max(step, SCRAPES_IN_WINDOW * interval))))


def by_machine(series: Sequence[Series]) -> dict[str, list[Series]]:
    """Series grouped by their label ``instance``."""
    grouped: dict[str, list[Series]] = defaultdict(list)
    for one in series:
        grouped[one.labels.get("instance", "")].append(one)
    return dict(grouped)
