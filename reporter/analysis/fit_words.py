"""What is said beside the fit of the observed work. Pure."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData


def left_out_of_fit(data: ReportData) -> str:
    """Which machines the fit and the ranking leave out, and why; empty: none."""
    say = data.language.say
    unread = ", ".join(machine.name for machine in data.left_out)
    other = ", ".join(machine.name for machine in data.not_fitted)
    texts = [
        unread
        and say(
            "Left out, because the busy levels that its load test reached do not tell how busy"
            " work keeps it (see the quality of the data): {names}.",
            names=unread,
        ),
        other and say("Left out, for their load tests had other conditions: {names}.", names=other),
    ]
    return " ".join(text for text in texts if text)
