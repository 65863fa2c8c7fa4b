"""A node of Kubernetes: a real kubelet over a real containerd, in a real API server's cluster."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from demo.servers import free_port
from tests.deploy.chart import objects_of
from tests.deploy.cluster import Cluster
from tests.e2e.runtimes import CGROUPS, IMAGE, kubelet_program, program, running

NAME, ACCOUNTS = "node-1", "perf"
CONTAINERD = """
version = 2
root = "{folder}/containerd"
state = "{folder}/state"
[grpc]
address = "{folder}/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
path = "{folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{image}"
# Where nobody has CAP_SYS_RESOURCE.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
conf_dir = "{folder}/cni"
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
"""
# The first ends when the second does: they share the namespaces in which pods are mounted.
BOTH = """
containerd --config "$1/containerd.toml" >"$1/containerd.log" 2>&1 &
until [ -S "$1/containerd.sock" ]; do sleep 0.1; done
ctr --address "$1/containerd.sock" --namespace k8s.io images import "$2" &&
    exec "$3" --config "$1/kubelet.yaml" --kubeconfig "$1/kubeconfig" --root-dir "$1/kubelet" \\
    --cert-dir "$1/pki" --hostname-override "$4"
"""


def pod(name: str, container: str) -> dict[str, Any]:
    """A pod of one container, on the node's network: there is no other here."""
    run_ = {"name": container, "image": IMAGE, "imagePullPolicy": "Never"}
    spec = {"hostNetwork": True, "containers": [run_], "automountServiceAccountToken": False}
    spec |= {"terminationGracePeriodSeconds": 1, "enableServiceLinks": False}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def settings(folder: Path, port: int) -> dict[str, Any]:
    """The kubelet's, as kubeadm has them but for what this machine is: no swap, no systemd."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "staticPodPath": str(folder / "manifests"),
        "address": "127.0.0.1",
        "port": port,
        "healthzPort": 0,
        "cgroupDriver": "cgroupfs",
        "failSwapOn": False,
        "failCgroupV1": False,
        "enforceNodeAllocatable": [],
        "localStorageCapacityIsolation": False,
        "containerRuntimeEndpoint": f"unix://{folder}/containerd.sock",
        "podLogsDir": str(folder / "logs"),
        "volumePluginDir": str(folder / "plugins"),
        "evictionHard": {"nodefs.available": "0%", "memory.available": "1Mi"},
        "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True}},
        # A right that has been given or taken holds for the next request.
        "authorization": {
            "mode": "Webhook",
            "webhook": {"cacheAuthorizedTTL": "1ms", "cacheUnauthorizedTTL": "1ms"},
        },
    }


@dataclass(frozen=True)
class Node:
    """A node that runs; ``token`` is of the exporter's account, and its right is given apart."""

    folder: Path
    cluster: Cluster
    port: int
    token: Path
    name: str = NAME

    @property
    def certificate(self) -> Path:
        """The one that the kubelet has made itself."""
        return self.folder / "pki" / "kubelet.crt"

    @property
    def socket(self) -> Path:
        """containerd's, for CRI."""
        return self.folder / "containerd.sock"

    def grant(self, right: str) -> None:
        """Give the exporter's account what the chart gives it by that value, and nothing else."""
        path = "apis/rbac.authorization.k8s.io/v1"
        for plural in ("clusterrolebindings", "clusterroles"):
            self.cluster.delete(f"{path}/{plural}/p-perfanalysis-exporter-kubelet")
        if right == "none":
            return
        for manifest in objects_of("names"):
            if manifest["kind"] in {"ClusterRole", "ClusterRoleBinding"}:
                assert self.cluster.post(manifest)[0] == 201
        # Until the API server's own caches know it.
        time.sleep(1)

    def start_pod(self, name: str) -> None:
        """A pod that the API server has for this node."""
        manifest = pod(name, "app")
        manifest["spec"]["nodeName"] = self.name
        status, message = self.cluster.post(manifest, "shop")
        assert status == 201, message

    def in_pods(self, infos: Mapping[str, dict[str, str]]) -> list[dict[str, str]]:
        """The containers of pods."""
        return [info for info in infos.values() if info["pod_uid"]]

    def shown(self, infos: Mapping[str, dict[str, str]]) -> list[dict[str, str]]:
        """Those of them whose pod is known."""
        return [info for info in self.in_pods(infos) if info["pod"]]


@contextlib.contextmanager
def node_in(folder: Path, image: Path, cluster: Cluster) -> Iterator[Node]:
    """A node that keeps all that it has in a folder, with one pod of a file and one of the API."""
    port = free_port()
    kubelet = kubelet_program()
    program("containerd", "containerd")
    (folder / "containerd.toml").write_text(CONTAINERD.format(folder=folder, image=IMAGE))
    (folder / "kubelet.yaml").write_text(yaml.safe_dump(settings(folder, port)))
    cluster.write_kubeconfig(folder / "kubeconfig")
    (folder / "manifests").mkdir()
    static = pod("static", "waits") | {"metadata": {"name": "static", "namespace": "kube-system"}}
    (folder / "manifests" / "static.yaml").write_text(yaml.safe_dump(static))
    for namespace in ("shop", ACCOUNTS):
        named = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        assert cluster.post(named)[0] == 201
    for manifest in objects_of("names"):
        if manifest["kind"] == "ServiceAccount":
            assert cluster.post(manifest)[0] == 201
    default = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    assert cluster.post(default, "shop")[0] == 201
    token = folder / "token"
    token.write_text(cluster.token(ACCOUNTS, "p-perfanalysis-exporter"))
    token.chmod(0o644)
    words = ["sh", "-c", BOTH, "sh", str(folder), str(image), kubelet, NAME]
    with running("node", words, folder, folder / "containerd.sock") as server:
        made = Node(folder, cluster, port, token)
        server.wait_until(lambda: cluster.has(f"api/v1/nodes/{NAME}"), "the node", 120)
        made.start_pod("web")
        server.wait_until(lambda: len(list(_containers())) >= 4, "the pods", 180)
        yield made


def _containers() -> Iterator[Path]:
    """The groups of containers of pods, in the first hierarchy that there is."""
    for hierarchy in ("memory", "."):
        found = list((CGROUPS / hierarchy / "kubepods").rglob("*" + "[0-9a-f]" * 63))
        if found:
            yield from found
            return
