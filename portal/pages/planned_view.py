"""What the page of a plan shows, from the document. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from portal.pages import work_words as words
from portal.pages.work_rows import dearer
from portal.predictions.document_forms import PlannedPlace, PlannedSet

# Further machines, and further workloads of one, stand in the CSV.
MOST_PLACES, MOST_WORKLOADS = 200, 200


@dataclass(frozen=True)
class PlaceView:
    """A machine of the plan.

    Attributes:
        name, type: its own.
        hour: its price, in words.
        spare: whether nothing is on it.
        workloads: those that are.
        more: how many further ones are.
        peaks: of each resource the most that is asked of it, in words.
        moves: where each workload goes when it fails; None: no room for that was asked for.
    """

    name: str
    type: str
    hour: str
    spare: bool
    workloads: tuple[str, ...]
    more: int
    peaks: dict[str, str]
    moves: dict[str, str] | None


@dataclass(frozen=True)
class PlannedView:
    """All of it.

    Attributes:
        hour, month: what it costs, in words.
        workloads, machines, spare: how many.
        bound: what no plan can cost less than; None: no bound is known.
        dearer: by how much it is dearer than the best possible at most.
        first_fit, less: what first-fit costs, and how much less this is; None: it is not said.
        search: how the search ended.
        places: its machines.
        more: how many further ones there are.
        resources: of which something is known.
        refused: candidates that were not used, and why.
        remarks: sentences on what it rests on.
    """

    hour: str
    month: str
    workloads: int
    machines: int
    spare: int
    bound: str | None
    dearer: str
    first_fit: str | None
    less: str
    search: str
    places: list[PlaceView]
    more: int
    resources: list[str]
    refused: dict[str, str]
    remarks: tuple[str, ...]


def view_of(plan: PlannedSet) -> PlannedView:
    """The view of a plan."""
    gap = dearer(plan.price_per_hour, plan.bound_per_hour, plan.gap_ratio)
    first_fit = plan.first_fit_decreasing_per_hour
    shown = plan.machines[:MOST_PLACES]
    return PlannedView(
        hour=words.money(plan.price_per_hour, plan.currency),
        month=words.money(plan.price_per_month, plan.currency, 2),
        workloads=sum(len(place.workloads) for place in plan.machines),
        machines=len(plan.machines),
        spare=sum(place.spare for place in plan.machines),
        bound=None if gap == words.DASH else words.money(plan.bound_per_hour, plan.currency),
        dearer=gap,
        first_fit=None if first_fit is None else words.money(first_fit, plan.currency),
        less=_less(plan.price_per_hour, first_fit),
        search=plan.search,
        places=[_place(place, plan.currency) for place in shown],
        more=len(plan.machines) - len(shown),
        resources=list(dict.fromkeys(name for place in plan.machines for name in place.peaks)),
        refused=plan.refused,
        remarks=plan.remarks,
    )


def _place(place: PlannedPlace, currency: str) -> PlaceView:
    shown = place.workloads[:MOST_WORKLOADS]
    return PlaceView(
        name=place.name,
        type=place.type,
        hour=words.money(place.price_per_hour, currency),
        spare=place.spare,
        workloads=shown,
        more=len(place.workloads) - len(shown),
        peaks={
            name: f"{words.share(peak.ratio_of_allowed)}, {peak.at}"
            for name, peak in place.peaks.items()
        },
        moves=place.moves_on_failure,
    )


def _less(price: str, first_fit: str | None) -> str:
    cost, other = words.exact(price), words.exact(first_fit)
    if cost is None or other is None or other <= 0:
        return words.DASH
    saved = 100 * (1 - float(cost / other))
    return "as much as this" if round(saved, 1) == 0 else f"this is {saved:.1f} % less"
