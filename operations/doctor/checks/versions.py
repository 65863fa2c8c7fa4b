"""Whether all exporters are of one version."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "versions"


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    info = where.selector("node_exporter_build_info")
    found = where.engine.query(f"count by (version, goversion) ({info})", where.now)
    ours = [one for one in found if not one.labels.get("goversion", "").startswith("go")]
    others = int(sum(one.value for one in found) - sum(one.value for one in ours))
    versions = sorted(one.labels.get("version", "") for one in ours)
    if not found:
        return [Diagnosis(NAME, Health.UNKNOWN, "no exporter tells its version")]
    beside = f"; {others} machines have node_exporter" if others else ""
    if len(versions) > 1:
        said = f"exporters of several versions: {some(versions)}{beside}"
        return [Diagnosis(NAME, Health.WARNING, said, "bring them to one (docs/deployment.md)")]
    own = f"all exporters are of {versions[0]}" if versions else "no exporter is ours"
    return [Diagnosis(NAME, Health.GOOD, own + beside)]
