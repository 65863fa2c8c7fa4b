"""Collectors over a capture whose files come and go."""

from __future__ import annotations

from exporter.collecting.captured import READ_PROC_ONLY, CapturedCollectors
from exporter.registrations import COLLECTORS
from perfanalysis.errors import MalformedError

DEFAULTS = {
    flag.variable: flag.default
    for specification in COLLECTORS
    if specification.name in READ_PROC_ONLY
    for flag in specification.flags
}
LOAD = {"/proc/loadavg": b"0.50 0.25 0.10 1/100 1\n"}
PRESSURE = {"/proc/pressure/io": b"some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"}
BROKEN = {"/proc/loadavg": b"x\n"}


def test_a_file_that_comes_later_is_read_then_and_one_that_goes_is_not() -> None:
    collectors = CapturedCollectors(COLLECTORS, DEFAULTS)
    told = []
    for texts in (LOAD, LOAD, LOAD | PRESSURE, LOAD, PRESSURE, {}, LOAD | PRESSURE):
        blocks = {
            name: [value for block in outcome for value in block.values]
            for name, outcome in collectors.collect(texts)
            if not isinstance(outcome, MalformedError)
        }
        told.append({name: values for name, values in blocks.items() if values})
    load = {"loadavg": [b"0.50", b"0.25", b"0.10"]}
    pressure = {"pressure": [b"7"]}
    assert told == [load, load, load | pressure, load, pressure, {}, load | pressure]


def test_what_is_malformed_is_said_each_time() -> None:
    collectors = CapturedCollectors(COLLECTORS, DEFAULTS)
    for _ in range(2):
        outcomes = dict(collectors.collect(BROKEN))
        assert isinstance(outcomes["loadavg"], MalformedError)
