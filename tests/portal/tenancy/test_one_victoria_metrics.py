"""Two tenants' files before one real VictoriaMetrics: each key has its own series alone.

VictoriaMetrics of the version that is built here: Debian's does not know ``/api/v1/push``.
"""

from __future__ import annotations

import re
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from demo.servers import free_port
from perfanalysis.delivery.remote_write import WriteRequest, milliseconds, pack
from portal.tenancy.snippets.settings import SnippetSettings
from portal.tenancy.snippets.vmauth import for_one_victoriametrics, variable
from tests.deploy.scaling.programs import BUILT, built, running
from tests.grafana.hour.stores import flush

A, B = (SnippetSettings(uuid.UUID(int=at), name) for at, name in ((1, "a"), (2, "b")))
SECONDS = 60


def vmauth_program() -> Path:
    """The one that was built, else Debian's beside its VictoriaMetrics."""
    debian = BUILT.parent / "victoria-metrics" / "usr" / "bin" / "vmauth"
    ours = [*sorted(BUILT.glob("vmauth-*"))[-1:], *([debian] if debian.is_file() else [])]
    found = shutil.which("vmauth") or next(iter(ours), None)
    if found is None:
        pytest.skip("no vmauth here: scripts/build-vmauth builds it where Go is present")
    return Path(found)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of vmauth, when each tenant has sent a sample that claims to be the other's."""
    folder = tmp_path_factory.mktemp("one")
    at = f"127.0.0.1:{free_port()}"
    store = f"http://{at}"
    words = [str(built("victoria-metrics")), f"-storageDataPath={folder / 'data'}"]
    words += [f"-httpListenAddr={at}", "-search.latencyOffset=0s"]
    with running(words, f"{store}/health", folder / "victoria.log"):
        users = []
        for tenant in (A, B):
            text = for_one_victoriametrics(tenant).text
            text = text.replace("http://victoriametrics:8428", store)
            users += yaml.safe_load(text)["users"]
        file = folder / "vmauth.yml"
        file.write_text(yaml.safe_dump({"users": users}))
        listen = f"127.0.0.1:{free_port()}"
        words = [str(vmauth_program()), f"-auth.config={file}", f"-httpListenAddr={listen}"]
        keys = {variable(tenant): f"key-{tenant.name}" for tenant in (A, B)}
        url = f"http://{listen}"
        with running(words, f"{url}/health", folder / "vmauth.log", keys):
            for tenant, other, path in ((A, B, "push"), (B, A, "write")):
                assert send(url, tenant, other, path) == 204
            flush(store)
            yield url


def send(url: str, tenant: SnippetSettings, other: SnippetSettings, path: str) -> int:
    """The status of a sample sent by remote write, with the other's label and parameter."""
    request = WriteRequest()
    one = request.timeseries.add()
    for name, value in (("__name__", f"of_{tenant.name}"), ("tenant", str(other.tenant))):
        one.labels.add(name=name, value=value)
    one.samples.add(value=1.0, timestamp=milliseconds(time.time() - 60))
    said = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}
    return requests.post(
        f"{url}/api/v1/{path}",
        params={"extra_label": f"tenant={other.tenant}"},
        data=pack(request),
        headers=said | bearer(tenant),
        timeout=SECONDS,
    ).status_code


def bearer(tenant: SnippetSettings) -> dict[str, str]:
    return {"Authorization": f"Bearer key-{tenant.name}"}


def found(url: str, tenant: SnippetSettings, **more: str) -> set[tuple[str, str]]:
    """Names and tenants of all series that a query shows."""
    asked = {"query": '{__name__=~"of_.+"}', "time": str(time.time())} | more
    answer = requests.post(
        f"{url}/prometheus/api/v1/query", data=asked, headers=bearer(tenant), timeout=SECONDS
    )
    assert answer.ok, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]["result"]
    return {(row["metric"]["__name__"], row["metric"]["tenant"]) for row in rows}


@pytest.mark.e2e
class TestTenantsOfOneVictoriaMetrics:
    @pytest.mark.parametrize("tenant", [A, B], ids=["a", "b"])
    def test_each_sees_its_own(self, front: str, tenant: SnippetSettings) -> None:
        assert found(front, tenant) == {(f"of_{tenant.name}", str(tenant.tenant))}

    @pytest.mark.parametrize("name", ["extra_label", "extra_filters", "extra_filters[]"])
    def test_no_parameter_shows_the_others(self, front: str, name: str) -> None:
        others = f'{{tenant="{B.tenant}"}}' if "filters" in name else f"tenant={B.tenant}"
        seen = found(front, A, **{name: others})
        assert ("of_b", str(B.tenant)) not in seen

    @pytest.mark.parametrize(
        "path",
        [
            "/prometheus/api/v1/admin/tsdb/delete_series",
            "/prometheus/api/v1/export",
            "/prometheus/api/v1/status/tsdb",
            "/api/v1/import",
            "/internal/force_flush",
        ],
    )
    def test_nothing_else_is_open(self, front: str, path: str) -> None:
        answer = requests.get(f"{front}{path}", headers=bearer(A), timeout=SECONDS)
        assert answer.status_code in {400, 404}

    def test_no_key_no_answer(self, front: str) -> None:
        answer = requests.get(f"{front}/prometheus/api/v1/labels", timeout=SECONDS)
        assert answer.status_code == 401


def test_its_file_says_who_may_reach_the_server() -> None:
    one = for_one_victoriametrics(A)
    assert "Nobody but vmauth may reach that server" in one.use
    assert re.findall(r"extra_\w+", one.text) == ["extra_label", "extra_label"]
