"""Names of containers as shipped: an exporter without rights beside real runtimes and a kubelet."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import requests

from demo.servers import LISTENING, DemoServer
from tests.deploy.chart import objects_of, pod_of
from tests.deploy.cluster import cluster_in
from tests.e2e import runtimes
from tests.e2e.kubelets import Node, node_in
from tests.e2e.runtimes import IMAGE, open_folder, program, run, running, unprivileged

pytestmark = [pytest.mark.long, pytest.mark.e2e]
LABEL = re.compile(r'(\w+)="([^"]*)"')
# Not root's, as the socket of a package's docker group is.
GROUP = 64999


class Page:
    """The exporter's page, read as labels of containers and counts of those without a name."""

    def __init__(self, url: str) -> None:
        text = requests.get(f"{url}/metrics", timeout=30).text
        lines = text.splitlines()
        infos = (dict(LABEL.findall(x)) for x in lines if x.startswith("perf_container_info{"))
        self.infos = {info["container_id"]: info for info in infos}
        head = "perf_containers_unnamed{"
        counts = (line.rsplit(" ", 1) for line in lines if line.startswith(head))
        self.unnamed = {dict(LABEL.findall(s))["reason"]: int(n) for s, n in counts if int(n)}
        usage = (x for x in lines if x.startswith("container_cpu_usage_seconds_total{"))
        self.used = {dict(LABEL.findall(line))["name"] for line in usage}

    def of_image(self) -> list[dict[str, str]]:
        """Those that run the image of these tests."""
        return [info for info in self.infos.values() if info["image"] == IMAGE]


@contextlib.contextmanager
def exporter(
    folder: Path, *flags: str, groups: Sequence[int] = (), account: Sequence[str] | None = None
) -> Iterator[DemoServer]:
    """The exporter, as the account of the images in those groups, or as another one."""
    account = unprivileged(groups) if account is None else account
    words = [sys.executable, "-m", "perfanalysis", "exporter", "--web.listen-address=127.0.0.1:0"]
    words += ["--machine.cloud=off", *flags]
    log = folder / f"exporter-{time.monotonic_ns()}.log"
    server = DemoServer("exporter", [*account, *words], log, outlives=False)
    try:
        server.wait_until(lambda: bool(LISTENING.search(server.text())), "its port", 60)
        yield server
    finally:
        server.stop()


def url_of(server: DemoServer) -> str:
    match = LISTENING.search(server.text())
    assert match
    return match[1]


