"""PCI devices and their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors.pcidevice import SPECIFICATION
from exporter.collectors.pcidevice.names import read_names
from tests.exporter.conftest import Collect

FLAG = "--collector.pcidevice"
BRIDGE, DISK = "0000:00:02.1", "0000:01:00.0"
HARDWARE = {
    "class": "0x010802",
    "vendor": "0xabcd",
    "device": "0x0001",
    "subsystem_vendor": "0xabcd",
    "subsystem_device": "0x00ff",
    "revision": "0x01",
}
MORE = {
    "max_link_speed": "16.0 GT/s PCIe",
    "current_link_speed": "Unknown",
    "max_link_width": "4",
    "current_link_width": "2",
    "numa_node": "-1",
    "d3cold_allowed": "1",
    "power_state": "D3hot",
    "sriov_numvfs": "3",
    "sriov_totalvfs": "8",
    "sriov_vf_total_msix": "16",
    "sriov_drivers_autoprobe": "0",
}
NAMES = """\
# Comment
abcd  Vendor & Sons
\t0001  Disk One
\t\tabcd 00ff  Disk One, small
\t\tabcd 0100  Disk One, large
\t0002  Another
1234  Nobody asks for this
C 01  Storage
\t08  Non-volatile memory
\t\t02  NVM Express
C 06  Bridge
"""
LABELS = '{segment="0000",bus="01",device="00",function="0"}'


def add(tree: Path, path: str, attributes: dict[str, str]) -> None:
    """A device at its place in the tree of devices, and its link."""
    place = tree / "sys" / "devices" / path
    place.mkdir(parents=True)
    for name, text in attributes.items():
        (place / name).write_text(f"{text}\n")
    listed = tree / "sys" / "bus" / "pci" / "devices"
    listed.mkdir(parents=True, exist_ok=True)
    (listed / place.name).symlink_to(f"../../../devices/{path}")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    (tmp_path / "proc").mkdir()
    bridge = HARDWARE | {"class": "0x060400", "subsystem_vendor": "0x0000"}
    add(tmp_path, f"pci0000:00/{BRIDGE}", bridge)
    add(tmp_path, f"pci0000:00/{BRIDGE}/{DISK}", HARDWARE | MORE)
    return tmp_path


def test_devices(machine: Path, collect: Collect) -> None:
    found = collect(SPECIFICATION, machine, FLAG)
    infos = [name for name in found if name.startswith("node_pcidevice_info")]
    identity = 'vendor_id="0xabcd",device_id="0x0001",subsystem_vendor_id="{}",'
    identity += 'subsystem_device_id="0x00ff",revision="0x01"'
    star = 'parent_segment="*",parent_bus="*",parent_device="*",parent_function="*"'
    parent = 'parent_segment="0000",parent_bus="00",parent_device="02",parent_function="1"'
    assert infos == [
        'node_pcidevice_info{segment="0000",bus="00",device="02",function="1",'
        f'{star},class_id="0x060400",{identity.format("0x0000")}}}',
        f'node_pcidevice_info{LABELS[:-1]},{parent},class_id="0x010802",'
        f"{identity.format('0xabcd')}}}",
    ]
    # Of the bridge nothing more is known, and nothing more is said; speed and node are unknown.
    assert {name: value for name, value in found.items() if name not in infos} == {
        f"node_pcidevice_max_link_transfers_per_second{LABELS}": 16e9,
        f"node_pcidevice_max_link_width{LABELS}": 4,
        f"node_pcidevice_current_link_width{LABELS}": 2,
        f"node_pcidevice_d3cold_allowed{LABELS}": 1,
        f"node_pcidevice_sriov_drivers_autoprobe{LABELS}": 0,
        f"node_pcidevice_sriov_numvfs{LABELS}": 3,
        f"node_pcidevice_sriov_totalvfs{LABELS}": 8,
        f"node_pcidevice_sriov_vf_total_msix{LABELS}": 16,
        **{
            f'node_pcidevice_power_state{LABELS[:-1]},state="{state}"}}': state == "D3hot"
            for state in ("D0", "D1", "D2", "D3hot", "D3cold", "unknown", "error")
        },
    }


@pytest.mark.parametrize("given", [True, False])
def test_names(given: bool, machine: Path, collect: Collect) -> None:
    file = machine / "usr" / "share" / "hwdata" / "pci.ids"
    file.parent.mkdir(parents=True)
    file.write_text(NAMES)
    where = f"--collector.pcidevice.idsfile={file}" if given else f"--path.rootfs={machine}"
    found = collect(SPECIFICATION, machine, FLAG, "--collector.pcidevice.names", where)
    infos = [name.partition('revision="0x01",')[2] for name in found if "pcidevice_info" in name]
    assert infos == [
        'vendor_name="Vendor & Sons",device_name="Disk One",subsystem_vendor_name="0000",'
        'subsystem_device_name="00ff",class_name="Bridge"}',
        'vendor_name="Vendor & Sons",device_name="Disk One",'
        'subsystem_vendor_name="Vendor & Sons",subsystem_device_name="Disk One, small",'
        'class_name="NVM Express"}',
    ]


def test_names_without_a_file(
    machine: Path, collect: Collect, caplog: pytest.LogCaptureFixture
) -> None:
    flags = (FLAG, "--collector.pcidevice.names", f"--path.rootfs={machine}")
    found = collect(SPECIFICATION, machine, *flags)
    assert any('class_name="Unknown class (010802)"' in name for name in found)
    assert caplog.text.count("expected a file pci.ids") == 1


def test_only_what_is_asked_for_is_kept() -> None:
    names = read_names(NAMES.splitlines(), {("abcd", "0002")}, {"abcd"})
    assert (names.vendors, names.devices) == (
        {"abcd": "Vendor & Sons"},
        {("abcd", "0002"): "Another"},
    )
    assert names.subsystems == {}
    assert names.of_class("010803") == "Non-volatile memory"
    assert names.of_class("01ff00") == "Storage"


def test_a_machine_without_devices(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, tmp_path, FLAG)


@pytest.mark.parametrize(
    ("attribute", "text", "message"),
    [
        ("vendor", "what", "expected a hexadecimal number, found 'what'"),
        ("max_link_speed", "fast", "expected GT/s, found 'fast'"),
        ("max_link_width", "wide", "expected an unsigned number"),
    ],
)
def test_what_is_not_understood(
    attribute: str, text: str, message: str, machine: Path, collect: Collect
) -> None:
    (machine / "sys" / "bus" / "pci" / "devices" / DISK / attribute).write_text(text)
    with pytest.raises(CollectorError, match=message):
        collect(SPECIFICATION, machine, FLAG)
