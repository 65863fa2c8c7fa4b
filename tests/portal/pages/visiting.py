"""A visitor without a browser, who has come in by a key."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from portal.api.state import PortalState
from portal.serving.application import endpoints
from portal.serving.portal_metrics import PortalMetrics
from tests.portal.serving import Tenant

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass(frozen=True)
class Guest:
    """A session with the pages of a portal."""

    client: TestClient
    app: FastAPI

    @property
    def state(self) -> PortalState:
        found = self.app.state.portal
        assert isinstance(found, PortalState)
        return found

    def get(self, path: str) -> str:
        """The text of a page that is there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **fields: str) -> int:
        """Send a form of the history page; the status of the page that follows."""
        token = _TOKEN.search(self.get("/history"))
        assert token
        status = self.client.post(path, data={"form_token": token[1], **fields}).status_code
        assert isinstance(status, int)
        return status


def visit(engine: Engine, tenant: Tenant) -> Guest:
    """Log in by a tenant's first key."""
    app = endpoints(engine, PortalMetrics(engine))
    client = TestClient(
        app, base_url="http://portal.test", headers={"Origin": "http://portal.test"}
    )
    token = _TOKEN.search(client.get("/login").text)
    assert token
    answer = client.post("/login", data={"form_token": token[1], "key": tenant.key})
    assert answer.status_code in {200, 303}, answer.text
    return Guest(client, app)
