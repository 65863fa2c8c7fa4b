"""A plan's table on a terminal of 80 columns."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from rich.console import Console

from workload.planned.document import PlanDocument
from workload.planned.tables import lines, show
from workload.planning.demand import OfferedMachine
from workload.planning.planning import MachinePlan, PlannedMachine

RESOURCES = (
    *("cpu (integer)", "memory", "disk bytes", "disk operations"),
    *("network received", "network sent"),
)
TUESDAY = 1_796_139_600.0
BELOW = "Below 1 % on each machine, and not shown: "


def document(*peaks: dict[str, float], spare: bool = True) -> PlanDocument:
    kind = OfferedMachine("m7i.large", Decimal("0.1008"), {})
    machines = [
        PlannedMachine(
            f"m7i.large #{number}",
            kind,
            (f"workload-{number}",),
            {name: (share, TUESDAY) for name, share in one.items()},
        )
        for number, one in enumerate(peaks, 1)
    ]
    machines += [PlannedMachine("m7i.large #9", kind, (), {})] * spare
    return PlanDocument(MachinePlan(tuple(machines), Decimal("0.1"), None, True), "USD", {}, ())


def shown(found: PlanDocument) -> str:
    console = Console(width=80, record=True, file=io.StringIO())
    show(found, console)
    return console.export_text()


def test_all_resources_fit_and_no_word_is_cut() -> None:
    text = shown(document(dict.fromkeys(RESOURCES, 0.51)))

    assert "…" not in text
    # Words stand whole on a line of a cell.
    wanted = {"machine", "(integer)", "memory", "workloads", "I/O", "Tue", "15:40", "51", "%"}
    assert wanted <= set(text.split())
    assert BELOW not in text


@pytest.mark.parametrize(
    ("peaks", "hidden"),
    [
        ([{"memory": 0.3, "network sent": 0.004}], "network sent"),
        ([{"memory": 0.3, "network sent": 0.004}, {"memory": 0.3, "network sent": 0.01}], None),
        # Of the second machine no limit is known, which the table has to say.
        ([{"memory": 0.3, "network sent": 0.004}, {"memory": 0.3}], None),
        (
            [{"memory": 0.3, "network sent": 0.0, "disk bytes": 0.0099}],
            "disk bytes, network sent",
        ),
    ],
)
def test_what_hardly_anything_is_used_of_has_no_column(
    peaks: list[dict[str, float]], hidden: str | None
) -> None:
    found = document(*peaks)

    said = [line for line in lines(found) if line.startswith(BELOW)]
    assert said == ([] if hidden is None else [f"{BELOW}{hidden}."])
    # The heading of "network sent" alone ends so.
    assert ("out" in shown(found).split()) == (hidden is None)
