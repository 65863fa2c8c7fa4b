"""The Prometheus Operator's own definitions take the chart's objects, word by word."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.chart import Manifest, manifests, objects_of, rendered, values_of

KINDS = ("PodMonitor", "PrometheusRule", "ServiceMonitor")


def strict(schema: Any) -> Any:
    """A structural schema that refuses fields it does not name; the API server drops them."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(part) for key, part in schema.items()}
    open_ = made.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in made
    if made.get("type") == "object" and "properties" in made and not open_:
        made["additionalProperties"] = False
    return made


def errors_of(manifest: Manifest) -> list[str]:
    """What its definition has against an object."""
    found = sorted((REPOSITORY / ".tools" / "prometheus-operator").glob("*/*.yaml"))
    if not found:
        pytest.skip("no schemas of the operator: scripts/fetch-operator-schemas brings them")
    definitions = [yaml.load(path.read_text(), yaml.CSafeLoader)["spec"] for path in found]
    (versions,) = [d["versions"] for d in definitions if d["names"]["kind"] == manifest["kind"]]
    (schema,) = [entry["schema"] for entry in versions if entry["name"] == "v1"]
    root = strict(schema["openAPIV3Schema"])
    # The API server looks after these itself.
    root["properties"]["metadata"] = {"type": "object"}
    return [error.message for error in Draft7Validator(root).iter_errors(manifest)]


def operators() -> dict[str, Manifest]:
    """The operator's objects, by kind."""
    group = "monitoring.coreos.com/v1"
    objects = [*objects_of("operator"), *objects_of("coexisting")]
    return {m["kind"]: m for m in objects if m["apiVersion"] == group}


def test_there_is_an_object_of_each_kind() -> None:
    assert set(operators()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_its_definition_takes_it(kind: str) -> None:
    assert errors_of(operators()[kind]) == []


def test_so_it_does_with_tls_and_passwords() -> None:
    endpoint = "{tlsConfig: {ca: {secret: {name: a, key: ca.crt}}, serverName: node},"
    endpoint += " basicAuth: {username: {name: a, key: user}, password: {name: a, key: password}}}"
    words = f"--set-json=podMonitor.endpoint={load_fast(endpoint)!r}".replace("'", '"')
    text = rendered(values_of("operator"), words, "--set=podMonitor.scheme=https")
    (monitor,) = [m for m in manifests(text) if m["kind"] == "PodMonitor"]
    assert monitor["spec"]["podMetricsEndpoints"][0]["scheme"] == "https"
    assert errors_of(monitor) == []


def test_a_word_that_it_does_not_know_is_found() -> None:
    monitor = operators()["PodMonitor"]
    spec = monitor["spec"] | {"attachMetadata": {"nodes": True}}
    assert errors_of(monitor | {"spec": spec}) == [
        "Additional properties are not allowed ('nodes' was unexpected)"
    ]
