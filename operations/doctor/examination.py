"""All checks, one after the other; one that cannot ask does not keep the others."""

from __future__ import annotations

from operations.doctor.checks import (
    backups,
    cardinality,
    clocks,
    labels,
    load_tests,
    loaded_rules,
    prices,
    rules,
    scrapes,
    versions,
)
from operations.doctor.finding import Check, Diagnosis, Health, Installation
from perfanalysis.errors import PerfAnalysisError

CHECKS: dict[str, Check] = {
    module.NAME: module.check
    for module in (
        scrapes,
        labels,
        clocks,
        versions,
        cardinality,
        rules,
        loaded_rules,
        load_tests,
        prices,
        backups,
    )
}

# What is asked of machines: where none answers, its own advice would lead astray.
OF_MACHINES = frozenset(
    module.NAME for module in (labels, clocks, versions, cardinality, load_tests, prices)
)
_FIRST = "see to the scrapes first, above"


def examine(where: Installation) -> list[Diagnosis]:
    """What all checks found.

    Raises:
        QueryError: the engine does not answer at all.
    """
    where.engine.query("vector(1)", where.now)
    silent = where.silent()
    found: list[Diagnosis] = []
    for name, check in CHECKS.items():
        if silent and name in OF_MACHINES:
            found.append(Diagnosis(name, Health.UNKNOWN, "no machine answers", _FIRST))
            continue
        try:
            found += check(where)
        except PerfAnalysisError as error:
            found.append(Diagnosis(name, Health.UNKNOWN, f"not asked: {error}"))
    return found
