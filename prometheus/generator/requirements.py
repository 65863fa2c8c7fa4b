"""What an alert must have that nobody can generate: its runbook, and its unit test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml
from prometheus.generator.pages import runbook_head
from prometheus.generator.table import Alert, AlertTable, Tier

RUNBOOKS = Path("docs/runbooks")
TESTS = Path("prometheus/tests/alerts")
RULES = Path("prometheus/rules")
_SECTIONS = ("## What to look at", "## What to do", "## Why it waits")


def unmet(repository: Path, table: AlertTable) -> list[str]:
    """What is missing, or is there without its alert; empty when nothing is."""
    found: list[str] = []
    for tier in table.tiers:
        for alert in tier.alerts:
            found += _of_runbook(repository, alert)
            found += _of_test(repository, alert, tier)
    names = {alert.name for alert in table.alerts}
    pages = {path.stem for path in (repository / RUNBOOKS).glob("*.md")} - {"README"}
    found += [f"{RUNBOOKS / name}.md: no alert has this name" for name in sorted(pages - names)]
    tests = {path.name.removesuffix(".test.yml") for path in (repository / TESTS).glob("*.yml")}
    found += [f"{TESTS / name}.test.yml: no alert has this name" for name in sorted(tests - names)]
    made = {f"{tier.name}_alerts.yml" for tier in table.tiers}
    left = {path.name for path in (repository / RULES).glob("*_alerts.yml")} - made
    found += [f"{RULES / name}: no tier has this name" for name in sorted(left)]
    return found


def _of_runbook(repository: Path, alert: Alert) -> Iterator[str]:
    page = RUNBOOKS / f"{alert.name}.md"
    if not (repository / page).is_file():
        yield f"{page} is missing: every alert has a runbook of its name"
        return
    text = (repository / page).read_text()
    if not text.startswith(f"# {alert.name}\n\n"):
        yield f"{page}: expected the title `# {alert.name}`, and an empty line below"
        return
    if not text.startswith(f"# {alert.name}\n\n{runbook_head(alert)}\n"):
        yield f"{page}: expected below the title: {runbook_head(alert)}"
    for section in _SECTIONS:
        if f"\n{section}\n" not in text:
            yield f"{page}: expected the section `{section}`"
    waits = text.partition(f"\n{_SECTIONS[-1]}\n")[2].replace("\n", " ")
    fires = f"fires after {alert.fires_after}." if alert.fires_after else "fires at once."
    kept = f"kept for {alert.keep_firing_for}" if alert.keep_firing_for else "ends with its"
    for words in (fires, kept):
        if words not in waits:
            yield f"{page}: expected `{words}` in `{_SECTIONS[-1]}`, as its rule has it"


def _of_test(repository: Path, alert: Alert, tier: Tier) -> Iterator[str]:
    path = TESTS / f"{alert.name}.test.yml"
    if not (repository / path).is_file():
        yield f"{path} is missing: every alert has a unit test of its name, for promtool"
        return
    rules = f"../../rules/{tier.name}_alerts.yml"
    try:
        content = load_yaml((repository / path).read_bytes(), str(path))
        loaded, cases = content["rule_files"], list(_cases(content, alert))
    except InputError as error:
        yield str(error)
        return
    except (KeyError, TypeError, AttributeError):
        yield f"{path}: expected a unit test as promtool reads it, with rule_files and tests"
        return
    if rules not in loaded:
        yield f"{path}: expected {rules} in rule_files"
    if not any(cases):
        yield f"{path}: expected a moment (exp_alerts) at which {alert.name} fires"
    # What always fires has no such moment.
    if all(cases) and alert.severity != "none":
        yield f"{path}: expected a moment (exp_alerts: []) at which {alert.name} does not fire"


def _cases(content: Any, alert: Alert) -> Iterator[bool]:
    """Whether the alert fires, at each moment that a test looks at."""
    for test in content["tests"]:
        for case in test.get("alert_rule_test", []):
            if case["alertname"] == alert.name:
                yield bool(case.get("exp_alerts"))
