"""The machine's id: systemd's own hash, and never the id that it is made from."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from perfanalysis.machines.facts import machine_id

OWN = "0123456789abcdef0123456789abcdef"
HASHED = "1f88c85d648d4ed682d83a20d26f5532"


@pytest.mark.parametrize(
    ("content", "contained", "found"),
    [
        (f"{OWN}\n", False, HASHED),
        (f"{OWN}\n", True, ""),
        ("uninitialized\n", False, ""),
        (f"{'0' * 32}\n", False, ""),
        (OWN.upper(), False, ""),
        ("", False, ""),
    ],
)
def test_the_file(tmp_path: Path, content: str, contained: bool, found: str) -> None:
    assert machine_id.read(tmp_path) == ""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/machine-id").write_text(content)
    assert machine_id.read(tmp_path, contained=contained) == found


def test_the_hash_is_that_of_systemds_own_test() -> None:
    """The values of src/test/test-id128.c there."""
    machine, application = "51df0b4bc3b04c9780e299b98ca373b8", "f03daaeb1c334b43a732172944bf772e"
    assert machine_id.hashed(machine, application) == "1dee5954e75c4d6fb96cc6c04ca18a86"


def test_systemd_says_the_same() -> None:
    program = shutil.which("systemd-id128")
    own = Path("/etc/machine-id")
    if program is None or not own.exists():
        pytest.skip("no systemd-id128, or no /etc/machine-id")
    command = [program, "machine-id", f"--app-specific={machine_id.APPLICATION}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert machine_id.hashed(own.read_text().strip()) == said
    assert said != own.read_text().strip()
