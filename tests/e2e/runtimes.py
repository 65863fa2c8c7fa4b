"""Real runtimes of containers, a kubelet, and the exporter as an account without rights.

Each runtime runs in a mount and a process namespace of its own, so that its containers and mounts
end with it. The programs are Debian's, unpacked by scripts/setup-runtimes; tests skip without.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from demo.servers import DemoServer
from tests.conftest import REPOSITORY

TOOLS = REPOSITORY / ".tools"
IMAGE = "localhost/tiny:1"
# A program that waits: all that is in the image.
WAITING = """
#include <signal.h>
#include <unistd.h>
static void end(int number) { (void)number; _exit(0); }
int main(void) { signal(SIGTERM, end); for (;;) pause(); }
"""
NAMESPACE = ("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--")
CGROUPS = Path("/sys/fs/cgroup")
NOBODY = 65532


def program(package: str, name: str) -> str:
    """The path of a program of a package; the test is skipped without."""
    for folder in ("bin", "sbin"):
        path = TOOLS / package / "usr" / folder / name
        if path.exists():
            return str(path)
    pytest.skip(f"no {name} here: scripts/setup-runtimes unpacks it")


def kubelet_program() -> str:
    """The kubelet that scripts/build-kubelet built; the test is skipped without."""
    built = sorted((TOOLS / "kubelet").glob("kubelet-*"))
    if not built:
        pytest.skip("no kubelet here: scripts/build-kubelet builds it")
    return str(built[-1])


def environment(home: Path) -> dict[str, str]:
    """With the unpacked programs and libraries, and nothing of this account's own settings."""
    folders = [str(path) for path in TOOLS.glob("*/usr/*bin")]
    libraries = [str(path) for path in TOOLS.glob("lib*/usr/lib/*-linux-gnu")]
    found = {"PATH": ":".join([*folders, os.environ["PATH"]]), "HOME": str(home)}
    return found | {"LD_LIBRARY_PATH": ":".join(libraries)}


def check_rights() -> None:
    """Skip where containers cannot be made."""
    if os.geteuid() != 0:
        pytest.skip("only root can start containers here, and become somebody else")
    probe = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("no namespaces can be made here")


def make_image(folder: Path) -> Path:
    """An image of one program, in the form that `docker save` writes."""
    source, binary = folder / "waiting.c", folder / "waiting"
    source.write_text(WAITING)
    subprocess.run(["cc", "-static", "-Os", "-o", binary, source], check=True)
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tree:
        tree.add(binary, "waiting")
    digest = hashlib.sha256(layer.getvalue()).hexdigest()
    configuration = json.dumps(
        {
            "architecture": {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, ""),
            "os": "linux",
            "config": {"Cmd": ["/waiting"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
            "history": [{"created_by": "a test"}],
        }
    ).encode()
    name = f"{hashlib.sha256(configuration).hexdigest()}.json"
    layers = [f"{digest}/layer.tar"]
    manifest = json.dumps([{"Config": name, "RepoTags": [IMAGE], "Layers": layers}]).encode()
    files = {name: configuration, layers[0]: layer.getvalue(), "manifest.json": manifest}
    with tarfile.open(folder / "image.tar", "w") as image:
        for path, data in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            image.addfile(entry, io.BytesIO(data))
    return folder / "image.tar"


def run(words: Sequence[str | Path], home: Path) -> str:
    """What a command of a runtime prints; it must do what it is asked."""
    done = subprocess.run(
        list(map(str, words)), env=environment(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextlib.contextmanager
def running(name: str, words: Sequence[str], folder: Path, socket: Path) -> Iterator[DemoServer]:
    """A runtime in namespaces of its own, as soon as its socket is there."""
    before = groups()
    variables = [f"{key}={value}" for key, value in environment(folder).items()]
    command = [*NAMESPACE, "env", *variables, *words]
    server = DemoServer(name, command, folder / f"{name}.log", outlives=False)
    try:
        server.wait_until(socket.is_socket, "its socket", 60)
        yield server
    finally:
        # It passes on no SIGTERM, and all that it has started ends with it.
        server.process.kill()
        server.stop()
        _remove(before)


def groups() -> set[str]:
    """All control groups of this machine that are of a runtime."""
    found = {folder for folder, _, _ in os.walk(CGROUPS)}
    return {folder for folder in found if re.search("/(docker|libpod_parent|kubepods)", folder)}


def _remove(before: set[str]) -> None:
    """Remove the groups that were not there; their last processes are just ending."""
    end = time.monotonic() + 10
    while (left := groups() - before) and time.monotonic() < end:
        for path in sorted(left, reverse=True):
            with contextlib.suppress(OSError):
                Path(path).rmdir()
        time.sleep(0.05)


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that all accounts may enter; those of pytest are this account's alone."""
    with tempfile.TemporaryDirectory(prefix="perfanalysis-") as path:
        Path(path).chmod(0o755)
        yield Path(path)


# Python and this checkout may lie below a folder that is closed to other accounts: in a mount
# namespace of its own, the exporter gets that folder with nothing else in it.
UNPRIVILEGED = """
set -e
while [ "$1" != -- ]; do
    mount -t tmpfs none /mnt
    mkdir /mnt/inner
    mount --bind "$2" /mnt/inner
    mount -t tmpfs -o mode=755 none "$1"
    mkdir -p "$2"
    mount --move /mnt/inner "$2"
    umount /mnt
    shift 2
done
shift
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
"""


def unprivileged(groups_: Sequence[int] = ()) -> list[str]:
    """The words before a command that becomes the account of the images, without any right."""
    pairs: list[str] = []
    for inner in {Path(sys.base_prefix).resolve(), REPOSITORY}:
        closed = [path for path in inner.parents if not path.stat().st_mode & 0o001]
        if closed:
            pairs += [str(closed[-1]), str(inner)]
    account = [f"--reuid={NOBODY}", f"--regid={NOBODY}"]
    account.append(f"--groups={','.join(map(str, groups_))}" if groups_ else "--clear-groups")
    shell = ["unshare", "--mount", "--", "sh", "-c", UNPRIVILEGED, "sh", *pairs, "--"]
    return [*shell, *account]


def which(name: str) -> str:
    """A program on PATH; the test is skipped without."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found
