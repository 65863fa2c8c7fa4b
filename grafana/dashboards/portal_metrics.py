"""What a portal shows of itself and of regressions, as far as rules and dashboards use it.

Labels by metric, without those of the target; ``portal/serving/portal_metrics.py`` and
``portal/api/regressions.py`` make them.
"""

from __future__ import annotations

PORTAL_METRICS: dict[str, frozenset[str]] = {
    "perf_portal_database_connections_most": frozenset(),
    "perf_portal_database_connections_used": frozenset(),
    "perf_portal_database_faults_total": frozenset(),
    "perf_portal_documents_total": frozenset({"outcome"}),
    "perf_portal_documents_waiting": frozenset(),
    "perf_portal_rate_limited_total": frozenset(),
    "perf_portal_refused_keys_total": frozenset({"reason"}),
    # Its own `instance`, the machine, takes the place of the target's.
    "perf_portal_regression_drop_ratio": frozenset({"kernel"}),
    "perf_portal_request_seconds_bucket": frozenset({"route", "le"}),
    "perf_portal_requests_in_progress": frozenset(),
    "perf_portal_requests_total": frozenset({"method", "route", "status"}),
}
