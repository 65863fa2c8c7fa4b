"""The name of the CPU model, from /proc/cpuinfo. Pure."""

from __future__ import annotations


def parse_cpu_model(data: bytes) -> str:
    """The model name of the first CPU in /proc/cpuinfo; "" where the architecture tells none.

    x86 writes ``model name``, s390 and some ARM kernels ``Processor``, POWER ``cpu``.
    """
    for line in data.split(b"\n"):
        key, colon, value = line.partition(b":")
        if colon and key.strip() in (b"model name", b"Processor", b"cpu"):
            return " ".join(value.decode("utf-8", "replace").split())
    return ""
