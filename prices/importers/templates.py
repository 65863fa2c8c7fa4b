"""What ``prices template`` writes: files of one's own to fill in. Pure.

The amounts are examples, no offers.
"""

from __future__ import annotations

from prices.importers.own_fields import FIELDS

_CSV_ROWS = (
    "aws,eu-central-1,,m7i.large,,linux,shared,on_demand,,,0.1197,USD,hour,2026-01-01,examples",
    "aws,eu-central-1,,m7i.large,,linux,shared,reserved,12,no_upfront,0.0791,USD,hour,2026-01-01,"
    "examples",
    "our-cloud,,,,db-1,linux,shared,effective,,,0.35,EUR,hour,2026-01-01T00:00:00Z,examples",
)
CSV = "\n".join((",".join(FIELDS), *_CSV_ROWS)) + "\n"
YAML = """\
# What stands beside `prices` is said of all prices that do not say otherwise.
source: examples              # the name under which the book keeps them
currency: USD                 # ISO 4217
valid_from: 2026-01-01        # a day or time; without a zone in UTC, or in --set time-zone=ZONE
prices:
  - provider: aws             # as in the inventory; a name of your own is fine
    region: eu-central-1      # leave it out: everywhere
    instance_type: m7i.large
    amount: 0.1197            # for an hour of one whole machine
  - provider: aws
    region: eu-central-1
    zone: eu-central-1a       # leave it out: all of the region
    instance_type: m7i.large
    operating_system: windows # linux when absent
    tenancy: dedicated        # shared (when absent), dedicated or host
    purchase: reserved        # or spot, savings_plan, contracted, effective; on_demand when absent
    term_months: 12           # of reserved and savings_plan
    payment: no_upfront       # no_upfront (when absent), partial_upfront or all_upfront
    amount: 0.0791
  - provider: our-cloud
    machine: db-1             # a machine's name or id: the price is of this one alone
    purchase: effective
    currency: EUR
    amount: 0.35
"""
BY_FORMAT = {"csv": CSV, "yaml": YAML}
