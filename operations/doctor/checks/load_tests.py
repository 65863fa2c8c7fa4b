"""Whether machines have a load test that counts."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "load tests"
OLD_DAYS = 90


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    machines = set(where.names(f"{where.selector('up')} == 1"))
    tested = set(where.names(where.selector("perf_loadtest_valid")))
    without = sorted(machines - tested)
    if not tested:
        advice = "perfanalysis loadtest run, on each machine (docs/loadtest.md)"
        return [Diagnosis(NAME, Health.UNKNOWN, "no machine has a load test", advice)]
    found = []
    if without:
        said = f"{len(without)} machines have no load test: {some(without)}"
        advice = "perfanalysis loadtest run (docs/loadtest.md); fleets: docs/fleet.md"
        found.append(Diagnosis(NAME, Health.WARNING, said, advice))
    valid = where.selector("perf_loadtest_valid")
    invalid = where.names(f"max by (cluster, instance) ({valid}) == 0")
    if invalid:
        said = f"load tests were disturbed, and count for nothing: {some(invalid)}"
        advice = "docs/runbooks/LoadTestDisturbed.md"
        found.append(Diagnosis(NAME, Health.WARNING, said, advice))
    end = where.selector("perf_loadtest_timestamp_seconds")
    old = where.names(f"time() - max by (cluster, instance) ({end}) > {OLD_DAYS * 86_400}")
    if old:
        said = f"the newest load test is older than {OLD_DAYS} days: {some(old)}"
        found.append(Diagnosis(NAME, Health.WARNING, said, "measure again: machines change"))
    return found or [Diagnosis(NAME, Health.GOOD, f"all {len(tested)} machines have a load test")]
