"""Grafana's own alerts: one for each of ours, with the same expression, times, labels and words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from grafana.dashboards.expressions import RULES, rules_in
from grafana.managed_alerts.__main__ import FILE, text
from grafana.managed_alerts.conversion import provisioned
from perfanalysis.fast_yaml import load_fast

OURS = {rule["alert"]: rule for rule in rules_in(RULES) if "alert" in rule}
DOCUMENT = load_fast(FILE.read_bytes())
RULES_THERE = [rule for group in DOCUMENT["groups"] for rule in group["rules"]]
POINTS = load_fast((FILE.parent / "contact-points.yml").read_bytes())["contactPoints"]


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_bytes() == text(), "run `python -m grafana.managed_alerts`"


def test_each_alert_is_there_once() -> None:
    assert sorted(rule["title"] for rule in RULES_THERE) == sorted(OURS)
    uids = [rule["uid"] for rule in RULES_THERE]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", uid) for uid in uids)


@pytest.mark.parametrize("rule", RULES_THERE, ids=lambda rule: rule["title"])
def test_it_fires_for_what_ours_does(rule: dict[str, Any]) -> None:
    ours = OURS[rule["title"]]
    query, answered, fires = rule["data"]
    assert query["model"]["expr"] == ours["expr"]
    assert query["model"]["instant"]
    assert query["datasourceUid"] == "prometheus"
    assert answered["model"]["expression"].count(f"${query['refId']}") == 3
    assert fires["model"]["expression"] == answered["refId"]
    assert rule["condition"] == fires["refId"]
    assert rule["for"] == ours.get("for", "0s")
    assert rule.get("keepFiringFor") == ours.get("keep_firing_for")
    assert rule["labels"] == ours["labels"]
    # Grafana fills in the environment where labels hold a $.
    assert "$" not in "".join(rule["labels"].values())
    assert rule["notification_settings"]["receiver"] in {point["name"] for point in POINTS}


@pytest.mark.parametrize("rule", RULES_THERE, ids=lambda rule: rule["title"])
def test_its_words_are_templates_of_grafana(rule: dict[str, Any]) -> None:
    templates = re.findall(r"\{\{(.*?)\}\}", " ".join(rule["annotations"].values()))
    known = re.compile(
        r" (((if|or) )?\$labels\.\w+( \$labels\.\w+)?( \| reReplaceAll .+)?|else|end"
        r'|\$values\.query\.Value( \| (humanize\w*|printf "%\.0f"))?) '
    )
    assert all(known.fullmatch(template) for template in templates), templates
    # Grafana fills in the environment for ${...}.
    assert "${" not in "".join(rule["annotations"].values())


def test_groups_without_alerts_are_left_out() -> None:
    recording = {"name": "r", "rules": [{"record": "a:b", "expr": "c"}]}
    assert provisioned([recording])["groups"] == []


def test_a_name_that_grafana_does_not_take_is_refused() -> None:
    rule = {**OURS["PerfAnalysisWatchdog"], "alert": "A" * 41}
    with pytest.raises(ValueError, match="Grafana takes 40"):
        provisioned([{"name": "g", "rules": [rule]}])


def test_no_address_is_in_the_contact_points() -> None:
    for point in POINTS:
        for receiver in point["receivers"]:
            where = receiver["settings"].get("url") or receiver["settings"]["addresses"]
            assert re.fullmatch(r"\$\{PERFANALYSIS_\w+\}", where)
