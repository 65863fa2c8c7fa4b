"""What the charts of predictions and plans draw: plain values for scripts. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from portal.pages.predicted_view import RESOURCES, ordered
from portal.predictions.as_rows import percentile_of
from portal.predictions.document_forms import PlannedSet, PredictedCandidate, PredictedMachine

# More bars are no picture.
MOST_BARS = 25
_MOST_POINTS = 400
Values = Sequence[float | None]


def of_candidates(one: PredictedMachine) -> str | None:
    """Used shares of each candidate in percent, and the bounds of CPU; None: nothing is known."""
    point = percentile_of(one.counted_percentile) or ""
    shown = [each for each in ordered(one) if point in each.busy or each.used][:MOST_BARS]
    busy = [each.busy.get(point) for each in shown]
    bars = {"CPU": [_percent(None if found is None else found.value) for found in busy]}
    for key, label in RESOURCES.items():
        found = [_percent(each.used.get(key, {}).get(point)) for each in shown]
        if key != "cpu" and any(value is not None for value in found):
            bars[label] = found
    bounds = [
        None if found is None else (_percent(found.lower), _percent(found.upper)) for found in busy
    ]
    return _bars([each.name for each in shown], bars, bounds)


def of_machines(plan: PlannedSet) -> str | None:
    """The most that is asked of each machine of a plan, in percent of what it may give."""
    shown = [place for place in plan.machines if place.peaks][:MOST_BARS]
    names = dict.fromkeys(name for place in shown for name in place.peaks)
    bars = {
        name: [
            _percent(place.peaks[name].ratio_of_allowed) if name in place.peaks else None
            for place in shown
        ]
        for name in names
    }
    return _bars([place.name for place in shown], bars, [])


def over_time(one: PredictedMachine) -> str | None:
    """CPU over time of the machine of today and the cheapest; None: the document has none."""
    wanted = [name for name in (one.source, one.cheapest) if name]
    chosen = [each for each in one.candidates if each.name in wanted] or one.candidates[:1]
    found = (_line(each, len(one.times)) for each in chosen)
    lines = [line for line in found if line is not None]
    if not one.times or not lines:
        return None
    step = -(-len(one.times) // _MOST_POINTS)
    times = [1000 * one.times[at] for at in range(0, len(one.times), step)]
    for line in lines:
        for name in ("value", "lower", "upper"):
            line[name] = _highest(line[name], step)
    return json.dumps({"times": times, "step": step, "lines": lines})


def _line(each: PredictedCandidate, number: int) -> dict[str, Any] | None:
    found = each.over_time
    if found is None or len(found.cpu) != number or all(one is None for one in found.cpu):
        return None
    return {
        "name": each.name,
        "value": found.cpu,
        "lower": found.cpu_lower,
        "upper": found.cpu_upper,
    }


def _highest(values: Values, step: int) -> Values:
    """The highest of each so many, in percent: a peak is what has to fit."""
    pieces = [values[at : at + step] for at in range(0, len(values), step)]
    known = [[one for one in piece if one is not None] for piece in pieces]
    return [_percent(max(piece)) if piece else None for piece in known]


def _bars(labels: list[str], bars: dict[str, list[float | None]], bounds: list[Any]) -> str | None:
    if not any(value is not None for values in bars.values() for value in values):
        return None
    return json.dumps({"labels": labels, "bars": bars, "bounds": bounds})


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 3)
