"""What sources of names say, from documents as they send them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.collectors.cgroup.names import docker, kubelet, podman, socket_api
from exporter.collectors.cgroup.names.errors import NamesError
from exporter.collectors.cgroup.names.identity import (
    ContainerIdentity,
    Known,
    Pod,
    identity_of,
    known_by_labels,
)
from exporter.collectors.cgroup.paths import ContainerPath
from tests.exporter.collectors.cgroup.trees import container_id

A, B, C, D = (container_id(number) for number in range(4))
UID = "3b9f2c4e-1d5a-4e8b-9c7d-0a1b2c3d4e5f"
# v1.PodList as a kubelet sends it, without most of what it has.
POD_LIST: dict[str, Any] = {
    "kind": "PodList",
    "apiVersion": "v1",
    "metadata": {},
    "items": [
        {
            "metadata": {"name": "web-1", "namespace": "shop", "uid": UID, "labels": {"a": "b"}},
            "spec": {"containers": [{"name": "app", "env": [{"name": "K", "value": "secret"}]}]},
            "status": {
                "phase": "Running",
                "initContainerStatuses": [
                    {"name": "set-up", "containerID": f"cri-o://{B}", "image": "i:1", "ready": True}
                ],
                "containerStatuses": [
                    {"name": "app", "containerID": f"containerd://{A}", "image": "web:2"},
                    {"name": "side", "image": "late:1", "state": {"waiting": {}}},
                ],
                "ephemeralContainerStatuses": [{"name": "debug", "containerID": f"docker://{C}"}],
            },
        },
        {"metadata": {"name": "new", "namespace": "shop", "uid": "u2"}, "status": {}},
    ],
}


def test_pods_of_a_kubelet() -> None:
    answer = kubelet.parse(json.dumps(POD_LIST).encode())
    assert {A, B, C} <= answer.containers.keys()
    assert answer.containers[A] == Known("", "app", "web-1", "shop", "web:2")
    assert answer.containers[B] == Known("", "set-up", "web-1", "shop", "i:1")
    assert answer.containers[C] == Known("", "debug", "web-1", "shop", "")
    assert answer.pods == {UID: Pod("web-1", "shop"), "u2": Pod("new", "shop")}


def test_a_container_that_has_no_id_yet_is_nobody() -> None:
    assert "" not in kubelet.parse(json.dumps(POD_LIST).encode()).containers


@pytest.mark.parametrize("data", [b'{"kind": "PodList", "items": null}', b'{"kind": "PodList"}'])
def test_a_node_without_pods(data: bytes) -> None:
    assert kubelet.parse(data) == kubelet.KnownNames()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"kind": "Status", "items": []}',
        b'{"kind": "PodList", "items": 1}',
        b'{"kind": "PodList", "items": [null]}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_no_pod_list(data: bytes) -> None:
    with pytest.raises(NamesError, match=r"v1\.PodList"):
        kubelet.parse(data)


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["items", "metadata", "status", "containerStatuses", "uid"]), inner
            )
        ),
    )
)
def test_any_document_is_a_list_or_refused(document: object) -> None:
    try:
        kubelet.parse(json.dumps({"kind": "PodList", "items": document}).encode())
    except NamesError:
        return


def test_containers_of_docker() -> None:
    labels = {
        "io.kubernetes.container.name": "app",
        "io.kubernetes.pod.name": "web-1",
        "io.kubernetes.pod.namespace": "shop",
        "io.kubernetes.docker.type": "container",
    }
    listed = [
        docker.DockerContainer(A, ["/web"], "web:1", {"a": "b"}),
        # A link gives a container a second name, below the other's.
        docker.DockerContainer(B, ["/web/db", "/db"], "db:1", None),
        docker.DockerContainer(C, ["/k8s_app_web-1_shop_u_0"], "web:1", labels),
        docker.DockerContainer(D, None),
    ]
    assert docker.answer_of(listed).containers == {
        A: Known("web", image="web:1"),
        B: Known("db", image="db:1"),
        C: Known("k8s_app_web-1_shop_u_0", "app", "web-1", "shop", "web:1"),
        D: Known(),
    }


def test_containers_and_pods_of_podman() -> None:
    listed = [
        podman.PodmanContainer(A, ["hopper"], "i:1"),
        podman.PodmanContainer(B, ["0123-infra"], "i:1", "crew", True),
        podman.PodmanContainer(C, ["mate"], "i:1", "crew"),
    ]
    assert podman.answer_of(listed).containers == {
        A: Known("hopper", image="i:1"),
        B: Known("0123-infra", "POD", "crew", "", "i:1"),
        C: Known("mate", "mate", "crew", "", "i:1"),
    }


@pytest.mark.parametrize(
    ("known", "name"),
    [
        (Known(), A),
        (Known(image="i:1"), A),
        (Known("web"), "web"),
        (Known("", "app", "web-1", "shop"), "shop/web-1/app"),
        (Known("k8s_app", "app", "web-1", "shop"), "k8s_app"),
        (Known("", "", "web-1", "shop"), "shop/web-1"),
        (Known("", "POD", "web-1", "shop"), "shop/web-1/POD"),
    ],
)
def test_the_name_is_the_runtimes_or_that_of_the_pod_and_never_half_of_it(
    known: Known, name: str
) -> None:
    identity = identity_of(ContainerPath(A, "containerd", UID), known)
    assert identity.name == name
    assert identity.named == (name != A)
    assert identity == ContainerIdentity(A, name, "containerd", UID, *known[1:])


def test_a_sandbox_by_its_label() -> None:
    labels = {"io.kubernetes.pod.name": "web-1", "io.kubernetes.docker.type": "podsandbox"}
    assert known_by_labels("k8s_POD", labels) == Known("k8s_POD", "POD", "web-1")


def test_nobody_behind_a_socket(tmp_path: object) -> None:
    with pytest.raises(NamesError, match="No such file") as caught:
        socket_api.get(f"{tmp_path}/absent.sock", docker.QUESTION, list[docker.DockerContainer])
    assert caught.value.reason == "unreachable"
