"""``perf_predicted_*``: what recorded work would be on other machines, as series of its machine.

A program writes them into a file for a collector of text files (``workload predict --metrics``), so
that rules can join them with what the machine does now. Their labels are beside ``instance`` (the
recorded machine's name) and ``job``. Ratios are of the candidate's CPU time; above 1: a multiple.
"""

from __future__ import annotations

from perfanalysis.exposition.families import Family

_SOURCE = "workload predict --metrics"
# What a prediction says of one figure: itself, and how far down and up it may be.
BOUNDS = ("value", "lower", "upper")


def _family(name: str, text: str, *labels: str, unit: str = "ratio") -> Family:
    return Family(f"perf_predicted_{name}", "gauge", text, labels, unit, _SOURCE)


SOURCE_BUSY = _family(
    "source_busy_ratio", "The busy ratio that the label busy names, in percent.", "busy"
)
CURVE = _family(
    "curve_ratio",
    "How busy the candidate is with what keeps this machine so busy as the label busy says.",
    "candidate",
    "bound",
    "busy",
)
RISK = _family(
    "risk_ratio",
    "Share of the recorded time in which the work would exceed the candidate.",
    "candidate",
    "bound",
)
MACHINES = _family(
    "machines",
    "How many of the candidate carry the recorded work with the wished head room.",
    "candidate",
    "bound",
    unit="",
)
PRICE = _family(
    "price_per_hour",
    "What so many of the candidate as are surely enough cost for an hour.",
    "candidate",
    "currency",
    unit="",
)
ENDED = _family(
    "recorded_timestamp_seconds", "When the recording ended, in unixtime.", unit="seconds"
)
FAMILIES = (SOURCE_BUSY, CURVE, RISK, MACHINES, PRICE, ENDED)
