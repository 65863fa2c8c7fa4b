"""Asks the engine everything that a report shows, and puts the answers together by machine."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfanalysis.errors import InputError
from perfanalysis.promql import Engine, QueryError, Sample, Series
from reporter.asking import newest, queries
from reporter.asking.asked import asked_by
from reporter.asking.assembling import assemble
from reporter.asking.machines import Machine
from reporter.asking.parts import check_copies
from reporter.asking.questions import Questions, asking, collected
from reporter.settings.report import Config

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
        asked_first: by name of the figure, the cheap part of its PromQL that was asked before it.
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
    asked_first: Mapping[str, str] = field(default_factory=dict)


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
    # A matcher of hundreds of names would fill the appendix; without one all that are there answer.
    matched = names if config.machines or len(names) <= NAMES_IN_MATCHER else ()
    asked = asked_by(config.template)
    questions = Questions(engine, config, asked, names, matched, start, end)
    answers, series, resolution = _answers(questions)
    if asked.needs_load_test:
        _check_load_test(engine, answers, questions.instant())
    answers["Machines"] = found[1]
    return Gathered(
        machines=assemble(names, answers),
        series=series,
        samples=answers,
        expressions=_expressions(found[0], questions, resolution[1]),
        matched=matched,
        start=start,
        end=end,
        step=resolution[0],
        window=resolution[1],
        engine=engine.version(),
        warnings=tuple(engine.warnings),
        asked_first=questions.first(),
    )


def _expressions(machines: str, questions: Questions, window: float) -> dict[str, str]:
    """By name of the figure, what fed it."""
    found = {"Machines": machines, **questions.instant(), **questions.ranges(window)}
    del found["Scrapes"]
    return found


def _answers(
    questions: Questions,
) -> tuple[dict[str, list[Sample]], dict[str, list[Series]], tuple[float, float]]:
    """Samples and series by name of their query; step and window of the series, in seconds."""
    names = list(questions.instant())
    # How often the machines were scraped is asked first: series can be asked when it is known,
    # beside what else is asked at the range's end.
    names.sort(key=lambda name: name != "Scrapes")
    with asking(questions.engine) as pool:
        samples = {name: pool.submit(questions.samples, name) for name in names}
        seconds = questions.end - questions.start
        resolution = _resolution(samples["Scrapes"].result(), seconds, questions.asked.points)
        pieces = questions.begin_series(pool, resolution)
        answers = {name: samples[name].result() for name in questions.instant()}
        return answers, collected(pieces, questions.asked.range), resolution


def _check_load_test(
    engine: Engine, answers: Mapping[str, Sequence[Sample]], expressions: Mapping[str, str]
) -> None:
    most = "Max units per second"
    if not answers[most] and not answers["Units per second by busy level"]:
        raise QueryError(
            f"{engine.url}: no load test in the range; the query was: {expressions[most]}"
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
