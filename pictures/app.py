"""Draws dashboards with an engine's answers, without a Grafana: for reviews and for the docs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.words import Dashboard
from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.endpoint import check_url
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.promql import Engine
from pictures.answers import PanelAnswer, ask
from pictures.drawing.looks import DARK, LIGHT
from pictures.page import html
from pictures.picture import png
from pictures.repeats import repeated
from pictures.variables import Span, choices, first_choices

POINTS = 240


def preview(  # noqa: PLR0913 - one for each flag
    *,
    prometheus: str,
    output: Path,
    names: Sequence[str],
    wanted: Sequence[str],
    span: str,
    dark: bool,
) -> None:
    """Draw dashboards with an engine's answers into ``output``: one HTML and one PNG each.

    Raises:
        InputError: a dashboard, a variable's value or the range is no such thing.
        PerfAnalysisError: the engine does not answer, or a file cannot be written.
    """
    chosen = _chosen(names)
    values = _wanted(wanted)
    seconds = _seconds(span)
    end = time.time()
    window = Span(end - seconds, end, max(1.0, seconds / POINTS))
    engine = Engine(check_url(prometheus, "--prometheus"))
    if not engine.version():
        raise PerfAnalysisError(f"{prometheus}: no Prometheus API answers there")
    output.mkdir(parents=True, exist_ok=True)
    for name, dashboard in chosen.items():
        filled = first_choices(prometheus, dashboard.variables, values, window)
        each = _each(prometheus, dashboard, values, filled, window)
        shown, own = repeated(dashboard, each)
        answers = [
            ask(engine, panel, filled | mine, window)
            for panel, mine in zip(shown.panels, own, strict=True)
        ]
        note = f"{prometheus}, last {span}; " + ", ".join(f"{k} = {v}" for k, v in filled.items())
        _write(output / f"{name}.png", png(shown, answers, DARK if dark else LIGHT))
        _write(output / f"{name}.html", html(shown, answers, note))
        click.echo(f"{output / name}.png and .html: {_summary(answers)}")


def _each(
    url: str,
    dashboard: Dashboard,
    wanted: Mapping[str, list[str]],
    filled: Mapping[str, str],
    window: Span,
) -> dict[str, list[str]]:
    """The values of the variables that panels repeat over: those wanted, else all."""
    over = {panel.repeat for panel in dashboard.panels if panel.repeat}
    return {
        variable.name: wanted.get(variable.name) or choices(url, variable, filled, window)
        for variable in dashboard.variables
        if variable.name in over
    }


def _summary(answers: Sequence[PanelAnswer]) -> str:
    faults = [answer for answer in answers if answer.fault]
    empty = [answer.panel.title for answer in answers if answer.empty and not answer.fault]
    text = f"{len(answers)} panels"
    if empty:
        text += f", {len(empty)} without data ({', '.join(empty)})"
    if faults:
        text += f", {len(faults)} failed: {faults[0].fault}"
    return text


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except OSError as error:
        raise PerfAnalysisError(f"{path} could not be written: {error.strerror}") from error


def _chosen(names: Sequence[str]) -> dict[str, Dashboard]:
    known = {name.removesuffix(".json"): make for name, make in DASHBOARDS.items()}
    for name in names:
        if name not in known:
            raise InputError("DASHBOARD", "", f"one of {', '.join(known)}", name)
    return {name: known[name]() for name in names or known}


def _wanted(words: Sequence[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise InputError("--variable", "", "NAME=VALUE", word)
        values.setdefault(name, []).append(value)
    return values


def _seconds(span: str) -> float:
    seconds = parse_duration(span, bare=False)
    if not seconds:
        raise InputError("--range", "", "a duration such as 30m, 6h or 7d", span)
    return seconds
