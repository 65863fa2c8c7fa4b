"""How an engine is asked: where it is, and within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from perfanalysis.delivery.endpoint import Endpoint

CONNECT_SECONDS = 10.0
USUAL_URL = "http://localhost:9090"


@dataclass(frozen=True)
class Access:
    """One engine.

    Attributes:
        endpoint: its URL is the base, to which ``/api/v1/query`` is added.
        timeout_seconds: for one query, from sending it to the last byte of its answer.
        retries: how often a query is sent again after a failure that may pass.
        queries_at_once: how many queries run at the same time.
        machines_per_query: how many machines one query asks for at most.
        parameters: sent with every query; an engine overlooks those that it does not know.
    """

    endpoint: Endpoint = field(default_factory=lambda: Endpoint(USUAL_URL))
    timeout_seconds: float = 30.0
    retries: int = 4
    queries_at_once: int = 4
    machines_per_query: int = 1000
    parameters: Mapping[str, str] = field(default_factory=dict)
