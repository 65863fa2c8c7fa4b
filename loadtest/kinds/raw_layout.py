"""Spare Cores' raw outputs of one machine as the cells of a row.

The layout of the repository sc-inspector-data: ``data/PROVIDER/INSTANCE_TYPE/TASK/stdout``, with
``openssl/parsed.json``. What a task did not write is absent.
"""

from __future__ import annotations

import json
from pathlib import Path

_LSCPU = {
    "Architecture:": "architecture",
    "CPU(s):": "logical_cpus",
    "Model name:": "cpu_model",
    "Thread(s) per core:": "threads_per_core",
}
_MEMORY = {"0.016384": "0.016384", "1.00": "1", "8.00": "8", "64.00": "64", "256.00": "256"}
_OPENSSL_BLOCK = 16384


def machines(root: Path) -> list[Path]:
    """The folders of machines below a checkout, or below its folder ``data``."""
    data = root / "data" if (root / "data").is_dir() else root
    return sorted(path.parent for path in data.glob("*/*/lscpu"))


def cells(folder: Path) -> dict[str, str]:
    """The cells of a row that a machine's folder tells, by the names of the public table."""
    found = {"provider": folder.parent.name, "instance_type": folder.name}
    found |= lscpu(_text(folder / "lscpu" / "stdout"))
    found |= bandwidth(_text(folder / "bw_mem" / "stdout"))
    found |= divisions(_text(folder / "stressngfull" / "stdout"))
    found |= openssl(_text(folder / "openssl" / "parsed.json"))
    return found


def lscpu(text: str) -> dict[str, str]:
    """Facts from ``lscpu -J``."""
    known = _json(text)
    fields = known.get("lscpu") if isinstance(known, dict) else None
    if not isinstance(fields, list):
        return {}
    told = [field for field in fields if isinstance(field, dict)]
    names = {_LSCPU[f["field"]]: str(f.get("data", "")) for f in told if f.get("field") in _LSCPU}
    return {name: value.strip() for name, value in names.items()}


def bandwidth(text: str) -> dict[str, str]:
    """Bandwidths from lines such as ``rd 8.00 53510.10``: MB, and MB/s of all CPUs."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[0] in {"rd", "wr"} and words[1] in _MEMORY:
            found[f"bw_mem_{words[0]}_{_MEMORY[words[1]]}mb"] = words[2]
    return found


def divisions(text: str) -> dict[str, str]:
    """Rates of 16-bit divisions from lines such as ``12,8624.76``: workers, and operations/s."""
    rates = [line.split(",") for line in text.splitlines() if line.count(",") == 1]
    ladder = {int(workers): rate for workers, rate in rates if workers.strip().isdigit()}
    if not ladder:
        return {}
    found = {"integer_all": ladder[max(ladder)].strip()}
    return found | ({"integer_1": ladder[1].strip()} if 1 in ladder else {})


def openssl(text: str) -> dict[str, str]:
    """Bytes a second at blocks of 16 KiB from the parsed output of ``openssl speed``."""
    known = _json(text)
    speeds = (
        [entry for entry in known if isinstance(entry, dict)] if isinstance(known, list) else []
    )
    return {
        f"openssl_{entry.get('algo')}_all": str(entry.get("speed", ""))
        for entry in speeds
        if entry.get("block_size") == _OPENSSL_BLOCK
    }


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
