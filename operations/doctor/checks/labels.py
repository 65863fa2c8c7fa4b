"""Whether a machine is one machine: neither two under a name, nor one under two."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "labels"


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    uname = where.selector("node_uname_info")
    if not where.count(uname):
        said = "no machine tells node_uname_info"
        return [Diagnosis(NAME, Health.UNKNOWN, said, "turn the collector uname on")]
    found = []
    twice = where.names(f"count by (cluster, instance) ({uname}) > 1")
    if twice:
        said = f"two jobs scrape the same instance: {some(twice)}"
        advice = "give each exporter a job of its own, and rules one of them (docs/coexisting.md)"
        found.append(Diagnosis(NAME, Health.WARNING, said, advice))
    shared = where.names(f"count by (cluster, job, nodename) ({uname}) > 1", "nodename")
    if shared:
        said = f"several instances have the same node name: {some(shared)}"
        advice = "scrape a machine under one address; machines of one image need names of their own"
        found.append(Diagnosis(NAME, Health.WARNING, said, advice))
    return found or [Diagnosis(NAME, Health.GOOD, "each machine has one name")]
