from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from perfanalysis.machines.machine_id import (
    APPLICATION,
    app_specific_id,
    parse_machine_id,
    read_machine_id,
)

MACHINE = "51df0b4bc3b04c9780e299b98ca373b8"


@pytest.mark.parametrize(
    ("application", "expected"),
    [
        # Of systemd's own tests (src/test/test-id128.c).
        ("f03daaeb1c334b43a732172944bf772e", "1dee5954e75c4d6fb96cc6c04ca18a86"),
        (APPLICATION, "91dc38ccef384ad2abdfb7e7cf1552eb"),
    ],
)
def test_the_hash_is_that_of_systemd(application: str, expected: str) -> None:
    assert app_specific_id(MACHINE, application) == expected


def test_systemd_says_the_same_of_this_machine() -> None:
    program = shutil.which("systemd-id128")
    ours = read_machine_id()
    if program is None or ours is None:
        pytest.skip("no systemd-id128, or no machine id")
    command = [program, "machine-id", f"--app-specific={APPLICATION}"]
    asked = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ours == asked.stdout.strip()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (f"{MACHINE}\n", MACHINE),
        (MACHINE, MACHINE),
        ("", None),
        ("\n", None),
        ("uninitialized\n", None),
        ("0" * 32, None),
        (MACHINE.upper(), None),
        (MACHINE[:-1], None),
        (f"{MACHINE}0", None),
        ("51df0b4b-c3b0-4c97-80e2-99b98ca373b8", None),
    ],
)
def test_what_a_file_of_the_id_holds(content: str, found: str | None) -> None:
    assert parse_machine_id(content) == found


def test_the_raw_id_is_nowhere_and_dbus_file_is_second(tmp_path: Path) -> None:
    assert read_machine_id(tmp_path) is None
    dbus = tmp_path / "var" / "lib" / "dbus"
    dbus.mkdir(parents=True)
    (dbus / "machine-id").write_text(MACHINE)
    expected = app_specific_id(MACHINE)
    assert read_machine_id(tmp_path) == expected
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "machine-id").write_text("uninitialized\n")
    assert read_machine_id(tmp_path) == expected
    (tmp_path / "etc" / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    assert read_machine_id(tmp_path) not in {None, expected, "0123456789abcdef0123456789abcdef"}
