"""Whether machines are scraped, and their collectors work."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "scrapes"


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    up = where.selector("up")
    there, down = where.names(up), where.names(f"{up} == 0")
    if not there:
        jobs = [job for job in where.names("up", "job") if job]
        others = f"; there are the jobs {some(jobs)}" if jobs else "; nothing at all is scraped"
        said = f'no target has a job like "{where.job}"{others}'
        advice = "name the job of your exporters by --job, or scrape them (docs/deployment.md)"
        return [Diagnosis(NAME, Health.WRONG, said, advice)]
    if down:
        said = f"{len(down)} of {len(there)} machines are not scraped: {some(down)}"
        advice = "docs/runbooks/MachineNotScraped.md"
        return [Diagnosis(NAME, Health.WRONG, said, advice)]
    found = [Diagnosis(NAME, Health.GOOD, f"{len(there)} machines are scraped")]
    # What never worked, for want of its hardware, is no fault: most machines lack most of it.
    success = where.selector("node_scrape_collector_success")
    failing = where.names(f"{success} == 0 and max_over_time({success}[1d]) == 1", "collector")
    if failing:
        said = f"collectors fail that worked within a day: {some(failing)}"
        advice = "docs/runbooks/CollectorFails.md; the exporter's log has the reason"
        found.append(Diagnosis("collectors", Health.WARNING, said, advice))
    return found
