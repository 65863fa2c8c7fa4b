"""Bodies that are too large, or packed so that they would be; names that are statements."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.portal.serving import Tenant, document, portal

MOST = 100_000
PACKED = {"Content-Encoding": "gzip"}


@pytest.fixture
def narrow(engine: Engine) -> Tenant:
    return portal(engine, "narrow", most_bytes=MOST)


def test_a_packed_document_is_taken(narrow: Tenant) -> None:
    narrow.ok("POST", "/api/v1/tests", 201, content=gzip.compress(document()), headers=PACKED)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b" " * (MOST + 1), {}, 413),
        (gzip.compress(b" " * (MOST + 1)), PACKED, 413),
        # Made when they are sent: it takes half a second of each process that collects tests.
        (lambda: gzip.compress(gzip.compress(bytes(10**8))), PACKED, 422),
        (lambda: gzip.compress(bytes(10**7)), PACKED, 413),
        (gzip.compress(b"{}")[:-3], PACKED, 400),
        (gzip.compress(b"{}") + b"more", PACKED, 400),
        (b"no gzip", PACKED, 400),
        (b"", PACKED, 400),
        (zlib.compress(b"{}"), {"Content-Encoding": "deflate"}, 415),
        (b"x", {"Content-Encoding": "gzip, gzip"}, 415),
    ],
    ids=[
        "large",
        "bomb",
        "bomb in a bomb",
        "large bomb",
        "cut",
        "more",
        "none",
        "empty",
        "deflate",
        "twice",
    ],
)
def test_others_are_not(
    narrow: Tenant, body: bytes | Callable[[], bytes], headers: dict[str, str], status: int
) -> None:
    body = body() if callable(body) else body
    narrow.no("POST", "/api/v1/tests", status, content=body, headers=headers)
    narrow.no("POST", "/api/v1/machines", status, content=body, headers=headers)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE machines; --",
        '" OR ""="',
        "../../etc/passwd",
        "%00",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "\u202ename",
    ],
)
def test_names_are_names(narrow: Tenant, text: str) -> None:
    made = narrow.ok("POST", "/api/v1/machines", json={"name": text, "owner": text})["machine"]
    found = narrow.ok("GET", "/api/v1/machines", params={"owner": text})["machines"]
    assert found == [made]
    assert narrow.ok("GET", "/api/v1/machines", params={"owner": text + "'"})["machines"] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "body", [b"[" * 50_000, b"\xff\xfe", b'{"name": NaN}', b"nothing", b"null"]
)
def test_malformed_json_is_a_4xx(narrow: Tenant, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = narrow.client.post("/api/v1/machines", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
