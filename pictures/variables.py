"""What Grafana puts where an expression has a variable."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import requests

from grafana.dashboards.words import Variable
from perfanalysis.errors import PerfAnalysisError

_LABEL_VALUES = re.compile(r"label_values\((.+), (\w+)\)")
# Characters that mean something in a regular expression of PromQL's.
_SPECIAL = re.compile(r"([.+*?^$()\[\]{}|\\])")
TIME_OUT_SECONDS = 30.0


@dataclass(frozen=True)
class Span:
    """The time range of a picture, Unix seconds, with the step of its charts in seconds."""

    start: float
    end: float
    step: float
    scrape_interval: float = 15.0

    @property
    def rate_interval(self) -> float:
        """Grafana's ``$__rate_interval``: four scrapes, or a step and a scrape if that is more."""
        return max(self.step + self.scrape_interval, 4 * self.scrape_interval)


def picked(variable: Variable, values: Sequence[str]) -> str:
    """What stands for the picked values: no value is All; several are alternatives.

    Raises:
        ValueError: nothing is picked where one value has to be.
    """
    if variable.many:
        if not values:
            return variable.all_value
        escaped = [_SPECIAL.sub(r"\\\\\1", value) for value in values]
        return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"
    if not values:
        raise ValueError(f"no value of {variable.name}")
    return values[0]


def filled(expression: str, values: Mapping[str, str], span: Span) -> str:
    """An expression with Grafana's variables and its own filled in."""
    own = {
        "__rate_interval": f"{span.rate_interval:.0f}s",
        "__interval": f"{max(1.0, span.step):.0f}s",
        "__range": f"{span.end - span.start:.0f}s",
    }
    text = expression
    for name, value in {**own, **values}.items():
        text = re.sub(rf"\$(?:{name}\b|\{{{name}\}})", lambda _, v=value: v, text)  # type: ignore[misc]
    return text


def choices(url: str, variable: Variable, values: Mapping[str, str], span: Span) -> list[str]:
    """The values that a person could pick, in order; those of a custom variable are its own.

    Raises:
        PerfAnalysisError: the engine does not answer.
    """
    if variable.choices:
        return [value for _, value in variable.choices]
    words: dict[str, str] = {}
    if variable.result_label:
        path = "query"
        words["query"] = filled(variable.query, values, span)
        words["time"] = f"{span.end:.3f}"
    else:
        match = _LABEL_VALUES.fullmatch(variable.query)
        assert match, variable.query
        path = f"label/{match[2]}/values"
        words["match[]"] = filled(match[1], values, span)
        words |= {"start": f"{span.start:.0f}", "end": f"{span.end:.0f}"}
    address = f"{url.rstrip('/')}/api/v1/{path}"
    try:
        data = requests.get(address, params=words, timeout=TIME_OUT_SECONDS).json()["data"]
        if variable.result_label:
            # By name, as Grafana is told to sort them.
            return sorted(str(entry["metric"][variable.result_label]) for entry in data["result"])
        return [str(value) for value in data]
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise PerfAnalysisError(
            f"{address}: no values of the variable {variable.name}: {type(error).__name__}"
        ) from error


def first_choices(
    url: str, variables: Sequence[Variable], wanted: Mapping[str, Sequence[str]], span: Span
) -> dict[str, str]:
    """What each variable stands for: what is wanted, else All, else what it begins with.

    Raises:
        PerfAnalysisError: the engine does not answer.
    """
    values: dict[str, str] = {}
    for variable in variables:
        chosen = list(wanted.get(variable.name, ()))
        if not chosen and not variable.many:
            there = choices(url, variable, values, span)
            chosen = [variable.first] if variable.first in there else there[:1] or ["none"]
        elif not chosen and not variable.all_value:
            chosen = choices(url, variable, values, span)
        values[variable.name] = picked(variable, chosen)
        for text, value in variable.choices:
            if value == values[variable.name]:
                # What ${name:text} stands for in a title.
                values[f"{variable.name}:text"] = text
    return values
