"""Names of a kubelet on the page, over TLS and with a token; a server answers in its stead.

It sends what a kubelet sends (v1.PodList), and asks for a token as one does; how a real one takes
a token and gives names is in tests/e2e/test_container_names.py.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.collectors.cgroup.names import background
from exporter.page.scraping import Scraper
from perfanalysis.errors import InputError
from tests.exporter.collectors.cgroup import trees
from tests.exporter.collectors.cgroup.names.test_answers import POD_LIST, UID, A
from tests.exporter.collectors.test_cgroup import infos, scrape, scraper_over, unnamed
from tests.exporter.serving.certificates import SERVER, Authority
from tests.perfanalysis.machines.cloud.services import Asked, Given, Service, serving

POD = f"/kubepods.slice/kubepods-pod{UID.replace('-', '_')}.slice"
APP = f"{POD}/cri-containerd-{A}.scope"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.of-this-test"
PODS = json.dumps(POD_LIST).encode()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE_SECONDS", 0.01)


def kubelet_of(*tokens: str) -> Callable[[Asked], Given]:
    """One that takes these tokens."""

    def answer(asked: Asked) -> Given:
        if asked.headers.get("authorization") not in {f"Bearer {token}" for token in tokens}:
            return Given(b"Unauthorized", 401)
        return Given(PODS) if asked.path == "/pods" else Given(b"404 page not found", 404)

    return answer


def flags_for(service: Service, token: Path, *more: str) -> list[str]:
    flags = {"url": service.url, "bearer-token-file": token}
    given = [f"--collector.cgroup.kubelet.{name}={value}" for name, value in flags.items()]
    return ["--collector.cgroup.names=kubelet", *given, *more]


def when(scraper: Scraper, condition: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """The first page of which that is true."""
    end = time.monotonic() + 20
    while not condition(samples := scrape(scraper)):
        assert time.monotonic() < end, infos(samples)
        time.sleep(0.01)
    return samples


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    return path


def test_the_first_page_has_names_and_the_container_of_the_network_comes_later(
    tmp_path: Path, token: Path
) -> None:
    pause = f"{POD}/cri-containerd-{trees.container_id(7)}.scope"
    trees.version_2(tmp_path / "sys", {APP: 1, pause: 2})
    with serving(kubelet_of(TOKEN)) as service:
        scraper = scraper_over(tmp_path, *flags_for(service, token))
        first = scrape(scraper)
        assert {info.split('"')[3] for info in infos(first)} == {"shop/web-1/app"}
        # Found, and not yet shown: its series begin under its name.
        assert (first["perf_containers"], unnamed(first)) == (2, {})
        both = when(scraper, lambda samples: len(infos(samples)) == 2)
    names = {info.split('"')[3] for info in infos(both)}
    assert names == {"shop/web-1/app", "shop/web-1/POD"}
    assert 'container="app",pod="web-1",namespace="shop",image="web:2"' in str(infos(both))
    assert unnamed(both) == {}


def test_nobody_is_asked_while_all_have_names(tmp_path: Path, token: Path) -> None:
    trees.version_2(tmp_path / "sys", {APP: 1})
    with serving(kubelet_of(TOKEN)) as service:
        flags = [*flags_for(service, token), "--collector.cgroup.rescan=0.001"]
        scraper = scraper_over(tmp_path, *flags)
        for _ in range(30):
            assert len(infos(scrape(scraper))) == 1
        assert len(service.asked) == 1


def test_a_new_container_is_asked_for_with_the_token_of_now(tmp_path: Path, token: Path) -> None:
    trees.version_2(tmp_path / "sys", {})
    with serving(kubelet_of(TOKEN)) as service:
        scraper = scraper_over(tmp_path, *flags_for(service, token))
        assert infos(scrape(scraper)) == set()
        service.answering = kubelet_of("the-next-one")
        token.write_text("the-next-one\n")
        trees.write(tmp_path / "sys/fs/cgroup" / APP.strip("/"), trees.group_of_version_2(1))
        samples = when(scraper, lambda samples: infos(samples) != set())
    assert 'name="shop/web-1/app"' in str(infos(samples))


def test_a_token_that_is_not_taken_costs_names_only(
    tmp_path: Path, token: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trees.version_2(tmp_path / "sys", {APP: 1})
    with serving(kubelet_of("another")) as service:
        scraper = scraper_over(tmp_path, *flags_for(service, token))
        samples = when(scraper, lambda samples: infos(samples) != set())
    assert f'name="{A}"' in str(infos(samples))
    assert unnamed(samples) == {"denied": 1}
    assert samples['node_scrape_collector_success{collector="cgroup"}'] == 1
    assert "status 401: it wants a token" in caplog.text
    assert TOKEN not in caplog.text


def test_a_token_that_is_not_there(
    tmp_path: Path, token: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trees.version_2(tmp_path / "sys", {APP: 1})
    token.unlink()
    with serving(kubelet_of(TOKEN)) as service:
        scraper = scraper_over(tmp_path, *flags_for(service, token))
        samples = when(scraper, lambda samples: infos(samples) != set())
        assert service.asked == []
    assert unnamed(samples) == {"unreachable": 1}
    assert f"{token}: expected a readable key file" in caplog.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "certificate verify failed"),
        (("tls.ca-file={ca}",), "not valid for '127.0.0.1'"),
        (("tls.ca-file={ca}", "tls.server-name=node-1"), ""),
        (("tls.ca-file={other}", "tls.server-name=node-1"), "certificate verify failed"),
        (("tls.insecure-skip-verify",), ""),
    ],
)
def test_the_certificate(
    more: tuple[str, ...], said: str, tmp_path: Path, token: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authorities = []
    for name in ("ca", "other"):
        (tmp_path / name).mkdir()
        authorities.append(Authority(tmp_path / name))
    # As a kubelet makes its own: of the node's name, and of no address.
    issued = authorities[0].issue("node-1", ("node-1",), SERVER)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*issued.pair)
    trees.version_2(tmp_path / "sys", {APP: 1})
    files = {"ca": authorities[0].path, "other": authorities[1].path}
    with serving(kubelet_of(TOKEN), context) as service:
        flags = [f"--collector.cgroup.kubelet.{flag.format(**files)}" for flag in more]
        scraper = scraper_over(tmp_path, *flags_for(service, token, *flags))
        samples = when(scraper, lambda samples: infos(samples) != set())
        # The token goes to nobody whose certificate is not the right one.
        assert len(service.asked) == (0 if said else 1)
    assert unnamed(samples) == ({"unreachable": 1} if said else {})
    assert said in caplog.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Given(b"404 page not found", 404), "status 404, expected 200"),
        (Given(b'{"kind": "Status"}'), "expected a v1.PodList"),
        (Given(b"moved", 302, {"Location": "http://127.0.0.1:1/pods"}), "status 302"),
        (Given(b"Forbidden", 403), "the right to get nodes/pods"),
        (Given(b" " * (16 << 20) + b"{}"), "larger than"),
    ],
)
def test_an_answer_that_is_of_no_use(
    answer: Given, said: str, tmp_path: Path, token: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trees.version_2(tmp_path / "sys", {APP: 1})
    with serving(lambda _: answer) as service:
        scraper = scraper_over(tmp_path, *flags_for(service, token))
        samples = when(scraper, lambda samples: infos(samples) != set())
    assert sum(unnamed(samples).values()) == 1
    assert said in caplog.text


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["names=dockershim"], "names: expected one of files, kubelet, cri, docker, podman"),
        (["names.socket=/run/docker.sock"], "names.socket: expected --collector.cgroup.names=cri"),
        (["names=kubelet", "names.socket=/s"], "names.socket: expected"),
        (["kubelet.url=https://a:1"], "kubelet.url: expected --collector.cgroup.names=kubelet"),
        (["names=docker", "kubelet.tls.insecure-skip-verify"], "insecure-skip-verify: expected"),
        (["names=kubelet", "kubelet.url=node:10250"], "kubelet.url: expected an http"),
        (["names=kubelet", "kubelet.tls.cert-file=/c"], "cert-file: expected .*key-file beside"),
    ],
)
def test_flags_that_do_not_fit(flags: list[str], said: str, tmp_path: Path) -> None:
    trees.version_2(tmp_path / "sys", {})
    with pytest.raises(InputError, match=said):
        scraper_over(tmp_path, *(f"--collector.cgroup.{flag}" for flag in flags))
