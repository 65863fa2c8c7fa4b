"""What stands for a value in the report's PromQL, such as ``$machines``, and how it is filled in.

=================  ===========================================================
``$machines``      a matcher of the reported machines
``$kernel``        a matcher of the load test's kernel
``$busy``          a matcher of its busy levels
``$purchase``      a matcher of the purchase option of prices
``$disks``         a matcher of the disks that are named or found
``$interfaces``    the same of network interfaces
``$filesystems``   the same of file systems
``$range``         the report's whole range, as a duration (instant queries)
``$look``          between two looks at a gauge within that range, as a duration
``$type``          matchers of what a machine is now, where it was something else before
``$window``        the window of a rate, as a duration (range queries)
=================  ===========================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from string import Template

from perfanalysis.promql import one_of, string
from reporter.settings.devices import DETECTED, Devices, like

MATCHERS = frozenset(
    {"machines", "kernel", "busy", "purchase", "disks", "interfaces", "filesystems"}
)
RANGE, LOOK, WINDOW = "range", "look", "window"
# So many looks at a gauge within a range, of which none is further from the next than this.
_LOOKS = 3000
_CLOSEST_LOOKS, _FARTHEST_LOOKS = 15, 1800


class _Expression(Template):
    """Names of placeholders are small letters, and ``$`` stands for nothing else."""

    idpattern = "[a-z]+"
    flags = re.NOFLAG


def check(expression: str, known: frozenset[str]) -> None:
    """See that each ``$`` begins a placeholder that there is.

    Args:
        expression: PromQL with placeholders.
        known: names of placeholders that it may have.

    Raises:
        ValueError: one is unknown, or no name stands behind a ``$``.
    """
    template = _Expression(expression)
    expected = ", ".join(f"${name}" for name in sorted(known))
    if not template.is_valid():
        raise ValueError(f"expected one of {expected} at each $, found {expression!r}")
    unknown = sorted(set(template.get_identifiers()) - known)
    if unknown:
        raise ValueError(f"expected one of {expected}, found ${unknown[0]} in {expression!r}")


def with_range(expression: str, seconds: int) -> str:
    """The expression over its last ``seconds``; all other placeholders stay."""
    return _Expression(expression).safe_substitute({RANGE: f"{seconds}s"})


def matcher(machines: Sequence[str], labels: Sequence[tuple[str, str]] = ()) -> str:
    """What lets these machines through; all that have a name when there is none.

    Args:
        machines: their names.
        labels: which other labels they must have, with values or patterns.
    """
    names = one_of("instance", machines) if machines else 'instance!=""'
    return ",".join([names, *(like(label, [value]) for label, value in labels)])


def duration(seconds: float) -> str:
    """A window as PromQL has it: in whole seconds, or in milliseconds where it has others."""
    thousandths = max(1, round(seconds * 1000))
    return f"{thousandths}ms" if thousandths % 1000 else f"{thousandths // 1000}s"


def fill(  # noqa: PLR0913 - one for each placeholder
    expression: str,
    *,
    machines: Sequence[str],
    kernel: str,
    purchase: str | Sequence[str],
    seconds: float,
    window: float = 0.0,
    full_load_only: bool = False,
    devices: Devices = DETECTED,
    labels: Sequence[tuple[str, str]] = (),
    type_now: str = "",
) -> str:
    """Fill the placeholders of an expression; no value can change what else it asks.

    Args:
        expression: PromQL with placeholders.
        machines: the machines to ask for; all that have a name when empty.
        kernel: the load test's kernel.
        purchase: the purchase option, or several.
        seconds: length of the report's range.
        window: length of a rate's window, in seconds.
        full_load_only: of the load test, only the level of 100 %.
        devices: disks, interfaces and file systems to ask for.
        labels: which labels machines must have.
        type_now: matchers of what machines are now.

    Raises:
        KeyError: there is no such placeholder.
        ValueError: no name stands behind a ``$``.
    """
    return _Expression(expression).substitute(
        devices.matchers,
        machines=matcher(machines, labels),
        type=type_now,
        kernel=f"kernel={string(kernel)}",
        busy='busy="100"' if full_load_only else 'busy!=""',
        purchase=_purchase([purchase] if isinstance(purchase, str) else purchase),
        range=f"{max(1, math.ceil(seconds))}s",
        look=f"{min(max(math.ceil(seconds / _LOOKS), _CLOSEST_LOOKS), _FARTHEST_LOOKS)}s",
        window=duration(window),
    )


def _purchase(options: Sequence[str]) -> str:
    if len(options) == 1:
        return f"purchase={string(options[0])}"
    return one_of("purchase", options)
