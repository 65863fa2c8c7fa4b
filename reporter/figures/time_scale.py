"""The axes that figures over the report's time range share."""

from __future__ import annotations

from collections.abc import Callable

from reporter.analysis.report_data import ReportData
from reporter.charts.lines import Scale


def scale(
    data: ReportData,
    label: str,
    form: Callable[[float, int], str],
    top: float | None = None,
    unit: float = 1.0,
) -> Scale:
    """The report's range across, and a value axis upwards.

    Args:
        data: of the report.
        label: of the value axis, in English.
        form: a value in words, with so many decimals.
        top: of the value axis; None: as the data need.
        unit: marks stand at round multiples of it.
    """
    answers = data.answers
    return Scale(
        answers.start, answers.end, answers.step, data.language.say(label), form, top, unit
    )


def percent(data: ReportData, label: str) -> Scale:
    """The same for ratios from 0 to 1, in percent."""
    language = data.language
    return scale(data, label, lambda value, _: language.ratio(value, 0), 1.02)
