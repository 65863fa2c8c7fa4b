"""What the comparison page and its PDF show: the sides by kernel, whichever way they were named."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from perfanalysis.errors import InputError
from portal.access.caller import Caller
from portal.api import compared
from portal.api.comparison_form import KernelAnswer, KindAnswer, MeasureAnswer
from portal.api.state import PortalState
from portal.inventory import registering
from portal.load_tests.comparing import (
    BY_CHANCE,
    BY_CONDITIONS,
    BY_INTERVAL,
    BY_ONE_RUN,
    BY_SEVERAL,
    MOST_SIDES,
)
from portal.pages.history_filter import names_of
from portal.records.faults import NotThereError

MEASURES = {"performance": "Performance", "price_performance": "Price-performance"}
UNITS = {"performance": "units/s", "price_performance": "units/s per $/hr"}
USUAL_RUNS = 5
# Of a radar chart.
_LEAST_AXES = 3
_TOLD = {
    "performance": {"faster": "faster", "slower": "slower"},
    "price_performance": {"faster": "more for the money", "slower": "less for the money"},
}
_WITHHELD = {
    BY_CONDITIONS: "cannot tell: not the same conditions",
    BY_ONE_RUN: "cannot tell: one run each",
    BY_INTERVAL: "cannot tell: no interval is known",
    BY_CHANCE: "cannot tell: chance brings as much",
    BY_SEVERAL: "cannot tell: too little for so many comparisons",
}


@dataclass(frozen=True)
class ChosenSides:
    """What is to be compared: machines by name, or tests by id, each a side.

    Attributes:
        machines, tests: one of the two has sides.
        kernel: only this one of machines; "": all that they have in common.
        measure: which one is shown first.
    """

    machines: tuple[str, ...]
    tests: tuple[str, ...]
    kernel: str
    measure: str

    @property
    def query(self) -> str:
        """As the query of an address."""
        parts = [("machines", ", ".join(self.machines)), ("tests", " ".join(self.tests))]
        parts += [("kernel", self.kernel), ("measure", self.measure)]
        return urlencode([(name, value) for name, value in parts if value])


@dataclass(frozen=True)
class View:
    """What was found.

    Attributes:
        names: of the sides, the baseline first.
        kernels: with a side for each name.
        left_out: kernels that not all machines have.
        csv: where the endpoint has the same as CSV.
        kinds: what is said of kinds of work, of machines alone.
    """

    names: Sequence[str]
    kernels: Sequence[KernelAnswer]
    left_out: Sequence[str]
    csv: str
    kinds: Sequence[KindAnswer] = ()

    @property
    def has_radar_of_kinds(self) -> bool:
        """Whether enough kinds are told of all sides."""
        return len(_told_of_all(self.kinds)) >= _LEAST_AXES


def choice_of(query: QueryParams) -> ChosenSides:
    """What an address asks for.

    Raises:
        InputError: a field cannot be read.
    """
    machines = tuple(names_of(query.get("machines", "")))
    # From the field, and from boxes that were ticked on other pages.
    tests = tuple(dict.fromkeys([*query.get("tests", "").split(), *query.getlist("test")]))
    for name, sides in (("machines", machines), ("tests", tests)):
        if len(sides) > MOST_SIDES:
            raise InputError("comparison", name, f"at most {MOST_SIDES}", len(sides))
    kernel = query.get("kernel", "").strip()
    if len(kernel) > 100 or not kernel.isprintable():
        raise InputError("comparison", "kernel", "the name of a kernel")
    measure = query.get("measure", "performance")
    return ChosenSides(machines, tests, kernel, measure if measure in MEASURES else "performance")


def look_up(state: PortalState, caller: Caller, choice: ChosenSides) -> View:
    """Compare what was chosen.

    Raises:
        InputError, NotThereError: there are not two sides; one is not there; they do not compare.
    """
    if choice.machines:
        return _of_machines(state, caller, choice)
    if any(part and (len(part) > 128 or not part.isascii()) for part in choice.tests):
        raise InputError("comparison", "tests", "ids of tests")
    found = compared.of_tests(state, caller, choice.tests, None)
    kernel = KernelAnswer(
        kernel=found.kernel, kernel_version=found.kernel_version, sides=found.sides
    )
    names = [
        f"{name} ({test})" if found.names.count(name) > 1 else name
        for name, test in zip(found.names, choice.tests, strict=True)
    ]
    query = urlencode([("side", one) for one in choice.tests] + [("format", "csv")])
    return View(names, [kernel], [], f"/api/v1/comparison?{query}")


def _of_machines(state: PortalState, caller: Caller, choice: ChosenSides) -> View:
    ids = _ids(state, caller, choice.machines)
    if len(ids) < 2:
        raise InputError("comparison", "machines", f"2 to {MOST_SIDES} names", len(ids))
    found = compared.of_machines(state, caller, ids, choice.kernel or None, USUAL_RUNS)
    query = [("machine", str(one)) for one in ids] + [("runs", str(USUAL_RUNS))]
    query += [("kernel", choice.kernel)] if choice.kernel else []
    csv = f"/api/v1/comparison/machines?{urlencode([*query, ('format', 'csv')])}"
    names = [one.name for one in found.machines]
    return View(names, found.kernels, found.left_out, csv, found.kinds)


def _told_of_all(kinds: Sequence[KindAnswer]) -> list[KindAnswer]:
    return [one for one in kinds if all(side.ratio is not None for side in one.sides)]


def _ids(state: PortalState, caller: Caller, names: Sequence[str]) -> list[uuid.UUID]:
    found = []
    with state.reading(caller) as session:
        for name in names:
            row = registering.by_name(session, name)
            if row is None:
                raise NotThereError("machine", name)
            found.append(registering.successor(session, row).id)
    return found


def verdict(measure: MeasureAnswer, unlike: Sequence[str]) -> str:
    """What is told of a side, or why nothing is."""
    if measure.value is None:
        return "unknown: not all tests tell it"
    if measure.ratio is None:
        return "unknown: the baseline does not tell it"
    if measure.withheld is None:
        return _TOLD[measure.measure][str(measure.verdict)]
    said = _WITHHELD[measure.withheld]
    return f"{said} ({', '.join(unlike)})" if measure.withheld == BY_CONDITIONS else said


def data(view: View) -> dict[str, Any]:
    """What the charts are drawn from."""
    return {
        "names": list(view.names),
        "units": UNITS,
        "kernels": [
            {
                "kernel": each.kernel,
                "sides": [
                    {
                        "levels": [level.model_dump() for level in side.levels],
                        "measures": {one.measure: one.model_dump() for one in side.measures},
                    }
                    for side in each.sides
                ],
            }
            for each in view.kernels
        ],
        "kinds": [
            {"kind": one.kind, "ratios": [side.ratio for side in one.sides]}
            for one in _told_of_all(view.kinds)
        ],
    }
