"""Loads all that draws, for a process that waits for its order; `make golden` writes this list."""

from __future__ import annotations


def load() -> None:
    """Import every chart, and matplotlib with them."""
    from reporter.charts import (  # noqa: F401 - loaded for those who import them later
        canvas,
        clock_marks,
        columns,
        core_heat_map,
        cpu_by_mode,
        differences,
        error_bars,
        far_apart,
        forecast,
        kinds_of_work,
        lines,
        marks,
        mode_bars,
        money_bars,
        pareto,
        plain_svg,
        predicted_band,
        predicted_busy,
        price_performance,
        price_steps,
        radar,
        short_names,
        stack,
        style,
        time_lines,
        units_per_busy_level,
        week,
    )
