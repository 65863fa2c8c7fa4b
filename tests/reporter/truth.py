"""Two machines of known truth, as OpenMetrics."""

from __future__ import annotations

from tests.reporter.conftest import END, START, STEP

# Name, units per second at 100 %, dollars an hour, busy ratio in the first and in the second hour.
TRUTH = (("steady", 1000.0, 0.10, 0.25, 0.25), ("double", 2000.0, 0.25, 0.10, 0.60))
GIB = 2.0**30


def history() -> str:
    lines: list[str] = []
    times = range(START, END + 1, STEP)
    identity = 'provider="p",region="r",zone="z",instance_type="{}",cpu_model="c",architecture="x"'
    kernel = 'kernel="rmw"'

    def gauge(name: str, value_of: dict[str, float]) -> None:
        lines.append(f"# TYPE {name} gauge")
        lines.extend(
            f'{name}{{job="node",{labels}}} {value} {t}'
            for labels, value in value_of.items()
            for t in times
        )

    of = {name: f'instance="{name}"' for name, *_ in TRUTH}
    gauge("perf_machine_info", {f"{of[n]},{identity.format(n)}": 1 for n, *_ in TRUTH})
    prices = {f'{of[n]},purchase="on_demand"': price for n, _, price, *_ in TRUTH}
    gauge("perf_machine_price_dollars_per_hour", prices)
    gauge("node_memory_MemTotal_bytes", {of[n]: 8 * GIB for n, *_ in TRUTH})
    gauge("node_memory_MemAvailable_bytes", {of[n]: 6 * GIB for n, *_ in TRUTH})
    gauge("perf_loadtest_max_units_per_second", {f"{of[n]},{kernel}": m for n, m, *_ in TRUTH})
    gauge("perf_loadtest_valid", {f"{of[n]},{kernel}": 1 for n, *_ in TRUTH})
    gauge("perf_loadtest_full_conditions", {f"{of[n]},{kernel}": 1 for n, *_ in TRUTH})
    lines.append("# TYPE perf_loadtest_info gauge")
    for name, *_ in TRUTH:
        for hour in (1, 2):
            run = f'kernel_version="5",test_id="run-{hour}-of-{name}",profile="default"'
            own = f'perf_loadtest_info{{job="node",{of[name]},{kernel},{run}}}'
            lines += [f"{own} 1 {t}" for t in times if (t > START + 3600) == (hour == 2)]
    for suffix, factor in (("", 1.0), ("_lower", 0.97), ("_upper", 1.03)):
        rates = {
            f'{of[n]},{kernel},busy="{b}"': m * b / 100 * factor
            for n, m, *_ in TRUTH
            for b in range(10, 101, 10)
        }
        gauge(f"perf_loadtest_units_per_second{suffix}", rates)
    lines.append("# TYPE node_cpu_seconds counter")
    for name, _, _, first, second in TRUTH:
        for mode in ("user", "idle"):
            for t in times:
                busy = first * min(t - START, 3600) + second * max(0, t - START - 3600)
                value = busy if mode == "user" else t - START - busy
                labels = f'job="node",{of[name]},cpu="0",mode="{mode}"'
                lines.append(f"node_cpu_seconds_total{{{labels}}} {value} {t}")
    lines += resources(of["steady"], times)
    return "\n".join([*lines, "# EOF", ""])


def resources(machine: str, times: range) -> list[str]:
    """Disks, interfaces and file systems of one machine; a rate each second, or a value."""
    seconds, direction = "node_disk_io_time_seconds", "node_network_{}_bytes"
    families: list[tuple[str, str, dict[str, float]]] = [
        (seconds, "device", {"sda": 0.3, "nvme0n1": 0.1, "dm-0": 0.5}),
        (direction.format("receive"), "device", {"eth0": 1e6, "ens9": 1e5, "docker0": 5e6}),
        (direction.format("transmit"), "device", {"eth0": 2e6, "ens9": 4e5, "docker0": 5e6}),
        ("perf_network_default_route_info", "device", {"ens9": 1.0}),
        ("node_network_speed_bytes", "device", {"eth0": 1e7, "ens9": 1e6, "docker0": 1e9}),
        ("node_filesystem_size_bytes", "mountpoint", {"/": 100 * GIB, "/data": 100 * GIB}),
        ("node_filesystem_avail_bytes", "mountpoint", {"/": 40 * GIB, "/data": 90 * GIB}),
    ]
    lines = []
    for family, label, values in families:
        gauge = any(word in family for word in ("speed", "filesystem", "info"))
        lines.append(f"# TYPE {family} {'gauge' if gauge else 'counter'}")
        lines.extend(
            f'{family}{"" if gauge else "_total"}{{job="node",{machine},{label}="{name}"}}'
            f" {value if gauge else value * (t - START)} {t}"
            for name, value in values.items()
            for t in times
        )
    return lines
