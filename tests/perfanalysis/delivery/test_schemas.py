"""Every file describes an endpoint in the same words: the schemas follow the one list of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loadtest.outputs.wanted import _Receiver
from perfanalysis.delivery.endpoint_record import BasicAuthRecord, TlsRecord
from tests.conftest import REPOSITORY
from tests.perfanalysis.delivery.schema_parts import endpoint_parts

NOT_HTTP = ("bearer_token_file", "bearer_token_variable", "headers", "header_files")
REPORT = "reporter/report.schema.json"
DELIVERIES = ("deliver", "items")
# File, path of the mapping in it, and what it has of an endpoint.
PLACES: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "engine": (REPORT, ("prometheus",), endpoint_parts(insecure=True, names=True)),
    "webhook": (
        REPORT,
        (*DELIVERIES, "webhook"),
        endpoint_parts(old=("ca_file", "username", "key_file"), insecure=False, names=True),
    ),
    "email": (
        REPORT,
        (*DELIVERIES, "email"),
        endpoint_parts(
            without=NOT_HTTP,
            old=("ca_file", "username", "password_file"),
            insecure=False,
            names=True,
        ),
    ),
    "s3": (
        REPORT,
        (*DELIVERIES, "s3"),
        endpoint_parts(
            without=(*NOT_HTTP, "basic_auth"), old=("ca_file",), insecure=False, names=True
        ),
    ),
    "receivers": (
        "loadtest/deliver.schema.json",
        ("destinations", "items"),
        endpoint_parts(
            old=("key_file", "key_variable", "username", "ca_file"), insecure=False, names=False
        ),
    ),
}
WORDS = {"tls", "basic_auth", *NOT_HTTP, "key_file", "key_variable", "username", "ca_file"}
WORDS |= {"password_file"}


def of(schema: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        schema = schema["items"] if step == "items" else schema["properties"][step]
    return schema["properties"]


def test_what_is_read_of_a_file_of_receivers_has_the_fields_of_its_schema() -> None:
    file, path, _ = PLACES["receivers"]
    found = of(json.loads((REPOSITORY / file).read_text()), path)
    for fields, record in (
        (found, _Receiver),
        (found["tls"]["properties"], TlsRecord),
        (found["basic_auth"]["properties"], BasicAuthRecord),
    ):
        assert set(record.__struct_fields__) == fields.keys()


@pytest.mark.parametrize("place", PLACES)
def test_the_schema_says_what_the_list_says(place: str, update_golden: bool) -> None:
    file, path, parts = PLACES[place]
    schema = json.loads((REPOSITORY / file).read_text())
    found = of(schema, path)
    if update_golden:
        before, others = list(found), {k: v for k, v in found.items() if k not in WORDS}
        first = next(name for name in before if name in WORDS)
        head = [name for name in before[: before.index(first)] if name in others]
        new = {k: others.pop(k) for k in head} | parts | others
        found.clear()
        found.update(new)
        (REPOSITORY / file).write_text(json.dumps(schema, indent=2) + "\n")
    assert {name: found.get(name) for name in parts} == parts
    assert found.keys() & WORDS == parts.keys()
