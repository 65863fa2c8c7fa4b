"""A prediction as a table and sentences, for 80 columns."""

from __future__ import annotations

import math

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from perfanalysis.printable import printable
from workload.predicted.remarks import remarks
from workload.prediction.band import Band
from workload.prediction.choice import Recommendation, is_effort
from workload.prediction.findings import UnknownCause
from workload.prediction.prediction import Prediction
from workload.prediction.today import TodaysFinding

MOST = 20


def table_of(prediction: Prediction, choice: Recommendation) -> Table:
    """The candidates: those that may be taken first, the cheapest at the top."""
    name = _percentile(prediction.counted)
    title = _plain(f"{prediction.demand.usage.machine or 'the machine'}, {name}")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    # No wider than its names: a table that is too wide for the terminal loses its last column.
    longest = max((len(one.name) for one in prediction.candidates), default=0)
    table.add_column("candidate", overflow="fold", min_width=min(longest, 16))
    for heading in ("CPU", "memory", "risk", "needs", "a month", "saves"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("", overflow="fold")
    for index in _order(prediction, choice):
        table.add_row(*_cells(prediction, choice, index))
    return table


def sentences(prediction: Prediction, choice: Recommendation, finding: TodaysFinding) -> list[str]:
    """The finding, what is recommended, and what has to be known to read the table."""
    found = [_finding(finding), _choice(prediction, choice), *remarks(prediction)]
    return [one for one in found if one]


def _order(prediction: Prediction, choice: Recommendation) -> list[int]:
    def key(index: int) -> tuple[bool, bool, float, str]:
        month = prediction.month(index)
        return (
            choice.refused[index] is not None,
            not bool(prediction.measured[index]),
            math.inf if month is None else float(month),
            prediction.candidates[index].name,
        )

    return sorted(range(len(prediction.candidates)), key=key)


def _cells(prediction: Prediction, choice: Recommendation, index: int) -> list[Text]:
    candidate, place = prediction.candidates[index], prediction.place
    busy = prediction.busy.at(index).at(place)
    memory = [rows[index][place] for one, rows in prediction.used.items() if one == "Memory"]
    month, saving = prediction.month(index), prediction.saving(index)
    risk = prediction.risk.at(index) if prediction.measured[index] else None
    words = [
        candidate.name,
        _range(busy, 100, " %"),
        _percent(memory[0]) if memory else "?",
        "?" if risk is None else _share(risk),
        _machines(prediction.machines.at(index)),
        "?" if month is None else f"{month:.2f} {candidate.currency}",
        "?" if saving is None else f"{saving:.2f}",
        _mark(prediction, choice, index),
    ]
    return [_plain(word) for word in words]


def _mark(prediction: Prediction, choice: Recommendation, index: int) -> str:
    marks = []
    if index == prediction.today:
        marks.append("today")
    if index == choice.cheapest:
        marks.append("cheapest")
    if index == choice.cheapest_divided:
        marks.append("cheaper if divided")
    refused = choice.refused[index]
    if refused is not None:
        marks.append(str(refused).split(":")[0])
    elif is_effort(prediction, index):
        marks.append("another architecture")
    return ", ".join(marks)


def _range(band: Band, scale: float, unit: str) -> str:
    value, lower, upper = (float(one) * scale for one in (band.value, band.lower, band.upper))
    if math.isnan(value):
        return "?"
    if round(lower) == round(upper):
        return f"{value:.0f}{unit}"
    return f"{value:.0f} ({lower:.0f}-{upper:.0f}){unit}"


def _machines(band: Band) -> str:
    if math.isnan(float(band.upper)):
        return "?"
    lower, upper = int(band.lower), int(band.upper)
    return str(upper) if lower == upper else f"{lower}-{upper}"


def _share(band: Band) -> str:
    if math.isnan(float(band.value)):
        return "?"
    value, upper = (f"{float(one):.2g}" for one in (band.value, band.upper))
    return value if value == upper else f"{value}-{upper}"


def _percent(value: float) -> str:
    return "?" if math.isnan(value) else f"{value * 100:.0f} %"


def _percentile(percent: float) -> str:
    return "maximum" if percent == 100 else f"{percent:g}th percentile"


def _finding(finding: TodaysFinding) -> str:
    if finding.cause is UnknownCause.TOO_LITTLE_DATA:
        return "Today's machine: no finding, less than 30 hours are known."
    reasons = f" ({', '.join(finding.reasons)})" if finding.reasons else ""
    return f"Today's machine: {finding.state}{reasons}."


def _choice(prediction: Prediction, choice: Recommendation) -> str:
    if choice.cheapest is None:
        found = "No candidate with a price surely meets the wish."
    else:
        name = prediction.candidates[choice.cheapest].name
        found = f"The cheapest that surely meets the wish: {name}."
    if choice.cheapest_divided is not None:
        other = choice.cheapest_divided
        name, count = prediction.candidates[other].name, int(prediction.machines.upper[other])
        found += f" Were the work divided among {count}, {name} would cost less."
    return found


def _plain(text: str) -> Text:
    """What a file says, without what rich or a terminal would obey."""
    return Text(printable(text))
