"""A day of made machines in a real Prometheus: the data that the reporter is measured on."""

from __future__ import annotations

from benchmarks.made_history.blocks import END, START, History, history
from benchmarks.made_history.series import of_comparison, of_fleet

__all__ = ["END", "START", "History", "history", "of_comparison", "of_fleet"]
