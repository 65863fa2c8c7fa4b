"""What machines cost over the range: the queries that ``reporter.asking.prices`` is made from.

A price is a gauge that stands for a while. What counts for money is its mean over the time, by
looks at equal distances: a mean of samples would weigh the time by how often it was scraped, and
the last sample says nothing of the time before. A look sees a sample for five minutes; time without
a price is no part of the mean. The lowest and the highest are of all samples. Looks cost an engine
ten times what a day of samples does: they are taken at machines whose price changed.

The series are in dollars. Those in other currencies will be ``perf_price_*`` with a label
``currency``; they will be asked here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping

from reporter.asking.query import ChangesQuery, InstantQuery

DOLLARS = "perf_machine_price_dollars_per_hour{$machines,$purchase}"
_NOW = f"max by (instance, purchase) ({DOLLARS})"
_LOOKS = f"({_NOW})[$range:$look]"
_MEAN = f"avg_over_time({_LOOKS})"
_LOWEST = f"min by (instance, purchase) (min_over_time({DOLLARS}[$range]))"
_HIGHEST = f"max by (instance, purchase) (max_over_time({DOLLARS}[$range]))"
_UNCHANGED = f"{_LOWEST} == {_HIGHEST}"
_TESTED = "(max by (instance) (perf_loadtest_timestamp_seconds{$machines,$kernel}) > time() - 3600)"
_WORK = (
    "max by (instance)"
    " (last_over_time(instance_kernel:perf_loadtest_units:paid{$machines,$kernel}[$range]))"
)
_UNIT = "USD/h"

# Of a machine that was there too shortly for any look, the mean of its samples.
PRICE = InstantQuery(
    "Price",
    f"{_UNCHANGED} or {_MEAN} or max by (instance, purchase) (avg_over_time({DOLLARS}[$range]))",
    _UNIT,
    at_the_end=_UNCHANGED,
)
LOWEST_PRICE = InstantQuery(
    "Lowest price",
    _LOWEST,
    _UNIT,
    optional=True,
)
HIGHEST_PRICE = InstantQuery(
    "Highest price",
    _HIGHEST,
    _UNIT,
    optional=True,
)
# Within an hour after the newest run's end: a look may miss the end itself.
PRICE_AT_TEST = InstantQuery(
    "Price at the test",
    f"last_over_time(({_NOW} and on (instance) {_TESTED})[$range:$look])",
    _UNIT,
    optional=True,
)
PRICE_KNOWN = InstantQuery(
    "Price known",
    f"count_over_time({_LOOKS}) / on (instance) group_left ()"
    " count_over_time((max by (instance) (perf_machine_info{$machines}))[$range:$look])",
    "ratio of the time in which the machine was seen",
    optional=True,
)
STARTED_AS = InstantQuery(
    "Started as",
    "last_over_time(perf_machine_purchase_info{$machines}[$range])",
    "1",
    optional=True,
    newest=True,
)
# The work that an hour of the machine gives, by the rules; a burstable one's by its baseline.
WORK = InstantQuery("Paid units per second", _WORK, "units/s", optional=True, newest=True)
_OF_UNCHANGED = f"{_WORK} / on (instance) group_right () (({_UNCHANGED}) > 0)"
UNITS_PER_DOLLAR = InstantQuery(
    "Units per dollar",
    f"{_OF_UNCHANGED} or {_WORK} / on (instance) group_right () ({_MEAN} > 0)",
    "units/s per USD/h",
    at_the_end=_OF_UNCHANGED,
    only_with=_WORK,
)
PRICE_OVER_TIME = ChangesQuery(
    "Price over time",
    _NOW,
    _UNIT,
    optional=True,
    order=60,
    changed=f"max by (instance, purchase) (max_over_time({DOLLARS}[$window]))"
    f" != min by (instance, purchase) (min_over_time({DOLLARS}[$window]))",
)

# Of a machine that was made another type within the range, what it has cost since; by query. Where
# no look has met it since, the price at the range's end. For five minutes after the change an
# engine may see both what it was and what it is, where nobody marked the end of the former.
_IS = "perf_machine_info{$machines,$type}"
_BOTH = "(count by (instance) (perf_machine_info{$machines}) > 1)"
_SINCE = f"({_NOW} and on (instance) {_IS} unless on (instance) {_BOTH})[$range:$look]"
SINCE_CHANGE: Mapping[InstantQuery, str] = {
    PRICE: f"avg_over_time({_SINCE}) or {_NOW}",
    LOWEST_PRICE: f"min_over_time({_SINCE}) or {_NOW}",
    HIGHEST_PRICE: f"max_over_time({_SINCE}) or {_NOW}",
    PRICE_AT_TEST: f"last_over_time(({_NOW} and on (instance) {_IS}"
    f" and on (instance) {_TESTED})[$range:$look])",
    PRICE_KNOWN: f"count_over_time({_SINCE}) / on (instance) group_left ()"
    f" count_over_time((max by (instance) ({_IS}) unless on (instance) {_BOTH})[$range:$look])",
    UNITS_PER_DOLLAR: f"{_WORK} / on (instance) group_right ()"
    f" ((avg_over_time({_SINCE}) or {_NOW}) > 0)",
}
