"""The /proc of a made machine."""

from __future__ import annotations

from pathlib import Path

from benchmarks.made_tree.fields import MEMINFO, NETSTAT, SNMP, SNMP6, VMSTAT
from benchmarks.made_tree.shape import TreeShape, counter, write

BOOT_SECONDS = 1_760_000_000
MEMORY_KB = 2 * 1024**3


def write_proc(folder: Path, shape: TreeShape) -> None:
    """Write /proc as a machine of this shape would show it."""
    files = {
        "stat": stat(shape),
        "cpuinfo": cpuinfo(shape),
        "schedstat": schedstat(shape),
        "softirqs": softirqs(shape),
        "meminfo": meminfo(),
        "vmstat": "".join(f"{name} {counter(i)}\n" for i, name in enumerate(VMSTAT)),
        "loadavg": "83.12 71.40 64.05 97/18243 402311\n",
        "uptime": "8640000.17 1105920000.52\n",
        "diskstats": diskstats(shape),
        "net/dev": net_dev(shape),
        "net/netstat": groups(NETSTAT),
        "net/snmp": groups(SNMP),
        "net/snmp6": "".join(f"{name:<32}\t{counter(i)}\n" for i, name in enumerate(SNMP6)),
        "net/softnet_stat": softnet_stat(shape),
        "net/sockstat": (
            "sockets: used 9120\nTCP: inuse 4100 orphan 3 tw 812 alloc 4400 mem 1900\n"
            "UDP: inuse 120 mem 64\nUDPLITE: inuse 0\nRAW: inuse 2\nFRAG: inuse 0 memory 0\n"
        ),
        "net/sockstat6": (
            "TCP6: inuse 212\nUDP6: inuse 18\nUDPLITE6: inuse 0\nRAW6: inuse 1\n"
            "FRAG6: inuse 0 memory 0\n"
        ),
        "net/arp": arp(shape),
        "net/udp": UDP_HEADER,
        "net/udp6": UDP_HEADER,
        "pressure/cpu": pressure(1),
        "pressure/memory": pressure(2),
        "pressure/io": pressure(3),
        "sys/fs/file-nr": "184320\t0\t9223372036854775807\n",
        "sys/kernel/random/entropy_avail": "256\n",
        "sys/kernel/random/poolsize": "256\n",
        "sys/kernel/threads-max": "16508540\n",
        "sys/kernel/pid_max": "4194304\n",
        "sys/net/netfilter/nf_conntrack_count": "51230\n",
        "sys/net/netfilter/nf_conntrack_max": "4194304\n",
        "net/stat/nf_conntrack": conntrack(shape),
        "mdstat": "Personalities : [raid1] \nunused devices: <none>\n",
    }
    for number in (1, "self"):
        files[f"{number}/mountinfo"] = mountinfo(shape)
        files[f"{number}/mounts"] = mounts(shape)
    for name, text in files.items():
        write(folder / name, text)


UDP_HEADER = (
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
    "  timeout inode ref pointer drops            \n"
)


def stat(shape: TreeShape) -> str:
    """/proc/stat: ten columns of ticks for each CPU, then what counts once for the machine."""
    rows = [
        [counter(cpu * 10 + column, 10**8) for column in range(10)] for cpu in range(shape.cpus)
    ]
    total = [sum(column) for column in zip(*rows, strict=True)]
    lines = ["cpu  " + " ".join(map(str, total))]
    lines += [f"cpu{cpu} " + " ".join(map(str, row)) for cpu, row in enumerate(rows)]
    interrupts = " ".join(str(counter(i, 10**6)) if i % 3 else "0" for i in range(1200))
    lines += [
        f"intr 981273645012 {interrupts}",
        "ctxt 1846213377120",
        f"btime {BOOT_SECONDS}",
        "processes 402311774",
        "procs_running 97",
        "procs_blocked 2",
        "softirq " + " ".join(str(counter(i)) for i in range(11)),
    ]
    return "\n".join(lines) + "\n"


