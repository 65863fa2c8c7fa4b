"""The /sys of a made machine."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.made_tree.proc import disk_number
from benchmarks.made_tree.shape import TreeShape, counter, write, write_all

DISK_BYTES = 4 * 10**12
SECTOR = 512


def write_sys(folder: Path, shape: TreeShape) -> None:
    """Write /sys as a machine of this shape would show it."""
    write_cpus(folder / "devices/system/cpu", shape)
    write_nodes(folder / "devices/system/node", shape)
    write_disks(folder, shape)
    write_interfaces(folder, shape)
    write_sensors(folder / "class", shape)
    write_dmi(folder / "class/dmi/id")
    for name in ("class/power_supply", "class/watchdog", "class/nvme", "class/infiniband"):
        (folder / name).mkdir(parents=True, exist_ok=True)


def write_cpus(folder: Path, shape: TreeShape) -> None:
    """devices/system/cpu: topology, frequency, throttling; two sockets, two threads a core.

    Source: ABI/testing/sysfs-devices-system-cpu.
    """
    everything = f"0-{shape.cpus - 1}"
    names = ("online", "present", "possible")
    write_all(folder, {**dict.fromkeys(names, everything), "offline": "", "isolated": ""})
    per_socket = max(shape.cpus // 2, 1)
    for cpu in range(shape.cpus):
        package, core = cpu // per_socket, cpu % per_socket // 2
        siblings = f"{cpu // 2 * 2}-{cpu // 2 * 2 + 1}"
        socket = f"{package * per_socket}-{(package + 1) * per_socket - 1}"
        write_all(
            folder / f"cpu{cpu}",
            {
                "online": 1,
                "topology/core_id": core,
                "topology/die_id": 0,
                "topology/physical_package_id": package,
                "topology/core_cpus_list": siblings,
                "topology/thread_siblings_list": siblings,
                "topology/package_cpus_list": socket,
                "topology/core_siblings_list": socket,
                "thermal_throttle/core_throttle_count": counter(cpu, 40),
                "thermal_throttle/package_throttle_count": counter(package, 40),
                "cpufreq/affected_cpus": cpu,
                "cpufreq/cpuinfo_cur_freq": 2_400_000 + cpu % 7 * 100_000,
                "cpufreq/cpuinfo_max_freq": 3_900_000,
                "cpufreq/cpuinfo_min_freq": 800_000,
                "cpufreq/cpuinfo_transition_latency": 0,
                "cpufreq/related_cpus": cpu,
                "cpufreq/scaling_available_governors": "performance powersave",
                "cpufreq/scaling_cur_freq": 2_400_000 + cpu % 7 * 100_000,
                "cpufreq/scaling_driver": "intel_pstate",
                "cpufreq/scaling_governor": "performance",
                "cpufreq/scaling_max_freq": 3_900_000,
                "cpufreq/scaling_min_freq": 800_000,
                "cpufreq/scaling_setspeed": "<unsupported>",
            },
        )


def write_nodes(folder: Path, shape: TreeShape) -> None:
    """devices/system/node: one NUMA node a socket."""
    per_socket = max(shape.cpus // 2, 1)
    write_all(folder, {"online": "0-1", "possible": "0-1"})
    for node in range(2):
        cpus = f"{node * per_socket}-{(node + 1) * per_socket - 1}"
        write_all(folder / f"node{node}", {"cpulist": cpus, "distance": "10 21"})


def link(path: Path, target: Path) -> None:
    """Make ``path`` a relative link to ``target``, as sysfs classes link to devices."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(os.path.relpath(target, path.parent))


