"""Asks what machines cost and did in the period before, of the same length: for totals alone."""

from __future__ import annotations

from dataclasses import replace

from perfanalysis.promql import Engine
from reporter.asking import latest_series, placeholders
from reporter.asking.answers import Answers
from reporter.asking.machine_queries import MACHINES
from reporter.asking.one_range import NAMES_IN_MATCHER, ask_range
from reporter.asking.price_queries import PRICE
from reporter.asking.query_plan import QueryPlan
from reporter.asking.usage_queries import CPU_BUSY
from reporter.settings.report import Config

PLAN = QueryPlan(instant=(MACHINES, PRICE), range=(CPU_BUSY,))


def last_period(engine: Engine, config: Config, answers: Answers) -> Answers | None:
    """Prices and busy shares of the report's machines in the period before.

    Args:
        engine: where to ask.
        config: of the report.
        answers: of its range.

    Returns:
        None when none of its machines was there, or the period begins before 1970.

    Raises:
        QueryError: see ``ask_range``.
    """
    length = answers.end - answers.start
    start, end = answers.start - length, answers.start
    if start < 0:
        return None
    names = [machine.name for machine in answers.machines]
    expression = placeholders.fill(
        MACHINES.expression,
        machines=names if len(names) <= NAMES_IN_MATCHER else (),
        kernel=config.kernel,
        purchase=config.purchase,
        seconds=length,
    )
    seen = {one.labels["instance"] for one in latest_series.query(engine, expression, end)}
    there = tuple(name for name in names if name in seen)
    if not there:
        return None
    return ask_range(engine, replace(config, machines=there), PLAN, start, end, "")
