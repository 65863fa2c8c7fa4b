"""Where the load test leaves what the exporter shows.

STATE/results/TEST_ID.json   finished result documents, the newest per kernel is shown
STATE/running.json           the run in progress, rewritten once a second, removed at its end
STATE/replay.json            the replay in progress, in the same way
STATE/replay-files.json      the files that a replay has made, for whoever must remove them
STATE/outbox/DESTINATION/    results that wait for a receiver, see perfanalysis/delivery/spool.py
"""

from __future__ import annotations

import os
from pathlib import Path

STATE_VARIABLE = "PERFANALYSIS_STATE_DIRECTORY"
RESULTS = "results"
RUNNING = "running.json"
REPLAY = "replay.json"
OUTBOX = "outbox"


def default_state_directory() -> Path:
    """The state folder when no flag names one.

    ``$PERFANALYSIS_STATE_DIRECTORY``; else systemd's ``$STATE_DIRECTORY``; else
    ``/var/lib/perfanalysis`` for root and ``$XDG_STATE_HOME/perfanalysis`` (by default
    ``~/.local/state/perfanalysis``) for everybody else. The folder is not created here.
    """
    for variable in (STATE_VARIABLE, "STATE_DIRECTORY"):
        if named := os.environ.get(variable):
            return Path(named.split(":")[0])
    if os.geteuid() == 0:
        return Path("/var/lib/perfanalysis")
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "perfanalysis"
