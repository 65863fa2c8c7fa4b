"""Asks the engine everything that a report shows, and puts the answers together by machine."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from perfanalysis.errors import InputError
from reporter import queries
from reporter.config import Config
from reporter.machines import Curve, Estimate, LoadTest, Machine
from reporter.promql import Engine, Floats, QueryError, Sample, Series

POINTS = 400
QUERIES_AT_ONCE = 4
# A rate needs two samples in its window; four leave room for a scrape that failed.
SCRAPES_IN_WINDOW = 4


@dataclass(frozen=True)
class Gathered:
    """All that the pages are made from.

    Attributes:
        machines: in the order of the config, else by name.
        series: by name of the range query, its series.
        expressions: by name of the figure, the PromQL that fed it, values filled in.
        start: Unix seconds.
        end: Unix seconds.
        step: seconds between the points of ``series``.
        engine: name and version, or "".
        warnings: what the engine said beside its answers.
    """

    machines: Sequence[Machine]
    series: Mapping[str, Sequence[Series]]
    expressions: Mapping[str, str]
    start: float
    end: float
    step: float
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
    expressions = {"Machines": found[0]}

    def filled(expression: str, window: float = 0.0) -> str:
        return queries.fill(
            expression,
            machines=names,
            kernel=config.kernel,
            purchase=config.purchase,
            seconds=end - start,
            window=window,
        )

    with ThreadPoolExecutor(QUERIES_AT_ONCE) as pool:
        rest = {name: filled(e) for name, e in queries.INSTANT.items() if name != "Machines"}
        answers = dict(
            zip(rest, pool.map(lambda e: engine.query(e, end), rest.values()), strict=True)
        )
        step, window = _resolution(answers["Scrapes"], end - start)
        ranges = {name: filled(e, window) for name, e in queries.RANGE.items()}
        series = dict(
            zip(
                ranges,
                pool.map(lambda e: engine.query_range(e, start, end, step), ranges.values()),
                strict=True,
            )
        )
    expressions |= rest | ranges
    del expressions["Scrapes"]
    if not answers["Max units per second"] and not answers["Units per second by busy level"]:
        expression = expressions["Max units per second"]
        raise QueryError(f"{engine.url}: no load test in the range; the query was: {expression}")
    answers["Machines"] = found[1]
    machines = [_machine(name, answers) for name in names]
    return Gathered(
        machines, series, expressions, start, end, step, engine.version(), tuple(engine.warnings)
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
    samples = engine.query(expression, end)
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


def _resolution(scrapes: Sequence[Sample], seconds: float) -> tuple[float, float]:
    """Step of range queries and window of rates, in seconds."""
    most = max((sample.value for sample in scrapes), default=0.0)
    interval = seconds / most if most else 15.0
    step = max(seconds / POINTS, interval, 1.0)
    return step, max(step, SCRAPES_IN_WINDOW * interval)


def _machine(name: str, answers: Mapping[str, Sequence[Sample]]) -> Machine:
    own = {
        figure: [sample for sample in samples if sample.labels.get("instance") == name]
        for figure, samples in answers.items()
    }
    identity = max(own["Machines"], key=lambda sample: sample.time).labels
    cpus = _value(own["CPUs"])
    price = _value(own["Price"])
    test = _load_test(own)
    per_dollar = _value(own["Units per dollar"])
    estimate = None
    if test and test.max and price and per_dollar is not None:
        bounds = test.max.divided_by(price)
        estimate = Estimate(per_dollar, bounds.lower, bounds.upper)
    keys = ("provider", "region", "zone", "instance_type", "cpu_model", "architecture")
    return Machine(
        name=name,
        **{key: identity.get(key, "") for key in keys},
        cpus=None if cpus is None else round(cpus),
        memory_bytes=_value(own["Memory"]),
        price=price,
        test=test,
        units_per_dollar=estimate,
    )


def _load_test(own: Mapping[str, Sequence[Sample]]) -> LoadTest | None:
    levels = _by_busy(own["Units per second by busy level"])
    if not levels:
        return None
    busy = np.array(sorted(levels), dtype=np.float64)

    def column(figure: str) -> Floats:
        values = _by_busy(own[figure])
        return np.array([values.get(int(level), np.nan) for level in busy], dtype=np.float64)

    curve = Curve(
        busy=busy,
        units=column("Units per second by busy level"),
        lower=column("Units per second, lower bound"),
        upper=column("Units per second, upper bound"),
        reached=column("Busy ratio reached"),
        steal=column("Steal ratio"),
    )
    run = max(own["Run"], key=lambda sample: sample.time, default=None)
    valid = _value(own["Run valid"])
    return LoadTest(
        test_id=run.labels.get("test_id", "") if run else "",
        ended=_value(own["End of the run"]),
        valid=None if valid is None else valid == 1,
        max=curve.at(100),
        single=_value(own["Units per second of one worker"]),
        curve=curve,
    )


def _by_busy(samples: Sequence[Sample]) -> dict[int, float]:
    newest: dict[int, Sample] = {}
    for sample in samples:
        level = int(sample.labels["busy"])
        if level not in newest or sample.time >= newest[level].time:
            newest[level] = sample
    return {level: sample.value for level, sample in newest.items()}


def _value(samples: Sequence[Sample]) -> float | None:
    finite = [sample for sample in samples if np.isfinite(sample.value)]
    return max(finite, key=lambda sample: sample.time).value if finite else None


def by_machine(series: Sequence[Series]) -> dict[str, list[Series]]:
    """Series grouped by their label ``instance``."""
    grouped: dict[str, list[Series]] = defaultdict(list)
    for one in series:
        grouped[one.labels.get("instance", "")].append(one)
    return dict(grouped)
