"""What the page of a prediction shows of one machine, from the document. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portal.pages import work_words as words
from portal.predictions.as_rows import percentile_of
from portal.predictions.document_forms import PredictedCandidate, PredictedMachine

RESOURCES = {
    "cpu": "CPU",
    "memory": "Memory",
    "disk_throughput": "Disk bytes",
    "disk_operations": "Disk operations",
    "network": "Network",
}
# Further ones stand in the CSV.
MOST_CANDIDATES = 200


@dataclass(frozen=True)
class CandidateView:
    """A line of the tables.

    Attributes:
        name: of the candidate.
        kind: its type, provider, region, architecture and purchase, as far as they are said.
        used: by resource, in words.
        risk: in all, in words.
        risks: of each resource.
        needs, hour, month, saving: in words.
        marks: what it is, such as ``today``.
        refused: why it is not recommended; None: nothing speaks against it.
        unchecked: resources whose limit is unknown.
        busy, head_room: by percentile, in words.
        one_cpu: how busy one of its CPUs would be with the work of the busiest one.
    """

    name: str
    kind: str
    used: dict[str, str]
    risk: str
    risks: str
    needs: str
    hour: str
    month: str
    saving: str
    marks: list[str]
    refused: str | None
    unchecked: str
    busy: dict[str, str]
    head_room: dict[str, str]
    one_cpu: str


@dataclass(frozen=True)
class PredictedView:
    """All of a machine.

    Attributes:
        facts: what is said in short, by its heading.
        candidates: those that may be taken first, the cheapest at the top.
        more: how many further ones there are.
        resources: of which a candidate has a figure, by its key.
        percentiles: of the second table, by their key.
        counted: the percentile that counts, in words.
    """

    facts: dict[str, str]
    candidates: list[CandidateView]
    more: int
    resources: dict[str, str]
    percentiles: dict[str, str]
    counted: str


def view_of(one: PredictedMachine) -> PredictedView:
    """The view of a machine's prediction."""
    counted = percentile_of(one.counted_percentile)
    shown = ordered(one)[:MOST_CANDIDATES]
    known = {name for each in one.candidates for name in each.used if counted in each.used[name]}
    if any(counted in each.busy for each in one.candidates):
        known.add("cpu")
    points = dict.fromkeys(point for each in one.candidates for point in each.busy)
    return PredictedView(
        facts=_facts(one, counted),
        candidates=[_candidate(one, each, counted) for each in shown],
        more=len(one.candidates) - len(shown),
        resources={key: label for key, label in RESOURCES.items() if key in known},
        percentiles={point: words.percentile(point) for point in points},
        counted=words.percentile(counted),
    )


def ordered(one: PredictedMachine) -> list[PredictedCandidate]:
    """The candidates as the command's table has them."""
    far = Decimal("Infinity")

    def key(each: PredictedCandidate) -> tuple[bool, bool, Decimal, str]:
        month = words.exact(each.price_per_month)
        unmeasured = not each.measured
        return (
            each.not_recommended is not None,
            unmeasured,
            far if month is None else month,
            each.name,
        )

    return sorted(one.candidates, key=key)


def cheapest_of(one: PredictedMachine) -> PredictedCandidate | None:
    """The cheapest candidate that meets the wish; None: there is none."""
    return next((each for each in one.candidates if each.name == one.cheapest), None)


def _facts(one: PredictedMachine, counted: str | None) -> dict[str, str]:
    span = words.DASH
    if one.start_seconds is not None and one.end_seconds is not None:
        span = f"{words.moment(one.start_seconds)} to {words.moment(one.end_seconds)}"
    return {
        "Measured as": one.source or words.DASH,
        "Recorded": span,
        "Known of it": words.duration(one.known_seconds),
        "Step": words.duration(one.interval_seconds),
        "Wished for": _wish(one),
        "What counts": words.percentile(counted),
        "Holds for": _work(one),
        "Without idle time": words.share(one.saturated_ratio),
    }


def _wish(one: PredictedMachine) -> str:
    wish = one.wish
    if wish is None:
        return words.DASH
    said = [words.percentile(percentile_of(wish.percentile))] if wish.percentile else []
    for free, what in ((wish.cpu_headroom, "CPU"), (wish.memory_headroom, "memory")):
        said += [] if free is None else [f"{words.share(free)} of {what} free"]
    said += [f"at least {wish.least} machines"] if (wish.least or 1) > 1 else []
    said += ["also spot machines"] if wish.spot else []
    said += [f"the last {wish.look_back_days:g} days"] if wish.look_back_days else []
    for names in (wish.families, wish.providers, wish.regions, wish.architectures):
        said += ["only " + ", ".join(names)] if names else []
    return "; ".join(said) or words.DASH


def _work(one: PredictedMachine) -> str:
    work = one.work
    if work is None:
        return words.DASH
    if work.kind:
        return f"work of the kind {work.kind}"
    if work.mix:
        parts = (f"{words.share(part)} {kernel}" for kernel, part in work.mix.items())
        return f"a mix of {', '.join(parts)}"
    if len(work.kernels) == 1:
        return f"work like the kernel {work.kernels[0]}"
    return f"any mix of {', '.join(work.kernels)}" if work.kernels else words.DASH


def _candidate(
    one: PredictedMachine, each: PredictedCandidate, counted: str | None
) -> CandidateView:
    point = counted or ""
    used = {name: words.share(shares.get(point)) for name, shares in each.used.items()}
    used["cpu"] = words.band(each.busy.get(point))
    kind = (each.instance_type, each.provider, each.region, each.architecture, each.purchase)
    return CandidateView(
        name=each.name,
        kind=", ".join(word for word in kind if word),
        used={key: used.get(key, words.DASH) for key in RESOURCES},
        risk=words.band(each.performance_risk.get("any")),
        risks=", ".join(
            f"{label} {words.band(each.performance_risk[key])}"
            for key, label in RESOURCES.items()
            if key in each.performance_risk
        ),
        needs=words.count(each.machines),
        hour=words.money(each.price_per_hour, each.currency),
        month=words.money(each.price_per_month, each.currency, 2),
        saving=words.money(each.saving_per_month, each.currency, 2),
        marks=_marks(one, each),
        refused=each.not_recommended,
        unchecked=", ".join(RESOURCES.get(name, name) for name in each.unknown_limits),
        busy={key: words.band(found) for key, found in each.busy.items()},
        head_room={key: words.band(found) for key, found in each.head_room.items()},
        one_cpu=words.share(each.one_cpu),
    )


def _marks(one: PredictedMachine, each: PredictedCandidate) -> list[str]:
    said = {
        "today": each.name == one.source,
        "cheapest": each.name == one.cheapest,
        "cheaper if divided": each.name == one.cheapest_divided,
        "another architecture": bool(each.other_architecture),
        "not measured": not each.measured,
    }
    return [word for word, holds in said.items() if holds]
