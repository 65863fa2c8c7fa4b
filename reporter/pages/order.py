"""What goes from the process that asks the engine to the one that draws a report."""

from __future__ import annotations

from dataclasses import dataclass

from reporter.analysis.report_data import ReportData
from reporter.asking.answers import Answers
from reporter.settings.report import Config


@dataclass(frozen=True)
class DrawingOrder:
    """What to draw: the settings, the data, those of the time before, and now in Unix seconds.

    ``form`` is what the pages become: ``pdf``, with the fonts of this machine, or ``html``.
    """

    config: Config
    answers: Answers
    before: Answers | None
    now: float
    form: str = "pdf"

    @property
    def report_data(self) -> ReportData:
        """The data, worked out as far as it is asked for."""
        return ReportData(self.config, self.answers, self.config.words, self.before)
