"""What an engine answers to a panel's queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from grafana.dashboards.words import Panel
from perfanalysis.promql import Engine, QueryError, Sample, Series
from pictures.frames import Frame, table_of, trends
from pictures.transformations import transformed
from pictures.variables import Span, filled


@dataclass
class PanelAnswer:
    """One panel with what was answered: series over time, samples of a moment, or a table.

    ``fault`` says why there is nothing, when something went wrong.
    """

    panel: Panel
    span: Span
    series: list[tuple[str, Series]] = field(default_factory=list)
    samples: list[tuple[str, Sample]] = field(default_factory=list)
    table: Frame | None = None
    fault: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was answered."""
        return not (self.series or self.samples or (self.table and self.table.rows))


TABULAR = frozenset({"table", "trend", "barchart", "xychart"})


def ask(engine: Engine, panel: Panel, values: Mapping[str, str], span: Span) -> PanelAnswer:
    """Ask all queries of a panel, with the variables filled in; never raises for one that fails."""
    shown = replace(panel, title=filled(panel.title, values, span))
    answer = PanelAnswer(shown, span)
    frames: list[Frame] = []
    for i, query in enumerate(panel.queries):
        expression = filled(query.expression, values, span)
        letter = chr(ord("A") + i)
        try:
            if query.at_end:
                samples = engine.query(expression, span.end)
                if panel.kind in TABULAR:
                    frames.append(table_of(samples, letter, len(panel.queries) == 1))
                answer.samples += [(legend(query.legend, s.labels), s) for s in samples]
            else:
                series = engine.query_range(expression, span.start, span.end, span.step)
                if panel.kind == "table":
                    frames.append(trends(series, letter))
                answer.series += [(legend(query.legend, s.labels), s) for s in series]
        except QueryError as error:
            answer.fault = str(error)
            return answer
    if panel.kind in TABULAR:
        answer.table = transformed(frames, panel.transformations)
    return answer


def legend(form: str, labels: Mapping[str, str]) -> str:
    """A series' name: the legend's form with labels filled in, or all labels."""
    if not form:
        known = {name: value for name, value in sorted(labels.items()) if name != "__name__"}
        return ", ".join(f"{name}={value}" for name, value in known.items()) or "value"
    text = form
    for name, value in labels.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    # A label that the series does not have is empty, as in Grafana.
    return re.sub(r"\{\{\w+\}\}", "", text).strip() or "(none)"
