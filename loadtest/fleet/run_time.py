"""How long the runs of a fleet may take, by the options that each of them gets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfanalysis.errors import InputError

# Of a run that neither waits nor stays at full load for minutes, seconds.
USUAL_SECONDS = 600.0
# Of these, for another load test on the host to end.
USUAL_WAIT_SECONDS = 60.0
# Until a burstable machine is steady, seconds: what `loadtest run` allows itself.
STEADY_SECONDS = 3600.0


def time_limit(given: float | None, options: Mapping[str, Any]) -> float:
    """Seconds after which a machine's run is ended.

    Args:
        given: ``--time-limit``; None: what the options leave to expect.
        options: of ``loadtest run``, by the names of its parameters.

    Raises:
        InputError: the given limit would end each run that goes as it was asked to.
    """
    minutes = options.get("sustained_minutes")
    sustained = 60.0 * float(minutes or 0)
    if given is not None:
        if given <= sustained:
            expected = (
                f"more than the {sustained:g} s that --sustained alone takes, some "
                f"{sustained + USUAL_SECONDS:g}"
            )
            raise InputError("--time-limit", "", expected, f"{given:g}")
        return given
    steady = 0.0
    if options.get("until_steady"):
        steady = float(options.get("max_duration") or STEADY_SECONDS)
    wait = max(0.0, float(options.get("wait") or 0) - USUAL_WAIT_SECONDS)
    return USUAL_SECONDS + sustained + steady + wait
