"""Paths of control groups, as the runtimes write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collectors.cgroup.paths import ContainerPath, pod_above, resolve, resolve_pod

ID = "0123456789abcdef" * 4
UID = "3b9f2c4e-1d5a-4e8b-9c7d-0a1b2c3d4e5f"
LOW = UID.replace("-", "_")
STATIC = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("path", "runtime", "pod"),
    [
        (f"/system.slice/docker-{ID}.scope", "docker", ""),
        (f"/docker/{ID}", "docker", ""),
        (
            f"/user.slice/user-1000.slice/user@1000.service/app.slice/docker-{ID}.scope",
            "docker",
            "",
        ),
        (f"/machine.slice/libpod-{ID}.scope", "podman", ""),
        (
            f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope",
            "podman",
            "",
        ),
        (f"/libpod_parent/libpod-{ID}", "podman", ""),
        (f"/libpod_parent/{'b' * 64}/libpod-{ID}", "podman", ""),
        (f"/system.slice/nerdctl-{ID}.scope", "containerd", ""),
        (f"/default/{ID}", "containerd", ""),
        (f"/k8s.io/{ID}", "containerd", ""),
        (
            f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{LOW}.slice"
            f"/cri-containerd-{ID}.scope",
            "containerd",
            UID,
        ),
        (f"/kubepods.slice/kubepods-pod{LOW}.slice/crio-{ID}.scope", "cri-o", UID),
        (
            f"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod{LOW}.slice"
            f"/docker-{ID}.scope",
            "docker",
            UID,
        ),
        (f"/kubepods/burstable/pod{UID}/{ID}", "", UID),
        (f"/kubepods/pod{UID}/crio-{ID}", "cri-o", UID),
        (f"/kubepods/besteffort/pod{STATIC}/{ID}", "", STATIC),
        (
            f"/system.slice/containerd.service/kubepods-burstable-pod{LOW}.slice:cri-containerd:{ID}",
            "containerd",
            UID,
        ),
        (f"/docker/{'f' * 64}/kubelet/kubepods/pod{UID}/{ID}", "", UID),
    ],
)
def test_a_containers_path(path: str, runtime: str, pod: str) -> None:
    assert resolve(path) == ContainerPath(ID, runtime, pod)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/docker",
        "/system.slice/docker.service",
        "/system.slice/containerd.service",
        f"/machine.slice/libpod-conmon-{ID}.scope",
        f"/kubepods.slice/kubepods-pod{LOW}.slice/crio-conmon-{ID}.scope",
        f"/kubepods.slice/kubepods-pod{LOW}.slice",
        f"/kubepods/pod{UID}",
        f"/docker/{ID[:-1]}",
        f"/docker/{ID}0",
        f"/docker/{ID.upper()}",
        f"/system.slice/other-{ID}.scope",
        f"/docker/{ID}/init.scope",
        # A pod of Podman, with the cgroupfs driver; its containers are below it.
        f"/libpod_parent/{ID}",
    ],
)
def test_a_path_that_is_no_containers(path: str) -> None:
    assert resolve(path) is None


@given(st.text() | st.text("/:-._podkubelibcr0af" + ID, min_size=60))
def test_any_path_is_taken(path: str) -> None:
    found = resolve(path)
    assert found is None or found.container_id in path


@pytest.mark.parametrize(
    ("path", "uid", "above"),
    [
        (f"/kubepods.slice/kubepods-pod{LOW}.slice", UID, ""),
        (f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{LOW}.slice", UID, ""),
        (f"/kubepods/besteffort/pod{UID}", UID, ""),
        (f"/kubepods/pod{STATIC}", STATIC, ""),
        (f"/docker/{ID}/kubelet/kubepods/pod{UID}", UID, ""),
        (f"/kubepods/pod{UID}/{ID}", "", f"/kubepods/pod{UID}"),
        (f"/kubepods/pod{UID}/{ID}/init.scope", "", f"/kubepods/pod{UID}"),
        (
            f"/kubepods.slice/kubepods-pod{LOW}.slice/crio-conmon-{ID}.scope",
            "",
            f"/kubepods.slice/kubepods-pod{LOW}.slice",
        ),
        # A runtime that was given systemd's path makes no group for the pod.
        (f"/system.slice/kubepods-pod{LOW}.slice:cri-containerd:{ID}", "", ""),
        (f"/system.slice/docker-{ID}.scope", "", ""),
        ("/kubepods.slice", "", ""),
        ("", "", ""),
    ],
)
def test_pods(path: str, uid: str, above: str) -> None:
    assert (resolve_pod(path), pod_above(path)) == (uid, above)
