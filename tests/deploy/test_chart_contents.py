"""The chart has all rules and dashboards, however it is packed, and says so where it has not."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.chart import CHART, RELEASES, helm, manifests, values_of
from tests.deploy.test_chart_rules import OF_THE_STACK

RULES = sorted((REPOSITORY / "prometheus" / "rules").glob("*.yml"))
DASHBOARDS = sorted((REPOSITORY / "grafana" / "dashboards").glob("*.json"))
REFRESH = "the chart's copies differ from their sources: run scripts/fill-chart"
# The groups that the chart makes itself.
OWN_ALERTS = {"LoadtestJobFails", "ReporterJobFails", "BackupJobFails"}


def contents(chart: Path) -> dict[str, bytes]:
    """The files of the folders that the chart's copies are in, and their list."""
    paths = [chart / "contents.yaml", *chart.glob("rules/*"), *chart.glob("dashboards/*")]
    return {str(path.relative_to(chart)): path.read_bytes() for path in paths}


def test_the_chart_has_copies_of_the_rules_and_dashboards() -> None:
    found = contents(CHART)
    listed = load_fast(found.pop("contents.yaml"))
    sources = {f"rules/{path.name}": path.read_bytes() for path in RULES}
    sources |= {f"dashboards/{path.name}": path.read_bytes() for path in DASHBOARDS}
    assert sorted(found) == sorted(sources), REFRESH
    assert [name for name in found if found[name] != sources[name]] == [], REFRESH
    assert listed == {
        "rules": [path.name for path in RULES],
        "dashboards": [path.name for path in DASHBOARDS],
    }, REFRESH


def test_the_repository_has_no_links() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert [line for line in listed.stdout.splitlines() if line.startswith("120000 ")] == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the script reads and writes."""
    for part in ("scripts", "prometheus/rules", "grafana/dashboards", "helm/perfanalysis"):
        shutil.copytree(REPOSITORY / part, tmp_path / part)
    return tmp_path


def fill(checkout: Path) -> subprocess.CompletedProcess[str]:
    """The script that refreshes the chart's copies."""
    return subprocess.run(
        ["scripts/fill-chart"], cwd=checkout, capture_output=True, text=True, check=False
    )


def test_the_script_refreshes_the_copies_and_drops_what_has_no_source(checkout: Path) -> None:
    chart = checkout / "helm" / "perfanalysis"
    (chart / "rules" / "cpu.yml").write_text("groups: []\n")
    (chart / "rules" / "gone.yml").write_text("groups: []\n")
    # As it was in versions that had links.
    shutil.rmtree(chart / "dashboards")
    (chart / "dashboards").symlink_to("../../grafana/dashboards")
    done = fill(checkout)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert contents(chart) == contents(CHART)
    assert not (chart / "dashboards").is_symlink()
    assert list((checkout / "grafana" / "dashboards").glob("*.py"))


def test_the_script_leaves_the_chart_where_there_are_no_sources(checkout: Path) -> None:
    shutil.rmtree(checkout / "grafana" / "dashboards")
    done = fill(checkout)
    message = "fill-chart: error: there is no grafana/dashboards/*.json\n"
    assert (done.returncode, done.stderr) == (1, message)
    assert contents(checkout / "helm" / "perfanalysis") == contents(CHART)


def without_links(chart: Path, folder: Path) -> Path:
    """The chart as Flux's source-controller archives it: folders and regular files, no links."""
    copied = folder / chart.name
    for place, _, names in os.walk(chart, followlinks=False):
        for path in (Path(place) / name for name in names):
            if stat.S_ISREG(path.lstat().st_mode):
                target = copied / path.relative_to(chart)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    return copied


def package(chart: Path, folder: Path) -> Path:
    """The archive that `helm package` makes, as Helm users and registries get it."""
    made = helm("package", chart, "--destination", folder)
    assert made.returncode == 0, made.stderr
    (archive,) = folder.glob("perfanalysis-*.tgz")
    return archive


PACKINGS: dict[str, Callable[[Path, Path], Path]] = {
    "a checkout, as Helm and Argo CD read it": lambda chart, _: chart,
    "helm package": package,
    # It packages what it has archived.
    "Flux": lambda chart, folder: package(without_links(chart, folder), folder),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_every_packing_has_all_alerts_and_dashboards(packing: str, tmp_path: Path) -> None:
    chart = PACKINGS[packing](CHART, tmp_path)
    done = helm("template", "p", chart, "--kube-version", RELEASES[-1], values_of("operator"))
    # Helm tells of links that it follows.
    assert (done.returncode, done.stderr) == (0, "")
    objects = manifests(done.stdout)
    (rule,) = [entry for entry in objects if entry["kind"] == "PrometheusRule"]
    alerts = [r["alert"] for g in rule["spec"]["groups"] for r in g["rules"] if "alert" in r]
    sources = [group for path in RULES for group in load_fast(path.read_text())["groups"]]
    expected = [r["alert"] for group in sources for r in group["rules"] if "alert" in r]
    assert len(expected) > len(RULES)
    on = [name for name in expected if name not in OF_THE_STACK]
    assert sorted(alerts) == sorted([*on, *OWN_ALERTS])
    shown = {
        name: json.loads(text)
        for entry in objects
        if entry["metadata"]["labels"].get("grafana_dashboard") == "1"
        for name, text in entry["data"].items()
    }
    assert shown == {path.name: json.loads(path.read_text()) for path in DASHBOARDS}


def remove(path: Path) -> None:
    """Take a file or folder away."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    """Leave nothing of a file but its name."""
    path.write_bytes(b"")


def link_text(path: Path) -> None:
    """Leave what Git writes for a link on systems that have none."""
    path.write_text("../../prometheus/rules/cpu.yml")


ALL_RULES = ", ".join(f"rules/{path.name}" for path in RULES)
ALL_DASHBOARDS = ", ".join(f"dashboards/{path.name}" for path in DASHBOARDS)
LIST = "contents.yaml, which names them"


@pytest.mark.parametrize(
    ("value", "spoil", "name", "lost"),
    [
        ("prometheusRule", remove, "rules", ALL_RULES),
        ("prometheusRule", remove, "rules/cpu.yml", "rules/cpu.yml"),
        ("prometheusRule", empty, "rules/cpu.yml", "rules/cpu.yml"),
        ("prometheusRule", link_text, "rules/cpu.yml", "rules/cpu.yml"),
        ("prometheusRule", remove, "contents.yaml", LIST),
        ("dashboards", remove, "dashboards", ALL_DASHBOARDS),
        ("dashboards", remove, "dashboards/fleet.json", "dashboards/fleet.json"),
        ("dashboards", cut, "dashboards/fleet.json", "dashboards/fleet.json"),
        ("dashboards", remove, "contents.yaml", LIST),
    ],
)
def test_a_chart_that_lost_files_is_refused_with_their_names(
    value: str, spoil: Callable[[Path], None], name: str, lost: str, tmp_path: Path
) -> None:
    chart = without_links(CHART, tmp_path)
    spoil(chart / name)
    words = ["template", "p", chart, "--kube-version", RELEASES[-1]]
    refused = helm(*words, f"--set={value}.enabled=true")
    folder = "rules" if value == "prometheusRule" else "dashboards"
    assert (refused.returncode, refused.stdout) == (1, "")
    assert (
        f"{value}.enabled: expected all files of the chart's folder {folder}; not there, or not "
        f"whole: {lost}. The chart was copied or packed without them: take all of "
        f"helm/perfanalysis, or set {value}.enabled=false to do without"
    ) in refused.stderr
    # What asks for none of them goes on.
    assert helm(*words).returncode == 0
