"""Asks the engine for all that one call of ``perfanalysis report`` shows, by its settings."""

from __future__ import annotations

from perfanalysis.errors import InputError
from perfanalysis.promql import Engine
from reporter.asking import queries
from reporter.asking.devices import check_devices
from reporter.asking.gathering import Gathered, gather
from reporter.settings.flags import Given
from reporter.settings.sources import COMMAND_LINE


def ask(all_given: Given, engine: Engine, now: float) -> tuple[Gathered, Gathered | None]:
    """Everything that the report shows, and the same of the time before where it compares two.

    Raises:
        InputError: a setting does not fit what the engine has.
        QueryError: see ``gather``.
    """
    config = all_given.config
    start, end = config.range(now, all_given.where("from"))
    compares = config.template == "regression"
    if compares:
        earlier = config.range_before(start, end, now, all_given.where("before"))
    where = all_given.where("machines")
    gathered = gather(engine, config, start, end, where)
    matcher = queries.matcher(gathered.matched)
    check_devices(engine, config.devices, matcher, (start, end), all_given.where)
    names = [machine.name for machine in gathered.machines]
    if config.baseline and config.baseline not in names:
        place = all_given.where("baseline")
        field = "--baseline" if place == COMMAND_LINE else "baseline"
        known = ", ".join(names[:20])
        raise InputError(place, field, f"a machine of the report ({known})", config.baseline)
    if not compares:
        return gathered, None
    return gathered, gather(engine, config, *earlier, where)
