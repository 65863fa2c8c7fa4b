"""Names and patterns of devices, as PromQL and as Python read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.settings.devices import Devices, like, place


def test_matchers() -> None:
    found = Devices(disks=("nvme*", "dm-0"), filesystems=("/var/lib.d",)).matchers
    assert found["disks"] == 'device=~"nvme.*|dm-0"'
    assert found["filesystems"] == 'mountpoint=~"/var/lib\\\\.d"'
    assert found["interfaces"].startswith('device!~"lo|')
    assert Devices().matchers["filesystems"] == 'mountpoint!=""'


@pytest.mark.parametrize(
    ("name", "at"), [("sda", 0), ("nvme0n1", 1), ("eth10", 3), ("eth1", 2), ("a.b", 3)]
)
def test_places(name: str, at: int) -> None:
    assert place(name, ["sda", "nvme*", "eth?"]) == at


@given(st.text(st.characters(exclude_characters="*?", exclude_categories=["Cs"]), min_size=1))
def test_a_name_without_signs_fits_itself_only(name: str) -> None:
    assert place(name, [name]) == 0
    assert place(f"{name}x", [name]) == 1
    assert "\n" not in like("device", [name])
