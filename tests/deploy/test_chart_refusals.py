"""The chart's schema refuses what the API server would, before anything is installed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.deploy.chart import CHART, RELEASES, helm
from tests.deploy.refused_values import ALSO, TABLE, with_value

SCHEMA: Any = Draft7Validator(json.loads((CHART / "values.schema.json").read_text()))


def places(name: str, value: object) -> list[str]:
    """Where the schema finds something wrong."""
    errors = SCHEMA.iter_errors(with_value(name, value))
    return [".".join(map(str, error.absolute_path)) for error in errors]


@pytest.mark.parametrize(("name", "refused", "taken"), TABLE)
def test_what_is_refused_is_named_and_the_like_is_taken(
    name: str, refused: object, taken: object
) -> None:
    found = places(name, refused)
    assert found
    assert all(place.startswith(name) for place in found)
    assert places(name, taken) == []


@pytest.mark.parametrize(("name", "value"), ALSO)
def test_what_could_not_work_is_refused_as_well(name: str, value: object) -> None:
    found = places(name, value)
    assert found
    assert all(place.startswith(name) for place in found)


def test_helm_itself_refuses_with_the_same_schema() -> None:
    words = "exporter.priority.value=1000000001,loadtest.cronjob.schedule=60 3 * * 0"
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], "--set", words)
    assert done.returncode == 1
    assert "at '/exporter/priority/value'" in done.stderr
    assert "at '/loadtest/cronjob/schedule'" in done.stderr
