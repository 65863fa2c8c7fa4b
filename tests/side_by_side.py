"""Tests beside each other (``make test``): which stay together, and which have the machine alone.

A file's tests are of one worker, so that its servers are started once. What drives the CPUs and
says what it has reached runs while no other test does. Runs of the load test whose figures nobody
looks at go on beside other tests, but not beside each other: they would wait for their turns.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# Locked, and there already: nothing is left behind.
DOOR, ROOM = TESTS / "__init__.py", Path(__file__).resolve()
ALONE = frozenset(
    {
        "cffi_burn/test_worker.py",
        "e2e/test_demo.py",
        "e2e/test_predicted_then_replayed.py",
        "e2e/test_providers.py",
        "e2e/test_quota.py",
        "loadtest/driving/test_calibration.py",
        "loadtest/test_crew.py",
        "loadtest/test_ladder_measured.py",
        "loadtest/test_progress.py",
        "loadtest/test_time_of_runs.py",
    }
)
TURNS = frozenset(
    {
        "e2e/test_demo_stops.py",
        "e2e/test_one_identity.py",
        "loadtest/fleet/test_fleet_command.py",
        "loadtest/outputs/test_grafana_live.py",
        "loadtest/outputs/test_run.py",
        "loadtest/test_bridge.py",
        "loadtest/test_memory_of_runs.py",
        "loadtest/test_nothing_lost.py",
        "loadtest/test_run_command.py",
        "loadtest/test_safety.py",
        "portal/jobs/test_agent.py",
        "workload/replaying/test_replay_command.py",
    }
)
# What takes longest begins first, so that no worker is left with it at the end.
LONG = (
    "turns",
    "reporter/test_known_week.py",
    "e2e/test_prices_for_prometheus.py",
    "deploy/test_chart_values.py",
    "grafana/test_drawn_panels.py",
    "reporter/test_types_on_engines.py",
    "importing/test_restart.py",
    "importing/monitors/test_real_tools.py",
    "reporter/test_golden_numbers.py",
    "reporter/test_prices_on_engines.py",
    "reporter/test_price_book.py",
    "exporter/pushing/test_push.py",
    "exporter/pushing/test_refusals.py",
    "reporter/test_crowd.py",
    "cffi_burn/test_new_kernel.py",
    "loadtest/test_wrong_verdicts.py",
    "prometheus/test_two_clusters.py",
    "prometheus/test_rules.py",
    "workload/prediction/test_coverage.py",
    "workload/prediction/test_passing.py",
    "workload/prediction/test_pairing.py",
    "reporter/test_pdf_ua.py",
    "reporter/test_bad_input.py",
    "deploy/test_system_calls.py",
    "deploy/test_systemd.py",
    "deploy/test_compose_reports.py",
    "deploy/test_compose_services.py",
    "loadtest/test_profile_of_kinds.py",
    "loadtest/test_coverage_of_runs.py",
    "perfanalysis/delivery/test_sender.py",
    "workload/recording/test_live_command.py",
    "operations/backup/test_backup_commands.py",
    "operations/backup/test_engines.py",
    "portal/pages/test_charts_in_browser.py",
    "portal/test_nothing_lost.py",
    "portal/live/test_live.py",
    "portal/jobs/test_jobs.py",
    "portal/test_served.py",
    "portal/pages/test_in_chromium.py",
    "portal/pages/test_log_in.py",
    "portal/pages/test_pages.py",
    "portal/test_schemathesis.py",
    "portal/records/test_query_plans.py",
    "portal/api/test_machines.py",
    "portal/api/test_bodies.py",
)


def group_of(path: Path) -> str:
    """The tests of a file are of one worker, and all that are to be alone of one, too.

    Whoever is alone waits until the others' tests have ended: once, and not before each test.
    """
    file = path.relative_to(TESTS).as_posix()
    if file in TURNS:
        return "turns"
    return "alone" if is_alone(path) else file


def rank_of(group: str) -> int:
    """What begins earlier has the lower number."""
    if group == "alone":
        return len(LONG) + 1
    return LONG.index(group) if group in LONG else len(LONG)


def is_alone(path: Path) -> bool:
    """Whether no other test may run beside those of this file."""
    return path.relative_to(TESTS).as_posix() in ALONE


@contextlib.contextmanager
def place_for(path: Path, door_file: Path = DOOR, room_file: Path = ROOM) -> Iterator[None]:
    """A place for a test of that file: beside the other workers', or alone.

    Whoever waits to be alone stands in the door, so that no further test begins.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    with door_file.open() as door, room_file.open() as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone(path) else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
