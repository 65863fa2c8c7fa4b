"""A browser without scripts: cookies, forms with their tokens, redirects that are not followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from starlette.testclient import TestClient

from portal.access import people
from portal.access.people import NewUser
from portal.records.tenant_session import TenantSession
from portal.serving.application import application
from portal.tenancy import provisioning

_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
PASSWORD = "correct horse battery"


@dataclass
class Browser:
    client: TestClient

    def get(self, path: str, status: int = 200, **headers: str) -> str:
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, path: str, form: str, **fields: Any) -> Any:
        """Send a form of the page at ``form`` to ``path``."""
        token = _TOKEN.search(self.client.get(form).text)
        assert token is not None, form
        return self.client.post(path, data={"form_token": token[1], **fields})

    def log_in(self, **fields: str) -> Any:
        return self.send("/login", "/login", **fields)


def browser(engine: Engine, **limits: Any) -> Browser:
    app = application(engine, **limits)
    url = "https://portal.example" if limits.get("secure") else "http://portal.example"
    return Browser(
        TestClient(app, base_url=url, follow_redirects=False, raise_server_exceptions=False)
    )


def user(engine: Engine, tenant: str, name: str, *scopes: str) -> None:
    """A new user of a tenant, with that password."""
    row = provisioning.by_name(engine, tenant)
    with TenantSession(engine, row.id, writes=True) as session, session.begin():
        caller = provisioning.local_person(row, "test")
        people.create(session, caller, NewUser(name, scopes or ("read",), PASSWORD))
