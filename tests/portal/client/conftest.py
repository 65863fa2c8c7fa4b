"""A portal that runs, for those who ask it over its API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.portal_client.connection import PortalConnection
from tests.portal.running import Running, running


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("asked")
    with running(folder, f"sqlite:///{folder}/portal.sqlite") as found:
        (folder / "key").write_text(found.key)
        yield found


@pytest.fixture
def connection(portal: Running) -> Iterator[PortalConnection]:
    endpoint = Endpoint(portal.url, Credentials(str(portal.folder / "key")))
    with PortalConnection(endpoint) as found:
        yield found
