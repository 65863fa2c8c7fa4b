"""What users of the last release have written for it goes on to work: files, flags, names, values.

Its own files are taken out of git; nothing of it is run here (test_upgrade_programs.py does).
"""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exporter.serving.configuration import read_configuration
from perfanalysis.fast_yaml import load_fast
from perfanalysis.machines.inventory import read_inventory
from tests.conftest import REPOSITORY
from tests.deploy import previous_release
from tests.deploy.chart import RELEASES, Manifest, helm, manifests
from tests.docs.cli_reference import contexts

Selector = tuple[str, str]
Both = tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return previous_release.unpacked(tmp_path_factory.mktemp("previous") / "files")


@pytest.mark.parametrize(
    ("changelog", "version", "previous"),
    [
        ("## Unreleased\n\n## 0.2.0 (2026-11-29)\n", "0.2.0", "0.2.0"),
        ("## 0.3.0 (2026-12-24)\n\n## 0.2.0 (2026-11-29)\n", "0.3.0", "0.2.0"),
        ("## Unreleased\n\n## 0.3.0 (a)\n\n## 0.2.0 (b)\n", "0.3.0", "0.3.0"),
    ],
)
def test_which_release_is_the_last(changelog: str, version: str, previous: str) -> None:
    assert previous_release.previous_version(changelog, version) == previous


