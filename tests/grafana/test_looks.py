"""What people read in panels: units, words, colours, bars and links, by Grafana's own code.

What a real Prometheus answers of the recorded hour goes through Grafana's transformations and then
through its field configuration, as both are published.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.generation import to_json
from grafana.dashboards.words import Dashboard, Panel
from tests.grafana import published
from tests.grafana.conftest import Hour
from tests.grafana.hour.asking import ask, repeated, values_of
from tests.grafana.hour.recording import MACHINES
from tests.grafana.test_transformations import without_ours, without_pressure

pytestmark = pytest.mark.e2e

Look = tuple[str, Panel, dict[str, Any]]  # which case, of what, and what Grafana makes of it
_COURSE = 3  # moments of a course are enough to be read
NAMES = {machine.name for machine in MACHINES}
NEVER = re.compile(r"NaN|undefined|Invalid|null|\[object")


def cases(hour: Hour, dashboard: Dashboard, pick: str) -> list[tuple[str, Panel, dict[str, Any]]]:
    """Each panel with its answers: as they are, and without each query's in turn."""
    values = values_of(hour.url, dashboard, "all" if pick == "nobody" else pick, hour.span)
    values |= {"job": "nobody"} if pick == "nobody" else {}
    made = []
    for panel in dashboard.panels:
        filled = repeated(panel, values)
        answers = {}
        for i, query in enumerate(panel.queries):
            series = ask(hour.url, query, filled, hour.span).series
            answers[chr(ord("A") + i)] = [_shortened(entry) for entry in series]
        made.append((f"{pick}, whole", panel, answers))
        if pick == "all":
            made.append(("no pressure is known", panel, without_pressure(panel, answers)))
            made.append(("one is node_exporter's", panel, without_ours(panel, answers)))
        for letter in answers if pick == "all" and len(answers) > 1 else ():
            made.append((f"{pick}, without {letter}", panel, {**answers, letter: []}))
    return made


def _shortened(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "values": entry["values"][-_COURSE:]} if "values" in entry else entry


@pytest.fixture(scope="module", params=DASHBOARDS)
def looks(
    request: pytest.FixtureRequest, hour: Hour, grafana: published.Transforming
) -> list[Look]:
    """How all panels of a dashboard look, in all cases."""
    dashboard = DASHBOARDS[request.param]()
    placed = {p["title"]: p for p in published.panels_of(json.loads(to_json(dashboard)))}
    asked = [
        case
        for pick in ("all", "one", "nobody")
        for case in cases(hour, dashboard, pick)
        if case[1].queries
    ]
    made = grafana.looks(
        [
            published.asked(placed[panel.title], answers)
            | {name: placed[panel.title][name] for name in ("type", "fieldConfig", "options")}
            for _, panel, answers in asked
        ]
    )
    return [(name, panel, look) for (name, panel, _), look in zip(asked, made, strict=True)]


def fields_of(look: dict[str, Any]) -> list[dict[str, Any]]:
    """All fields but those of times, which no one clicks, and courses, which have no text."""
    fields = [field for frame in look["fields"] for field in frame]
    return [field for field in fields if field["type"] not in ("time", "frame")]


def test_all_can_be_read(looks: list[Look]) -> None:
    for case, panel, look in looks:
        texts = [cell["text"] for field in fields_of(look) for cell in field["cells"]]
        texts += [text for figure in look["figures"] for text in (figure["name"], figure["text"])]
        wrong = [text for text in texts if NEVER.search(text)]
        assert not wrong, (panel.title, case, wrong)


def test_levels_on_an_axis_are_plain_numbers(looks: list[Look]) -> None:
    for case, panel, look in looks:
        if panel.kind != "trend":
            continue
        for field in fields_of(look):
            if field["name"] == panel.x_field:
                texts = [cell["text"] for cell in field["cells"]]
                assert all(re.fullmatch(r"\d+", text) for text in texts), (panel.title, case, texts)


def test_a_bar_is_as_long_as_its_value(looks: list[Look]) -> None:
    """The bars of a gauge begin at its minimum: that has to be 0, and no value is below."""
    for case, panel, look in looks:
        if panel.kind != "bargauge":
            continue
        for figure in look["figures"]:
            if figure["value"] is None:
                continue  # "No data"
            whose = (panel.title, case, figure)
            assert figure["value"] >= 0, whose
            assert (figure["reach"] or 0) > 0 or figure["value"] == 0, whose
            assert (figure["reach"] or 0) <= 1, whose


def test_values_with_words_are_shown_as_words(looks: list[Look]) -> None:
    for case, panel, look in looks:
        words = {value.text for value in panel.values}
        styled = {s.field: {v.text for v in s.values} for s in panel.styles if s.values}
        for figure in look["figures"] if words else ():
            assert figure["text"] in words | {panel.no_value or "No data"}, (panel.title, case)
        for field in fields_of(look):
            known = styled.get(field["name"], words if field["type"] == "number" else set())
            for cell in field["cells"] if known else ():
                assert cell["text"] in known | {""}, (panel.title, case, field["name"], cell)


def test_links_lead_to_a_machine(looks: list[Look]) -> None:
    for case, panel, look in looks:
        for field in fields_of(look):
            for cell in field["cells"]:
                for link in cell["links"] if cell["text"] else ():
                    machine = parse_qs(urlsplit(link).query).get("var-instance", [""])
                    assert set(machine) <= NAMES, (panel.title, case, field["name"], link)


def test_what_is_counted_is_whole(looks: list[Look]) -> None:
    """Nobody has seen one and a half kills."""
    counted = {"Killed for want of memory", "Restarts", "Containers not shown", "Violations"}
    for case, panel, look in looks:
        if panel.title in counted:
            texts = [f["text"] for f in look["figures"]]
            texts += [cell["text"] for field in fields_of(look) for cell in field["cells"]]
            wrong = [text for text in texts if re.search(r"\d\.\d", text)]
            assert not wrong, (panel.title, case, wrong)
