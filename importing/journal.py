"""What a receiver of remote write has taken of an import: kept from one command to the next."""

from __future__ import annotations

import json
from pathlib import Path

from importing.asking_back import Sent, SentSamples
from perfanalysis.atomic_write import write_atomically

FILE = "taken.json"


class Journal:
    """The journal in one folder.

    Args:
        folder: of the import.

    Attributes:
        taken: how many requests the receiver has taken.
        sent: what all requests had; None: some are left to send.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.taken = 0
        self.sent: Sent | None = None
        try:
            found = json.loads(self._path.read_bytes())
            sent = {
                str(machine): SentSamples(
                    {int(hour): int(count) for hour, count in of["hours"].items()},
                    set(map(str, of["metrics"])),
                )
                for machine, of in found.get("sent", {}).items()
            }
            self.taken, self.sent = int(found["requests"]), sent or None
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            self.taken, self.sent = 0, None

    def note(self, taken: int, sent: Sent | None = None) -> None:
        """Remember that so many requests were taken, and what they had when those were all."""
        self.taken, self.sent = taken, sent
        all_of_it = {
            machine: {"hours": of.hours, "metrics": sorted(of.metrics)}
            for machine, of in (sent or {}).items()
        }
        text = json.dumps({"requests": taken, **({"sent": all_of_it} if sent else {})})
        write_atomically(self._path, text.encode(), durable=sent is not None)

    def forget(self) -> None:
        """Forget all: the next command sends anew."""
        self.note(0)
