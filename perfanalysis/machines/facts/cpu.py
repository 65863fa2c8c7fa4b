"""The CPU: vendor, flags, microcode, clock, mitigations; its name is part of the identity.

Sources: /proc/cpuinfo, Documentation/admin-guide/pm/cpufreq.rst and
Documentation/ABI/testing/sysfs-devices-system-cpu of the kernel.
"""

from __future__ import annotations

import re
from pathlib import Path

from perfanalysis.machines.cpuinfo import first_cpu
from perfanalysis.machines.facts.files import known, number, text

_FLAGS = ("flags", "Features", "features")


def read(cpu: int, root: Path = Path("/")) -> dict[str, object]:
    """What is known of one CPU, which stands for all.

    Args:
        cpu: its number.
        root: holds proc and sys.
    """
    system = root / "sys/devices/system/cpu"
    return {
        **of_cpuinfo(text(root / "proc/cpuinfo")),
        **known(_clock(system, cpu)),
        **known({"mitigations": mitigations(system / "vulnerabilities")}),
    }


def of_cpuinfo(cpuinfo: str) -> dict[str, object]:
    """What /proc/cpuinfo says of its first CPU."""
    entries = first_cpu(cpuinfo)

    def first(*names: str) -> str:
        return next((entries[name] for name in names if entries.get(name)), "")

    clock = first("cpu MHz")
    return known(
        {
            "cpu_vendor": first("vendor_id", "CPU implementer"),
            "cpu_family": first("cpu family", "CPU architecture"),
            "cpu_model_number": first("model", "CPU part"),
            "cpu_stepping": first("stepping", "CPU revision"),
            "microcode": first("microcode"),
            "cpu_flags": first(*_FLAGS).split(),
            "clock_hertz": round(float(clock) * 1e6) if re.fullmatch(r"[0-9.]+", clock) else None,
        }
    )


def _clock(system: Path, cpu: int) -> dict[str, object]:
    policy = system / f"cpu{cpu}" / "cpufreq"
    return {
        "governor": text(policy / "scaling_governor"),
        "clock_driver": text(policy / "scaling_driver"),
        "clock_lowest_hertz": number(policy / "cpuinfo_min_freq", 1000),
        "clock_highest_hertz": number(policy / "cpuinfo_max_freq", 1000),
        "clock_limit_hertz": number(policy / "scaling_max_freq", 1000),
        "clock_base_hertz": number(policy / "base_frequency", 1000),
        "boost": boost(text(system / "cpufreq/boost"), text(system / "intel_pstate/no_turbo")),
    }


def boost(boost_text: str, no_turbo_text: str) -> bool | None:
    """Whether the clock may go above its base; None when the kernel does not say.

    Args:
        boost_text: of cpufreq/boost ("1": it may).
        no_turbo_text: of intel_pstate/no_turbo ("1": it may not).
    """
    if boost_text in {"0", "1"}:
        return boost_text == "1"
    return no_turbo_text == "0" if no_turbo_text in {"0", "1"} else None


def mitigations(folder: Path) -> dict[str, str]:
    """What the kernel does about each known weakness of the CPU, where it has it."""
    found = {path.name: text(path) for path in sorted(folder.glob("*")) if path.is_file()}
    return {name: said for name, said in found.items() if said and said != "Not affected"}
