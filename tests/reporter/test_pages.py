"""How pages are laid out: counts of pages, long names, marks of axes, legends. No engine needed."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.promql import Access, Sample, Series
from reporter.analysis.report_data import ReportData
from reporter.asking.answers import Answers
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import CPU_BUSY, FILE_SYSTEMS, MEMORY_USED, VIOLATIONS
from reporter.charts import style
from reporter.charts.short_names import short_names
from reporter.language import ENGLISH, Language
from reporter.pages.html import of_page
from reporter.pages.page import Page
from reporter.pages.pdf import pdf
from reporter.settings.devices import Devices
from reporter.settings.report import Config
from tests.reporter.made import machine

START, END, STEP = 1_760_000_000.0, 1_760_086_400.0, 360.0
CPU = "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz"
LONG = "a-machine-with-a-very-long-name-in-the-staging-cluster-eu-west-1a-{}.example.internal"


def machines(count: int) -> list[Machine]:
    """Long names; a CPU, a type and a memory size; each fourth has no price, each third no test."""
    found = []
    for i in range(count):
        made = machine(LONG.format(i), 500.0 + 100 * i, None if i % 4 == 3 else 0.1 + 0.02 * i)
        made = replace(made, cpu_model=CPU, cpus=4, cores=2, memory_bytes=2.0**34)
        made = replace(made, instance_type="Standard_D4s_v5", provider="azure")
        found.append(replace(made, test=None, units_per_dollar=None) if i % 3 == 2 else made)
    return found


def gathered(found: list[Machine]) -> Answers:
    times = np.arange(START, END + 1, STEP)
    series = {
        query: [
            Series({"instance": m.name}, times, 0.4 + 0.3 * np.sin(times / 9000 + i))
            for i, m in enumerate(found)
        ]
        for query in (CPU_BUSY, MEMORY_USED)
    }
    broken = [
        Sample({"instance": m.name, "collector": "diskstats", "rule": rule}, END, 3.0)
        for m in found
        for rule in ("disk_io_time_within_time", "disk_reads_rise")
    ]
    samples = {VIOLATIONS: broken}
    names = [m.name for m in found]
    return Answers(found, series, samples, {}, names, START, END, STEP, STEP, "an engine")


def pages(count: int, template: str, language: str = "en", size: str = "A4") -> pypdf.PdfReader:
    config = Config(template=template, language=language, page_size=size)
    page = Page(ReportData(config, gathered(machines(count)), Language(language)), END)
    content, _ = pdf(of_page(page), page.generated)
    return pypdf.PdfReader(io.BytesIO(content))


@pytest.mark.parametrize("count", [1, 8, 11])
@pytest.mark.parametrize(("language", "size"), [("de", "A4"), ("en", "Letter")])
def test_executives_have_two_pages(count: int, language: str, size: str) -> None:
    document = pages(count, "executive", language, size)
    assert len(document.pages) == 2
    text = document.pages[0].extract_text() + document.pages[1].extract_text()
    # What has no room is counted.
    left_out = re.search(r"\b3\s+(more\s+are|weitere\s+sind)\s", text)
    assert bool(left_out) == (count == 11)


def test_a_processor_without_marks_and_clock() -> None:
    assert Machine("a", cpu_model=CPU).short_cpu == "Intel Xeon Platinum 8375C"
    assert Machine("a", cpu_model="AMD EPYC 9J14 96-Core Processor").short_cpu == "AMD EPYC 9J14"
    assert Machine("a", cpu_model="Neoverse-N1").short_cpu == "Neoverse-N1"


def test_marks_stand_at_round_multiples_of_the_unit() -> None:
    axes = style.figure(4, 2).subplots()
    style.in_units(axes.yaxis, 2.0**30)
    axes.set_ylim(0, 9.3 * 2**30)
    assert [mark / 2**30 for mark in axes.get_yticks()] == [0, 2, 4, 6, 8, 10]
    assert ENGLISH.gibibytes(axes.get_yticks()[1]) == "2.0 GiB"


def test_a_legend_of_long_names_has_fewer_columns() -> None:
    assert style.columns(["cpu", "memory", "io", "load"]) == 3
    assert style.columns(["x" * 30] * 6) == 2
    assert style.columns(["x" * 60] * 6) == 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b"], ["a", "b"]),
        (["a-very-long-name-1", "other"], ["a-ve…me-1", "other"]),
        # They differ in their middles, and end alike.
        (["ip-10-0-1-23.internal", "ip-10-0-1-24.internal"], ["…0-0-1-23", "…0-0-1-24"]),
        (["x-1.internal", "x-2.internal", "z"], ["x-1.…rnal", "x-2.…rnal", "z"]),
        # So do two of these three.
        (
            ["ip-10-0-1-23.internal", "ip-10-0-1-24.internal", "a-very-long-name"],
            ["…0-0-1-23", "…0-0-1-24", "a-ve…name"],
        ),
        # Nothing short tells these apart.
        (["aaaaaaaaaabbbbbbbbbb", "caaaaaaaaabbbbbbbbbbb"], None),
    ],
)
def test_short_names_tell_machines_apart(names: list[str], expected: list[str] | None) -> None:
    found = list(short_names(names, 9).values())
    assert found == (expected or names) or expected is None
    assert len(set(found)) == len(names)


@given(st.lists(st.text(min_size=1, max_size=40), unique=True, max_size=6), st.integers(3, 20))
def test_short_names_are_never_alike(names: list[str], length: int) -> None:
    found = short_names(names, length)
    assert list(found) == names
    assert len(set(found.values())) == len(names)


@pytest.mark.parametrize("template", ["container", "machine"])
def test_a_machine_has_the_same_name_in_each_language(template: str) -> None:
    config = Config(template=template, language="de")
    found = gathered([machine("disturbed", 1.0, 0.1), machine("none", 1.0, 0.1)])
    text = of_page(Page(ReportData(config, found, Language("de")), END)).html
    for number, name in enumerate(("disturbed", "none"), 1):
        assert f'<h2 id="machine-{number}">{name}</h2>' in text
        assert f'<a href="#machine-{number}">{name}</a>' in text


def test_the_appendix_has_the_settings_and_no_key() -> None:
    access = Access(Endpoint("http://localhost:9090", headers={"X-Scope-OrgID": "team-a"}))
    config = Config(access=access, machines=("a", "b"), devices=Devices(disks=("nvme*",)))
    shown = Page(ReportData(config, gathered(machines(2)), ENGLISH), END).settings
    assert ("machines", "a, b") in shown
    assert ("disks", "nvme*") in shown
    assert ("from", "now-24h") in shown
    assert "interfaces" not in dict(shown)
    assert "team-a" not in str(shown)


def test_the_baseline_has_a_price_and_an_undisturbed_test() -> None:
    first, second, third = machine("a", 1.0, None), machine("b", 1.0, 0.1), machine("c", 1.0, 0.1)
    assert second.test
    disturbed = replace(second, test=replace(second.test, valid=False))

    def baseline(*found: Machine, **settings: str) -> str:
        material = ReportData(Config(**settings), gathered(list(found)), ENGLISH)  # type: ignore[arg-type]
        return material.baseline.name

    assert baseline(first, disturbed, third) == "c"
    assert baseline(first, disturbed) == "a"
    assert baseline(disturbed, Machine("x")) == "b"
    assert baseline(Machine("x"), first) == "a"
    assert baseline(first, disturbed, third, baseline="a") == "a"


def test_of_many_file_systems_the_fullest_are_shown_and_the_others_counted() -> None:
    found = gathered(machines(1))
    name = found.machines[0].name
    mounts = [
        Sample({"instance": name, "mountpoint": f"/data-{i:02d}"}, END, i / 100) for i in range(21)
    ]
    material = ReportData(
        Config(template="capacity"), replace(found, samples={FILE_SYSTEMS: mounts}), ENGLISH
    )
    content, _ = pdf(of_page(Page(material, END)), END)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "/data-20 20.0 %" in text
    assert "/data-01" in text
    assert "/data-00" not in text
    assert "1 more is not shown." in " ".join(text.split())


def test_templates_call_queries_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "own.html.j2").write_text(
        "{% set m = page.machines[0] %}{% set seen = page.gathered %}"
        "{{ page.material.summary('CPU busy', m).maximum | round(2) }}"
        " {{ page.material.line('Memory used', m)[1].max() | round(2) }}"
        " {{ page.material.busiest('Disk busy', m, 4) | length }}"
        " {{ page.trend('CPU busy', m).certain }} {{ page.earlier('CPU busy', m) }}"
        " {{ seen.samples['Violations'][0].value }} {{ seen.samples.get('Price', ()) | length }}"
        " {{ seen.series['CPU busy'] | length }} {{ page.material.gathered.step }}"
    )
    config = Config(template="own", templates=tmp_path)
    page = Page(ReportData(config, gathered(machines(2)), ENGLISH), END)
    assert of_page(page).html == "0.7 0.7 0 False None 3.0 0 2 360.0"
