"""Units that keep their state in one folder agree on whose it is, and others may read it."""

from __future__ import annotations

import configparser
import itertools
from pathlib import Path

import pytest

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY

DEPLOY = REPOSITORY / "deploy"
OWNERSHIP = ("User", "Group", "DynamicUser", "StateDirectoryMode", "UMask")


def read(text: str) -> configparser.SectionProxy:
    """What a unit says of its service; of a key that comes several times, the last."""
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    return unit["Service"]


CLOUD_CONFIG = load_fast((DEPLOY / "cloud-init" / "loadtest.yaml").read_text())
WRITTEN = {entry["path"]: entry["content"] for entry in CLOUD_CONFIG["write_files"]}
SERVICES = {path.name: read(path.read_text()) for path in (DEPLOY / "systemd").glob("*.service")}
SERVICES |= {
    f"cloud-init's {Path(path).name}": read(text)
    for path, text in WRITTEN.items()
    if path.endswith(".service")
}


def of_one_folder() -> list[tuple[str, str]]:
    """The pairs of units with the same state folder."""
    pairs = itertools.combinations(sorted(SERVICES), 2)
    return [p for p in pairs if len({SERVICES[name]["StateDirectory"] for name in p}) == 1]


def test_the_units_that_share_a_folder_are_the_load_tests() -> None:
    agent, unit = "perfanalysis-agent.service", "perfanalysis-loadtest.service"
    clouds = f"cloud-init's {unit}"
    assert of_one_folder() == [(clouds, agent), (clouds, unit), (agent, unit)]


@pytest.mark.parametrize("pair", of_one_folder())
def test_units_of_one_folder_agree_on_whose_it_is(pair: tuple[str, str]) -> None:
    one, other = ({key: SERVICES[name].get(key) for key in OWNERSHIP} for name in pair)
    assert one == other


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_a_unit_reads_of_another_is_open_to_it(name: str) -> None:
    for other, service in SERVICES.items():
        words = SERVICES[name]["ExecStart"].split()
        folder = f"/var/lib/{service['StateDirectory']}"
        if service["StateDirectory"] != SERVICES[name]["StateDirectory"] and any(
            word.endswith(f"={folder}") for word in words
        ):
            # A DynamicUser's folder is below /var/lib/private, which is closed to others.
            assert "DynamicUser" not in service, other
            assert service["StateDirectoryMode"] == "0755", other


def test_cloud_init_makes_the_user_of_the_units_before_it_starts_them() -> None:
    (given,) = [
        line
        for line in (DEPLOY / "systemd" / "perfanalysis.sysusers").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert given in WRITTEN["/etc/sysusers.d/perfanalysis.conf"].splitlines()
    steps = CLOUD_CONFIG["runcmd"]
    assert steps.index(["systemd-sysusers"]) < steps.index(["systemctl", "daemon-reload"])
