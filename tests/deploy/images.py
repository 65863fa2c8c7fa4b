"""Images built by buildah, without a daemon, on bases made by debootstrap."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from demo.servers import REPOSITORY

needs_builders = [
    pytest.mark.skipif(
        shutil.which("buildah") is None or shutil.which("debootstrap") is None,
        reason="no buildah or no debootstrap here: apt-get install buildah debootstrap",
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a base image by debootstrap"),
]
BASE = ("--variant=minbase", "--include=python3,ca-certificates", "bookworm")
PACKAGES = "gcc libc6-dev python3-dev python3-venv"
# How this machine reaches its package index is no business of an image.
HOST_FILES = (
    "/etc/resolv.conf",
    "/etc/ssl/certs",
    "/etc/apt/sources.list.d",
    "/usr/share/keyrings",
)


class Buildah:
    """Buildah with a store of its own."""

    def __init__(self, store: Path) -> None:
        self.words = [
            "buildah",
            "--storage-driver=vfs",
            f"--root={store}",
            f"--runroot={store}-run",
        ]

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            [*self.words, *words], capture_output=True, text=True, check=False, cwd=REPOSITORY
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout.strip()

    def inside(self, container: str, *words: str) -> list[str]:
        """The command that runs words in a container."""
        return [*self.words, "run", "--isolation=chroot", container, "--", *words]

    def make_base(self, folder: Path, architecture: str) -> None:
        """Make the image localhost/base by debootstrap in ``folder``."""
        command = ["debootstrap", f"--arch={architecture}", *BASE, str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder / "var" / "cache" / "apt")
        shutil.rmtree(folder / "var" / "lib" / "apt" / "lists")
        base = self("from", "--arch", architecture, "scratch")
        self("add", "--quiet", base, str(folder), "/")
        self("config", "--arch", architecture, base)
        self("commit", "--quiet", base, "localhost/base")

    def build(self, target: str, image: str, pip: Path, architecture: str) -> None:
        """Build a target of the Dockerfile on localhost/base, with pip's configuration ``pip``."""
        volumes = [f"--volume={pip}:/etc/pip.conf:ro"]
        volumes += [f"--volume={path}:{path}:ro" for path in HOST_FILES if Path(path).exists()]
        words = ["build", "--isolation=chroot", "--network=host", "--format=docker", *volumes]
        words += ["--build-arg=BASE=localhost/base", f"--build-arg=BUILD_PACKAGES={PACKAGES}"]
        self(*words, f"--arch={architecture}", f"--target={target}", f"--tag={image}", ".")


def pip_configuration(path: Path) -> Path:
    """What pip is told on this machine, by file and by environment, as one file."""
    config = configparser.ConfigParser(interpolation=None)
    config.read("/etc/pip.conf")
    if not config.has_section("global"):
        config.add_section("global")
    for name, value in os.environ.items():
        if name.startswith("PIP_"):
            config["global"][name.removeprefix("PIP_").lower().replace("_", "-")] = value
    with path.open("w") as stream:
        config.write(stream)
    return path
