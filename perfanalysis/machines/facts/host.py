"""Below and above the CPU: hypervisor, firmware's names, kernel, distribution."""

from __future__ import annotations

import platform
from pathlib import Path

from perfanalysis.machines.cloud.firmware import read_firmware
from perfanalysis.machines.cpuinfo import first_cpu
from perfanalysis.machines.facts.files import known, text


def read(root: Path = Path("/")) -> dict[str, object]:
    """What is known of hypervisor, kernel and distribution.

    On some clouds the firmware's product name is the instance type.

    Args:
        root: holds proc, sys and etc.
    """
    firmware = read_firmware(root / "sys")
    vendor, product = firmware.sys_vendor, firmware.product_name
    cpuinfo = text(root / "proc/cpuinfo")
    return known(
        {
            "virtual_machine": is_virtual(cpuinfo),
            "hypervisor": hypervisor(
                text(root / "sys/hypervisor/type"),
                text(root / "proc/device-tree/hypervisor/compatible"),
                f"{vendor} {product}",
            ),
            "firmware_vendor": vendor,
            "firmware_product": product,
            "clock_source": text(
                root / "sys/devices/system/clocksource/clocksource0/current_clocksource"
            ),
            "kernel_release": platform.release(),
            "kernel_build": platform.version(),
            "distribution": distribution(text(root / "etc/os-release")),
        }
    )


def is_virtual(cpuinfo: str) -> bool | None:
    """Whether the CPU says that a hypervisor runs it; None where it has no flag for that."""
    flags = first_cpu(cpuinfo).get("flags")
    return None if flags is None else "hypervisor" in flags.split()


# What the firmware calls itself, and the hypervisor that writes so.
_FIRMWARE = {
    "QEMU": "kvm",
    "KVM": "kvm",
    "Amazon EC2": "kvm",
    "Google": "kvm",
    "OracleCloud": "kvm",
    "Microsoft Corporation Virtual Machine": "hyperv",
    "VMware": "vmware",
    "Xen": "xen",
    "innotek": "virtualbox",
    "Parallels": "parallels",
}


def hypervisor(kind: str, compatible: str, firmware: str) -> str:
    """The hypervisor's name, empty when nothing tells it.

    Args:
        kind: of /sys/hypervisor/type.
        compatible: of the device tree ("linux,kvm").
        firmware: its vendor and product.
    """
    if kind or compatible:
        return kind or compatible.rpartition(",")[2]
    return next((name for known_as, name in _FIRMWARE.items() if known_as in firmware), "")


def distribution(os_release: str) -> str:
    """The distribution's name and version in /etc/os-release, empty when it has none."""
    for line in os_release.splitlines():
        key, _, value = line.partition("=")
        if key == "PRETTY_NAME":
            return value.strip("\"'")
    return ""
