"""Collectors that are off by default are loaded for who names them, and not before."""

from __future__ import annotations

import pytest

from exporter.app import all_options
from exporter.collecting.deferred import DeferredSpecification
from exporter.collectors import softirqs
from tests.exporter.conftest import flags_of, scraper_of

SPECIFICATION = DeferredSpecification("softirqs", lambda: softirqs.SPECIFICATION)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], False),
        (["--collector.softirqs"], True),
        (["--no-collector.softirqs"], True),
        (["--collector.softirqs.field=x"], True),
        (["--no-collector.softirqs.field"], True),
        (["--collector.cpu", "--collector.softirqs=1"], True),
        (["--collector.softirqs_more", "softirqs"], False),
        (["--collector.stat.softirq"], False),
    ],
)
def test_who_names_it(arguments: list[str], named: bool) -> None:
    assert SPECIFICATION.is_named(arguments) is named


def test_it_is_loaded_once_and_when_it_is_asked_for() -> None:
    loads = []

    def load() -> object:
        loads.append(1)
        return softirqs.SPECIFICATION

    one = DeferredSpecification("softirqs", load)  # type: ignore[arg-type]
    assert (one.switch, one.enabled) == (softirqs.SPECIFICATION.switch, False)
    assert one.is_wanted({"collector_softirqs": None}) is False
    assert loads == []
    assert one.families == softirqs.SPECIFICATION.families
    assert one.flags == ()
    assert loads == [1]


def test_its_own_flags_are_known_where_it_is_named_and_in_the_help() -> None:
    name = "collector_interrupts_include_zeros"
    assert name not in flags_of()
    assert flags_of("--collector.interrupts")[name] is True
    assert flags_of("--no-collector.interrupts.include-zeros")[name] is False
    assert name in {option.name for option in all_options()}


def test_it_runs_for_who_turns_it_on() -> None:
    assert "softirqs" not in scraper_of().names
    assert "softirqs" in scraper_of("--collector.softirqs").names
    assert "softirqs" not in scraper_of("--collector.softirqs", "--no-collector.softirqs").names
