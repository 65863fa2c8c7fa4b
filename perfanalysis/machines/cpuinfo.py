"""What /proc/cpuinfo says of a machine's first CPU, which stands for all of them. Pure."""

from __future__ import annotations

# The model's name, by what the architecture writes: x86 and newer ARM; older ARM; POWER.
_MODEL = ("model name", "Processor", "cpu")


def first_cpu(cpuinfo: str) -> dict[str, str]:
    """Each field as it stands first, its white space made single blanks.

    Args:
        cpuinfo: the file's text.
    """
    fields: dict[str, str] = {}
    for line in cpuinfo.split("\n"):
        key, colon, value = line.partition(":")
        if colon and (key := key.strip()) not in fields:
            fields[key] = " ".join(value.split())
    return fields


def cpu_model(cpuinfo: str) -> str:
    """The name of the CPU's model; "" where the architecture tells none.

    Args:
        cpuinfo: the file's text.
    """
    fields = first_cpu(cpuinfo)
    return next((fields[name] for name in _MODEL if fields.get(name)), "")
