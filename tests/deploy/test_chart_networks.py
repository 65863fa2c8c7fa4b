"""A component may call what its own values name, at whatever port; nothing has to be said twice."""

from __future__ import annotations

import pytest

from tests.deploy.chart import manifests, rendered

ENABLED = ("loadtest.cronjob.enabled=true", "reporter.enabled=true", "exporter.enabled=false")
USUAL = "http://prometheus.monitoring:9090"


def egress(component: str, *values: str) -> list[int]:
    """The TCP ports of the last rule of a component's NetworkPolicy."""
    words = [word for value in (*ENABLED, *values) for word in ("--set", value)]
    for one in manifests(rendered(*words)):
        labels = one["metadata"]["labels"]
        if one["kind"] == "NetworkPolicy" and labels["app.kubernetes.io/component"] == component:
            assert all(
                port["protocol"] in {"TCP", "UDP"} for port in one["spec"]["egress"][-1]["ports"]
            )
            return [port["port"] for port in one["spec"]["egress"][-1]["ports"]]
    raise AssertionError("no NetworkPolicy")


class TestEgressOfChart:
    @pytest.mark.parametrize(
        ("url", "ports"),
        [
            (USUAL, [80, 443, 9090]),
            ("http://vmauth.metrics:8427/prometheus", [80, 443, 9090, 8427]),
            ("http://[fd00::1]:8428", [80, 443, 9090, 8428]),
            ("http://[fd00::1]/prometheus", [80, 443, 9090]),
        ],
    )
    def test_reporter(self, url: str, ports: list[int]) -> None:
        assert egress("reporter", f"reporter.prometheusUrl={url}") == ports

    @pytest.mark.parametrize(
        ("url", "port"), [("https://metrics.example", 443), ("http://metrics.example", 80)]
    )
    def test_the_usual_port_of_a_scheme(self, url: str, port: int) -> None:
        given = (f"reporter.prometheusUrl={url}", "networkPolicy.egressPorts={587}")
        assert egress("reporter", *given) == [587, port]

    def test_load_test_that_writes_and_uploads(self) -> None:
        given = (
            f"reporter.prometheusUrl={USUAL}",
            "loadtest.remoteWrite.url=http://vmauth:8427/api/v1/push",
            "loadtest.extraArgs={--upload-url=http://portal:9480/api/v1/tests}",
        )
        assert egress("loadtest", *given) == [80, 443, 9090, 8427, 9480]
        # What one of both calls is closed to the other one.
        assert egress("reporter", *given) == [80, 443, 9090]

    def test_load_test_that_uploads_alone(self) -> None:
        given = (
            f"reporter.prometheusUrl={USUAL}",
            "loadtest.extraArgs={--upload-url=http://portal:9480/api/v1/tests}",
        )
        assert egress("loadtest", *given) == [80, 443, 9090, 9480]

    def test_load_test_that_calls_nobody(self) -> None:
        # Its last rule is that of the provider's metadata service.
        assert egress("loadtest", f"reporter.prometheusUrl={USUAL}") == [80]
