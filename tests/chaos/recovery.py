"""How long it took until all went on after a fault: printed, and kept for docs/faults.md."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

# The file that collects what was measured; nothing is kept where it is not said.
KEPT = os.environ.get("PERFANALYSIS_RECOVERIES")


@dataclass
class Recoveries:
    """Of one test."""

    found: dict[str, float] = field(default_factory=dict)

    def note(self, fault: str, seconds: float) -> None:
        """Seconds from the end of a fault until the first thing that went well."""
        self.found[fault] = seconds
        print(f"recovered: {fault}: {seconds:.1f} s")
        if KEPT:
            with Path(KEPT).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps({"fault": fault, "seconds": round(seconds, 2)}) + "\n")
