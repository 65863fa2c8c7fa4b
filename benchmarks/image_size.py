"""How large our images are, layer by layer, beside one with node_exporter: built by buildah.

``python -m benchmarks.image_size [TARGET...]``, as root; ``scripts/image-size`` runs it. Bases of
registries are not asked for: ours is made by debootstrap (Debian 12 and its Python), the other
holds Debian's static busybox, where node_exporter's own has a busybox with glibc.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from demo.servers import REPOSITORY
from perfanalysis.errors import InputError, PerfAnalysisError
from tests.deploy.images import Buildah, pip_configuration

PEER = "node_exporter"
TARGETS = ("exporter", "loadtest", "tools", PEER)
BASE = "localhost/base"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_CHUNK = 1 << 20


class Layer(NamedTuple):
    """What a layer holds, and its bytes as a tar archive and as gzip."""

    digest: str
    plain: int
    packed: int


def layers_of(folder: Path) -> list[Layer]:
    """The layers of an image that was pushed to an OCI layout, gzipped."""

    def blob(digest: str) -> Path:
        return folder / "blobs" / digest.replace(":", "/")

    index = json.loads((folder / "index.json").read_bytes())
    manifest = json.loads(blob(index["manifests"][0]["digest"]).read_bytes())
    found = []
    for layer in manifest["layers"]:
        path = blob(layer["digest"])
        with gzip.open(path) as stream:
            plain = sum(map(len, iter(lambda: stream.read(_CHUNK), b"")))
        found.append(Layer(layer["digest"], plain, path.stat().st_size))
    return found


def table(name: str, layers: list[Layer], base: list[Layer]) -> list[str]:
    """Lines for a person: the whole, what it shares with a base, and what is added."""
    shared = {layer.digest for layer in base}
    added = [layer for layer in layers if layer.digest not in shared]
    lines = [_line(name, layers)]
    if base:
        lines += [_line("  of it the base", base), _line("  of it added", added)]
    return lines


def _line(name: str, layers: list[Layer]) -> str:
    plain, packed = sum(one.plain for one in layers), sum(one.packed for one in layers)
    return f"{name:<28} {plain / 1e6:8.1f} MB {packed / 1e6:8.1f} MB as gzip"


def measure(folder: Path, targets: list[str]) -> None:
    """Build the images and print what they take.

    Raises:
        PerfAnalysisError: a program that builds them is missing.
    """
    buildah = Buildah(folder / "store")
    if ours := [target for target in targets if target != PEER]:
        _measure_ours(buildah, folder, ours)
    if PEER in targets:
        _measure_peer(buildah, folder)


def _measure_ours(buildah: Buildah, folder: Path, targets: list[str]) -> None:
    architecture = _ARCHITECTURES[os.uname().machine]
    _say("making a base by debootstrap")
    buildah.make_base(folder / "base", architecture)
    base = _pushed(buildah, BASE, folder / "pushed")
    configuration = pip_configuration(folder / "pip.conf")
    for target in targets:
        _say(f"building {target}")
        image = f"localhost/perfanalysis-{target}"
        buildah.build(target, image, configuration, architecture)
        print("\n".join(table(target, _pushed(buildah, image, folder / target), base)), flush=True)


def _measure_peer(buildah: Buildah, folder: Path) -> None:
    _say(f"building an image with {PEER}")
    scripts = REPOSITORY / "scripts"
    words = [scripts / "build-node-exporter"]
    program = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    subprocess.run([scripts / "unpack-debian-package", "busybox-static"], check=True)
    busybox = REPOSITORY / ".tools" / "busybox-static" / "bin" / "busybox"
    base = _added(buildah, "scratch", busybox, "localhost/busybox", folder / "busybox")
    image = "localhost/node-exporter"
    layers = _added(buildah, "localhost/busybox", Path(program), image, folder / "node-exporter")
    print("\n".join(table(PEER, layers, base)))


def _added(buildah: Buildah, base: str, program: Path, image: str, folder: Path) -> list[Layer]:
    """The layers of a new image: another's, and a program."""
    container = buildah("from", "--pull-never", base)
    buildah("add", "--quiet", container, str(program), f"/bin/{program.name}")
    buildah("commit", "--quiet", container, image)
    return _pushed(buildah, image, folder)


def _pushed(buildah: Buildah, image: str, folder: Path) -> list[Layer]:
    """The layers of an image, as they would go to a registry."""
    buildah("push", "--quiet", "--format=oci", image, f"oci:{folder}:image")
    return layers_of(folder)


def _say(what: str) -> None:
    print(f"image-size: {what}", file=sys.stderr, flush=True)


def main(targets: list[str]) -> int:
    """The command: 0 done, 1 it could not be built, 2 an unknown target."""
    try:
        for target in targets:
            if target not in TARGETS:
                raise InputError("TARGET", "", f"some of {', '.join(TARGETS)}", target)
        for program in ("buildah", "debootstrap"):
            if shutil.which(program) is None:
                raise PerfAnalysisError(f"{program} is missing: apt-get install {program}")
        if os.geteuid() != 0:
            raise PerfAnalysisError("only root can make a base image by debootstrap")
        with tempfile.TemporaryDirectory() as folder:
            # The store and debootstrap's tree have to be searched by other users.
            Path(folder).chmod(0o755)
            measure(Path(folder), targets or ["exporter", PEER])
    except InputError as error:
        _say(f"error: {error}")
        return 2
    except (PerfAnalysisError, AssertionError, subprocess.CalledProcessError) as error:
        _say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
