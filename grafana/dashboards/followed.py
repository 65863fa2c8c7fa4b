"""Which places of the dashboards' JSON hold a threshold: ``python -m grafana.dashboards.followed``.

The chart draws dashboards with the thresholds of its values: its templates know nothing of the
code, and read ``helm/perfanalysis/drawn.yaml``. What is in it is seen, and not read from the code:
each threshold is changed in turn, all dashboards are made anew, and what differs is a place of it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import grafana.dashboards as package
from grafana.dashboards import thresholds
from grafana.dashboards.words import DrawnThreshold
from perfanalysis.atomic_write import write_atomically
from perfanalysis.fast_yaml import load_fast

FILE = Path(__file__).resolve().parents[2] / "helm" / "perfanalysis" / "drawn.yaml"
_HEAD = """\
# Where dashboards show the thresholds of alerts: the path in their JSON, and a text with {text} for
# the threshold's words and {number*FACTOR+REST} for itself, or [FACTOR, REST] of a number.
# Made by `python -m grafana.dashboards.followed`: do not edit.
"""
_ROUNDED = 1e-3
# A change that no rounding of the code hides, and that is none of a sum's.
_CHANGE = 1.03125
_WORDS = "\u27e6threshold\u27e7"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_KEPT = ("grafana.dashboards.words", "grafana.dashboards.thresholds", "grafana.dashboards.followed")
Way = tuple[str | int, ...]


@dataclass(frozen=True)
class ThresholdPlace:
    """A leaf of a dashboard's JSON, and what it holds.

    A text with ``{text}`` or ``{number*FACTOR+REST}``; or the factor of the threshold, and what is
    added to it.
    """

    path: Way
    holds: str | tuple[float, float]


class UnclearError(Exception):
    """A place is neither the threshold's words nor in proportion to it."""


def places(of: DrawnThreshold, before: Any, after: Any, path: Way = ()) -> Iterator[ThresholdPlace]:
    """What differs in a dashboard with ``_WORDS`` and ``_CHANGE`` times the number in their place.

    Raises:
        UnclearError: see there.
    """
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for key in before:
            yield from places(of, before[key], after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from places(of, one, other, (*path, i))
    elif isinstance(before, str) and isinstance(after, str):
        yield ThresholdPlace(path, _text(of, before, after, path))
    elif isinstance(before, int | float) and isinstance(after, int | float):
        yield ThresholdPlace(path, _of(of.value, before, after, path))
    else:
        raise UnclearError(f"{path}: {before} became {after}")


def _of(number: float, before: float, after: float, path: Way) -> tuple[float, float]:
    """In proportion, or what a share leaves of the whole: (factor, 0) or (-whole, whole)."""
    if abs(after / before / _CHANGE - 1) < _ROUNDED:
        return (float(f"{before / number:.6g}"), 0.0)
    for whole in (1.0, 100.0):
        ends = ((before, number), (after, number * _CHANGE))
        if all(abs(whole * (1 - share) - seen) < whole * _ROUNDED / 100 for seen, share in ends):
            return (-whole, whole)
    raise UnclearError(f"{path}: {before} became {after}")


def _text(threshold: DrawnThreshold, before: str, after: str, path: Way) -> str:
    """The text with marks, which filled in as before is what it was."""
    pattern = re.escape(threshold.text).join(
        _NUMBER.pattern.join(map(re.escape, _NUMBER.split(part))) for part in after.split(_WORDS)
    )
    numbers = re.compile(pattern.replace(_NUMBER.pattern, f"({_NUMBER.pattern})"))
    found = numbers.fullmatch(before)
    if found is None:
        raise UnclearError(f"{path}: {before!r} became {after!r}")
    old = iter(found.groups())

    def marked(new: re.Match[str]) -> str:
        one = next(old)
        if one == new[0]:
            return one
        factor, rest = _of(threshold.value, float(one), float(new[0]), path)
        return f"{{number*{factor:g}+{rest:g}}}"

    return _NUMBER.sub(marked, after).replace(_WORDS, "{text}")


def _dashboards() -> dict[str, Any]:
    """The JSON of all dashboards by the code as it is loaded anew; thresholds stay as they are."""
    for name in [name for name in sys.modules if name.startswith("grafana.dashboards.")]:
        if name not in _KEPT:
            del sys.modules[name]
            # `from grafana.dashboards import fleet` takes what stands there before it imports.
            vars(package).pop(name.rpartition(".")[2], None)
    from grafana.dashboards import collection, generation

    return {
        name: json.loads(generation.to_json(make())) for name, make in collection.DASHBOARDS.items()
    }


def _changed(threshold: DrawnThreshold, number: float, text: str) -> None:
    """The same object with other figures: what was made of it before is thrown away."""
    object.__setattr__(threshold, "value", number)
    object.__setattr__(threshold, "text", text)


def drawn() -> dict[str, dict[str, dict[str, list[ThresholdPlace]]]]:
    """All places by alert, name of the threshold, and dashboard.

    Raises:
        UnclearError: a place cannot be described.
    """
    before = _dashboards()
    found: dict[str, dict[str, dict[str, list[ThresholdPlace]]]] = {}
    for alert, name in _of_alerts():
        threshold = getattr(thresholds, _constant(alert, name))
        as_before = replace(threshold)
        _changed(threshold, as_before.value * _CHANGE, _WORDS)
        after = _dashboards()
        _changed(threshold, as_before.value, as_before.text)
        for dashboard, content in before.items():
            if here := list(places(as_before, content, after[dashboard])):
                found.setdefault(alert, {}).setdefault(name, {})[dashboard] = here
    return found


def _of_alerts() -> Iterator[tuple[str, str]]:
    """Each alert's thresholds, as the chart's other list has them."""
    alerts = load_fast((FILE.parent / "thresholds.yaml").read_bytes())["alerts"]
    for alert, entry in alerts.items():
        yield from ((alert, name) for name in entry["thresholds"])


def _constant(alert: str, name: str) -> str:
    return f"{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', alert)}_{name}".upper()


def text() -> str:
    """What the file should hold: a line of JSON, which is YAML, for each place."""
    lines = [_HEAD.rstrip("\n")]
    for alert, names in drawn().items():
        lines.append(f"{alert}:")
        for name, dashboards in names.items():
            lines.append(f"  {name}:")
            for dashboard, found in dashboards.items():
                lines.append(f"    {dashboard}:")
                lines += [
                    f"    - {json.dumps([list(one.path), one.holds], ensure_ascii=False)}"
                    for one in found
                ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_atomically(FILE, text().encode())
