"""Asks the engine for all that a report shows of one range, and puts it together by machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfanalysis.promql import Engine, QueryError, Sample, Series
from reporter.asking.answers import Answers
from reporter.asking.duplicates import check_copies
from reporter.asking.found_machines import changed_types, find_machines
from reporter.asking.machine_assembly import assemble
from reporter.asking.machine_queries import LEVEL_UNITS, MACHINES, MAX_UNITS, SCRAPES
from reporter.asking.query import InstantQuery, Query, RangeQuery
from reporter.asking.query_plan import QueryPlan
from reporter.asking.query_run import QueryRun, asking, collected
from reporter.settings.report import Config

# A rate needs two samples in its window; four leave room for a scrape that failed.
SCRAPES_IN_WINDOW = 4
NAMES_IN_MATCHER = 40


def ask_range(  # noqa: PLR0913, PLR0917 - whom, what, and of which time
    engine: Engine, config: Config, plan: QueryPlan, start: float, end: float, where: str
) -> Answers:
    """Ask for everything.

    Args:
        engine: where to ask.
        config: machines, kernel and purchase option.
        plan: what to ask for.
        start: Unix seconds.
        end: Unix seconds.
        where: the file or command line that names the machines, for messages.

    Raises:
        QueryError: the engine cannot be reached, refused a query, or has no machine or no load test
            in the range.
        InputError: a machine that the config names is not known to the engine.
    """
    names, found = find_machines(engine, config, start, end, where)
    check_copies(engine, found[1], start, end)
    # A matcher of hundreds of names would fill the appendix; without one all that are there answer.
    chosen = config.machines or config.labels
    matched = names if chosen or len(names) <= NAMES_IN_MATCHER else ()
    changed = changed_types(found[1])
    run = QueryRun(engine, config, plan, names, matched, start, end, changed)
    answers, series, resolution = _answers(run)
    if plan.needs_load_test:
        _check_load_test(engine, answers, run.instant())
    answers[MACHINES] = found[1]
    return Answers(
        machines=assemble(names, answers, config.purchases, config.group_by),
        series=series,
        samples=answers,
        expressions=_expressions(found[0], run, resolution[1]),
        matched=matched,
        start=start,
        end=end,
        step=resolution[0],
        window=resolution[1],
        engine=engine.version(),
        warnings=tuple(engine.warnings),
        asked_first=run.first(),
        full_load_only=plan.full_load_only,
    )


def _expressions(machines: str, run: QueryRun, window: float) -> dict[Query, str]:
    """By query, what was asked."""
    found: dict[Query, str] = {MACHINES: machines}
    for query, sent in (*run.instant().items(), *run.ranges(window).items()):
        if query != SCRAPES:
            found[query] = sent
    return found


def _answers(
    run: QueryRun,
) -> tuple[dict[InstantQuery, list[Sample]], dict[RangeQuery, list[Series]], tuple[float, float]]:
    """Samples and series by their query; step and window of the series, in seconds."""
    queries = list(run.instant())
    # How often the machines were scraped is asked first: series can be asked when it is known,
    # beside what else is asked at the range's end.
    queries.sort(key=lambda query: query != SCRAPES)
    with asking(run.engine) as pool:
        samples = {query: pool.submit(run.samples, query) for query in queries}
        seconds = run.end - run.start
        resolution = _resolution(samples[SCRAPES].result(), seconds, run.plan.points)
        pieces = run.begin_series(pool, resolution)
        answers = {query: samples[query].result() for query in run.instant()}
        return answers, collected(pieces, run.plan.range), resolution


def _check_load_test(
    engine: Engine,
    answers: Mapping[InstantQuery, Sequence[Sample]],
    expressions: Mapping[InstantQuery, str],
) -> None:
    if not answers[MAX_UNITS] and not answers[LEVEL_UNITS]:
        raise QueryError(
            f"{engine.url}: no load test in the range; the query was: {expressions[MAX_UNITS]}"
        )


def _resolution(scrapes: Sequence[Sample], seconds: float, points: int) -> tuple[float, float]:
    """Step of range queries and window of rates, in seconds."""
    most = max((sample.value for sample in scrapes), default=0.0)
    interval = seconds / most if most else 15.0
    step = max(seconds / points, interval, 1.0)
    # PromQL's windows are whole seconds here, and what is said of them is what was asked.
    return step, float(max(1, round(max(step, SCRAPES_IN_WINDOW * interval))))
