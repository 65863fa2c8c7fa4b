"""The report's CronJob: Kubernetes takes it, and we take its command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from reporter.app import report
from tests.conftest import REPOSITORY

CRON_JOB = REPOSITORY / "deploy" / "kubernetes" / "report-cronjob.yaml"


def check_command(words: list[str]) -> None:
    """Whether `perfanalysis report` takes these words; it is not run."""
    assert words[0] == "report"
    report.make_context("report", words[1:]).close()


def cron_job() -> dict[str, Any]:
    (found,) = yaml.safe_load_all(CRON_JOB.read_text())
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("release", ["1.29", "1.34"])
def test_kubernetes_takes_the_cron_job(release: str) -> None:
    kubernetes_validate.validate(cron_job(), release, strict=True)
    broken = cron_job()
    broken["spec"]["scheduled"] = ""
    with pytest.raises(kubernetes_validate.ValidationError, match="scheduled"):
        kubernetes_validate.validate(broken, release, strict=True)


def test_the_cron_job_has_no_rights_and_writes_where_it_may() -> None:
    spec = cron_job()["spec"]
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    check_command(container["args"])
    config = Path(container["args"][-1])
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    assert str(config.parent) in mounts
    assert "/var/lib/perfanalysis" in mounts
    assert {volume["name"] for volume in pod["volumes"]} == set(mounts.values())
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert spec["concurrencyPolicy"] == "Forbid"
