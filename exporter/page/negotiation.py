"""Which form of the page a client wants, by its headers (RFC 9110, sections 12.4.2 to 12.5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import TEXT, Exposition

# Prometheus sends the same headers at each scrape.
_KEPT = 32

# The versions of each format that the same bytes fit; "" is a client that names none.
_VERSIONS: dict[str, tuple[Exposition, tuple[str, ...]]] = {
    "application/openmetrics-text": (OPENMETRICS, ("1.0.0", "0.0.1", "")),
    "text/plain": (TEXT, ("0.0.4", "1.0.0", "")),
    "text/*": (TEXT, ("",)),
    "*/*": (TEXT, ("",)),
}


class Form(NamedTuple):
    """How a page is written: its format, and whether it is compressed with gzip."""

    exposition: Exposition
    gzip: bool


@lru_cache(_KEPT)
def negotiate(accept: str, accept_encoding: str) -> Form:
    """The form for these headers; both may be empty.

    Of formats with the same weight the first one is taken. A client that accepts none of ours gets
    the text format, as from every exporter.
    """
    chosen: Exposition = TEXT
    best = 0.0
    for kind, parameters in _items(accept):
        exposition, versions = _VERSIONS.get(kind, (TEXT, ()))
        weight = _weight(parameters)
        # Other parameters (charset; escaping, of Prometheus 3) leave our names as they are.
        if weight > best and parameters.get("version", "") in versions:
            chosen, best = exposition, weight
    return Form(chosen, _accepts_gzip(accept_encoding))


def _accepts_gzip(accept_encoding: str) -> bool:
    weights = {coding: _weight(parameters) for coding, parameters in _items(accept_encoding)}
    for coding in ("gzip", "x-gzip", "*"):
        if coding in weights:
            return weights[coding] > 0
    return False


def _items(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The members of a header's list, each with its parameters; names in small letters."""
    for item in header.split(","):
        name, *rest = item.split(";")
        pairs = (parameter.partition("=") for parameter in rest)
        parameters = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}
        if name.strip():
            yield name.strip().lower(), parameters


def _weight(parameters: dict[str, str]) -> float:
    """The parameter ``q``, 1 where there is none; 0 where it is no number from 0 to 1."""
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
