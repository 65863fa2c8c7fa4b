"""A portal in this process for tests of its endpoints, and documents for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from starlette.testclient import TestClient

from portal.serving.application import application
from portal.tenancy import provisioning

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = json.loads(
    (REPOSITORY / "tests" / "fixtures" / "results" / "version-3.json").read_bytes()
)
ALL = frozenset({"read", "write", "report", "run", "admin"})


@dataclass(frozen=True)
class Tenant:
    """A tenant, and a client with its first key."""

    id: str
    name: str
    key: str
    client: TestClient

    def ok(self, method: str, url: str, status: int = 200, **more: Any) -> Any:
        """The answer of a request that must go well."""
        answer = self.client.request(method, url, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def no(self, method: str, url: str, status: int, **more: Any) -> str:
        """What is said to a request that must not go well."""
        answer = self.client.request(method, url, **more)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = answer.json()
        assert found["status"] == status
        return str(found["detail"])

    def hand_in(self, status: int = 201, **changes: Any) -> Any:
        """Hand in a document that has been changed."""
        return self.ok("POST", "/api/v1/tests", status, content=document(**changes))


def portal(engine: Engine, name: str, *, is_operator: bool = False, **limits: Any) -> Tenant:
    """A new tenant with a client of a portal on that database."""
    row, text = provisioning.provision(engine, None, name, is_operator=is_operator)
    return Tenant(str(row.id), name, text.text, client(engine, text.text, **limits))


def client(engine: Engine, key: str | None, **limits: Any) -> TestClient:
    """A client of a portal on that database."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    app = application(engine, **limits)
    return TestClient(app, headers=headers, raise_server_exceptions=False)


def call(machine: str, **changes: Any) -> dict[str, Any]:
    """How an agent of a machine asks for work."""
    offers = {"kernels": ["rmw", "divide"], "profiles": ["quick", "default", "kinds"]}
    agent = "00000000-0000-0000-0000-000000000003"
    return {
        "machine": machine,
        "agent": agent,
        "offers": {**offers, "most_seconds": 3600},
    } | changes


def document(**changes: Any) -> bytes:
    """The fixture's document with other fields; of its machine by ``machine``."""
    facts = DOCUMENT["machine"] | changes.pop("machine", {})
    return json.dumps(DOCUMENT | changes | {"machine": facts}).encode()