def page_when(server: DemoServer, condition: Callable[[Page], bool]) -> Page:
    """The first page of which that is true."""
    end = time.monotonic() + 60
    while not condition(page := Page(url_of(server))):
        assert time.monotonic() < end, (page.infos, page.unnamed, server.text())
        time.sleep(0.2)
    return page


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runtimes.check_rights()
    return runtimes.make_image(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def docker(image: Path) -> Iterator[tuple[Path, str]]:
    """A daemon's socket, and the id of its container "web"; the host's root is host beside it."""
    daemon, client = program("docker.io", "dockerd"), program("docker.io", "docker")
    with open_folder() as folder:
        socket = folder / "docker.sock"
        data = folder / "host/var/lib/docker"
        data.mkdir(parents=True)
        words = [daemon, f"--data-root={data}", f"--exec-root={folder / 'exec'}"]
        words += [f"--host=unix://{socket}", f"--pidfile={folder / 'pid'}", "--bridge=none"]
        words += ["--iptables=false", "--ip6tables=false", "--storage-driver=vfs"]
        words += [f"--group={GROUP}"]
        with running("docker", words, folder, socket):
            to = [client, f"--host=unix://{socket}"]
            run([*to, "load", f"--input={image}"], folder)
            found = run([*to, "run", "--detach", "--network=host", "--name=web", IMAGE], folder)
            yield socket, found


def test_who_may_open_the_socket_gets_names(docker: tuple[Path, str]) -> None:
    socket, found = docker
    flags = ["--collector.cgroup.names=docker", f"--collector.cgroup.names.socket={socket}"]
    with exporter(socket.parent, *flags, groups=[GROUP]) as server:
        page = page_when(server, lambda page: found in page.infos)
    shown = page.infos[found]
    assert (shown["name"], shown["image"], shown["runtime"]) == ("web", IMAGE, "docker")
    assert "web" in page.used


def test_who_may_not_gets_ids_and_the_reason(docker: tuple[Path, str]) -> None:
    socket, found = docker
    flags = ["--collector.cgroup.names=docker", f"--collector.cgroup.names.socket={socket}"]
    with exporter(socket.parent, *flags) as server:
        page = page_when(server, lambda page: found in page.infos)
        assert "Permission denied: this process may not open the socket" in server.text()
    assert page.infos[found]["name"] == found
    assert page.unnamed["denied"] >= 1


def test_as_shipped_the_files_are_closed_to_all_but_root(docker: tuple[Path, str]) -> None:
    socket, found = docker
    root = f"--path.rootfs={socket.parent / 'host'}"
    with exporter(socket.parent, root) as server:
        page = page_when(server, lambda page: found in page.infos)
    assert page.infos[found]["name"] == found
    assert page.unnamed["unreadable"] >= 1
    with exporter(socket.parent, root, account=[]) as server:
        page = page_when(server, lambda page: found in page.infos)
    assert (page.infos[found]["name"], page.infos[found]["image"]) == ("web", IMAGE)


@pytest.fixture(scope="module")
def podman(image: Path) -> Iterator[Path]:
    binary, conmon = program("podman", "podman"), program("conmon", "conmon")
    runc = program("runc", "runc")
    with open_folder() as folder:
        (folder / ".config/containers").mkdir(parents=True)
        policy = '{"default": [{"type": "insecureAcceptAnything"}]}'
        (folder / ".config/containers/policy.json").write_text(policy)
        configuration = folder / "containers.conf"
        configuration.write_text(
            # More than this account may have is refused where it has no CAP_SYS_RESOURCE.
            '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n'
            f'[engine]\nconmon_path = ["{conmon}"]\nevents_logger = "none"\n'
            f'cgroup_manager = "cgroupfs"\n[engine.runtimes]\nrunc = ["{runc}"]\n'
        )
        socket = folder / "podman.sock"
        words = ["env", f"CONTAINERS_CONF={configuration}", binary]
        words += [f"--root={folder / 'root'}", f"--runroot={folder / 'run'}"]
        words += ["--storage-driver=vfs", f"--runtime={runc}", "--cgroup-manager=cgroupfs"]
        words += ["system", "service", "--time=0", f"unix://{socket}"]
        with running("podman", words, folder, socket):
            to = [binary, "--remote", f"--url=unix://{socket}"]
            run([*to, "load", f"--input={image}"], folder)
            run([*to, "run", "--detach", "--network=host", "--name=hopper", IMAGE], folder)
            infra = [f"--infra-image={IMAGE}", "--infra-command=/waiting", "--network=host"]
            run([*to, "pod", "create", "--name=crew", *infra], folder)
            run([*to, "run", "--detach", "--pod=crew", "--name=mate", IMAGE], folder)
            # Root's own: whoever may open it is root.
            os.chown(socket, 0, GROUP)
            socket.chmod(0o660)
            yield socket


def test_containers_and_pods_have_names(podman: Path) -> None:
    flags = ["--collector.cgroup.names=podman", f"--collector.cgroup.names.socket={podman}"]
    with exporter(podman.parent, *flags, groups=[GROUP]) as server:
        page = page_when(server, lambda page: len(page.of_image()) >= 3)
    rows = {info["name"]: (info["pod"], info["container"]) for info in page.of_image()}
    # The pod's own group is none of its containers.
    assert len(rows) == 3
    assert rows["hopper"] == ("", "")
    assert rows["mate"] == ("crew", "mate")
    assert [rows[name] for name in rows if name.endswith("-infra")] == [("crew", "POD")]


@pytest.fixture(scope="module")
def node(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node of a real cluster: containerd, kubelet, and an API server that says who may ask it."""
    control_plane = tmp_path_factory.mktemp("cluster")
    with (
        open_folder() as folder,
        cluster_in(control_plane) as cluster,
        node_in(folder, image, cluster) as made,
    ):
        yield made


def flags_as_shipped(node: Node) -> list[str]:
    """What the chart has the exporter ask the kubelet by, with the files and the port of here."""
    (pod,) = [pod_of(m) for m in objects_of("names") if m["kind"] == "DaemonSet"]
    assert pod
    words = [w for w in pod["containers"][0]["args"] if w.startswith("--collector.cgroup")]
    text = "\n".join(words).replace("localhost:10250", f"localhost:{node.port}")
    text = text.replace("/etc/perfanalysis/kubelet/token", str(node.token))
    text = text.replace("/etc/perfanalysis/kubelet.crt", str(node.certificate))
    return text.replace("$(NODE_NAME)", node.name).splitlines()


def test_a_kubelet_names_pods_by_the_right_that_the_chart_gives(node: Node) -> None:
    node.grant("pods")
    with exporter(node.folder, *flags_as_shipped(node)) as server:
        page = page_when(server, lambda page: len(node.shown(page.infos)) == 4)
        assert "container names: the kubelet at https://localhost:" in server.text()
    rows = {info["name"]: info["image"] for info in node.shown(page.infos)}
    # One pod of the API server's, one of a file; and of each the container of its network.
    assert rows == {
        "shop/web/app": IMAGE,
        "shop/web/POD": "",
        f"kube-system/static-{node.name}/waits": IMAGE,
        f"kube-system/static-{node.name}/POD": "",
    }
    assert set(rows) <= page.used


def test_a_pod_that_comes_is_shown_under_its_name_from_the_first_time_on(node: Node) -> None:
    node.grant("pods")
    with exporter(node.folder, *flags_as_shipped(node)) as server:
        page_when(server, lambda page: len(node.shown(page.infos)) >= 4)
        node.start_pod("late")
        names: set[str] = set()
        end = time.monotonic() + 120
        while "shop/late/app" not in names or "shop/late/POD" not in names:
            assert time.monotonic() < end, names
            names |= {info["name"] for info in node.shown(Page(url_of(server)).infos)}
            time.sleep(0.2)
    assert all("/" in name for name in names), names


def test_without_the_right_it_says_so(node: Node) -> None:
    node.grant("none")
    with exporter(node.folder, *flags_as_shipped(node)) as server:
        page = page_when(server, lambda page: page.unnamed.get("denied", 0) >= 4)
        assert "status 403" in server.text()
        assert node.token.read_text() not in server.text()
    assert all(info["name"] == info["container_id"] for info in node.in_pods(page.infos))


def test_another_kubelets_certificate_is_not_taken(node: Node) -> None:
    node.grant("pods")
    flags = [flag for flag in flags_as_shipped(node) if "server-name" not in flag]
    flags.append("--collector.cgroup.kubelet.tls.server-name=another-node")
    with exporter(node.folder, *flags) as server:
        page_when(server, lambda page: page.unnamed.get("unreachable", 0) >= 4)
        assert "certificate verify failed" in server.text()


def test_the_cri_socket_names_them_too_for_who_may_open_it(node: Node) -> None:
    pytest.importorskip("h2", reason="the extra cri is not installed")
    flags = ["--collector.cgroup.names=cri", f"--collector.cgroup.names.socket={node.socket}"]
    with exporter(node.folder, *flags) as server:
        page_when(server, lambda page: page.unnamed.get("denied", 0) >= 4)
    # As containerd leaves it: of root's group.
    with exporter(node.folder, *flags, groups=[0]) as server:
        page = page_when(server, lambda page: len(node.shown(page.infos)) >= 4)
    names = {info["name"] for info in node.shown(page.infos)}
    assert {"shop/web/app", "shop/web/POD"} <= names