def cpuinfo(shape: TreeShape) -> str:
    """/proc/cpuinfo of x86: two sockets, two threads a core."""
    per_socket = max(shape.cpus // 2, 1)
    blocks = [
        f"processor\t: {cpu}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 173\n"
        f"model name\t: Made CPU at 2.40GHz\nstepping\t: 1\nmicrocode\t: 0x1000380\n"
        f"cpu MHz\t\t: {2400 + cpu % 7 * 100}.000\ncache size\t: 491520 KB\n"
        f"physical id\t: {cpu // per_socket}\nsiblings\t: {per_socket}\n"
        f"core id\t\t: {cpu % per_socket // 2}\ncpu cores\t: {max(per_socket // 2, 1)}\n"
        f"apicid\t\t: {cpu}\ninitial apicid\t: {cpu}\nfpu\t\t: yes\nfpu_exception\t: yes\n"
        "cpuid level\t: 35\nwp\t\t: yes\nflags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep\n"
        "bugs\t\t: spectre_v1 spectre_v2\nbogomips\t: 4800.00\nclflush size\t: 64\n"
        "cache_alignment\t: 64\naddress sizes\t: 52 bits physical, 57 bits virtual\n"
        "power management:\n"
        for cpu in range(shape.cpus)
    ]
    return "\n".join(blocks) + "\n"


def schedstat(shape: TreeShape) -> str:
    """/proc/schedstat, version 17: nine fields for each CPU (scheduler/sched-stats.rst)."""
    lines = ["version 17", "timestamp 13256281812"]
    for cpu in range(shape.cpus):
        waiting = " ".join(str(counter(cpu * 9 + field)) for field in range(8))
        lines.append(f"cpu{cpu} 0 {waiting}")
    return "\n".join(lines) + "\n"


def softirqs(shape: TreeShape) -> str:
    """/proc/softirqs: a row for each kind, a column for each CPU."""
    kinds = ["HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER"]
    lines = [" " * 20 + "".join(f"CPU{cpu:<8}" for cpu in range(shape.cpus))]
    for row, kind in enumerate([*kinds, "RCU"]):
        numbers = " ".join(f"{counter(row * 300 + cpu):10}" for cpu in range(shape.cpus))
        lines.append(f"{kind:>12}: {numbers}")
    return "\n".join(lines) + "\n"


def meminfo() -> str:
    """/proc/meminfo: kilobytes, then the counts of huge pages."""
    lines = [
        f"{name + ':':<16}{MEMORY_KB // (1 + i):>8} kB"
        for i, name in enumerate(MEMINFO)
        if not name.startswith("Huge")
    ]
    lines += [f"HugePages_{name + ':':<6}{0:>8}" for name in ("Total", "Free", "Rsvd", "Surp")]
    lines += ["Hugepagesize:       2048 kB", "Hugetlb:               0 kB"]
    return "\n".join(lines) + "\n"


def diskstats(shape: TreeShape) -> str:
    """/proc/diskstats: 17 counters for each disk (admin-guide/iostats.rst)."""
    lines = []
    for disk, name in enumerate(shape.disk_names):
        counters = " ".join(str(counter(disk * 17 + column)) for column in range(17))
        major, minor = disk_number(disk)
        lines.append(f"{major:4} {minor:7} {name} {counters}")
    return "\n".join(lines) + "\n"


def disk_number(disk: int) -> tuple[int, int]:
    """Major and minor number of a SCSI disk; 16 minors each (admin-guide/devices.txt)."""
    majors = [8, *range(65, 72), *range(128, 136)]
    return majors[disk // 16 % len(majors)], disk % 16 * 16 + disk // 256 * 256


def net_dev(shape: TreeShape) -> str:
    """/proc/net/dev: 16 counters for each interface."""
    lines = [
        "Inter-|   Receive                                                |  Transmit",
        " face |bytes    packets errs drop fifo frame compressed multicast"
        "|bytes    packets errs drop fifo colls carrier compressed",
    ]
    for interface, name in enumerate(shape.interface_names):
        columns = [counter(interface * 16 + column) for column in range(16)]
        lines.append(f"{name:>6}: " + " ".join(f"{value:7}" for value in columns))
    return "\n".join(lines) + "\n"


def groups(fields: dict[str, list[str]]) -> str:
    """Lines in pairs, names and then values, as /proc/net/netstat and /proc/net/snmp have them."""
    lines = []
    for row, (group, names) in enumerate(fields.items()):
        values = " ".join(str(counter(row * 200 + i)) for i in range(len(names)))
        lines += [f"{group}: {' '.join(names)}", f"{group}: {values}"]
    return "\n".join(lines) + "\n"


def softnet_stat(shape: TreeShape) -> str:
    """/proc/net/softnet_stat: 15 hexadecimal columns; the 13th is the CPU."""
    rows = []
    for cpu in range(shape.cpus):
        columns = [counter(cpu * 3 + i, 2**32) if i in {0, 2, 9} else 0 for i in range(15)]
        columns[12] = cpu
        rows.append(" ".join(f"{value:08x}" for value in columns))
    return "\n".join(rows) + "\n"


def arp(shape: TreeShape) -> str:
    """/proc/net/arp: one neighbour on each interface."""
    lines = ["IP address       HW type     Flags       HW address            Mask     Device"]
    for number, name in enumerate(shape.interface_names):
        address = f"10.{number // 256}.{number % 256}.1"
        hardware = f"02:00:00:00:{number // 256:02x}:{number % 256:02x}"
        lines.append(f"{address:<16} 0x1         0x2         {hardware}     *        {name}")
    return "\n".join(lines) + "\n"


def conntrack(shape: TreeShape) -> str:
    """/proc/net/stat/nf_conntrack: 17 hexadecimal columns, a row for each CPU."""
    names = (
        "entries clashres found new invalid ignore delete chainlength insert insert_failed drop "
        "early_drop icmp_error expect_new expect_create expect_delete search_restart"
    )
    row = " ".join(f"{value:08x}" for value in [51230, 0, 812, 0, 77, *[0] * 12])
    return "\n".join([names, *[row] * shape.cpus]) + "\n"


def pressure(seed: int) -> str:
    """One file of /proc/pressure (accounting/psi.rst)."""
    return "".join(
        f"{kind} avg10=0.12 avg60=0.30 avg300=0.21 total={counter(seed * 2 + i)}\n"
        for i, kind in enumerate(("some", "full"))
    )


def mountinfo(shape: TreeShape) -> str:
    """/proc/PID/mountinfo: ext4 on one disk each."""
    lines = []
    for number, point in enumerate(shape.mount_points):
        disk = number % len(shape.disk_names)
        major, minor = disk_number(disk)
        lines.append(
            f"{number + 20} {20 if number else 1} {major}:{minor} / {point} rw,relatime shared:1 - "
            f"ext4 /dev/{shape.disk_names[disk]} rw"
        )
    return "\n".join(lines) + "\n"


def mounts(shape: TreeShape) -> str:
    """/proc/PID/mounts, the same as ``mountinfo`` in fstab's form."""
    names = shape.disk_names
    return "".join(
        f"/dev/{names[number % len(names)]} {point} ext4 rw,relatime 0 0\n"
        for number, point in enumerate(shape.mount_points)
    )
