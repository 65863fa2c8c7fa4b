"""Cells of the CSV files that people open in spreadsheets. Pure."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")
# A spreadsheet would take a text that starts so for a formula, and labels come from anywhere.
_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value: Value) -> Value | str:
    """A cell's value; a text that would be a formula is marked as text by a leading ``'``."""
    if isinstance(value, str) and value.startswith(_OF_FORMULAS):
        return f"'{value}"
    return value
