"""Asks the engine for all that one report shows: of its range, and of the one before it."""

from __future__ import annotations

from dataclasses import replace

from perfanalysis.errors import InputError
from perfanalysis.promql import Engine
from reporter.asking import placeholders, price_book
from reporter.asking.answers import Answers
from reporter.asking.device_check import check_devices
from reporter.asking.last_period import last_period
from reporter.asking.one_range import ask_range
from reporter.asking.priced_by_book import with_book
from reporter.asking.query_plan import QueryPlan
from reporter.asking.replay_documents import read_replayed
from reporter.settings.flags import Given
from reporter.settings.sources import COMMAND_LINE


def ask(
    all_given: Given, plan: QueryPlan, engine: Engine, now: float
) -> tuple[Answers, Answers | None]:
    """Everything that the report shows, and the same of the time before where it compares two.

    Args:
        all_given: the settings, and where each stands.
        plan: what the report asks for.
        engine: where to ask.
        now: what ``now`` means in the settings, Unix seconds.

    Raises:
        InputError: a setting does not fit what the engine has, or the price book or one of the
            documents of a replay is none.
        PerfAnalysisError: the price book cannot be read now.
        QueryError: see ``ask_range``.
    """
    config = all_given.config
    price_book.check(config)
    replayed = read_replayed(config)
    where = all_given.where("machines")
    start, end = config.range(now, all_given.where("from"))
    compares = config.template == "regression"
    if compares:
        earlier = config.range_before(start, end, now, all_given.where("before"))
    answers = ask_range(engine, config, plan, start, end, where)
    matcher = placeholders.matcher(answers.matched)
    check_devices(engine, config.devices, matcher, (start, end), all_given.where)
    names = [machine.name for machine in answers.machines]
    if config.baseline and config.baseline not in names:
        place = all_given.where("baseline")
        field = "--baseline" if place == COMMAND_LINE else "baseline"
        known = ", ".join(names[:20])
        raise InputError(place, field, f"a machine of the report ({known})", config.baseline)
    before = None
    if config.template == "rightsizing":
        before = last_period(engine, config, answers)
    elif compares:
        before = ask_range(engine, config, plan, *earlier, where)
    answers = replace(answers, replayed=replayed)
    return with_book(config, answers), with_book(config, before) if before else None
