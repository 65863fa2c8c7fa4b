"""Which of our rules are loaded where rules are evaluated, of which version, and how they fare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from operations.doctor.finding import Diagnosis, Health, Installation, some
from operations.doctor.own_rules import ALERTS, RECORDED
from perfanalysis import __version__
from perfanalysis.promql.rule_groups import LoadedGroup, LoadedRule
from perfanalysis.promql.rule_shape import shape

NAME = "loaded rules"
OWN = ALERTS | RECORDED
# An evaluation may come late; after three intervals none comes.
_INTERVALS = 3
_LOCAL = ("localhost", "127.0.0.1", "::1")


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    groups = [one for one in where.evaluator.rules() if any(r.name in OWN for r in one.rules)]
    rules = [rule for group in groups for rule in group.rules if rule.name in OWN]
    if not rules:
        advice = "name what evaluates them: --rules, such as vmalert's address"
        said = f"{where.evaluator.url} tells of none of ours"
        return [Diagnosis(NAME, Health.UNKNOWN, said, advice)]
    found = [*_failing(rules), *_late(groups, where.now), *_twice(rules), *_version(rules)]
    found += links(rules, where.evaluator.url)
    bad = [one for one in found if one.state is not Health.UNKNOWN]
    if not bad:
        said = f"{len(rules)} rules of {__version__} in {len(groups)} groups are evaluated"
        found.insert(0, Diagnosis(NAME, Health.GOOD, said))
    return found


def _failing(rules: Sequence[LoadedRule]) -> Iterator[Diagnosis]:
    failing = {rule.name: rule.error for rule in rules if rule.health == "err"}
    if failing:
        name, error = next(iter(failing.items()))
        said = f"{len(failing)} rules fail: {some(list(failing))}; {name}: {error:.300}"
        yield Diagnosis(NAME, Health.WRONG, said, "docs/runbooks/RuleEvaluationFails.md")


def _late(groups: Sequence[LoadedGroup], now: float) -> Iterator[Diagnosis]:
    never = [group.name for group in groups if group.evaluated is None]
    late = [
        group.name
        for group in groups
        if group.evaluated is not None and now - group.evaluated > _INTERVALS * group.interval
    ]
    slow = [group.name for group in groups if group.took > group.interval > 0]
    if never:
        said = f"{len(never)} groups were not evaluated yet: {some(never)}"
        advice = "ask again after their interval; if it stays, see the evaluator's log"
        yield Diagnosis(NAME, Health.WARNING, said, advice)
    if late:
        said = f"{len(late)} groups are not evaluated any more: {some(late)}"
        yield Diagnosis(NAME, Health.WRONG, said, "see the evaluator's log, and its clock")
    if slow:
        said = f"{len(slow)} groups take longer than their interval: {some(slow)}"
        yield Diagnosis(NAME, Health.WARNING, said, "docs/scaling.md: rules of many machines")


def _twice(rules: Sequence[LoadedRule]) -> Iterator[Diagnosis]:
    seen = Counter(
        (rule.name, rule.expression, tuple(sorted(rule.labels.items())))
        for rule in rules
        if rule.is_alert
    )
    if twice := sorted({name for (name, *_), count in seen.items() if count > 1}):
        said = f"{len(twice)} alerts are loaded more than once: {some(twice)}"
        advice = "take one of the copies away: each of them fires, or records, the same"
        yield Diagnosis(NAME, Health.WARNING, said, advice)


def _version(rules: Sequence[LoadedRule]) -> Iterator[Diagnosis]:
    loaded = {rule.name for rule in rules}
    other = sorted({rule.name for rule in rules if shape(rule.expression) not in OWN[rule.name]})
    if other:
        said = f"{len(other)} rules are not those of {__version__}: {some(other)}"
        advice = f"load prometheus/rules of {__version__}, unless you have changed them yourself"
        yield Diagnosis(NAME, Health.WARNING, said, advice)
    if missing := sorted(RECORDED.keys() - loaded):
        said = f"{len(missing)} recorded names are not loaded: {some(missing)}"
        advice = "load all of prometheus/rules: alerts and dashboards read them"
        yield Diagnosis(NAME, Health.WARNING, said, advice)
    if missing := sorted(ALERTS.keys() - loaded):
        said = f"{len(missing)} alerts are not loaded: {some(missing)}"
        advice = "leave it where you switched them off (docs/alerting.md); else load them"
        yield Diagnosis(NAME, Health.UNKNOWN, said, advice)


def links(rules: Sequence[LoadedRule], url: str) -> Iterator[Diagnosis]:
    """What is wrong with where alerts lead; ``url`` is what was asked."""
    alerts = [rule for rule in rules if rule.is_alert]
    if any(not rule.annotations.get("runbook_url") for rule in alerts):
        said = "alerts have no link to their runbooks"
        advice = "set links.runbooks where docs/runbooks is shown (docs/alerting.md, Settings)"
        yield Diagnosis(NAME, Health.UNKNOWN, said, advice)
    here = urlsplit(url).hostname in _LOCAL
    led = {urlsplit(rule.annotations.get("dashboard", "")).hostname for rule in alerts}
    if not here and (local := sorted(host for host in led if host in _LOCAL)):
        said = f"the dashboards of alerts are at {local[0]}: a link that leads others nowhere"
        advice = "set links.dashboards to Grafana's address (docs/alerting.md, Settings)"
        yield Diagnosis(NAME, Health.WARNING, said, advice)
