"""What Prometheus and Alertmanager show of themselves, as far as rules and dashboards use it.

Labels by metric, without those of the target; from their own /metrics pages.
"""

from __future__ import annotations

STACK_METRICS: dict[str, frozenset[str]] = {
    # One series for each alert that waits or fires, with the labels of its result besides.
    "ALERTS": frozenset(
        {
            "alertname",
            "alertstate",
            "severity",
            "tier",
            "kernel",
            "conditions",
            "collector",
            "device",
            "fstype",
        }
    ),
    "alertmanager_notifications_failed_total": frozenset({"integration"}),
    "alertmanager_notifications_total": frozenset({"integration"}),
    # Of `perfanalysis backup`, by the textfile collector.
    "perf_backup_last_created_timestamp_seconds": frozenset({"source"}),
    "perf_backup_last_verified_timestamp_seconds": frozenset({"source"}),
    "perf_backup_verified": frozenset({"source"}),
    "prometheus_notifications_errors_total": frozenset({"alertmanager"}),
    "prometheus_notifications_sent_total": frozenset({"alertmanager"}),
    "prometheus_remote_storage_highest_timestamp_in_seconds": frozenset(),
    "prometheus_remote_storage_queue_highest_sent_timestamp_seconds": frozenset(
        {"remote_name", "url"}
    ),
    "prometheus_rule_evaluation_failures_total": frozenset({"rule_group"}),
}
