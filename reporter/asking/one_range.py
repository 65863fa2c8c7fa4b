"""Asks the engine for all that a report shows of one range, and puts it together by machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from perfanalysis.promql import Engine, QueryError, Sample, Series
from reporter.asking.answers import Answers
from reporter.asking.change_reading import read_changes
from reporter.asking.duplicates import check_copies
from reporter.asking.found_machines import changed_types, find_machines
from reporter.asking.machine_assembly import assemble
from reporter.asking.machine_queries import LEVEL_UNITS, MACHINES, MAX_UNITS
from reporter.asking.machine_time import of_all_cpus
from reporter.asking.price_queries import HIGHEST_PRICE, LOWEST_PRICE
from reporter.asking.price_reading import DERIVED, read_price
from reporter.asking.query import ChangesQuery, InstantQuery, Query, RangeQuery
from reporter.asking.query_plan import QueryPlan
from reporter.asking.query_run import QueryRun, asking, collected
from reporter.asking.rhythm import ScrapeRhythm, usual_interval
from reporter.asking.rhythm_reading import label_sets
from reporter.asking.rhythm_reading import rhythms as read_rhythms
from reporter.asking.sample_reading import SampleReading
from reporter.asking.sampled_query import Sampled, SampledQuery
from reporter.asking.thinning import ChartSeries
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
    answered = _answers(run)
    answers = answered.samples
    if plan.needs_load_test:
        _check_load_test(engine, answers, run.instant())
    answers[MACHINES] = found[1]
    return Answers(
        machines=assemble(names, answers, config.purchases, config.group_by),
        series=answered.series,
        samples=answers,
        expressions=_expressions(found[0], run, answered),
        matched=matched,
        start=start,
        end=end,
        step=answered.step,
        window=answered.window,
        engine=engine.version(),
        warnings=tuple(engine.warnings),
        asked_first=run.first(),
        full_load_only=plan.full_load_only,
        sampled=answered.sampled,
        rhythms=answered.rhythms,
        asked_for={
            **{one: _parts(one, run, answered) for one in plan.sampled},
            **{one: _of_changes(one, run) for one in plan.changing},
        },
    )


@dataclass(frozen=True)
class _Answered:
    """What came of one range: by query, samples at its end, points of charts, and all samples."""

    samples: dict[InstantQuery, list[Sample]]
    series: Mapping[RangeQuery, Sequence[Series]]
    sampled: dict[RangeQuery, list[Sampled]]
    rhythms: Mapping[str, ScrapeRhythm]
    summed: frozenset[str]
    step: float
    window: float


def _expressions(machines: str, run: QueryRun, answered: _Answered) -> dict[Query, str]:
    """By query, what was asked."""
    found: dict[Query, str] = {MACHINES: machines}
    for one, sent in run.instant().items():
        found[one] = sent
    charts = run.ranges(answered.window)
    interval = run.config.window_seconds or usual_interval(answered.rhythms.values())
    for query in run.plan.range:
        found[query] = charts.get(query) or run.filled(_whole(query, run, answered), interval)
    return found


def _ways(query: SampledQuery, run: QueryRun, answered: _Answered) -> list[bool]:
    """Whether a quantity was asked of machines that add up, of others, or of both."""
    having = {name in answered.summed for name in run.names}
    return sorted(having, reverse=True) if query.summed else [False]


def _parts(query: SampledQuery, run: QueryRun, answered: _Answered) -> list[str]:
    """What was sent for a quantity."""
    ways = _ways(query, run, answered)
    return [run.filled(part, 1.0) for way in ways for part in query.sent(summed=way)]


def _of_changes(query: ChangesQuery, run: QueryRun) -> list[str]:
    """What was sent for what changes."""
    return [run.filled(part, 1.0) for part in (query.expression, query.changed)]


def _whole(query: RangeQuery, run: QueryRun, answered: _Answered) -> str:
    """All of it in one expression, for people who look."""
    if not isinstance(query, SampledQuery):
        return query.expression
    ways = _ways(query, run, answered)
    return " or ".join(query.summed_expression if way else query.expression for way in ways)


def _answers(run: QueryRun) -> _Answered:
    """All that is asked of a range."""
    with asking(run.engine) as pool:
        samples = _begin_samples(run, pool)
        # Series can be asked for when it is known how often machines were scraped.
        sets = pool.submit(label_sets, run)
        adding_up = pool.submit(of_all_cpus, run)
        rhythms = read_rhythms(run)
        changes = sets.result()
        seconds, interval = run.end - run.start, usual_interval(rhythms.values())
        step, window = _resolution(interval, seconds, run.plan.points)
        drawn = run.begin_series(pool, (step, window), changes)
        changing = [
            (query, pool.submit(read_changes, run, query, step, interval, changes))
            for query in run.plan.changing
        ]
        summed = adding_up.result()
        read = SampleReading(run, rhythms, changes, summed).begin(pool)
        answers = {query: samples[query].result() for query in run.instant()}
        series = collected([*drawn, *changing])
        sampled: dict[RangeQuery, list[Sampled]] = {**collected(read)}
    points = ChartSeries(series, sampled, run.start, run.end, step)
    return _Answered(answers, points, sampled, rhythms, summed, step, window)


def _begin_samples(
    run: QueryRun, pool: ThreadPoolExecutor
) -> dict[InstantQuery, Future[list[Sample]]]:
    """Ask for all that is asked at the range's end; what follows from other answers comes last."""
    every = run.instant()
    derived = [query for query in DERIVED if query in every]
    if LOWEST_PRICE not in every or HIGHEST_PRICE not in every:
        derived = []
    order = [LOWEST_PRICE, HIGHEST_PRICE] if derived else []
    order += [query for query in every if query not in {*order, *derived}]
    found = {query: pool.submit(run.samples, query) for query in order}

    def of_bounds(query: InstantQuery) -> list[Sample]:
        bounds = (found[one].result() for one in (LOWEST_PRICE, HIGHEST_PRICE))
        return read_price(run, query, *bounds)

    # Begun behind what they wait for, so that a pool of one thread does not wait for itself.
    return found | {query: pool.submit(of_bounds, query) for query in derived}


def _check_load_test(
    engine: Engine,
    answers: Mapping[InstantQuery, Sequence[Sample]],
    expressions: Mapping[InstantQuery, str],
) -> None:
    if not answers[MAX_UNITS] and not answers[LEVEL_UNITS]:
        raise QueryError(
            f"{engine.url}: no load test in the range: run one (`perfanalysis loadtest run`), "
            "import one of that time, or take a template that needs none (--template machine or "
            "capacity); "
            f"the query was: {expressions[MAX_UNITS]}"
        )


def _resolution(interval: float, seconds: float, points: int) -> tuple[float, float]:
    """Step of range queries and window of rates, in seconds."""
    step = max(seconds / points, interval, 1.0)
    # PromQL's windows are whole seconds here, and what is said of them is what was asked.
    return step, float(max(1, round(max(step, SCRAPES_IN_WINDOW * interval))))
