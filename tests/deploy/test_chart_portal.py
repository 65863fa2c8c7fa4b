"""The portal in Kubernetes: its job is never changed, its passwords stand in no text."""

from __future__ import annotations

import pytest

from tests.deploy.chart import Manifest, manifests, rendered, values_of


def objects(*words: str) -> list[Manifest]:
    return manifests(rendered(values_of("portal"), *words))


def one(kind: str, *words: str) -> Manifest:
    (found,) = [found for found in objects(*words) if found["kind"] == kind]
    return found


@pytest.mark.parametrize(
    "change",
    [
        "image.portal.tag=1.2.3",
        "portal.database.host=other.example",
        "portal.podLabels.team=a",
        "portal.resources.limits.memory=1Gi",
        "image.pullPolicy=Always",
        "commonLabels.team=a",
    ],
)
def test_another_job_has_another_name(change: str) -> None:
    """A job's pods cannot be changed: `helm upgrade` and Argo CD would fail at the old one."""
    before, after = one("Job"), one("Job", "--set", change)
    assert before["spec"]["template"] != after["spec"]["template"]
    assert before["metadata"]["name"] != after["metadata"]["name"]


@pytest.mark.parametrize(
    "change", ["portal.replicas=5", "portal.push.contact=mailto:a@b.example", "portal.extraArgs={}"]
)
def test_what_is_not_of_the_job_does_not_migrate_anew(change: str) -> None:
    assert one("Job") == one("Job", "--set", change)


def test_the_service_selects_no_pod_of_the_job() -> None:
    selector = one("Service")["spec"]["selector"].items()
    assert selector <= one("Deployment")["spec"]["template"]["metadata"]["labels"].items()
    assert not selector <= one("Job")["spec"]["template"]["metadata"]["labels"].items()


def test_passwords_come_from_secrets_and_tls_from_the_environment() -> None:
    for kind, secret in (("Deployment", "portal-database"), ("Job", "portal-owner")):
        (container,) = one(kind)["spec"]["template"]["spec"]["containers"]
        found = {entry["name"]: entry for entry in container["env"]}
        url = found["PERFANALYSIS_PORTAL_DATABASE"]["value"]
        assert "?" not in url
        assert url.count(":") == 2
        reference = found["PGPASSWORD"]["valueFrom"]["secretKeyRef"]
        assert reference == {"name": secret, "key": "password"}
        assert found["PGSSLMODE"]["value"] == "verify-full"
        assert found["PGSSLROOTCERT"]["value"] == "/etc/perfanalysis/database/ca.crt"


def test_public_authorities_are_taken_where_no_other_is_named() -> None:
    (container,) = one("Deployment", "--set", "portal.database.caSecret=")["spec"]["template"][
        "spec"
    ]["containers"]
    found = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert found["PGSSLROOTCERT"] == "system"


def test_replicas_are_the_autoscalers_where_there_is_one() -> None:
    assert "replicas" not in one("Deployment")["spec"]
    fixed = objects("--set", "portal.autoscaling.enabled=false")
    assert "HorizontalPodAutoscaler" not in {found["kind"] for found in fixed}
    (deployment,) = [found for found in fixed if found["kind"] == "Deployment"]
    assert deployment["spec"]["replicas"] == 2
