"""What full load behind the levels has found, in words. Pure."""

from __future__ import annotations

from perfanalysis.results import lasting
from perfanalysis.results.document import Document, Endurance, Sustained

SOURCES = {lasting.MEASURED: "measured", lasting.TYPE: "by its type"}
CAUSES = {
    "credit": "the credit of a burstable machine is spent",
    "steal": "the hypervisor gives less",
    "clock": "heat or power limits lower the clock",
}


def long_load_lines(document: Document) -> list[str]:
    """What ``--sustained`` or ``--until-steady`` has found, in words."""
    return [
        *sustained_lines(document),
        *endurance_lines(document.until_steady),
        *baseline_lines(document),
    ]


def baseline_lines(document: Document) -> list[str]:
    """What units per dollar are made of, where that is not the maximum."""
    lent = lasting.baseline(document)
    if lent is None:
        return []
    return [
        f"burstable: {lent.value:.5g} units/s for good ({SOURCES[lent.source]}), by which units "
        "per dollar go"
    ]


def sustained_lines(document: Document) -> list[str]:
    """What the machine does for good, or why that is not known, and how it came there."""
    part, rate, bounds = (
        document.sustained,
        document.sustained_units_per_second,
        document.sustained_interval,
    )
    if part is None:
        return []
    seconds = f"{part.duration_seconds:.0f} s at full load"
    if rate is None or bounds is None:
        return [f"sustained: not known after {seconds}: {part.withheld}"]
    burst = document.max_units_per_second
    share = "" if burst is None else f", {rate / burst:.1%} of the burst"
    lines = [
        f"sustained: {rate:.5g} units/s ({bounds.lower:.5g} .. {bounds.upper:.5g}) "
        f"after {seconds}{share}; {_course(part)}"
    ]
    if part.dips:
        total = sum(dip.duration_seconds for dip in part.dips)
        lines.append(f"left out: {total:.0f} s in which it was slower, as beside a neighbour")
    return lines


def _course(part: Sustained) -> str:
    if part.fall_start_seconds is None:
        return "steady"
    why = "" if part.cause is None else f": {CAUSES[part.cause]}"
    first = (
        "" if part.first_units_per_second is None else f" from {part.first_units_per_second:.5g}"
    )
    if part.course == "step":
        return f"it fell{first} in a step after {part.fall_start_seconds:.0f} s{why}"
    return (
        f"it fell{first} over {part.fall_seconds or 0:.0f} s, from "
        f"{part.fall_start_seconds:.0f} s on{why}"
    )


def endurance_lines(part: Endurance | None) -> list[str]:
    """What ``--until-steady`` found, in words."""
    if part is None:
        return []
    if not part.steady:
        known = part.units_per_second is not None
        rate = f": {part.units_per_second:.5g} units/s" if known else ""
        return [f"no fall from burst to baseline in {part.duration_seconds:.0f} s{rate}"]
    burst = _phase(part.burst_units_per_second, part.burst_lower, part.burst_upper)
    baseline = _phase(part.baseline_units_per_second, part.baseline_lower, part.baseline_upper)
    return [
        f"burst: {burst}, steal {percent(part.burst_steal_ratio)}",
        f"baseline: {baseline}, steal {percent(part.baseline_steal_ratio)}; "
        f"{part.baseline_ratio:.1%} of the burst, after {part.seconds_to_baseline:.0f} s "
        "at full load",
    ]


def _phase(rate: float | None, lower: float | None, upper: float | None) -> str:
    return f"{rate:.5g} units/s ({lower:.5g} .. {upper:.5g})"


def percent(ratio: float | None) -> str:
    """A share of 0..1 in words."""
    return "unknown" if ratio is None else f"{ratio:.2%}"
