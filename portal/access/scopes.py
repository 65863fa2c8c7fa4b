"""What a key lets its holder do. Pure."""

from __future__ import annotations

from collections.abc import Iterable

# By scope, in the order in which they are shown.
MEANINGS = {
    "read": "see machines, tests, notes, comparisons, history, captures, predictions and prices",
    "write": "change machines, notes, baselines, thresholds; take captures and predictions away",
    "report": "hand in results, captures and predictions, and register their machines",
    "run": "have tests started on machines",
    "admin": "manage keys, see the audit log, export all",
}
SCOPES = tuple(MEANINGS)


def joined(scopes: Iterable[str]) -> str:
    """As a row has them."""
    chosen = set(scopes)
    return " ".join(scope for scope in SCOPES if scope in chosen)


def parted(scopes: str) -> tuple[str, ...]:
    """From a row."""
    return tuple(scopes.split())
