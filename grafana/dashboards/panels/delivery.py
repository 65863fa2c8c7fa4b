"""What carries figures and alerts on: pushes, custom metrics, settings, rules, notifications."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import grown, of_machines
from grafana.dashboards.thresholds import (
    BACKUP_NOT_VERIFIED_AGE,
    NOTIFICATIONS_FAIL_FAILED,
    PUSH_QUEUE_GROWS_USED,
    REMOTE_WRITE_BEHIND_BEHIND,
    REPORT_OVERDUE_DAILY,
)
from grafana.dashboards.variables import MOST, highest, machines
from grafana.dashboards.words import Panel, Query, Step

_WINDOW = "[$__rate_interval]"


def queue() -> Panel:
    """How full the queues of those that push are."""
    share = f"{machines('perf_push_queue_bytes')} / ({machines('perf_push_queue_limit_bytes')} > 0)"
    each = highest(f"max by (instance) ({share})", "instance", MOST)
    return of_machines(
        "Push queue used",
        f"Share of the queue on disk in use, of the {MOST} fullest; empty where machines are "
        f"scraped. Good: 0. Bad: above {PUSH_QUEUE_GROWS_USED}: what takes the pushes does not "
        "answer, and the oldest will be dropped.",
        "percentunit",
        [Query(each, "{{instance}}")],
        steps=[Step(None, "green"), Step(PUSH_QUEUE_GROWS_USED.value, "red")],
    )


def dropped() -> Panel:
    """Pushes that nobody will get."""
    each = f"sum by (reason) ({grown('perf_push_documents_dropped_total')})"
    return of_machines(
        "Pushes dropped",
        "Pushes that were given up within a step of the chart, by reason. Good: 0. Bad: any: "
        "figures of that time are missing for good.",
        "short",
        [Query(each, "{{reason}}")],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def custom() -> Panel:
    """Custom metrics that cannot be had."""
    failing = f"1 - min by (instance, metric) ({machines('perf_custom_success')})"
    return of_machines(
        "Custom metrics that fail",
        f"Metrics of one's own that could not be made (1), the {MOST} worst. Good: 0. Bad: 1: the "
        "exporter's log says why.",
        "short",
        [Query(highest(failing, "instance, metric", MOST), "{{instance}} {{metric}}")],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def text_files() -> Panel:
    """Text files that cannot be read."""
    failed = f"max by (instance) ({machines('node_textfile_scrape_error')})"
    return of_machines(
        "Text files refused",
        f"Machines with a file of the textfile collector that is refused (1), the {MOST} worst. "
        "Good: 0. Bad: 1: what the file says is missing; the exporter's log names it.",
        "short",
        [Query(highest(failed, "instance", MOST), "{{instance}}")],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def reloads() -> Panel:
    """Settings that could not be taken."""
    failed = f"1 - min by (instance) ({machines('perf_config_last_reload_successful')})"
    return of_machines(
        "Settings refused",
        f"Exporters whose newest settings could not be taken (1), the {MOST} worst. Good: 0. Bad: "
        "1: it goes on with the old ones; its log names the line.",
        "short",
        [Query(highest(failed, "instance", MOST), "{{instance}}")],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def rules() -> Panel:
    """Rules that could not be evaluated."""
    failed = f"increase(prometheus_rule_evaluation_failures_total{_WINDOW})"
    return of_machines(
        "Rules that fail",
        "Evaluations of rules that failed, by group of rules. Good: 0. Bad: any: its figures and "
        "alerts are missing.",
        "short",
        [Query(f"sum by (rule_group) ({failed}) > 0", "{{rule_group}}")],
        steps=[Step(None, "green"), Step(1, "red")],
    )


def notifications() -> Panel:
    """Alerts that did not arrive."""

    def share(failed: str, sent: str, by: str = "") -> str:
        of = f"sum {by} (rate({sent}{_WINDOW}))"
        return f"sum {by} (rate({failed}{_WINDOW})) / ({of} > 0)"

    return of_machines(
        "Notifications that fail",
        "Share of the alerts that Prometheus could not hand to Alertmanager, and of the messages "
        f"that Alertmanager could not send, by way. Good: 0. Bad: above {NOTIFICATIONS_FAIL_FAILED}"
        ": nobody is told.",
        "percentunit",
        [
            Query(
                share(
                    "prometheus_notifications_errors_total", "prometheus_notifications_sent_total"
                ),
                "to Alertmanager",
            ),
            Query(
                share(
                    "alertmanager_notifications_failed_total",
                    "alertmanager_notifications_total",
                    "by (integration)",
                ),
                "{{integration}}",
            ),
        ],
        width=12,
        steps=[Step(None, "green"), Step(NOTIFICATIONS_FAIL_FAILED.value, "red")],
    )


def behind() -> Panel:
    """How far remote storage is behind."""
    newest = "max(prometheus_remote_storage_highest_timestamp_in_seconds)"
    sent = "max by (url) (prometheus_remote_storage_queue_highest_sent_timestamp_seconds)"
    limit = REMOTE_WRITE_BEHIND_BEHIND
    return of_machines(
        "Remote storage behind",
        "How much older than Prometheus' newest sample the newest is that remote storage has. "
        f"Good: seconds. Bad: above {limit}, and growing: it does not keep up.",
        "s",
        [Query(f"scalar({newest}) - {sent}", "{{url}}")],
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )


def reports() -> Panel:
    """How old the newest reports are."""
    wrote = machines("node_textfile_mtime_seconds", 'file=~"(.*/)?perfanalysis_report_.+[.]prom"')
    return of_machines(
        "Age of reports",
        "How long ago reports were made that are told by a text file. Good: below a day (daily), "
        f"a week (weekly). Bad: above {REPORT_OVERDUE_DAILY} for a daily one.",
        "s",
        [Query(f"time() - max by (file) ({wrote})", "{{file}}")],
        width=12,
    )


def backups() -> Panel:
    """How old the newest backups are, and the newest proven ones."""
    proven = f"max by (source) ({machines('perf_backup_last_verified_timestamp_seconds')})"
    made = f"max by (source) ({machines('perf_backup_last_created_timestamp_seconds')})"
    failed = f"min by (source) ({machines('perf_backup_verified')}) == 0"
    return of_machines(
        "Age of proven backups",
        "How long ago the newest backup of each source was begun that a restore has proven. Good: "
        f"within a week. Bad: above {BACKUP_NOT_VERIFIED_AGE}, or no line for a source: it was "
        "never proven, or its last proof failed.",
        "s",
        [
            Query(f"time() - ({proven} unless on (source) {failed})", "{{source}}"),
            Query(f"time() - {made}", "{{source}}, proven or not"),
        ],
        width=12,
    )


def gone() -> Panel:
    """Machines that were scraped an hour before, and are no targets any more."""
    now = f"max by (instance) ({machines('up')})"
    before = f"max by (instance) ({machines('up')} offset 1h)"
    return of_machines(
        "Machines that are gone",
        "Machines that were targets an hour before and are none now. Good: 0, or as many as you "
        "have taken away. Bad: more: service discovery has lost them.",
        "short",
        [Query(f"count({before} unless {now}) or vector(0)", "machines")],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "orange")],
    )
