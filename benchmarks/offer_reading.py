"""``python -m benchmarks.offer_reading stream|whole FILE``: its prices, and the peak memory."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path


def streamed(path: Path) -> int:
    """By the importer, one price after the other."""
    from prices.importers.aws_offer import IMPORTER
    from prices.importers.importer import ImportAccount

    return sum(1 for _ in IMPORTER.read(path, {}, ImportAccount()))


def whole(path: Path) -> int:
    """By the standard library, which holds the file; the same offers are looked at."""
    with path.open(encoding="utf-8") as file:
        offer = json.load(file, parse_float=Decimal)
    machines = {
        sku
        for sku, product in offer["products"].items()
        if product["attributes"]["capacitystatus"] == "Used"
        and product["attributes"]["preInstalledSw"] == "NA"
    }
    found = 0
    for kind in ("OnDemand", "Reserved"):
        for sku, offers in offer["terms"][kind].items():
            if sku in machines:
                found += len(offers)
    return found


def peak_kib() -> int:
    """The most resident memory of this program; that of wait4 counts who started it, too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    read = {"stream": streamed, "whole": whole}[sys.argv[1]]
    print(read(Path(sys.argv[2])), peak_kib())
