"""vmauth before two tenants: who has a key writes and reads its tenant's series, and no other's.

The cluster's own programs cannot be had here: its paths are answered by a second vmauth, which
hands each tenant to a VictoriaMetrics of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
import yaml

from demo.servers import free_port
from perfanalysis.delivery.remote_write import WriteRequest, milliseconds, pack
from tests.deploy.scaling.programs import SECONDS, built, running
from tests.deploy.scaling.test_configurations import FOLDER
from tests.grafana.hour.stores import empty_victoria_metrics, flush

KEYS = {"a": "key-of-a", "b": "key-of-b"}


def cluster_paths(stores: dict[int, str]) -> str:
    """A configuration that answers a cluster's paths from one store for each tenant."""
    url_map = [
        {
            "src_paths": [f"/(insert|select)/{tenant}/prometheus/.+"],
            "drop_src_path_prefix_parts": 3,
            "url_prefix": store,
        }
        for tenant, store in stores.items()
    ]
    return yaml.safe_dump({"unauthorized_user": {"url_map": url_map}})


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The URL of vmauth with the set-up's file, and those of both tenants' stores."""
    folder = tmp_path_factory.mktemp("tenants")
    program = str(built("vmauth"))
    with ExitStack() as stack:
        stores = []
        for name in KEYS:
            (folder / name).mkdir()
            stores.append(stack.enter_context(empty_victoria_metrics(folder / name)))
        cluster, front = (f"127.0.0.1:{free_port()}" for _ in range(2))
        text = (FOLDER / "vmauth.yml").read_text()
        text = text.replace("vminsert:8480", cluster).replace("vmselect:8481", cluster)
        files = {cluster: cluster_paths(dict(enumerate(stores, start=1))), front: text}
        for listen, written in files.items():
            file = folder / f"{listen}.yml"
            file.write_text(written)
            words = [program, f"-auth.config={file}", f"-httpListenAddr={listen}"]
            keys = {f"TEAM_{name.upper()}_KEY": key for name, key in KEYS.items()}
            log = folder / f"{listen}.log"
            stack.enter_context(running(words, f"http://{listen}/health", log, keys))
        yield f"http://{front}", stores


def headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def write(url: str, key: str, name: str) -> int:
    """The status of a sample sent by remote write."""
    request = WriteRequest()
    one = request.timeseries.add()
    one.labels.add(name="__name__", value=name)
    one.labels.add(name="instance", value="x")
    one.samples.add(value=1.0, timestamp=milliseconds(time.time()))
    encoding = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}
    own = encoding | headers(key)
    return requests.post(
        f"{url}/api/v1/write", data=pack(request), headers=own, timeout=SECONDS
    ).status_code


def names(url: str, key: str) -> list[str]:
    asked = f"{url}/api/v1/label/__name__/values"
    answer = requests.get(asked, headers=headers(key), timeout=SECONDS)
    assert answer.ok, answer.text
    return [str(name) for name in answer.json()["data"]]


@pytest.mark.e2e
def test_a_key_reaches_its_tenant_alone(proxy: tuple[str, list[str]]) -> None:
    url, stores = proxy
    for name, key in KEYS.items():
        assert write(url, key, f"of_{name}") == 204
    for store in stores:
        flush(store)
    assert {name: names(url, key) for name, key in KEYS.items()} == {"a": ["of_a"], "b": ["of_b"]}


@pytest.mark.e2e
@pytest.mark.parametrize("key", ["", "key-of-c"])
def test_who_has_no_key_gets_nothing(proxy: tuple[str, list[str]], key: str) -> None:
    url, _ = proxy
    assert write(url, key, "of_nobody") == 401
    asked = requests.get(f"{url}/api/v1/labels", headers=headers(key), timeout=SECONDS)
    assert asked.status_code == 401


@pytest.mark.e2e
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/admin/tsdb/delete_series?match[]=of_b",
        "/api/v1/import",
        "/insert/2/prometheus/api/v1/write",
        "/select/2/prometheus/api/v1/labels",
        "/api/v1/query/../../../../2/prometheus/api/v1/labels",
        "/internal/force_flush",
    ],
)
def test_a_key_opens_nothing_else(proxy: tuple[str, list[str]], path: str) -> None:
    url, _ = proxy
    request = requests.Request("GET", url, headers=headers(KEYS["a"])).prepare()
    request.url = f"{url}{path}"
    with requests.Session() as session:
        assert session.send(request, timeout=SECONDS).status_code in {400, 404}
