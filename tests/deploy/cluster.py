"""The control plane of Kubernetes: a real API server over a real etcd, without nodes."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from demo.servers import DemoServer, free_port
from tests.conftest import REPOSITORY
from tests.deploy.chart import Manifest, helm_program

TOKEN = "a-token-of-this-test"
TOOLS = REPOSITORY / ".tools"
# The kind's name in addresses, and whether its objects are in namespaces.
PLURALS = {
    "Namespace": ("namespaces", False),
    "PriorityClass": ("priorityclasses", False),
    "CustomResourceDefinition": ("customresourcedefinitions", False),
    "NetworkPolicy": ("networkpolicies", True),
    "ClusterRole": ("clusterroles", False),
    "ClusterRoleBinding": ("clusterrolebindings", False),
}


class Cluster:
    """An API server that answers at an address, and what is asked of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._session = requests.Session()
        # No other machine's certificates, and no proxy.
        self._session.trust_env = False
        self._session.verify = str(folder / "certificates" / "apiserver.crt")
        self._session.headers["Authorization"] = f"Bearer {TOKEN}"

    def ready(self) -> bool:
        """Whether it takes requests."""
        if not Path(str(self._session.verify)).exists():
            return False
        try:
            return self._session.get(f"{self.url}/readyz", timeout=5).ok
        except requests.RequestException:
            return False

    def post(self, manifest: Manifest, namespace: str = "", *, dry: bool = False) -> Any:
        """Its answer to a new object, as `kubectl create --validate=strict` would get it."""
        kind = manifest["kind"]
        plural, namespaced = PLURALS.get(kind, (f"{kind.lower()}s", True))
        group = manifest["apiVersion"]
        path = f"apis/{group}" if "/" in group else f"api/{group}"
        if namespaced:
            path += f"/namespaces/{namespace or manifest['metadata']['namespace']}"
        parameters = {"fieldValidation": "Strict"} | ({"dryRun": "All"} if dry else {})
        answer = self._session.post(
            f"{self.url}/{path}/{plural}", params=parameters, json=manifest, timeout=30
        )
        return answer.status_code, answer.json().get("message", "")

    def names(self, path: str) -> set[str]:
        """The names of the objects below a path."""
        answer = self._session.get(f"{self.url}/{path}", timeout=30)
        assert answer.status_code == 200, answer.text
        return {item["metadata"]["name"] for item in answer.json()["items"]}

    def has(self, path: str) -> bool:
        """Whether there is an object at a path."""
        return self._session.get(f"{self.url}/{path}", timeout=30).status_code == 200

    def delete(self, path: str) -> None:
        """Delete the object at a path, if there is one."""
        status = self._session.delete(f"{self.url}/{path}", timeout=30).status_code
        assert status in {200, 404}

    def token(self, namespace: str, account: str) -> str:
        """A token of a service account, as a pod of it would get one."""
        wanted = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        path = f"api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        answer = self._session.post(f"{self.url}/{path}", json=wanted, timeout=30)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["status"]["token"])

    def write_kubeconfig(self, path: Path) -> None:
        """Write the file by which programs of Kubernetes find the server, and may do everything."""
        certificate = Path(str(self._session.verify)).read_bytes()
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {"token": TOKEN}}],
            "clusters": [
                {
                    "name": "c",
                    "cluster": {
                        "server": self.url,
                        "certificate-authority-data": base64.b64encode(certificate).decode(),
                    },
                }
            ],
        }
        path.write_text(yaml.safe_dump(config))
        path.chmod(0o600)

    def helm(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Helm against it, from a checkout."""
        self.write_kubeconfig(self.folder / "kubeconfig")
        return subprocess.run(
            [helm_program(), *words],
            cwd=REPOSITORY,
            env=os.environ | {"KUBECONFIG": str(self.folder / "kubeconfig")},
            capture_output=True,
            text=True,
            check=False,
        )


def programs() -> tuple[str, str]:
    """The API server and etcd; the test is skipped without."""
    servers = sorted((TOOLS / "kube-apiserver").glob("kube-apiserver-*"))
    unpacked = TOOLS / "etcd-server" / "usr" / "bin" / "etcd"
    etcd = shutil.which("etcd") or (str(unpacked) if unpacked.is_file() else None)
    if not servers or etcd is None:
        pytest.skip("no API server of Kubernetes here: scripts/build-kube-apiserver builds it")
    return str(servers[-1]), etcd


@contextmanager
def etcd_in(folder: Path, program: str) -> Iterator[str]:
    """The store of a control plane; gives its address."""
    client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    words = [
        *(program, f"--data-dir={folder / 'etcd'}"),
        *(f"--listen-client-urls={client}", f"--advertise-client-urls={client}"),
        *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"),
        f"--initial-cluster=default={peer}",
    ]
    store = DemoServer("etcd", words, folder / "etcd.log", outlives=False)
    try:
        yield client
    finally:
        store.stop()


@contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster]:
    """A control plane that keeps all that it has in a folder."""
    apiserver, etcd = programs()
    key = folder / "accounts.key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    (folder / "tokens.csv").write_text(f"{TOKEN},admin,admin,system:masters\n")
    (folder / "certificates").mkdir()
    with etcd_in(folder, etcd) as store:
        port = free_port()
        words = [
            *(apiserver, f"--etcd-servers={store}"),
            *("--bind-address=127.0.0.1", "--advertise-address=127.0.0.1"),
            *(f"--secure-port={port}", f"--cert-dir={folder / 'certificates'}"),
            *(f"--token-auth-file={folder / 'tokens.csv'}", "--authorization-mode=RBAC"),
            # As every cluster has it whose own pods are of its network.
            "--allow-privileged=true",
            *("--service-cluster-ip-range=10.0.0.0/24", "--service-account-issuer=https://here"),
            *(f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}"),
        ]
        server = DemoServer("the API server", words, folder / "apiserver.log", outlives=False)
        try:
            cluster = Cluster(f"https://127.0.0.1:{port}", folder)
            server.wait_until(cluster.ready, "readiness", 120)
            yield cluster
        finally:
            server.stop()
