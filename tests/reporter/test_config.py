from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from reporter.settings.report import Config, config_of, parse_config, read_config

NOW = 1_800_000_000.0


def test_everything_can_be_set() -> None:
    text = b"""
prometheus: {url: "https://prometheus.example/base"}
title: Web tier
notes: List prices of March.
machines: [web-1, web-2]
from: now-6h
to: 2027-01-15T08:00:00Z
kernel: rmw
purchase: spot
page_size: Letter
"""
    config = parse_config(text, "report.yaml")
    assert config.url == "https://prometheus.example/base"
    assert (config.title, config.notes) == ("Web tier", "List prices of March.")
    assert config.machines == ("web-1", "web-2")
    assert (config.purchase, config.page_size) == ("spot", "Letter")
    assert config.range(NOW, "report.yaml") == (NOW - 6 * 3600, 1_800_000_000.0)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (b"template: rightsizing", 14),
        (b"template: rightsizing\nrightsizing: {look_back_days: 32}", 32),
        (b"template: rightsizing\nfrom: now-3d", 3),
        # Other templates go by their range.
        (b"template: capacity\nrightsizing: {look_back_days: 32}", 1),
    ],
)
def test_the_look_back_is_the_range_of_right_sizing(text: bytes, days: int) -> None:
    assert parse_config(text, "report.yaml").range(NOW, "") == (NOW - days * 86_400, NOW)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("percentile: 89", "rightsizing.percentile: expected a number from 90 to 99.5, found 89"),
        ("percentile: 99.9", "expected a number from 90 to 99.5, found 99.9"),
        ("headroom_percent: -1", "expected a number of percent from 0 to 30, found -1"),
        ("look_back_days: 13", "expected a whole number of days from 14 to 93, found 13"),
        ("lookback: 14", "expected one of percentile, headroom_percent, look_back_days"),
    ],
)
def test_bad_rules_of_right_sizing(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config(f"rightsizing: {{{text}}}".encode(), "report.yaml")
    assert message in str(caught.value)


def test_an_empty_file_is_the_defaults() -> None:
    assert parse_config(b"", "report.yaml") == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [", "report.yaml: line 1: expected valid YAML"),
        ("- a", "report.yaml: expected a mapping of settings, found a list"),
        ("titel: x", "report.yaml: titel: expected one of prometheus, title"),
        ("title: ''", "report.yaml: title: expected text"),
        ("prometheus: localhost", "report.yaml: prometheus: expected a mapping with some"),
        ("prometheus: {url: 'ftp://x'}", "report.yaml: prometheus.url: expected a URL"),
        ("prometheus: {url: 'http://h:99999'}", "report.yaml: prometheus.url: expected a URL"),
        ("prometheus: {url: 'http://h:0'}", "report.yaml: prometheus.url: expected a URL"),
        ("prometheus: {url: 'http://[::1'}", "report.yaml: prometheus.url: expected a URL"),
        ("prometheus: {url: 'http://h:http/x'}", "report.yaml: prometheus.url: expected a URL"),
        (
            "prometheus: {timeout: .nan}",
            "report.yaml: prometheus.timeout: expected seconds above",
        ),
        ("machines: web-1", "report.yaml: machines: expected a list of machine names"),
        ("machines: [1]", "report.yaml: machines[0]: expected a machine's name, found 1"),
        ("from: the day before", "report.yaml: from: expected a time such as now-6h"),
        ("purchase: cheap", "report.yaml: purchase: expected one of on_demand, spot"),
        ("page_size: A3", "report.yaml: page_size: expected one of A4, Letter, found 'A3'"),
        ("title: !!python/object/apply:os.system [true]", "report.yaml: line 1: expected"),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config(text.encode(), "report.yaml")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:9090",
        "https://mimir.example/prometheus",
        "http://[::1]:65535/",
        "http://10.0.0.1:1",
    ],
)
def test_an_engines_address(url: str) -> None:
    assert parse_config(f"prometheus: {{url: '{url}'}}".encode(), "report.yaml").url == url


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: expected a readable report file"):
        read_config(tmp_path / "none.yaml")


def test_a_range_that_begins_before_all_data() -> None:
    with pytest.raises(InputError, match="from: expected a time after 1970, found 'now-9999w'"):
        Config(start="now-9999w").range(NOW, "report.yaml")


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(InputError, match=r"from: expected a time before 'to' \(now-1h\)"):
        Config(start="now", end="now-1h").range(NOW, "report.yaml")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({}, (900, 1000)),
        ({"from": 500}, (500, 600)),
        ({"to": 700}, (600, 700)),
        ({"from": "now-900s", "to": "1970-01-01T00:05:00Z"}, (200, 300)),
    ],
)
def test_the_earlier_range(before: dict[str, object], expected: tuple[int, int]) -> None:
    config = config_of({"from": 1000, "to": 1100, "before": before}, "f.yaml")
    assert config.range_before(1000, 1100, 1100, "f.yaml") == expected


@pytest.mark.parametrize(
    ("before", "message"),
    [
        ({"from": 950}, "f.yaml: before: expected a range that ends at a time that is not after"),
        ({"from": 500, "to": 400}, "f.yaml: before.from: expected a time before the end of that"),
    ],
)
def test_earlier_ranges_that_are_none(before: dict[str, object], message: str) -> None:
    config = config_of({"from": 1000, "to": 1100, "before": before}, "f.yaml")
    with pytest.raises(InputError, match=message):
        config.range_before(1000, 1100, 1100, "f.yaml")
