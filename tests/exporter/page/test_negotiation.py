"""Which form of the page a client gets for its headers."""

from __future__ import annotations

import pytest

from exporter.page.negotiation import negotiate

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_3_PROTOBUF = (
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
    "q=0.6," + PROMETHEUS_3.replace("q=0.6", "q=0.55")
)
PROMETHEUS_3_TEXT_FIRST = "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;q=0.5"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "text"),
        ("*/*", "text"),
        (BROWSER, "text"),
        (PROMETHEUS_2, "openmetrics"),
        (PROMETHEUS_3, "openmetrics"),
        (PROMETHEUS_3_PROTOBUF, "openmetrics"),
        (PROMETHEUS_3_TEXT_FIRST, "text"),
        ("text/plain", "text"),
        ("application/openmetrics-text", "openmetrics"),
        ("Application/OpenMetrics-Text; Version=1.0.0; Charset=utf-8", "openmetrics"),
        ('application/openmetrics-text; version="1.0.0"', "openmetrics"),
        ("application/openmetrics-text;version=0.0.1,text/plain;q=0.5", "openmetrics"),
        ("application/openmetrics-text;version=2.0.0", "text"),
        ("application/openmetrics-text;version=2.0.0,application/openmetrics-text", "openmetrics"),
        ("application/openmetrics-text;q=0,text/plain;q=0.1", "text"),
        ("application/openmetrics-text;q=0.2,text/plain;q=0.1", "openmetrics"),
        ("application/openmetrics-text;q=0.1,text/*;q=0.2", "text"),
        ("application/openmetrics-text;q=nan,text/plain;q=0.1", "text"),
        ("application/openmetrics-text;q=much", "text"),
        ("application/openmetrics-text;q=2", "text"),
        ("application/json", "text"),
        (";,;q=,=,", "text"),
    ],
)
def test_the_format_that_the_client_likes_best(accept: str, name: str) -> None:
    assert negotiate(accept, "").exposition.name == name


@pytest.mark.parametrize(
    ("accept_encoding", "gzip"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br", True),
        ("zstd;q=1.0, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip; q=0.001", True),
        ("gzip;q=nonsense", False),
        ("identity", False),
        ("br", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity;q=0, gzip", True),
        ("gzipped", False),
    ],
)
def test_gzip_where_it_is_accepted(accept_encoding: str, gzip: bool) -> None:
    assert negotiate("", accept_encoding).gzip is gzip