def write_disks(folder: Path, shape: TreeShape) -> None:
    """block/* and their devices (ABI/stable/sysfs-block)."""
    for disk, name in enumerate(shape.disk_names):
        controller, slot = divmod(disk, 64)
        host = folder / f"devices/pci0000:40/0000:40:{controller:02x}.0/host{controller}"
        device = host / f"target{controller}:0:{slot}/{controller}:0:{slot}:0"
        block = device / "block" / name
        major, minor = disk_number(disk)
        stat = " ".join(str(counter(disk * 17 + column)) for column in range(17))
        write_all(device, {"vendor": "MADE", "model": "DISK4T", "rev": "0001", "state": "running"})
        write_all(
            block,
            {
                "dev": f"{major}:{minor}",
                "size": DISK_BYTES // SECTOR,
                "ro": 0,
                "removable": 0,
                "stat": stat,
                "uevent": f"MAJOR={major}\nMINOR={minor}\nDEVNAME={name}\nDEVTYPE=disk",
                "queue/rotational": disk % 2,
                "queue/logical_block_size": SECTOR,
                "queue/physical_block_size": 4096,
                "queue/scheduler": "[none] mq-deadline",
                "queue/nr_requests": 256,
            },
        )
        link(folder / "block" / name, block)
        link(folder / "class/block" / name, block)


def write_interfaces(folder: Path, shape: TreeShape) -> None:
    """class/net/* (ABI/testing/sysfs-class-net)."""
    for number, name in enumerate(shape.interface_names):
        device = folder / f"devices/pci0000:80/0000:80:{number // 8:02x}.{number % 8}/net" / name
        write_all(
            device,
            {
                "addr_assign_type": 0,
                "addr_len": 6,
                "address": f"02:00:00:00:{number // 256:02x}:{number % 256:02x}",
                "broadcast": "ff:ff:ff:ff:ff:ff",
                "carrier": 1,
                "carrier_changes": 2 + number % 5,
                "carrier_down_count": 1 + number % 3,
                "carrier_up_count": 1 + number % 3,
                "dev_id": "0x0",
                "dev_port": number % 4,
                "dormant": 0,
                "duplex": "full",
                "flags": "0x1003",
                "ifalias": "",
                "ifindex": number + 2,
                "iflink": number + 2,
                "link_mode": 0,
                "mtu": 1500,
                "name_assign_type": 4,
                "netdev_group": 0,
                "operstate": "up",
                "proto_down": 0,
                "speed": 25000,
                "testing": 0,
                "threaded": 0,
                "tx_queue_len": 1000,
                "type": 1,
            },
        )
        link(folder / "class/net" / name, device)


def write_sensors(folder: Path, shape: TreeShape) -> None:
    """class/hwmon and class/thermal: one coretemp chip and one zone a socket."""
    cores = max(shape.cpus // 4, 1)
    for package in range(2):
        chip = folder.parent / f"devices/platform/coretemp.{package}/hwmon/hwmon{package}"
        sensors: dict[str, object] = {"name": "coretemp"}
        for core in range(cores):
            number = core + 1
            sensors |= {
                f"temp{number}_input": 41_000 + core * 100,
                f"temp{number}_crit": 100_000,
                f"temp{number}_max": 92_000,
                f"temp{number}_crit_alarm": 0,
                f"temp{number}_label": f"Core {core}",
            }
        write_all(chip, sensors)
        link(folder / f"hwmon/hwmon{package}", chip)
        link(chip / "device", chip.parent.parent)
        zone = folder.parent / f"devices/virtual/thermal/thermal_zone{package}"
        state = {"type": "x86_pkg_temp", "temp": 47_000 + package, "policy": "step_wise"}
        write_all(zone, state)
        link(folder / f"thermal/thermal_zone{package}", zone)


def write_dmi(folder: Path) -> None:
    """class/dmi/id: the identity strings (ABI/testing/sysfs-class-dmi)."""
    strings = {
        "sys_vendor": "Made Systems",
        "product_name": "Big Machine",
        "product_version": "1",
        "bios_vendor": "Made Systems",
        "bios_version": "1.0",
        "bios_date": "01/01/2025",
        "board_vendor": "Made Systems",
        "board_name": "Board",
        "chassis_vendor": "Made Systems",
    }
    write_all(folder, strings)
    write(folder / "uevent", "MODALIAS=dmi:made\n")
