"""The type of flags that take a length of time within bounds."""

from __future__ import annotations

from typing import Any

import click

from perfanalysis.durations import parse_duration
from perfanalysis.number_range import NumberRange


class DurationRange(NumberRange):
    """Seconds within bounds, said as ``90``, ``90s`` or ``1m30s``.

    Args:
        min, max: bounds, seconds; None is none.
        whole: whether only whole seconds are taken.
    """

    name = "duration"

    def __init__(
        self,
        min: float | None = None,  # noqa: A002 - click's own names
        max: float | None = None,  # noqa: A002
        *,
        whole: bool = False,
    ) -> None:
        super().__init__(min=min, max=max)
        self._whole = whole

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Of click: the seconds that a text says."""
        seconds = parse_duration(value) if isinstance(value, str) else None
        said = value if seconds is None else seconds
        try:
            float(said)
        except ValueError:
            self.fail(f"{value!r} is no length of time such as 90, 90s or 1m30s.", param, ctx)
        number = super().convert(said, param, ctx)
        if not self._whole:
            return number
        if not number.is_integer():
            self.fail(f"{value!r} is no whole number of seconds.", param, ctx)
        return int(number)