def options_of(reference: str) -> dict[str, set[str]]:
    """From docs/cli.md: the long options of each command."""
    found: dict[str, set[str]] = {}
    for part in re.split(r"^#+ perfanalysis ?", reference, flags=re.MULTILINE)[1:]:
        command, _, text = part.partition("\n")
        rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `-")]
        found[command] = {name for row in rows for name in re.findall(r"--[\w][\w.-]*", row)}
    return found


def test_every_flag_is_still_a_flag(old: Path) -> None:
    had = options_of((old / "docs" / "cli.md").read_text())
    assert len(had["exporter"]) > 50
    known = {
        context.command_path.removeprefix("perfanalysis").strip(): {
            # What the parser takes: older names, too, which no help shows.
            *context.command.make_parser(context)._long_opt,
            *(name for option in context.command.get_params(context) for name in option.opts),
        }
        for context in contexts()
    }
    gone = {command: names - known[command] for command, names in had.items()}
    assert {command: names for command, names in gone.items() if names} == {}


def families_of(page: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))


def test_every_metric_is_still_there(old: Path) -> None:
    had, has = (
        families_of((folder / "docs" / "metrics.md").read_text()) for folder in (old, REPOSITORY)
    )
    assert len(had) > 400
    assert had - has == set()


def rules_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Rules by the name of what they record, or of the alert."""
    files = [load_fast(path.read_text()) for path in folder.glob("*.yml")]
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    return {rule.get("record") or rule["alert"]: rule for rule in rules}


def grouped_by(rule: dict[str, Any]) -> set[str]:
    """The labels that its aggregations keep; none where it takes them from what it asks for."""
    if "group_left" in rule["expr"] or "group_right" in rule["expr"]:
        return set()
    found = re.findall(r"\b(?:by|on) \(([^)]*)\)", rule["expr"])
    return {label.strip() for labels in found for label in labels.split(",") if label.strip()}


@pytest.fixture(scope="module")
def changes() -> str:
    """What the changelog says of changes since the last release."""
    unreleased = (REPOSITORY / "CHANGELOG.md").read_text().partition("\n## 0.")[0]
    found = re.findall(r"^- \*\*Change\*\*.*(?:\n  .*)*", unreleased, re.MULTILINE)
    return "\n".join(found)


@pytest.fixture
def both(old: Path) -> Both:
    """The last release's rules and these."""
    had, has = (rules_of(folder / "prometheus" / "rules") for folder in (old, REPOSITORY))
    assert had and has
    return had, has


def test_a_rule_that_has_another_name_now_stands_in_the_changelog(both: Both, changes: str) -> None:
    had, has = both
    assert [name for name in sorted(had.keys() - has) if f"`{name}`" not in changes] == []


def test_a_rule_that_lost_a_label_stands_in_the_changelog(both: Both, changes: str) -> None:
    """Silences, routes and panels of others go by labels: the same name alone is not enough."""
    had, has = both
    lost = {}
    for name in had.keys() & has:
        before, now = grouped_by(had[name]), grouped_by(has[name])
        if now and before - now:
            lost[name] = before - now
    untold = {
        name: labels
        for name, labels in lost.items()
        if f"`{name}`" not in changes or any(f"`{label}`" not in changes for label in labels)
    }
    assert untold == {}


def test_an_alert_is_as_severe_as_it_was_or_stands_in_the_changelog(
    both: Both, changes: str
) -> None:
    had, has = both
    other = [
        name for name in had.keys() & has if had[name].get("labels") != has[name].get("labels")
    ]
    assert [name for name in sorted(other) if f"`{name}`" not in changes] == []


def cases(old: Path) -> list[Path]:
    return sorted((old / "helm" / "perfanalysis" / "ci").glob("*-values.yaml"))


@functools.cache
def rendered(chart: Path, values: Path) -> dict[Selector, Manifest]:
    words = ["template", "p", chart, "--namespace=perf", f"--kube-version={RELEASES[-1]}"]
    done = helm(*words, f"--values={values}")
    assert done.returncode == 0, f"{values.name}: {done.stderr}"
    return {(one["kind"], one["metadata"]["name"]): one for one in manifests(done.stdout)}


# Kubernetes refuses a change of these: `helm upgrade` would fail half-way.
FIXED = {
    "DaemonSet": ("selector",),
    "Deployment": ("selector",),
    "StatefulSet": ("selector", "serviceName", "volumeClaimTemplates"),
}


def fixed_fields(objects: dict[Selector, Manifest]) -> dict[Selector, Any]:
    return {
        key: {name: one["spec"].get(name) for name in FIXED[key[0]]}
        for key, one in objects.items()
        if key[0] in FIXED
    }


def test_values_of_the_last_release_render_and_the_upgrade_is_one_that_kubernetes_takes(
    old: Path,
) -> None:
    files = cases(old)
    assert files
    seen = 0
    for values in files:
        before = fixed_fields(rendered(old / "helm" / "perfanalysis", values))
        after = fixed_fields(rendered(REPOSITORY / "helm" / "perfanalysis", values))
        # One that went would be removed with its pods; one that changed would be refused.
        assert {key: after.get(key) for key in before} == before, values.name
        seen += len(before)
    assert seen


def test_a_claim_of_the_last_release_is_not_removed(old: Path) -> None:
    """What people keep: a claim that had another name would leave its data behind."""
    for values in cases(old):
        before, after = (
            {
                key
                for key in rendered(folder / "helm" / "perfanalysis", values)
                if key[0] == "PersistentVolumeClaim"
            }
            for folder in (old, REPOSITORY)
        )
        assert before <= after, values.name


def test_compose_keeps_volumes_ports_and_secrets(old: Path) -> None:
    had, has = (
        load_fast((folder / "docker-compose.yml").read_text()) for folder in (old, REPOSITORY)
    )
    for kind in ("volumes", "secrets"):
        assert set(had[kind]) <= set(has[kind]), kind
    assert set(had["services"]) <= set(has["services"])


def test_an_inventory_and_a_web_configuration_are_read(old: Path) -> None:
    assert len(read_inventory(old / "demo" / "inventory.yaml").machines) == 2
    files = sorted((old / "tests" / "fixtures" / "config" / "web").glob("*.good.yaml"))
    assert files
    for path in files:
        read_configuration(path)


def test_custom_metrics_are_read_by_the_exporter(old: Path) -> None:
    custom = old / "tests" / "fixtures" / "config" / "custom.good.yaml"
    words = [f"--collector.custom.config={custom}", "check", "--looks=2", "--interval=0.05"]
    done = subprocess.run(
        [sys.executable, "-m", "perfanalysis", "exporter", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1} and "Traceback" not in done.stderr, done.stderr


def words_of_units(folder: Path) -> dict[str, list[str]]:
    found = {}
    for path in (folder / "deploy" / "systemd").glob("*.service"):
        (line,) = re.findall(r"^ExecStart=-?(.*perfanalysis .*)$", path.read_text(), re.MULTILINE)
        found[path.name] = line.split()[1:]
    return found


def test_units_of_the_last_release_start_this_program(old: Path) -> None:
    """Whoever updates the program first, and the units afterwards."""
    commands = {context.command_path.split()[-1]: context.command for context in contexts()}
    units = words_of_units(old)
    assert units
    for name, words in units.items():
        command, flags = words[0], [word for word in words[1:] if word != "$OPTIONS"]
        if command == "loadtest":
            command, flags = flags[0], flags[1:]
        commands[command].make_context(name, flags).close()
