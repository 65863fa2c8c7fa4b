"""The whole chain for real: C kernel, load test, exporter, Prometheus, PromQL, report."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pypdf
import pytest

from perfanalysis.machines.inventory import read_inventory
from tests.conftest import REPOSITORY
from tests.e2e.demonstration import SHORT, demo, finish, left_running

pytestmark = pytest.mark.e2e

INVENTORY = read_inventory(REPOSITORY / "demo" / "inventory.yaml")


def pdf_text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    output = tmp_path_factory.mktemp("demo")
    status, text = finish(demo(output, *SHORT))
    assert status == 0, text
    return output, text


def row_of(machine: str, text: str) -> str:
    """A machine's row of the table, which needs an interval."""
    rows = [line for line in text.splitlines() if machine in line]
    bounded = [row for row in rows if " to " in row]
    if not bounded and any("unknown" in row for row in rows):
        pytest.skip("this host's speed changed by so much in a run that it gives no interval")
    return bounded[0]


def test_both_machines_are_in_the_table_with_interval_and_price(
    finished: tuple[Path, str],
) -> None:
    _, text = finished
    for machine in INVENTORY.machines:
        row = row_of(machine.name, text)
        numbers = [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\.?\d*", row)]
        # A busy host disturbs a run, which then has no price-performance.
        disturbed = "disturbed" in row
        numbers += [math.nan] if disturbed else []
        maximum, lower, upper, price, per_dollar = numbers[-5:]
        assert 0 < lower <= maximum <= upper
        assert price == machine.prices["on_demand"]
        assert disturbed == ("unknown" in row)
        # Money buys the mean, and the maximum is a median: they differ by what the run's noise is.
        assert disturbed or per_dollar == pytest.approx(maximum / price, rel=0.1)


def test_the_report_has_the_same_numbers_as_the_table(finished: tuple[Path, str]) -> None:
    output, text = finished
    report = pdf_text(output / "report.pdf").replace("\n", " ")
    assert "Example prices" in text
    for machine in INVENTORY.machines:
        assert machine.name in report
        row = row_of(machine.name, text)
        maximum = float(re.findall(r"\d[\d,]*\.\d", row)[0].replace(",", ""))
        # Large figures stand without a decimal there.
        near = {f"{maximum:,.1f}", *(f"{maximum + off:,.0f}" for off in (-0.05, 0.0, 0.05))}
        assert any(re.search(rf"(?<![\d,.]){re.escape(n)}(?![\d,])", report) for n in near)
    # A busy host disturbs a run, which then has no price-performance.
    rows = [row_of(machine.name, text) for machine in INVENTORY.machines]
    undisturbed = all("disturbed" not in row for row in rows)
    assert not undisturbed or "units per dollar are known" not in report
    assert "has no value in the range" not in report
    assert "instance_kernel:perf_loadtest_units:paid" in report
    assert "node_cpu_seconds_total" in report


def test_the_html_report_stands_alone(finished: tuple[Path, str]) -> None:
    output, _ = finished
    html = (output / "report.html").read_text()
    assert html.count('<img src="data:image/svg+xml;base64,') >= 4
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)


def test_the_report_has_the_real_cores(finished: tuple[Path, str]) -> None:
    found = set()
    for paragraph in Path("/proc/cpuinfo").read_text().split("\n\n"):
        fields = dict(re.findall(r"^(physical id|core id)\s*:\s*(\d+)$", paragraph, re.MULTILINE))
        if "core id" in fields:
            found.add((fields.get("physical id"), fields["core id"]))
    if not found:
        pytest.skip("this machine's /proc/cpuinfo tells no core of a CPU")
    html = (finished[0] / "report.html").read_text()
    assert html.count(f'<td class="n">{len(found)} / ') == len(INVENTORY.machines)


def test_nothing_is_left_running(finished: tuple[Path, str]) -> None:
    output, _ = finished
    assert left_running(output) == []
