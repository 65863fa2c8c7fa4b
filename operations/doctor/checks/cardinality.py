"""Whether machines stay within their budget of series."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "cardinality"


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    scraped = where.selector("scrape_samples_post_metric_relabeling")
    found = where.engine.query(f"max by (cluster, instance) ({scraped})", where.now)
    if not found:
        said = "the engine does not tell how many samples a scrape brings"
        return [Diagnosis(NAME, Health.UNKNOWN, said)]
    above = sorted(one.labels.get("instance", "") for one in found if one.value > where.budget)
    most = int(max(one.value for one in found))
    if above:
        said = (
            f"{len(above)} machines bring more than {where.budget} series (at most {most}):"
            f" {some(above)}"
        )
        advice = "leave out devices or collectors that nobody looks at (docs/exporter.md)"
        return [Diagnosis(NAME, Health.WARNING, said, advice)]
    said = f"at most {most} series a machine, of {where.budget}"
    return [Diagnosis(NAME, Health.GOOD, said)]
